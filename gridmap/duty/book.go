package duty

import (
	"cmp"
	"slices"
	"strings"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/publish"
)

// Book is a tenant's rosters, absences, modes, matters and units as of one
// snapshot. The zero Book has none. It is safe for any number of readers.
type Book struct {
	absences map[gridmap.PersonID][]Entry[Absence]
	modes    map[gridmap.GridID][]Entry[Switch]
	shifts   map[gridmap.GridID][]Entry[Shift]
	matters  []Entry[Matter] // by key
	units    map[string]Entry[Unit]
	links    map[gridmap.GridID][]string // keys of units, sorted
	cadres   map[gridmap.GridID][]Entry[Liaison]
	visited  map[gridmap.PlaceID][]Entry[Liaison]
	policy   publish.Policy
	hotline  string
}

// NewBook reads the records believed and valid at one time, of any kinds; the
// errors name those that could not be used.
func NewBook(records []gridmap.Record, s gridmap.Settings) (*Book, []error) {
	byKind := map[gridmap.RecordKind][]gridmap.Record{}
	for _, r := range records {
		byKind[r.Kind] = append(byKind[r.Kind], r)
	}
	b := &Book{
		absences: map[gridmap.PersonID][]Entry[Absence]{}, modes: map[gridmap.GridID][]Entry[Switch]{},
		shifts: map[gridmap.GridID][]Entry[Shift]{}, units: map[string]Entry[Unit]{}, links: map[gridmap.GridID][]string{},
		cadres: map[gridmap.GridID][]Entry[Liaison]{}, visited: map[gridmap.PlaceID][]Entry[Liaison]{},
		hotline: s.PublicHotline(),
	}
	var bad []error
	note := func(errs []error) { bad = append(bad, errs...) }
	absences, errs := Read[Absence](byKind[gridmap.AbsenceRecord])
	note(errs)
	for _, e := range absences {
		b.absences[e.Person] = append(b.absences[e.Person], e)
	}
	modes, errs := Read[Switch](byKind[gridmap.ModeRecord])
	note(errs)
	for _, e := range modes {
		b.modes[e.Grid] = append(b.modes[e.Grid], e)
	}
	shifts, errs := Read[Shift](byKind[gridmap.RosterRecord])
	note(errs)
	for _, e := range shifts {
		b.shifts[e.Grid] = append(b.shifts[e.Grid], e)
	}
	units, errs := Read[Unit](byKind[gridmap.UnitRecord])
	note(errs)
	for _, e := range units {
		b.units[e.Key] = e
	}
	links, errs := Read[Link](byKind[gridmap.LinkRecord])
	note(errs)
	for _, e := range links {
		b.links[e.Grid] = append(b.links[e.Grid], e.Body.Unit)
	}
	for _, keys := range b.links {
		slices.Sort(keys)
	}
	liaisons, errs := Read[Liaison](byKind[gridmap.LiaisonRecord])
	note(errs)
	for _, e := range liaisons {
		if e.Place != 0 {
			b.visited[e.Place] = append(b.visited[e.Place], e)
		} else {
			b.cadres[e.Grid] = append(b.cadres[e.Grid], e)
		}
	}
	b.matters, errs = Read[Matter](byKind[gridmap.MatterRecord])
	note(errs)
	slices.SortFunc(b.matters, func(x, y Entry[Matter]) int { return cmp.Compare(x.Key, y.Key) })
	b.policy, errs = publish.New(byKind[gridmap.PolicyRecord], s.PublishPhones)
	note(errs)
	return b, bad
}

// Policy is what of a person may be shown.
func (b *Book) Policy() publish.Policy { return b.policy }

// Matter finds a matter by its code, name or another wording; false when the
// list has none such.
func (b *Book) Matter(what string) (Entry[Matter], bool) {
	what = strings.TrimSpace(what)
	for _, m := range b.matters {
		if what != "" && (m.Key == what || m.Body.Name == what || slices.Contains(m.Body.Aliases, what)) {
			return m, true
		}
	}
	return Entry[Matter]{}, false
}

// Matters is the whole list, by code; read-only.
func (b *Book) Matters() []Entry[Matter] { return b.matters }

// Unit finds a unit by its key.
func (b *Book) Unit(key string) (Entry[Unit], bool) {
	u, ok := b.units[key]
	return u, ok
}

// UnitsOver returns the units linked to a grid, by key.
func (b *Book) UnitsOver(id gridmap.GridID) []Entry[Unit] {
	var out []Entry[Unit]
	for _, key := range b.links[id] {
		if u, ok := b.units[key]; ok {
			out = append(out, u)
		}
	}
	return out
}

// LiaisonsOf returns who looks after a place (0: none), then who looks after the
// grids of a chain, the deepest first (包联).
func (b *Book) LiaisonsOf(place gridmap.PlaceID, chain []gridmap.GridID) []Entry[Liaison] {
	out := slices.Clone(b.visited[place])
	for _, id := range reversed(chain) {
		out = append(out, b.cadres[id]...)
	}
	return out
}

// ModeAt returns the mode at a grid, given the grids from the top down to it,
// and why. The deepest grid that says anything decides; of several records
// there, the emergency.
func (b *Book) ModeAt(chain []gridmap.GridID) (Mode, string) {
	for _, id := range append(reversed(chain), 0) {
		found := b.modes[id]
		if len(found) == 0 {
			continue
		}
		for _, e := range found {
			if e.Body.Mode == Emergency {
				return Emergency, e.Body.Reason
			}
		}
		return found[0].Body.Mode, found[0].Body.Reason
	}
	return Normal, ""
}

// away tells whether a person is away at a grid (its chain), and who stands in.
func (b *Book) away(id gridmap.PersonID, chain []gridmap.GridID) (Absence, bool) {
	for _, e := range b.absences[id] {
		if e.Grid == 0 || slices.Contains(chain, e.Grid) {
			return e.Body, true
		}
	}
	return Absence{}, false
}

func reversed(chain []gridmap.GridID) []gridmap.GridID {
	out := slices.Clone(chain)
	slices.Reverse(out)
	return out
}
