package picture

import (
	"fmt"
	"math"

	"cloudgrid/spatial"
)

// Box is the box around what a plan is about, before and after.
func (p Plan) Box() spatial.Box {
	c := &canvas{plan: p}
	c.frame()
	return c.box
}

// Alone draws one state of the grids by itself, large enough for a telephone:
// their names without loads, which are not for everybody. box is what is
// shown; colours are by grid, 0 to 5, so that two pictures agree.
func Alone(p Plan, after bool, box spatial.Box, colours []int) []byte {
	c := &canvas{plan: p, colours: colours, plain: true}
	c.fit(box)
	c.addf(`<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" viewBox="0 0 %.0f %.0f" font-family="%s" fill="%s">`,
		panelW, c.panelH, panelW, c.panelH, fonts, ink)
	c.addf(`<title>%s</title>`, escape(p.Title))
	c.defs()
	c.addf(`<g clip-path="url(#panel)"><rect width="%.0f" height="%.1f" fill="#f7f6f2"/>`, panelW, c.panelH)
	c.ground(after)
	c.addf(`</g><rect width="%.0f" height="%.1f" rx="6" fill="none" stroke="#bdb9ae"/>`, panelW, c.panelH)
	c.addf(`<use href="#north" x="%.0f" y="44"/>`, panelW-36)
	c.scaleBar()
	c.addf("</svg>\n")
	return []byte(c.String())
}

// name writes a grid's name where there is most room, in two lines where one
// would not fit; where there is none, nothing.
func (c *canvas) name(g int32, shape spatial.MultiPolygon) {
	x, y, room := c.roomiest(shape)
	text := []rune(c.plan.Grids[g].Label)
	if room < 9 || len(text) == 0 {
		return
	}
	lines := []string{string(text)}
	size := min(26, max(15, room*0.62))
	if wide := textWidth(string(text), size); wide > room*4.2 && len(text) > 4 {
		half := (len(text) + 1) / 2
		lines = []string{string(text[:half]), string(text[half:])}
		size = min(size, max(13, room*4.2/math.Max(textWidth(lines[0], 1), 1)))
	}
	wide := 0.0
	for _, l := range lines {
		wide = max(wide, textWidth(l, size))
	}
	x = min(max(x, wide/2+4), panelW-wide/2-4)
	y = min(max(y, size*1.4), c.panelH-size*1.4)
	for i, l := range lines {
		c.addf(`<text x="%.1f" y="%.1f" font-size="%.1f" font-weight="700" text-anchor="middle" paint-order="stroke" stroke="#fff" stroke-width="4.5" stroke-linejoin="round">%s</text>`,
			x, y+size*(0.36+1.12*(float64(i)-float64(len(lines)-1)/2)), size, escape(l))
	}
}

// lengthText is a length as a scale bar says it.
func lengthText(metres float64) string {
	if metres >= 1000 {
		return fmt.Sprintf("%.0f 公里", metres/1000)
	}
	return fmt.Sprintf("%.0f 米", metres)
}
