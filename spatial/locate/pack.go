package locate

// packLines bounds a block of lines: 32 MiB.
const packLines = 1 << 19

// pack moves the cells of a new index into few large blocks, row by row, and
// these into huge pages: with a hundred megabytes of index the page tables would
// otherwise cost more cache misses than the index itself.
func (ix *Index) pack() {
	for from := 0; from < len(ix.tiles); {
		to, n := from, 0
		for ; to < len(ix.tiles) && n < packLines; to++ {
			n += len(ix.tiles[to].cells)
		}
		block := make([]line, 0, n)
		adviseHugePages(block[:n])
		placed := make(map[*line][]line)
		for i := from; i < to; i++ {
			c := ix.tiles[i].cells
			if placed[&c[0]] == nil {
				at := len(block)
				block = append(block, c...)
				placed[&c[0]] = block[at:len(block):len(block)]
			}
			ix.tiles[i].cells = placed[&c[0]]
		}
		useHugePages(block)
		from = to
	}
}
