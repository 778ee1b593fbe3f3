package auth

import (
	"context"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	rights "cloudgrid/gridmap/auth"
	"cloudgrid/spatial"
	"cloudgrid/web/who"
)

// Policy says what may be done to parts of the map by whoever asks in a
// context.
type Policy struct {
	Maps interface{ Current() *atlas.Atlas }
}

// Can tells whether the actor of ctx may do action to these grids of a network;
// to the whole network when none is named. The error is Forbidden and says why.
// A grid that the map does not know is nobody's but the whole network's.
func (p Policy) Can(ctx context.Context, action rights.Action, network gridmap.NetworkID, grids ...gridmap.GridID) error {
	return p.May(who.From(ctx), action, network, grids...)
}

// May is Can of an actor.
func (p Policy) May(a who.Actor, action rights.Action, network gridmap.NetworkID, grids ...gridmap.GridID) error {
	thing := rights.Thing{Network: network}
	m := p.Maps.Current()
	for _, id := range grids {
		thing.Chains = append(thing.Chains, chainOf(m, network, id))
	}
	return rights.Can(AskerOf(a), action, thing)
}

// CanPlace is Can of the grid of the main network that a place is in.
func (p Policy) CanPlace(ctx context.Context, action rights.Action, id gridmap.PlaceID) error {
	return p.mayPlace(who.From(ctx), action, id)
}

func (p Policy) mayPlace(a who.Actor, action rights.Action, id gridmap.PlaceID) error {
	m := p.Maps.Current()
	n := m.Main()
	i := atlas.None
	if place := m.Place(id); n != nil && place != nil {
		i = n.OfPlace(m, place)
	}
	return p.mayAt(a, action, n, i)
}

// mayGrid is May of a grid of whatever network; one that was merged away counts
// as that which took most of it. What no network knows is for those over
// everything.
func (p Policy) mayGrid(a who.Actor, action rights.Action, id gridmap.GridID) error {
	m := p.Maps.Current()
	for range mostHeirs {
		for _, n := range m.Nets() {
			if n.Index(id) != atlas.None {
				return p.May(a, action, n.Network.ID, id)
			}
		}
		heir := heirOf(m, id)
		if heir == 0 {
			break
		}
		id = heir
	}
	return p.May(a, action, everyNetwork)
}

// CanPoint is Can of the grid of the main network that holds a point.
func (p Policy) CanPoint(ctx context.Context, action rights.Action, at spatial.Point) error {
	n := p.Maps.Current().Main()
	i := atlas.None
	if n != nil {
		i = n.Resolve(atlas.Ask{Point: at, Level: -1}).Grid
	}
	return p.mayAt(who.From(ctx), action, n, i)
}

// mayAt is May of a grid of the main network: of all of it for none.
func (p Policy) mayAt(a who.Actor, action rights.Action, n *atlas.Net, i int32) error {
	switch {
	case n == nil:
		return p.May(a, action, 0)
	case i == atlas.None:
		return p.May(a, action, n.Network.ID)
	}
	return p.May(a, action, n.Network.ID, n.Grids[i].ID)
}

// Scope returns what asks a Policy about a place or, without one, a point; nil
// where nobody's rights end at a border.
func (g *Gate) Scope() func(context.Context, rights.Action, gridmap.PlaceID, spatial.Point) error {
	if !g.On() {
		return nil
	}
	p := Policy{Maps: g.Maps}
	return func(ctx context.Context, action rights.Action, id gridmap.PlaceID, at spatial.Point) error {
		if id == 0 {
			return p.CanPoint(ctx, action, at)
		}
		return p.CanPlace(ctx, action, id)
	}
}

// chainOf is a grid with its ancestors. Those of one that was merged away are
// of the grid that took most of it: its drafts and records go on being theirs.
func chainOf(m *atlas.Atlas, network gridmap.NetworkID, id gridmap.GridID) []gridmap.GridID {
	chain := []gridmap.GridID{id}
	for _, n := range m.Nets() {
		if n.Network.ID != network {
			continue
		}
		i := n.Index(id)
		for range mostHeirs {
			if i != atlas.None {
				break
			}
			if id = heirOf(m, id); id == 0 {
				return chain
			}
			chain, i = append(chain, id), n.Index(id)
		}
		if i == atlas.None {
			return chain
		}
		for i = n.Grids[i].Parent; i != atlas.None; i = n.Grids[i].Parent {
			chain = append(chain, n.Grids[i].ID)
		}
	}
	return chain
}

// mostHeirs bounds how often a grid may have been merged on: records could lead
// round in a circle.
const mostHeirs = 16

// heirOf is the grid that took the largest share of one that is no more; 0
// where none is known.
func heirOf(m *atlas.Atlas, id gridmap.GridID) gridmap.GridID {
	if heirs := m.Heirs(id); len(heirs) > 0 {
		return heirs[0].Grid
	}
	return 0
}

// Names reads codes and ids in the newest map.
type Names struct{ Atlas *atlas.Atlas }

func (g *Gate) names() Names {
	if g.Maps == nil {
		return Names{}
	}
	return Names{g.Maps.Current()}
}

var _ rights.Names = Names{}

func (v Names) nets() []*atlas.Net {
	if v.Atlas == nil {
		return nil
	}
	return v.Atlas.Nets()
}

// NetworkID implements rights.Names.
func (v Names) NetworkID(code string) gridmap.NetworkID {
	for _, n := range v.nets() {
		if n.Network.Code == code {
			return n.Network.ID
		}
	}
	return 0
}

// NetworkCode implements rights.Names.
func (v Names) NetworkCode(id gridmap.NetworkID) string {
	for _, n := range v.nets() {
		if n.Network.ID == id {
			return n.Network.Code
		}
	}
	return ""
}

// GridID implements rights.Names.
func (v Names) GridID(network gridmap.NetworkID, code string) gridmap.GridID {
	for _, n := range v.nets() {
		if i := n.ByCode(code); n.Network.ID == network && i != atlas.None {
			return n.Grids[i].ID
		}
	}
	return 0
}

// GridCode implements rights.Names.
func (v Names) GridCode(id gridmap.GridID) string {
	for _, n := range v.nets() {
		if i := n.Index(id); i != atlas.None {
			return n.Grids[i].Code
		}
	}
	return ""
}
