package district

import (
	"cmp"
	"slices"
	"strings"

	"cloudgrid/spatial"
	"cloudgrid/spatial/measure"
	"cloudgrid/spatial/topology"

	"github.com/tidwall/rtree"
)

// Line is a road, a railway or a bank.
type Line struct {
	Points   []spatial.Point
	Barrier  bool
	Arterial bool
}

// MarksAlong says which borders of a ground run along lines: those of which
// at least half the length keeps within nearM of one (0 is 1 m, for lines that
// the ground was drawn with).
func MarksAlong(ground *topology.Topology, lines []Line, nearM float64) []Mark {
	if nearM <= 0 {
		nearM = 1
	}
	tree := indexLines(lines)
	type part struct{ all, barrier, arterial float64 }
	parts := map[[2]int32]part{}
	for id := range ground.NumArcs() {
		arc := ground.Arc(topology.ArcID(id))
		if arc.Left == topology.Outside || arc.Right == topology.Outside {
			continue
		}
		pair := [2]int32{int32(min(arc.Left, arc.Right)), int32(max(arc.Left, arc.Right))}
		p := parts[pair]
		for i := range max(len(arc.Points)-1, 0) {
			a, b := arc.Points[i], arc.Points[i+1]
			length := measure.NearM(a, b)
			barrier, arterial := tree.along(a, b, nearM)
			p.all += length
			if barrier {
				p.barrier += length
			}
			if arterial {
				p.arterial += length
			}
		}
		parts[pair] = p
	}
	var marks []Mark
	for pair, p := range parts {
		m := Mark{A: pair[0], B: pair[1], Barrier: p.barrier*2 >= p.all, Arterial: p.arterial*2 >= p.all}
		if p.all > 0 && (m.Barrier || m.Arterial) {
			marks = append(marks, m)
		}
	}
	slices.SortFunc(marks, func(a, b Mark) int { return cmp.Or(cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B)) })
	return marks
}

// lineTree finds the pieces of lines near a place.
type lineTree struct {
	rtree.RTreeGN[int32, linePiece]
}

type linePiece struct {
	a, b              spatial.Point
	barrier, arterial bool
}

func indexLines(lines []Line) *lineTree {
	t := &lineTree{}
	for _, l := range lines {
		for i := range max(len(l.Points)-1, 0) {
			a, b := l.Points[i], l.Points[i+1]
			box := spatial.EmptyBox().Extend(a).Extend(b)
			t.Insert([2]int32{box.Min.X, box.Min.Y}, [2]int32{box.Max.X, box.Max.Y}, linePiece{a, b, l.Barrier, l.Arterial})
		}
	}
	return t
}

// along tells whether the middle and both ends of a–b are near lines.
func (t *lineTree) along(a, b spatial.Point, nearM float64) (barrier, arterial bool) {
	barrier, arterial = true, true
	for _, p := range []spatial.Point{a, b, centre(spatial.EmptyBox().Extend(a).Extend(b))} {
		isBarrier, isArterial := false, false
		frame := measure.FrameAt(p)
		far := frame.At(nearM+1, nearM+1)
		w, h := far.X-p.X, far.Y-p.Y
		t.Search([2]int32{p.X - w, p.Y - h}, [2]int32{p.X + w, p.Y + h}, func(_, _ [2]int32, l linePiece) bool {
			if d, _ := measure.PointSegmentM(p, l.a, l.b); d <= nearM {
				isBarrier, isArterial = isBarrier || l.barrier, isArterial || l.arterial
			}
			return true
		})
		barrier, arterial = barrier && isBarrier, arterial && isArterial
	}
	return barrier, arterial
}

// Attributes of an atom that name, by their codes with | between, neighbours
// with which it shares a main road, and those it is cut off from.
const (
	ArterialTo = "arterial_to"
	BarrierTo  = "barrier_to"
)

// ReadMarks reads those attributes, given by face. Codes that name no atom are
// left out: an atom may have gone since.
func ReadMarks(atoms []Atom, attrs []map[string]string) []Mark {
	byCode := make(map[string]int32, len(atoms))
	for f, a := range atoms {
		byCode[a.Code] = int32(f)
	}
	var marks []Mark
	for f, of := range attrs {
		for key, mark := range map[string]Mark{ArterialTo: {Arterial: true}, BarrierTo: {Barrier: true}} {
			for code := range strings.SplitSeq(of[key], "|") {
				if to, ok := byCode[code]; ok && to != int32(f) {
					mark.A, mark.B = int32(f), to
					marks = append(marks, mark)
				}
			}
		}
	}
	return marks
}
