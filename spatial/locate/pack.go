package locate

// packWords bounds a block of slabs: 32 MiB.
const packWords = 8 << 20

// pad keeps the look-ahead of Locate inside the slab.
const pad = 64

// pack moves the slabs of a new index into few large blocks, row by row, and
// asks for huge pages under them: with a hundred megabytes of index the page
// tables would otherwise cost more cache misses than the index itself.
func (ix *Index) pack() {
	for from := 0; from < len(ix.tiles); {
		to, n := from, 0
		for ; to < len(ix.tiles) && n < packWords; to++ {
			n += len(ix.tiles[to])
		}
		block := make([]uint32, 0, n)
		adviseHugePages(block[:n])
		placed := make(map[*uint32][]uint32)
		for i := from; i < to; i++ {
			w := ix.tiles[i]
			if placed[&w[0]] == nil {
				at := len(block)
				block = append(block, w...)
				placed[&w[0]] = block[at:len(block):len(block)]
			}
			ix.tiles[i] = placed[&w[0]]
		}
		from = to
	}
}
