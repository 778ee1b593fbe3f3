package plan

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"slices"
)

// KeyKind says which side of a thing a key is about.
type KeyKind uint8

// The kinds of keys.
const (
	MemberKey KeyKind = iota + 1 // which grid an atom belongs to, and what it counts
	GroundKey                    // the ground of an atom; ID 0 is the ground outside
	GridKey                      // that a grid is there
	AttrsKey                     // a grid's code, name, type and attributes
	LockKey                      // the lock of a grid, or the pin of an atom: ids are never shared between kinds of things
	CodeKey                      // whose a code is; ID is a hash of the code
)

// Key is one thing that an operation reads or writes.
type Key struct {
	Kind KeyKind
	ID   int64
}

// String names the key as HTTP answers do: "atom:1", "grid:12" …
func (k Key) String() string {
	name := map[KeyKind]string{MemberKey: "atom", GroundKey: "ground", GridKey: "grid", AttrsKey: "attrs", LockKey: "lock", CodeKey: "code"}[k.Kind]
	return fmt.Sprintf("%s:%d", name, k.ID)
}

func compareKeys(a, b Key) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID))
}

// Footprint is what an operation read to decide what to do, and what it
// changed. Both lists are sorted and without repeats; what is written need not
// be listed as read.
type Footprint struct{ Reads, Writes []Key }

// Clashes returns the keys that one of the two writes and the other reads or
// writes, sorted. Two operations as they were logged (Effects.Body) whose
// footprints do not clash can be applied in either order, with the same result.
func (f Footprint) Clashes(g Footprint) []Key {
	var out []Key
	out = common(out, f.Writes, g.Writes)
	out = common(out, f.Writes, g.Reads)
	out = common(out, f.Reads, g.Writes)
	slices.SortFunc(out, compareKeys)
	return slices.Compact(out)
}

// common appends the keys that both sorted lists hold.
func common(out, a, b []Key) []Key {
	for len(a) > 0 && len(b) > 0 {
		switch c := compareKeys(a[0], b[0]); {
		case c < 0:
			a = a[1:]
		case c > 0:
			b = b[1:]
		default:
			out, a, b = append(out, a[0]), a[1:], b[1:]
		}
	}
	return out
}

func (f *Footprint) read(k KeyKind, ids ...int64) {
	for _, id := range ids {
		f.Reads = append(f.Reads, Key{k, id})
	}
}

func (f *Footprint) write(k KeyKind, ids ...int64) {
	for _, id := range ids {
		f.Writes = append(f.Writes, Key{k, id})
	}
}

// code is the key of a code.
func (f *Footprint) code(code string) {
	if code == "" {
		return
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(code)) // never fails
	f.write(CodeKey, int64(h.Sum64()>>1))
}

// sorted puts the footprint in order.
func (f Footprint) sorted() Footprint {
	for _, keys := range []*[]Key{&f.Reads, &f.Writes} {
		slices.SortFunc(*keys, compareKeys)
		*keys = slices.Compact(*keys)
	}
	return f
}
