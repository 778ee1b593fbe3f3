package picture

import (
	"fmt"
	"math"

	"cloudgrid/spatial"
)

// label writes a grid's name and load where there is most room.
func (c *canvas) label(g int32, shape spatial.MultiPolygon, after bool) {
	grid := c.plan.Grids[g]
	x, y, room := c.roomiest(shape)
	value, verdict := grid.Before, grid.Was
	if after {
		value, verdict = grid.After, grid.Is
	}
	mark, colour := "", ink
	switch {
	case grid.Fixed:
		colour = faintInk
	case verdict == Over:
		mark, colour = "▲", overInk
	case verdict == Under:
		mark, colour = "▼", underInk
	}
	size := min(max(room*0.5, 10), 17)
	text := load(value) + mark
	if change := grid.After - grid.Before; after && math.Abs(change) >= 0.05 && !grid.New {
		text += fmt.Sprintf(`<tspan font-size="%.1f" font-weight="400" fill="%s" dx="3">%s</tspan>`, size*0.74, ink, signed(change))
	}
	const halo = `text-anchor="middle" paint-order="stroke" stroke="#fff" stroke-width="3.4" stroke-linejoin="round"`
	if room >= 15 {
		c.addf(`<text x="%.1f" y="%.1f" font-size="%.1f" %s>%s</text>`, x, y-size*0.25, min(size*0.82, 13), halo, escape(grid.Label))
		y += size * 0.85
	} else {
		y += size * 0.35
	}
	c.addf(`<text x="%.1f" y="%.1f" font-size="%.1f" font-weight="700" fill="%s" %s>%s</text>`, x, y, size, colour, halo, text)
}

func signed(v float64) string {
	if v < 0 {
		return "−" + load(-v)
	}
	return "+" + load(v)
}

// roomiest finds where in a shape a label has most room: the best of a raster
// of points, refined once. room is how far, in pixels, the nearest border is;
// to the sides counts half, since labels are wide.
func (c *canvas) roomiest(m spatial.MultiPolygon) (x, y, room float64) {
	type edge struct{ ax, ay, bx, by float64 }
	var edges []edge
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, p := range m {
		for _, r := range p {
			for i := range r {
				var e edge
				e.ax, e.ay = c.xy(r[i])
				e.bx, e.by = c.xy(r[(i+1)%len(r)])
				e.ax, e.bx = e.ax/2, e.bx/2
				edges = append(edges, e)
				x0, x1 = min(x0, e.ax), max(x1, e.ax)
				y0, y1 = min(y0, e.ay), max(y1, e.ay)
			}
		}
	}
	clear := func(px, py float64) float64 {
		least, in := math.Inf(1), false
		for _, e := range edges {
			dx, dy := e.bx-e.ax, e.by-e.ay
			t := 0.0
			if l := dx*dx + dy*dy; l > 0 {
				t = min(max(((px-e.ax)*dx+(py-e.ay)*dy)/l, 0), 1)
			}
			least = min(least, math.Hypot(px-e.ax-t*dx, py-e.ay-t*dy))
			if (e.ay > py) != (e.by > py) && px < e.ax+(py-e.ay)/(e.by-e.ay)*dx {
				in = !in
			}
		}
		if !in {
			return -least
		}
		return least
	}
	const n = 22
	x, y, room = (x0+x1)/2, (y0+y1)/2, math.Inf(-1)
	for pass := range 2 {
		w, h := (x1-x0)/n, (y1-y0)/n
		midX, midY := (x0+x1)/2, (y0+y1)/2
		if pass == 1 {
			w, h, midX, midY = w/n*2, h/n*2, x, y
		}
		for i := range n {
			for j := range n {
				px, py := midX+(float64(i)-n/2+0.5)*w, midY+(float64(j)-n/2+0.5)*h
				if d := clear(px, py); d > room {
					x, y, room = px, py, d
				}
			}
		}
	}
	return x * 2, y, room * 2
}

// scaleBar draws a bar of a round length in the lower left corner.
func (c *canvas) scaleBar() {
	length := 1.0
	for _, step := range []float64{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000} {
		if step*c.scale <= 170 {
			length = step
		}
	}
	text := lengthText(length)
	w := length * c.scale
	y := c.panelH - 16
	c.addf(`<path d="M18 %.1fh%.1f" stroke="#fff" stroke-width="7"/><path d="M18 %.1fv-7h%.1fv7" fill="none" stroke="%s" stroke-width="1.6"/>`, y, w, y, w, ink)
	c.addf(`<text x="%.1f" y="%.1f" font-size="12" text-anchor="middle" paint-order="stroke" stroke="#fff" stroke-width="3">%s</text>`, 18+w/2, y-11, text)
}

// footer draws the legend, the facts and the source.
func (c *canvas) footer() {
	y := headerH + c.panelH + 30
	x := margin
	item := func(sample, text string) {
		c.addf(`<g transform="translate(%.0f %.0f)">%s<text x="42" y="4.5" font-size="13">%s</text></g>`, x, y, sample, escape(text))
		x += 62 + textWidth(text, 13)
	}
	item(fmt.Sprintf(`<rect y="-8" width="32" height="16" fill="%s"/><rect y="-8" width="32" height="16" fill="url(#moved)" stroke="#3b1f4d"/>`, palette[0]), "调整单元 moved")
	item(fmt.Sprintf(`<path d="M0 0h32" stroke="%s" stroke-width="1.8"/>`, borderInk), "网格边界")
	item(fmt.Sprintf(`<path d="M0 0h32" stroke="%s" stroke-width="3.2"/>`, townInk), "社区边界")
	item(fmt.Sprintf(`<path d="M0 0h32" stroke="%s" stroke-width="1.6" stroke-dasharray="6 5"/>`, overInk), "原边界 former")
	if len(c.plan.Roads) > 0 {
		item(`<path d="M0 0h32" stroke="#b9b3a4" stroke-width="6"/><path d="M0 0h32" stroke="#fffdf6" stroke-width="4.2"/>`, "主要道路")
	}
	item(fmt.Sprintf(`<text x="16" y="5" font-size="15" font-weight="700" text-anchor="middle" fill="%s">▲</text>`, overInk), "超载 over")
	item(fmt.Sprintf(`<text x="16" y="5" font-size="15" font-weight="700" text-anchor="middle" fill="%s">▼</text>`, underInk), "不足 under")
	if c.plan.Unit != "" {
		item(`<text x="16" y="5" font-size="14" font-weight="700" text-anchor="middle">418</text>`, "负荷（"+c.plan.Unit+"），小字为增减")
	}
	facts := ""
	for i, f := range c.plan.Facts {
		if i > 0 {
			facts += "　·　"
		}
		facts += f
	}
	c.addf(`<text x="%.0f" y="%.0f" font-size="15" font-weight="700">%s</text>`, margin, y+38, escape(facts))
	c.addf(`<text x="%.0f" y="%.0f" font-size="11.5" fill="%s">%s</text>`, margin, y+64, faintInk, escape(c.plan.Source))
}

// textWidth guesses how wide a text is: Han characters are square.
func textWidth(s string, size float64) (w float64) {
	for _, r := range s {
		if r >= 0x2e80 {
			w += size
		} else {
			w += size * 0.56
		}
	}
	return w
}
