// Package picture draws a rebalancing plan: the grids before and after side by
// side, what moves hatched, every load with its verdict. It is pure: values
// in, the bytes of one SVG out, the same for the same values. The file needs
// no other: no font, no image, no script.
package picture

import (
	"fmt"
	"math"
	"strings"

	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

// None is the number of no grid.
const None int32 = -1

// Verdict says how a load compares with what a grid should have.
type Verdict int8

// The verdicts.
const (
	Fair Verdict = iota
	Over
	Under
)

// Plan is what is drawn. Ground and Faces are needed.
type Plan struct {
	Title    string
	Subtitle string
	Facts    []string // short sentences under the picture
	Source   string   // where the data comes from
	Unit     string   // of loads: 户
	Ground   *topology.Topology
	Faces    []Face // by face of the ground
	Grids    []Grid
	Roads    [][2]int32 // pairs of faces that meet along a main road
}

// Face is an atom.
type Face struct {
	Before, After int32 // indices in Plan.Grids, or None for ground beside the area and ground that no grid has
	Beside        int32 // a number that ground of one neighbouring grid shares, or None; drawn pale
	Water         bool  // drawn as water, whoever has it
}

// Grid is a grid of the plan.
type Grid struct {
	Label         string
	Community     int32 // grids of one community share it
	Before, After float64
	Was, Is       Verdict
	New           bool
	Fixed         bool // locked, or of a kind that is not judged: its load bears no mark
}

// palette is the six colours of the map page (light), of which neighbours
// get different ones.
var palette = [6]string{"#a8c4fc", "#dfe9b8", "#d6b18b", "#ccf0eb", "#a8afa2", "#72bdc8"}

const (
	panelW    = 780.0
	leastH    = 380.0
	mostH     = 1000.0
	margin    = 28.0
	headerH   = 96.0
	footerH   = 120.0
	fonts     = `'Noto Sans CJK SC','Source Han Sans SC','PingFang SC','Microsoft YaHei',sans-serif`
	overInk   = "#b2182b"
	underInk  = "#2166ac"
	ink       = "#22211e"
	faintInk  = "#6b6860"
	borderInk = "#55534d"
	townInk   = "#274b6d"
)

// canvas is one drawing in the making.
type canvas struct {
	strings.Builder
	plan    Plan
	box     spatial.Box
	scale   float64 // pixels per metre
	eastM   float64 // metres per lattice step
	northM  float64
	panelH  float64
	colours []int
	plain   bool // names only: no loads
}

func (c *canvas) addf(format string, args ...any) { fmt.Fprintf(c, format, args...) }

// SVG draws the plan. Ground without any face in the area gives a picture
// without a map.
func SVG(p Plan) []byte {
	c := &canvas{plan: p, colours: colourGrids(p)}
	c.frame()
	width, height := 2*panelW+3*margin, headerH+c.panelH+footerH
	c.addf(`<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" viewBox="0 0 %.0f %.0f" font-family="%s" fill="%s">`,
		width, height, width, height, fonts, ink)
	c.addf(`<title>%s</title>`, escape(p.Title))
	c.defs()
	c.addf(`<rect width="100%%" height="100%%" fill="#fff"/>`)
	c.addf(`<text x="%.0f" y="42" font-size="26" font-weight="700">%s</text>`, margin, escape(p.Title))
	c.addf(`<text x="%.0f" y="68" font-size="14" fill="%s">%s</text>`, margin, faintInk, escape(p.Subtitle))
	c.panel(margin, "调整前 before", false)
	c.panel(2*margin+panelW, "调整后 after", true)
	c.footer()
	c.addf("</svg>\n")
	return []byte(c.String())
}

// frame finds the extent and the scale.
func (c *canvas) frame() {
	box := spatial.EmptyBox()
	for f, face := range c.plan.Faces {
		if (face.Before != None || face.After != None) && !face.Water {
			box = box.Union(c.plan.Ground.FaceBox(topology.FaceID(f)))
		}
	}
	c.fit(box)
}

// fit finds the scale at which a box fills a panel.
func (c *canvas) fit(box spatial.Box) {
	if c.box = box; c.box.Empty() {
		c.box = spatial.Box{}
		c.box.Max = spatial.Point{X: 1000, Y: 1000}
	}
	lat := (float64(c.box.Min.Y) + float64(c.box.Max.Y)) / 2 / spatial.Scale * math.Pi / 180
	c.northM = 111132.0 / spatial.Scale // a degree of latitude, to 0.5 %: enough for a picture
	c.eastM = 111320.0 / spatial.Scale * math.Cos(lat)
	w := float64(int64(c.box.Max.X)-int64(c.box.Min.X)) * c.eastM * 1.06
	h := float64(int64(c.box.Max.Y)-int64(c.box.Min.Y)) * c.northM * 1.06
	c.scale = min(panelW/max(w, 1), mostH/max(h, 1))
	c.panelH = min(max(h*c.scale, leastH), mostH)
}

// xy is the place of a point within a panel.
func (c *canvas) xy(p spatial.Point) (x, y float64) {
	midX := (float64(c.box.Min.X) + float64(c.box.Max.X)) / 2
	midY := (float64(c.box.Min.Y) + float64(c.box.Max.Y)) / 2
	return panelW/2 + (float64(p.X)-midX)*c.eastM*c.scale, c.panelH/2 - (float64(p.Y)-midY)*c.northM*c.scale
}

// path writes the rings of a shape.
func (c *canvas) path(m spatial.MultiPolygon) string {
	var b strings.Builder
	for _, p := range m {
		for _, r := range p {
			c.steps(&b, r)
			b.WriteByte('z')
		}
	}
	return b.String()
}

// steps writes a line.
func (c *canvas) steps(b *strings.Builder, points []spatial.Point) {
	lastX, lastY := math.Inf(1), 0.0
	for i, p := range points {
		x, y := c.xy(p)
		if i > 0 && i < len(points)-1 && math.Abs(x-lastX)+math.Abs(y-lastY) < 0.4 {
			continue // less than half a pixel away
		}
		verb := byte('L')
		if i == 0 {
			verb = 'M'
		}
		b.WriteByte(verb)
		fmt.Fprintf(b, "%.1f %.1f", x, y)
		lastX, lastY = x, y
	}
}

func (c *canvas) defs() {
	c.addf(`<defs><pattern id="moved" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">` +
		`<rect width="2.2" height="7" fill="#3b1f4d" fill-opacity=".72"/></pattern>`)
	c.addf(`<clipPath id="panel"><rect width="%.0f" height="%.1f" rx="6"/></clipPath>`, panelW, c.panelH)
	c.addf(`<g id="north"><circle cy="-7" r="25" fill="#fff" fill-opacity=".82"/><path d="M0 -15L6.5 10L0 5.5L-6.5 10z" fill="%s"/><text y="-19" font-size="13" font-weight="700" text-anchor="middle">北</text></g></defs>`, ink)
}

// escape makes text safe between tags and in attributes.
func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;").Replace(strings.Map(printable, s))
}

// printable leaves out characters that XML 1.0 forbids.
func printable(r rune) rune {
	if r < 0x20 && r != '\t' && r != '\n' || r == 0xFFFE || r == 0xFFFF {
		return -1
	}
	return r
}
