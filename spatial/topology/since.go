package topology

import "slices"

// ChangedSince returns the arcs, ascending, that are not in t as they are in
// old: those with other points or faces, and those that only one of the two
// has. Where t was edited from old, however often, it costs little: what they
// share is not looked at.
func (t *Topology) ChangedSince(old *Topology) (changed []ArcID) {
	for k := range max(len(t.arcBlocks), len(old.arcBlocks)) {
		var a, b *arcBlock
		if k < len(old.arcBlocks) {
			a = old.arcBlocks[k]
		}
		if k < len(t.arcBlocks) {
			b = t.arcBlocks[k]
		}
		if a == b {
			continue
		}
		for i := range max(a.size(), b.size()) {
			if !a.arcOrNone(i).equal(b.arcOrNone(i)) {
				changed = append(changed, ArcID(k<<blockBits+i))
			}
		}
	}
	return changed
}

func (b *arcBlock) size() int {
	if b == nil {
		return 0
	}
	return len(b.left)
}

func (b *arcBlock) arcOrNone(i int) Arc {
	if i >= b.size() {
		return Arc{}
	}
	return b.arc(i)
}

// equal counts all arcs without points as the same.
func (a Arc) equal(b Arc) bool {
	if len(a.Points) == 0 || len(b.Points) == 0 {
		return len(a.Points) == len(b.Points)
	}
	return a.Left == b.Left && a.Right == b.Right && slices.Equal(a.Points, b.Points)
}
