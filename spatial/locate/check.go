package locate

import "math"

func (ix *Index) isFace(w uint32) bool { return w == math.MaxUint32 || w < ix.faces }

// checker follows the entries of a tile in the order in which they were written:
// what each says begins where the one before it ends.
type checker struct {
	ix   *Index
	more []uint32
	at   uint32 // where the next one must begin
}

func (ix *Index) checkTile(cells []line, more []uint32, shift uint32) error {
	c := checker{ix, more, lineWords}
	for i := range cells {
		l := &cells[i]
		ok := ix.isFace(l[lineAbove]) && ix.isFace(l[lineBelow])
		e := l[lineEntry]
		if e&tagMask == tagOne && e>>oneOffsetAt == lineInline {
			ok = ok && ix.checkOne(l[:], e)
		} else {
			ok = ok && c.entry(e, shift)
		}
		if !ok {
			return bad("cell")
		}
	}
	if len(more) > 0 && c.at != uint32(len(more)) {
		return bad("rest of a tile")
	}
	return nil
}

// checkOne checks a tagOne entry whose offset is within w.
func (ix *Index) checkOne(w []uint32, e uint32) bool {
	at, n := e>>oneOffsetAt, e>>onePointsAt&maxOnePts
	return n > 0 && uint64(at)+2+uint64(n) <= uint64(len(w)) && ix.isFace(w[at]) && ix.isFace(w[at+1])
}

func (c *checker) entry(e, shift uint32) bool {
	switch e & tagMask {
	case tagFace:
		return c.ix.isFace(uint32(int32(e) >> tagBits))
	case tagOne:
		ok := e>>oneOffsetAt == c.at && c.ix.checkOne(c.more, e)
		c.at += 2 + e>>onePointsAt&maxOnePts
		return ok
	case tagMany:
		return e>>tagBits == c.at && c.many()
	}
	bits := e >> tagBits & nodeMask
	at, n := c.at, uint32(1)<<(2*bits)
	if bits == 0 || bits > shift || e>>(tagBits+nodeBits) != at || !c.take(uint64(n)) {
		return false
	}
	for k := range n {
		if !c.entry(c.more[at+k], shift-bits) {
			return false
		}
	}
	return true
}

// take moves on by n words, if there are so many.
func (c *checker) take(n uint64) bool {
	if uint64(c.at)+n > uint64(len(c.more)) {
		return false
	}
	c.at += uint32(n)
	return true
}

func (c *checker) many() bool {
	at := c.at
	if !c.take(2) {
		return false
	}
	form := c.more[at+1] & formMask
	if form > formHuge {
		return false
	}
	for range c.more[at+1] >> formBits {
		p := c.at
		if !c.take(3) || !c.ix.isFace(c.more[p]) || !c.ix.isFace(c.more[p+1]) {
			return false
		}
		words := uint64(c.more[p+2] >> openBits)
		if form != formNarrow {
			words *= 2
		}
		if words == 0 || !c.take(words) {
			return false
		}
	}
	return true
}
