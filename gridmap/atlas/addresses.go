package atlas

import (
	"regexp"
	"sync"
	"sync/atomic"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/address"
)

// addresses is the index of the places by what people write; it is made when
// first asked for.
type addresses struct {
	once  sync.Once
	built atomic.Bool
	index *address.Index
	err   error
	byID  map[gridmap.PlaceID]int32

	// The index of the snapshot before and the places that changed since, where
	// that is all that changed: the index is then updated, not made anew.
	before  *address.Index
	changed []gridmap.PlaceID
}

// builtAddresses is the index where it has been made; nil otherwise.
func (a *Atlas) builtAddresses() *address.Index {
	if !a.addresses.built.Load() {
		return nil
	}
	return a.addresses.index
}

// Addresses is the index of all places; entry ids are place ids and grid keys
// are grid ids of the main network.
func (a *Atlas) Addresses() (*address.Index, error) {
	a.addresses.once.Do(a.indexPlaces)
	return a.addresses.index, a.addresses.err
}

// Place finds a place by its identity; nil when there is none.
func (a *Atlas) Place(id gridmap.PlaceID) *gridmap.Place {
	a.addresses.once.Do(a.indexPlaces)
	if i, ok := a.addresses.byID[id]; ok {
		return &a.places[i]
	}
	return nil
}

func (a *Atlas) indexPlaces() {
	d := &a.addresses
	d.byID = make(map[gridmap.PlaceID]int32, len(a.places))
	for i := range a.places {
		d.byID[a.places[i].ID] = int32(i)
	}
	net := a.Main()
	names := map[string]bool{} // of grids
	if net != nil {
		for i := range net.Grids {
			names[net.Grids[i].Name] = true
		}
	}
	defer d.built.Store(true)
	if d.before != nil {
		changes := make([]address.Change, 0, len(d.changed))
		for _, id := range d.changed {
			if i, there := d.byID[id]; there {
				changes = append(changes, address.Change{Entry: a.entry(net, names, &a.places[i])})
			} else {
				changes = append(changes, address.Change{Entry: address.Entry{ID: int64(id)}, Delete: true})
			}
		}
		d.index, d.before, d.changed = d.before.Apply(changes), nil, nil
		return
	}
	d.index, d.err = address.Build(func(yield func(address.Entry) bool) {
		for i := range a.places {
			if !yield(a.entry(net, names, &a.places[i])) {
				return
			}
		}
	}, address.Options{})
}

// entry writes a place as a row of the address index. Where the community of
// the address is itself a grid, the grid's name is not written beside it: an
// address that names another community than the one it stands in would else
// be found under both.
func (a *Atlas) entry(net *Net, names map[string]bool, p *gridmap.Place) address.Entry {
	e := address.Entry{
		ID: int64(p.ID), Province: p.Address.Province, City: p.Address.City, District: p.Address.District,
		Town: p.Address.Town, Community: p.Address.Community,
		Road: p.Address.Road, Section: p.Address.Section, Lane: p.Address.Lane, Alley: p.Address.Alley,
		SubAlley: p.Address.SubAlley, Number: p.Address.Number,
		Compound: p.Address.Compound, Building: p.Address.Building, Unit: p.Address.Unit,
		Point: p.Point, HasPoint: p.HasPoint,
	}
	if e.Compound == "" && p.Name != "" {
		e.Compound = p.Name
	}
	for _, alias := range p.Aliases {
		if e.Compound == "" { // a door that people know by a name
			e.Compound = alias.Name
			continue
		}
		e.Aliases = append(e.Aliases, alias.Name)
	}
	if g := net.OfPlace(a, p); g != None {
		e.GridKey = int64(net.Grids[g].ID)
		if !names[p.Address.Community] {
			e.Grid = net.Grids[g].Name
		}
	}
	return e
}

// OfPlace returns the grid that a place belongs to: that of its atom where one
// is named, otherwise that of its point; None for neither.
func (n *Net) OfPlace(a *Atlas, p *gridmap.Place) int32 {
	if n == nil {
		return None
	}
	if p.Atom != 0 {
		if g := n.ownerOf(a, p.Atom); g != None {
			return g
		}
	}
	if !p.HasPoint {
		return None
	}
	return n.Resolve(Ask{Point: p.Point, Level: -1}).Grid
}

// ownerOf returns the grid that owns an atom.
func (n *Net) ownerOf(a *Atlas, id gridmap.AtomID) int32 {
	i, ok := a.atomIndex[id]
	if !ok {
		return None
	}
	f, ok := n.ground.faceOf(i)
	if !ok {
		return None
	}
	return n.leafOf[f]
}

// besideM is how far across the street or next door can be.
const besideM = 50

// aDistance is a stretch of way in an address: "往北500米", "一公里".
var aDistance = regexp.MustCompile(`[0-9０-９零一二三四五六七八九十百千万两半几]+\s*(米|公尺|公里|千米|里路|里地|里|站|m|M|km|KM)`)

// OfMatch returns the grid that an address match settles: that of the place it
// names, or the one in which every place lies that the text still fits; None
// when the grid is open. A place beside another is in that one's grid only when
// no border is near, and nowhere certain when the text walks away from it.
func (n *Net) OfMatch(a *Atlas, m *address.Answer) int32 {
	if p := a.Place(gridmap.PlaceID(m.ID)); m.ID != 0 && p != nil {
		switch m.Status {
		case address.StatusOK:
			if g := n.OfPlace(a, p); g != None {
				return g
			}
		case address.StatusRelative:
			return n.beside(p, m)
		default:
		}
	}
	// Grid keys are of the main network; another one may divide the same
	// places otherwise.
	if m.GridKey != 0 && n == a.Main() {
		return n.Index(gridmap.GridID(m.GridKey))
	}
	return None
}

// beside returns the grid around a place when it is the only one near.
func (n *Net) beside(p *gridmap.Place, m *address.Answer) int32 {
	if !p.HasPoint {
		return None
	}
	for _, u := range m.Unexplained {
		if aDistance.MatchString(u.Text) {
			return None
		}
	}
	for _, c := range m.Components {
		if c.Role == address.RoleRelation && aDistance.MatchString(c.Text) {
			return None
		}
	}
	if near := n.Within(p.Point, besideM+p.AccuracyM); len(near) == 1 {
		return near[0]
	}
	return None
}
