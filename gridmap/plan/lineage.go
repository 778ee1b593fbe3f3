package plan

import (
	"cmp"
	"slices"

	"cloudgrid/gridmap"
)

// Descent says which share of a grid of the base went to a grid of the draft:
// by households, by area where the grid had none.
type Descent struct {
	From, To   gridmap.GridID
	Share      float64 // 0 … 1; those of one From add up to 1
	Households int64
}

// Lineage returns where the grids of the base went whose atoms are no longer
// what they were, and where grids of the draft came from: one line for each
// pair that shares ground, the part that stays included, by From, then the
// largest share.
func (b *Board) Lineage() []Descent {
	type pair struct{ from, to int32 }
	type part struct{ households, areaCM2 int64 }
	parts := map[pair]part{}
	whole := map[int32]part{}
	for from := range b.regroupedBase() {
		for _, f := range b.facesFrom(from) {
			to, h, area := b.owner.at(f), b.households(f), b.atom(f).areaCM2
			p, w := parts[pair{from, to}], whole[from]
			parts[pair{from, to}] = part{p.households + h, p.areaCM2 + area}
			whole[from] = part{w.households + h, w.areaCM2 + area}
		}
	}
	out := make([]Descent, 0, len(parts))
	for p, has := range parts {
		d := Descent{From: b.grids.at(p.from).id, Households: has.households}
		if p.to != none {
			d.To = b.grids.at(p.to).id
		}
		if w := whole[p.from]; w.households > 0 {
			d.Share = float64(has.households) / float64(w.households)
		} else if w.areaCM2 > 0 {
			d.Share = float64(has.areaCM2) / float64(w.areaCM2)
		}
		out = append(out, d)
	}
	slices.SortFunc(out, func(x, y Descent) int {
		return cmp.Or(cmp.Compare(x.From, y.From), cmp.Compare(y.Share, x.Share), cmp.Compare(x.To, y.To))
	})
	return out
}

// regroupedBase is the grids of the base that lost ground to another.
func (b *Board) regroupedBase() map[int32]bool {
	out := map[int32]bool{}
	for i := range b.grids.len() {
		if g := b.grids.at(i); g == g.base {
			continue
		}
		for _, f := range b.grids.at(i).faces {
			if was := b.base.owner[b.atom(f).of]; was != i && was != none {
				out[was] = true
			}
		}
	}
	return out
}

// facesFrom lists the faces that were a grid's in the base, the pieces of its
// atoms included.
func (b *Board) facesFrom(from int32) []int32 {
	faces := slices.Clone(b.base.grids[from].faces)
	for f := int32(len(b.base.atoms)); f < b.owner.len(); f++ {
		if b.base.owner[b.atom(f).of] == from {
			faces = append(faces, f)
		}
	}
	return faces
}
