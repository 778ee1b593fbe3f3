package plan

import (
	"cmp"
	"fmt"
	"maps"
	"math/bits"
	"slices"

	"cloudgrid/gridmap"
	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

type splitBody struct {
	Atom   gridmap.AtomID     `json:"atom"`
	Line   line               `json:"line"`
	Counts map[string][]int64 `json:"counts,omitempty"` // by piece: first that which keeps the atom, then the others, largest first; filled in
}

// splitAtom cuts the ground of an atom along a line. The largest piece is the
// atom still; the others are new atoms in the same grid. Each count is shared
// as given or else by area, and adds up to what it was.
func (e *edit) splitAtom(body *splitBody) error {
	f, err := e.free(body.Atom)
	if err != nil {
		return err
	}
	for k, list := range body.Counts {
		if _, known := slices.BinarySearch(e.b.base.keys, k); !known {
			return gridmap.Errorf(gridmap.Invalid, "单元没有计数 %q (no such count)", k)
		}
		if slices.ContainsFunc(list, func(n int64) bool { return n < 0 }) {
			return e.at(gridmap.Errorf(gridmap.Invalid, "计数 %s 不能为负数 (negative count)", k), f)
		}
	}
	if err := e.mayMove([]int32{f}); err != nil {
		return err
	}
	pieces, err := e.split(f, body.Line.points())
	if err != nil {
		return err
	}
	body.Counts, err = e.share(f, pieces, body.Counts)
	return err
}

// split cuts a face and returns the pieces, the face itself first.
func (e *edit) split(f int32, cut []spatial.Point) ([]int32, error) {
	if len(cut) < 2 {
		return nil, gridmap.Errorf(gridmap.Invalid, "切割线至少要两个不同的点 (a line has two points or more)")
	}
	topo, c, err := e.b.topo.SplitFace(topology.FaceID(f), cut)
	if err != nil {
		return nil, e.refused(err)
	}
	e.fp.write(MemberKey, int64(e.b.atom(f).id))
	if _, err := e.lay(topo, c, f); err != nil {
		return nil, err
	}
	pieces := []int32{f}
	for _, n := range c.NewFaces {
		pieces = append(pieces, int32(n))
	}
	return pieces, nil
}

// share divides the counts of a face, which still has them all, between its
// pieces, and returns them.
func (e *edit) share(f int32, pieces []int32, given map[string][]int64) (map[string][]int64, error) {
	out := make(map[string][]int64, len(e.b.base.keys))
	total := e.b.atom(f).counts
	areas := make([]int64, len(pieces))
	counts := make([][]int64, len(pieces))
	for i, p := range pieces {
		areas[i], counts[i] = e.b.atom(p).areaCM2, make([]int64, len(total))
	}
	for k, key := range e.b.base.keys {
		parts, isGiven := given[key]
		if !isGiven {
			parts = apportion(total[k], areas)
		}
		if len(parts) != len(pieces) {
			return nil, e.at(gridmap.Errorf(gridmap.Invalid, "切割得到 %d 块，计数 %s 却给了 %d 个 (one count for each piece)", len(pieces), key, len(parts)), f)
		}
		sum := int64(0)
		for i, n := range parts {
			if sum += n; n > total[k] || sum > total[k] {
				sum = -1
				break
			}
			counts[i][k] = n
		}
		if sum != total[k] {
			return nil, e.at(gridmap.Errorf(gridmap.Invalid, "各块的 %s 之和与单元 %s 原有的 %d 不符 (the counts do not add up)", key, e.b.atom(f).title(), total[k]), f)
		}
		out[key] = parts
	}
	for i, p := range pieces {
		a := *e.b.atom(p)
		a.counts = counts[i]
		e.b.edited[p] = &a
		e.moved[p] = true
	}
	return out, nil
}

// apportion shares n by weights into whole parts that add up to n: each its
// whole share, and what is left one by one to the largest remainders (Hamilton;
// ties to the first). Without weights the first gets all.
func apportion(n int64, weights []int64) []int64 {
	parts := make([]int64, len(weights))
	var sum uint64
	for _, w := range weights {
		sum += uint64(max(w, 0))
	}
	if sum == 0 || n <= 0 {
		parts[0] = n
		return parts
	}
	rest := make([]uint64, len(weights))
	left := n
	order := make([]int, len(weights))
	for i, w := range weights {
		hi, lo := bits.Mul64(uint64(n), uint64(max(w, 0)))
		q, r := bits.Div64(hi, lo, sum) // w ≤ sum, so q ≤ n
		parts[i], rest[i], order[i] = int64(q), r, i
		left -= int64(q)
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(rest[j], rest[i]) })
	for _, i := range order[:left] {
		parts[i]++
	}
	return parts
}

// pieceCode names a piece of an atom: the atom's code with the first number
// behind it that no other atom has.
func (b *Board) pieceCode(of *atom) (code, name string) {
	taken := b.base.atomCodes()
	for n := 2; ; n++ {
		code = fmt.Sprintf("%s-%d", of.code, n)
		if taken[code] || b.hasPiece(code) {
			continue
		}
		if of.name == "" {
			return code, ""
		}
		return code, fmt.Sprintf("%s-%d", of.name, n)
	}
}

func (b *Board) hasPiece(code string) bool {
	for _, f := range b.atomAt {
		if b.edited[f].code == code {
			return true
		}
	}
	return false
}

// atomCodes is the codes of all atoms of the snapshot.
func (bs *base) atomCodes() map[string]bool {
	bs.codesOnce.Do(func() {
		bs.codes = make(map[string]bool, bs.atlas.NumAtoms())
		for i := range int32(bs.atlas.NumAtoms()) {
			bs.codes[bs.atlas.Atom(i).Code] = true
		}
	})
	return bs.codes
}

// elsewhere names a network that has an atom in a ground other than this one;
// "" for none. Networks over exactly the same atoms share their ground, and
// follow.
func (bs *base) elsewhere(f int32) string {
	bs.othersOnce.Do(func() {
		bs.others = map[gridmap.AtomID]string{}
		_, atoms, _ := bs.net.Ground()
		for _, n := range bs.atlas.Nets() {
			_, theirs, _ := n.Ground()
			if n == bs.net || slices.Equal(atoms, theirs) {
				continue
			}
			for _, i := range theirs {
				bs.others[bs.atlas.Atom(i).ID] = n.Network.Name
			}
		}
	})
	return bs.others[bs.atoms[f].id]
}

// clonedPins is a copy of the pins, to be written to.
func (b *Board) clonedPins() map[int32]lock {
	if b.pins == nil {
		return map[int32]lock{}
	}
	return maps.Clone(b.pins)
}
