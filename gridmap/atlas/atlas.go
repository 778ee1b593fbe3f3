// Package atlas is the map in memory: one immutable snapshot of every network,
// its grids, the atoms they are made of and the people who answer for them. It
// answers where a point belongs and who to call, without a lock and without the
// store; a reader holds one Atlas and never sees two editions mixed.
package atlas

import (
	"strconv"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/spatial"
)

// Atlas is the state of a store at one valid time, as believed after one change
// set. Immutable: safe for any number of readers.
type Atlas struct {
	head     gridmap.Head
	settings gridmap.Settings
	at       time.Time
	since    time.Time // the newest change of validity not after at; zero: none
	until    time.Time // the first change of validity after at; zero: none
	edition  gridmap.Edition
	scope    gridmap.Scope
	abroad   *abroad // nil: nothing is known

	nets      []*Net
	atoms     []Atom
	countKeys []string
	counts    []int64 // len(atoms) × len(countKeys)
	places    []gridmap.Place
	persons   []gridmap.Person
	roles     map[string]gridmap.Role
	profiles  []gridmap.SizingProfile
	records   map[gridmap.RecordKind][]gridmap.Record
	heirs     estates
	atomIndex map[gridmap.AtomID]int32
	stray     map[gridmap.GridID][]Post // of grids that are not there now

	*lookups
}

// lookups are made when first asked for, and shared by snapshots between which
// nothing that they are made of changed.
type lookups struct{ addresses addresses }

// Atom is a basic unit of the snapshot.
type Atom struct {
	ID         gridmap.AtomID
	Code, Name string
	Kind       string
	Foreign    bool // another county's: see Net.Foreign
}

// Head tells which state of the store this is.
func (a *Atlas) Head() gridmap.Head { return a.head }

// Edition is the newest published state in it; its zero value says that none is.
func (a *Atlas) Edition() gridmap.Edition { return a.edition }

// Settings are the tenant's.
func (a *Atlas) Settings() gridmap.Settings { return a.settings }

// Profiles are the tenant's sizing profiles; read-only.
func (a *Atlas) Profiles() []gridmap.SizingProfile { return a.profiles }

// At is the valid time that the snapshot shows.
func (a *Atlas) At() time.Time { return a.at }

// Until is the first later moment at which something known today begins or
// ends to be valid, such as an edition that is published but not yet in effect;
// zero when there is none.
func (a *Atlas) Until() time.Time { return a.until }

// Covers tells whether the snapshot shows the valid time t: whether nothing
// begins or ends between t and At.
func (a *Atlas) Covers(t time.Time) bool {
	return (a.since.IsZero() || !t.Before(a.since)) && (a.until.IsZero() || t.Before(a.until))
}

// Nets returns the networks, the main one first.
func (a *Atlas) Nets() []*Net { return a.nets }

// Main returns the network that answers when none is asked for; nil in an
// empty atlas.
func (a *Atlas) Main() *Net {
	if len(a.nets) == 0 {
		return nil
	}
	return a.nets[0]
}

// Net finds a network by its code; nil when there is none.
func (a *Atlas) Net(code string) *Net {
	for _, n := range a.nets {
		if n.Network.Code == code {
			return n
		}
	}
	return nil
}

// NumAtoms returns how many atoms there are.
func (a *Atlas) NumAtoms() int { return len(a.atoms) }

// Atom returns an atom by its index.
func (a *Atlas) Atom(i int32) Atom { return a.atoms[i] }

// Places returns the standard addresses; read-only.
func (a *Atlas) Places() []gridmap.Place { return a.places }

// CountKeys names what is counted ("households", "persons" …), sorted.
func (a *Atlas) CountKeys() []string { return a.countKeys }

// AtomCounts returns the counts of an atom in the order of CountKeys; read-only.
func (a *Atlas) AtomCounts(i int32) []int64 {
	k := len(a.countKeys)
	return a.counts[int(i)*k : int(i)*k+k]
}

// Token names the content of the snapshot: it changes with every change set and
// whenever time makes something begin or end, and is the same in every process
// that shows the same state of the same store.
func (a *Atlas) Token() string {
	token := strconv.FormatInt(int64(a.head.Seq), 10)
	if !a.since.IsZero() {
		token += "." + strconv.FormatInt(a.since.UnixMicro(), 36)
	}
	return token
}

// Bounds returns the box around every network's ground; empty when there is none.
func (a *Atlas) Bounds() spatial.Box {
	b := spatial.EmptyBox()
	for _, n := range a.nets {
		b = b.Union(n.Bounds())
	}
	return b
}
