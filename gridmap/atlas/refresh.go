package atlas

import (
	"context"
	"errors"
	"iter"
	"maps"
	"reflect"
	"slices"
	"time"

	"cloudgrid/gridmap"
)

// errReload says that the next snapshot cannot safely share with this one.
var errReload = errors.New("the snapshot must be loaded whole")

// sharedMost bounds how many rows of a kind a refresh reads: beyond it a whole
// load is hardly dearer.
const sharedMost = 1 << 16

// refreshed returns the snapshot of the store's present state, valid at the
// given time, made from a: it reads only what was recorded or superseded since,
// and shares everything else. The result answers as one that Load made. It is
// nil where that cannot be had by sharing: when atoms came, went or changed
// shape, networks or levels changed, something began or ended by itself, or too
// much changed.
func (a *Atlas) refreshed(ctx context.Context, r gridmap.Reader, at time.Time) (*Atlas, error) {
	if at.IsZero() || !a.Covers(at) {
		return nil, nil
	}
	f := &refresher{old: a, loader: loader{ctx: ctx, r: r, q: gridmap.Query{Scope: a.scope}, a: &Atlas{at: at.UTC(), since: a.since, until: a.until, scope: a.scope, abroad: a.abroad}}}
	for _, step := range []func() error{f.frame, f.sameLine, f.sameRim, f.read, f.bounds.settle, f.derive} {
		if err := step(); errors.Is(err, errReload) {
			return nil, nil
		} else if err != nil {
			return nil, err
		}
	}
	return f.a, nil
}

// refresher makes a snapshot from an older one; it lives for one refresh.
type refresher struct {
	loader
	old    *Atlas
	bounds boundaries

	replanted  []bool // by network: its tree was planted again
	strayOwned bool   // a.stray is not the old snapshot's own map

	atoms   diff[gridmap.AtomID, gridmap.Atom]
	grids   diff[gridmap.GridID, gridmap.Grid]
	members diff[memberKey, gridmap.Membership]
	places  diff[gridmap.PlaceID, gridmap.Place]
	persons diff[gridmap.PersonID, gridmap.Person]
	posts   diff[gridmap.PostID, gridmap.Post]
	records diff[gridmap.RecordID, gridmap.Record]
}

type memberKey struct {
	atom    gridmap.AtomID
	network gridmap.NetworkID
}

// sameLine makes sure that the store is the one that the snapshot came from,
// with more change sets: not another one put in its place.
func (f *refresher) sameLine() error {
	if f.a.head.Seq <= f.old.head.Seq || f.old.head.Seq == 0 {
		return errReload
	}
	for c, err := range f.r.ChangeSets(f.ctx, f.old.head.Seq-1) {
		if err != nil {
			return err
		}
		if c.Seq == f.old.head.Seq && c.At.Equal(f.old.head.At) {
			return nil
		}
		break
	}
	return errReload
}

func (f *refresher) read() (err error) {
	q := gridmap.Query{Since: f.old.head.Seq, All: true, Scope: f.q.Scope}
	if f.atoms, err = differ(f, f.r.Atoms(f.ctx, q), func(x *gridmap.Atom) (gridmap.AtomID, gridmap.Span) { return x.ID, x.Span }); err != nil {
		return err
	}
	if f.grids, err = differ(f, f.r.Grids(f.ctx, q), func(x *gridmap.Grid) (gridmap.GridID, gridmap.Span) { return x.ID, x.Span }); err != nil {
		return err
	}
	if f.members, err = differ(f, f.r.Memberships(f.ctx, q), func(x *gridmap.Membership) (memberKey, gridmap.Span) {
		return memberKey{x.Atom, x.Network}, x.Span
	}); err != nil {
		return err
	}
	if f.places, err = differ(f, f.r.Places(f.ctx, q), func(x *gridmap.Place) (gridmap.PlaceID, gridmap.Span) { return x.ID, x.Span }); err != nil {
		return err
	}
	if f.persons, err = differ(f, f.r.Persons(f.ctx, q), func(x *gridmap.Person) (gridmap.PersonID, gridmap.Span) { return x.ID, x.Span }); err != nil {
		return err
	}
	if f.posts, err = differ(f, f.r.Posts(f.ctx, q), func(x *gridmap.Post) (gridmap.PostID, gridmap.Span) { return x.ID, x.Span }); err != nil {
		return err
	}
	f.records, err = differ(f, f.r.Records(f.ctx, q), func(x *gridmap.Record) (gridmap.RecordID, gridmap.Span) { return x.ID, x.Span })
	return err
}

// diff is what changed of a kind of thing, as valid at the snapshot's time. A
// thing of which only a past or future version changed is in neither map.
type diff[K comparable, T any] struct {
	gone map[K]T // what was so and is no longer believed
	now  map[K]T // what is newly believed
}

func (d diff[K, T]) empty() bool { return len(d.gone) == 0 && len(d.now) == 0 }

// keys lists what changed, each once.
func (d diff[K, T]) keys() []K {
	all := slices.Collect(maps.Keys(d.now))
	for k := range d.gone {
		if _, both := d.now[k]; !both {
			all = append(all, k)
		}
	}
	return all
}

// differ sorts the rows recorded or superseded since the old snapshot.
func differ[K comparable, T any](f *refresher, rows iter.Seq2[T, error], about func(*T) (K, gridmap.Span)) (d diff[K, T], err error) {
	d = diff[K, T]{map[K]T{}, map[K]T{}}
	seen := 0
	for row, err := range rows {
		if err != nil {
			return d, err
		}
		if seen++; seen > sharedMost {
			return d, errReload
		}
		key, span := about(&row)
		was := span.RecordedFrom <= f.old.head.Seq
		if !was && span.RecordedTo != 0 {
			continue // came and went
		}
		f.bounds.note(f.a, span, was)
		switch {
		case !span.ValidAt(f.a.at):
		case was:
			d.gone[key] = row
		default:
			d.now[key] = row
		}
	}
	f.bounds.a = f.a
	return d, nil
}

// boundaries follows when validity last changed and next changes.
type boundaries struct {
	a                    *Atlas
	lostSince, lostUntil bool // a version that gave this boundary is gone; another may still give it
	since, until         time.Time
}

func (b *boundaries) note(a *Atlas, s gridmap.Span, was bool) {
	for _, t := range [2]time.Time{s.ValidFrom, s.ValidTo} {
		switch later := t.After(a.at); {
		case t.IsZero():
		case was && later:
			b.lostUntil = b.lostUntil || t.Equal(a.until)
		case was:
			b.lostSince = b.lostSince || t.Equal(a.since)
		case later:
			if b.until.IsZero() || t.Before(b.until) {
				b.until = t
			}
		case t.After(b.since):
			b.since = t
		}
	}
}

// settle sets the boundaries of the new snapshot, which still has those of the
// old.
func (b *boundaries) settle() error {
	a := b.a
	switch {
	case !b.since.IsZero() && !b.since.Before(a.since):
		a.since = b.since
	case b.lostSince:
		return errReload
	}
	switch {
	case !b.until.IsZero() && (a.until.IsZero() || !b.until.After(a.until)):
		a.until = b.until
	case b.lostUntil:
		return errReload
	}
	return nil
}

// derive makes the new snapshot of the old one and what changed.
func (f *refresher) derive() error {
	for _, step := range []func() error{f.deriveAtoms, f.derivePersons, f.derivePlaces, f.deriveNets, f.derivePosts, f.deriveRecords} {
		if err := step(); err != nil {
			return err
		}
	}
	f.a.lookups = f.old.lookups
	if !f.places.empty() || !f.grids.empty() || !f.members.empty() {
		f.a.lookups = &lookups{}
		if f.grids.empty() && f.members.empty() { // no other place changed its grid
			f.a.addresses.before, f.a.addresses.changed = f.old.builtAddresses(), f.places.keys()
		}
	}
	return nil
}

func (f *refresher) deriveAtoms() error {
	a, old := f.a, f.old
	a.atoms, a.atomIndex, a.countKeys, a.counts = old.atoms, old.atomIndex, old.countKeys, old.counts
	if f.atoms.empty() {
		return nil
	}
	a.atoms, a.counts = slices.Clone(old.atoms), slices.Clone(old.counts)
	for _, id := range f.atoms.keys() {
		was, before := f.atoms.gone[id]
		now, after := f.atoms.now[id]
		i, known := old.atomIndex[id]
		if !before || !after || !known || !reflect.DeepEqual(was.Shape, now.Shape) || !sameKeys(was.Counts, now.Counts) {
			return errReload
		}
		a.atoms[i] = Atom{ID: now.ID, Code: now.Code, Name: now.Name, Kind: now.Kind, Foreign: old.atoms[i].Foreign}
		for k, key := range a.countKeys {
			a.counts[int(i)*len(a.countKeys)+k] = now.Counts[key]
		}
	}
	return nil
}

func sameKeys(a, b map[string]int64) bool {
	if len(a) != len(b) {
		return false
	}
	for k := range a {
		if _, ok := b[k]; !ok {
			return false
		}
	}
	return true
}

func (f *refresher) derivePersons() error {
	f.a.persons = patched(f.old.persons, f.persons, func(p *gridmap.Person) gridmap.PersonID { return p.ID })
	return nil
}

func (f *refresher) derivePlaces() error {
	f.a.places = patched(f.old.places, f.places, func(p *gridmap.Place) gridmap.PlaceID { return p.ID })
	return nil
}

// patched applies a diff to a list that is sorted by id.
func patched[K ~int64, T any](old []T, d diff[K, T], id func(*T) K) []T {
	if d.empty() {
		return old
	}
	fresh := slices.SortedFunc(maps.Values(d.now), func(x, y T) int { return int(id(&x) - id(&y)) })
	list := make([]T, 0, len(old)+len(fresh))
	for i := range old {
		k := id(&old[i])
		for len(fresh) > 0 && id(&fresh[0]) < k {
			list, fresh = append(list, fresh[0]), fresh[1:]
		}
		if _, gone := d.gone[k]; gone {
			continue
		}
		list = append(list, old[i])
	}
	return append(list, fresh...)
}
