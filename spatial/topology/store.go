package topology

import (
	"slices"

	"cloudgrid/spatial"
)

// Arcs and faces are kept in blocks of this many: an edit copies the blocks
// that it touches, some ten kilobytes each, and shares all others.
const (
	blockBits = 8
	blockSize = 1 << blockBits
	blockMask = blockSize - 1
)

// arcBlock holds consecutive arcs, their points packed end to end.
type arcBlock struct {
	left, right []FaceID
	off         []uint32 // of arc i in pts; one more at the end
	pts         []spatial.Point
	partOff     []uint32 // of a dissolved topology: of arc i in parts
	parts       []Part
}

// faceBlock holds the arc lists of consecutive faces.
type faceBlock struct {
	off  []uint32
	arcs []ArcID
}

func (b *arcBlock) arc(i int) Arc {
	return Arc{b.left[i], b.right[i], b.pts[b.off[i]:b.off[i+1]:b.off[i+1]]}
}

func (b *arcBlock) arcParts(i int) []Part {
	if b.partOff == nil {
		return nil
	}
	return b.parts[b.partOff[i]:b.partOff[i+1]:b.partOff[i+1]]
}

// parted is an arc with its base arcs, if it is a dissolved one.
type parted struct {
	Arc
	parts []Part
}

// packArcs makes a block of arcs.
func packArcs(arcs []parted) *arcBlock {
	n, parts := 0, 0
	for _, a := range arcs {
		n += len(a.Points)
		parts += len(a.parts)
	}
	b := &arcBlock{
		left: make([]FaceID, len(arcs)), right: make([]FaceID, len(arcs)),
		off: make([]uint32, 1, len(arcs)+1), pts: make([]spatial.Point, 0, n),
	}
	for i, a := range arcs {
		b.left[i], b.right[i] = a.Left, a.Right
		b.pts = append(b.pts, a.Points...)
		b.off = append(b.off, uint32(len(b.pts)))
	}
	if parts > 0 {
		b.partOff, b.parts = make([]uint32, 1, len(arcs)+1), make([]Part, 0, parts)
		for _, a := range arcs {
			b.parts = append(b.parts, a.parts...)
			b.partOff = append(b.partOff, uint32(len(b.parts)))
		}
	}
	return b
}

func packFaces(lists [][]ArcID) *faceBlock {
	b := &faceBlock{off: make([]uint32, 1, len(lists)+1)}
	for _, l := range lists {
		b.arcs = append(b.arcs, l...)
		b.off = append(b.off, uint32(len(b.arcs)))
	}
	return b
}

// newTopology stores n arcs between faces 0 … faces-1.
func newTopology(n, faces int, arc func(i int) parted) *Topology {
	t := &Topology{arcs: n, faces: faces}
	buf := make([]parted, 0, blockSize)
	for i := range n {
		buf = append(buf, arc(i))
		if len(buf) == blockSize || i == n-1 {
			t.arcBlocks = append(t.arcBlocks, packArcs(buf))
			buf = buf[:0]
		}
	}
	t.listFaces()
	t.index = &arcIndex{blocks: t.arcBlocks}
	return t
}

// listFaces fills the arc lists of all faces.
func (t *Topology) listFaces() {
	start := make([]uint32, t.faces+1)
	t.eachSide(func(f FaceID, _ ArcID) { start[f]++ })
	sum := uint32(0)
	for f, k := range start {
		start[f] = sum
		sum += k
	}
	all := make([]ArcID, sum)
	at := slices.Clone(start)
	t.eachSide(func(f FaceID, a ArcID) {
		all[at[f]] = a
		at[f]++
	})
	t.faceBlocks = nil
	lists := make([][]ArcID, 0, blockSize)
	for f := range t.faces {
		lists = append(lists, all[start[f]:start[f+1]])
		if len(lists) == blockSize || f == t.faces-1 {
			t.faceBlocks = append(t.faceBlocks, packFaces(lists))
			lists = lists[:0]
		}
	}
}

// eachSide calls do for both sides of every arc that are faces, in arc order.
func (t *Topology) eachSide(do func(f FaceID, a ArcID)) {
	id := ArcID(0)
	for _, b := range t.arcBlocks {
		for i := range b.left {
			if b.left[i] >= 0 {
				do(b.left[i], id)
			}
			if b.right[i] >= 0 {
				do(b.right[i], id)
			}
			id++
		}
	}
}
