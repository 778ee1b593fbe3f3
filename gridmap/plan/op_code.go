package plan

import (
	"fmt"
	"strconv"
	"strings"

	"cloudgrid/gridmap"
)

// claimCode complains about a code that is not one, or is another grid's. of
// is the grid that wants it; 0 is a new one.
func (e *edit) claimCode(code string, of gridmap.GridID) error {
	if code == "" || code != strings.TrimSpace(code) {
		return gridmap.Errorf(gridmap.Invalid, "网格编码 %q 为空或首尾有空格 (bad code)", code)
	}
	if err := checkText("网格编码", code, maxCodeRunes); err != nil {
		return err
	}
	e.fp.code(code)
	if who := e.b.codeOwner(code, of); who != "" {
		return gridmap.Errorf(gridmap.Conflict, "编码 %s 已属于网格 %s，用过的编码永不再用 (the code is taken)", code, who)
	}
	return nil
}

// codeOwner says whose a code is, other than of's; "" for nobody's. Codes of
// the base are its grids' for ever; those that a plan made are free again when
// it gave them up.
func (b *Board) codeOwner(code string, of gridmap.GridID) string {
	if i := b.base.net.ByCode(code); i != none && b.base.net.Grids[i].ID != of {
		return b.base.grids[i].title()
	}
	for i := range b.grids.len() {
		if g := b.grids.at(i); g.code == code && g.id != of && !g.retired {
			return g.title()
		}
	}
	if b.base.rules.Taken != nil {
		if id := b.base.rules.Taken(code); id != 0 && id != of {
			return strconv.FormatInt(int64(id), 10)
		}
	}
	return ""
}

// nextCode makes the code of a new grid as those beside it are made: the text
// before their last number, and the first number after it that nobody had.
func (b *Board) nextCode(parent int32, level int) (string, error) {
	stem, width, last := b.codeStem(parent, level)
	for n := last + 1; n < last+1_000_000; n++ {
		code := stem + fmt.Sprintf("%0*d", width, n)
		if b.codeOwner(code, 0) == "" {
			return code, nil
		}
	}
	return "", gridmap.Errorf(gridmap.Conflict, "编码 %s… 已用尽，请自行给出编码 (no free code)", stem)
}

// codeStem returns what codes below a parent begin with, how many digits
// follow, and the highest number in use.
func (b *Board) codeStem(parent int32, level int) (stem string, width int, last int64) {
	best := ""
	see := func(g *grid) {
		s, n, w, ok := splitCode(g.code)
		if !ok || best != "" && (w < width || w == width && n < last) {
			return
		}
		best, stem, width, last = g.code, s, w, n
	}
	for i := range b.grids.len() {
		if g := b.grids.at(i); g.parent == parent && g.level == level {
			see(g)
		}
	}
	if best != "" {
		return stem, width, last
	}
	prefix := ""
	if parent != none {
		prefix = b.grids.at(parent).code
	}
	for i := range b.grids.len() { // as cousins follow their parents
		g := b.grids.at(i)
		if g.level != level || g.parent == none {
			continue
		}
		if rest, ok := strings.CutPrefix(g.code, b.grids.at(g.parent).code); ok {
			if s, _, w, ok := splitCode(rest); ok {
				return prefix + s, w, 0
			}
		}
	}
	if prefix != "" {
		prefix += "-"
	}
	return prefix, 2, 0
}

// partEnd ends the name of a part of a grid.
const partEnd = "）"

// partName names a part of a grid after it.
func (b *Board) partName(of *grid) string {
	names := map[string]bool{}
	if of.parent != none {
		for _, c := range b.grids.at(of.parent).children {
			names[b.grids.at(c).name] = true
		}
	}
	for n := 2; ; n++ {
		if name := fmt.Sprintf("%s（%d%s", of.name, n, partEnd); !names[name] {
			return name
		}
	}
}

// splitCode takes the number off the end of a code.
func splitCode(code string) (stem string, n int64, width int, ok bool) {
	at := len(code)
	for at > 0 && code[at-1] >= '0' && code[at-1] <= '9' && len(code)-at < 9 {
		at--
	}
	if at == len(code) {
		return code, 0, 0, false
	}
	n, err := strconv.ParseInt(code[at:], 10, 64)
	return code[:at], n, len(code) - at, err == nil
}

// nextName names a new grid after those beside it: as the one with the highest
// number, with the next; after its code where they have none.
func (b *Board) nextName(parent int32, code string) string {
	if parent == none {
		return code
	}
	name, most := code, int64(-1)
	for _, c := range b.grids.at(parent).children {
		sibling := b.grids.at(c).name
		if sibling == b.grids.at(c).code {
			continue // not a name of its own
		}
		end := strings.LastIndexAny(sibling, "0123456789") + 1
		stem, n, width, ok := splitCode(sibling[:end])
		if strings.HasPrefix(sibling[end:], partEnd) {
			continue // a part of another grid
		}
		if ok && n > most {
			name, most = stem+fmt.Sprintf("%0*d", width, n+1)+sibling[end:], n
		}
	}
	return name
}
