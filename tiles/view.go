package tiles

import "sync"

// view is what a zoom shows of the faces: faces that no visible level tells
// apart are one, and the arcs between them are not drawn. Overviews of large
// coverages would otherwise be made of arcs that nobody sees.
type view struct {
	once  sync.Once
	stand []int32 // per face: the face that stands for all like it, or outside; nil when each stands for itself
}

// viewAt returns the stand-ins at a zoom; false when nothing is visible.
func (p *Pyramid) viewAt(z uint8) (stand []int32, shown bool) {
	var visible []*Level
	deepest := uint8(0) // all zooms from here to z show the same levels
	for i := range p.src.Levels {
		if l := &p.src.Levels[i]; l.MinZoom <= z {
			visible = append(visible, l)
			deepest = max(deepest, l.MinZoom)
		}
	}
	if a := p.src.Atoms; a != nil && a.MinZoom <= z {
		visible = append(visible, a)
		deepest = max(deepest, a.MinZoom)
	}
	if len(visible) == 0 {
		return nil, false
	}
	v := p.views[deepest]
	v.once.Do(func() { v.stand = standIns(visible) })
	return v.stand, true
}

// standIns finds the faces that the levels do not tell apart.
func standIns(levels []*Level) []int32 {
	if levels[len(levels)-1].isFaces() {
		return nil
	}
	faces := len(levels[0].Of)
	class := make([]int32, faces) // 0 for faces in no feature
	classes := int32(1)
	for k := len(levels) - 1; k >= 0; k-- {
		of, n := levels[k].Of, int32(len(levels[k].IDs))
		if k == len(levels)-1 {
			for f, g := range of {
				class[f] = g + 1
			}
			classes = n + 1
			continue
		}
		if !splits(class, classes, of) {
			continue
		}
		type pair struct{ class, feature int32 }
		number := map[pair]int32{{0, -1}: 0}
		for f, g := range of {
			key := pair{class[f], g}
			c, ok := number[key]
			if !ok {
				c = int32(len(number))
				number[key] = c
			}
			class[f] = c
		}
		classes = int32(len(number))
	}
	first := make([]int32, classes)
	same := true
	stand := class
	for f, c := range class {
		switch {
		case c == 0:
			stand[f], same = outside, false
			continue
		case first[c] == 0:
			first[c] = int32(f) + 1
		default:
			same = false
		}
		stand[f] = first[c] - 1
	}
	if same {
		return nil
	}
	return stand
}

// splits tells whether a level tells faces of one class apart; a nested tree of
// levels never does, seen from below.
func splits(class []int32, classes int32, of []int32) bool {
	const unseen = -2
	feature := make([]int32, classes)
	for i := range feature {
		feature[i] = unseen
	}
	feature[0] = -1
	for f, c := range class {
		if feature[c] == unseen {
			feature[c] = of[f]
		}
		if feature[c] != of[f] {
			return true
		}
	}
	return false
}
