package tiles

// workspace is the scratch in which one tile is made. Workspaces are pooled:
// cutting a tile allocates little beside its bytes.
type workspace struct {
	frame frame
	segs  []segment
	nodes nodeTable
	snap  snapper
	graph graph
	trace tracer
	chain chainer
	enc   encoder

	runBuf []run
}

func (w *workspace) reset(z uint8) {
	w.frame = frameAt(z)
	w.segs = w.segs[:0]
	w.nodes.reset()
}

// node returns the node of the pixel that holds a fine point of the box.
func (w *workspace) node(x, y int32) int32 {
	t := &w.nodes
	n := t.add(toPixel(x), toPixel(y))
	switch {
	case int(n) == len(t.fine):
		t.fine, t.mixed = append(t.fine, pixel{x, y}), append(t.mixed, false)
	case t.fine[n] != pixel{x, y}:
		t.mixed[n] = true
	}
	return n
}

// pixel is a node's place in tile units.
type pixel struct{ x, y int32 }

// nodeTable numbers the pixels that hold a vertex: an open hash over them.
type nodeTable struct {
	at    []pixel
	fine  []pixel // per node: the first fine point in it
	mixed []bool  // per node: there are others
	slots []int32 // node + 1; the length is a power of two
	back  []int32 // what slots is cut from
}

const smallTable = 1024

func (t *nodeTable) reset() {
	t.at, t.fine, t.mixed = t.at[:0], t.fine[:0], t.mixed[:0]
	t.resize(smallTable)
}

func (t *nodeTable) resize(n int) {
	if len(t.back) < n {
		t.back = make([]int32, n)
	}
	t.slots = t.back[:n]
	clear(t.slots)
}

func (t *nodeTable) add(x, y int32) int32 {
	if 2*len(t.at) >= len(t.slots) {
		t.resize(4 * len(t.slots))
		for i, p := range t.at {
			t.slots[t.find(p.x, p.y)] = int32(i + 1)
		}
	}
	s := t.find(x, y)
	if t.slots[s] == 0 {
		t.at = append(t.at, pixel{x, y})
		t.slots[s] = int32(len(t.at))
	}
	return t.slots[s] - 1
}

// find returns the slot of a pixel, or the free one where it belongs.
func (t *nodeTable) find(x, y int32) int {
	mask := len(t.slots) - 1
	h := uint64(uint32(x+Buffer)<<13|uint32(y+Buffer)) * 0x9e3779b97f4a7c15
	for s := int(h>>40) & mask; ; s = (s + 1) & mask {
		if i := t.slots[s]; i == 0 || t.at[i-1] == (pixel{x, y}) {
			return s
		}
	}
}
