package picture

import (
	"slices"
	"strconv"
	"strings"

	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

// panel draws one state of the grids with its left edge at x.
func (c *canvas) panel(x float64, name string, after bool) {
	c.addf(`<text x="%.0f" y="%.0f" font-size="15" font-weight="700" text-anchor="middle">%s</text>`, x+panelW/2, headerH-6, escape(name))
	c.addf(`<g transform="translate(%.0f %.0f)"><g clip-path="url(#panel)">`, x, headerH)
	c.addf(`<rect width="%.0f" height="%.1f" fill="#f7f6f2"/>`, panelW, c.panelH)
	c.ground(after)
	c.addf(`</g><rect width="%.0f" height="%.1f" rx="6" fill="none" stroke="#bdb9ae"/>`, panelW, c.panelH)
	c.addf(`<use href="#north" x="%.0f" y="44"/>`, panelW-36)
	if !after {
		c.scaleBar()
	}
	c.addf(`</g>`)
}

// ground draws the map of one state.
func (c *canvas) ground(after bool) {
	owner := c.owners(after)
	ground := c.plan.Ground.Dissolve(owner, len(c.plan.Grids))
	c.beside()
	for g := range c.plan.Grids {
		if shape := ground.FacePolygon(topology.FaceID(g)); shape != nil {
			c.addf(`<path d="%s" fill="%s" fill-rule="evenodd"/>`, c.path(shape), palette[c.colours[g]])
		}
	}
	c.water()
	c.stroke(c.plan.Ground, c.atomBorder(owner), "#000", 0.6, `stroke-opacity=".17"`)
	if after {
		c.hatch()
	}
	c.roads()
	c.stroke(ground, c.within(true), borderInk, 1.8, "")
	c.stroke(ground, c.within(false), townInk, 3.2, "")
	if after {
		c.former()
	}
	for g := range c.plan.Grids {
		switch shape := ground.FacePolygon(topology.FaceID(g)); {
		case shape == nil:
		case c.plain:
			c.name(int32(g), shape)
		default:
			c.label(int32(g), shape, after)
		}
	}
}

func (c *canvas) owners(after bool) []int32 {
	owner := make([]int32, len(c.plan.Faces))
	for f, face := range c.plan.Faces {
		switch {
		case face.Water:
			owner[f] = None
		case after:
			owner[f] = face.After
		default:
			owner[f] = face.Before
		}
	}
	return owner
}

// beside draws the ground around the area pale.
func (c *canvas) beside() {
	group := make([]int32, len(c.plan.Faces))
	most := int32(0)
	for f, face := range c.plan.Faces {
		if group[f] = None; face.Before == None && face.After == None && !face.Water && face.Beside >= 0 {
			group[f] = face.Beside
			most = max(most, face.Beside+1)
		}
	}
	ground := c.plan.Ground.Dissolve(group, int(most))
	for g := range most {
		if c.visible(ground.FaceBox(topology.FaceID(g))) {
			c.addf(`<path d="%s" fill="#eceae4" stroke="#d2cfc5" fill-rule="evenodd"/>`, c.path(ground.FacePolygon(topology.FaceID(g))))
		}
	}
}

func (c *canvas) water() {
	group := make([]int32, len(c.plan.Faces))
	for f, face := range c.plan.Faces {
		if group[f] = None; face.Water {
			group[f] = 0
		}
	}
	if shape := c.plan.Ground.Dissolve(group, 1).FacePolygon(0); shape != nil {
		c.addf(`<path d="%s" fill="#c3dcee" fill-rule="evenodd"/>`, c.path(shape))
	}
}

// visible tells whether a box reaches into the panel.
func (c *canvas) visible(b spatial.Box) bool {
	if b.Empty() {
		return false
	}
	x0, y1 := c.xy(b.Min)
	x1, y0 := c.xy(b.Max)
	return x1 > 0 && y1 > 0 && x0 < panelW && y0 < c.panelH
}

// stroke draws those arcs of a coverage that pick wants.
func (c *canvas) stroke(t *topology.Topology, pick func(topology.Arc) bool, colour string, width float64, more string) {
	var b strings.Builder
	for id := range t.NumArcs() {
		if a := t.Arc(topology.ArcID(id)); len(a.Points) > 1 && pick(a) {
			c.steps(&b, a.Points)
		}
	}
	if b.Len() > 0 {
		c.addf(`<path d="%s" fill="none" stroke="%s" stroke-width="%g" stroke-linejoin="round" stroke-linecap="round" %s/>`, b.String(), colour, width, more)
	}
}

// atomBorder picks the borders between atoms of one grid.
func (c *canvas) atomBorder(owner []int32) func(topology.Arc) bool {
	return func(a topology.Arc) bool {
		return a.Left != topology.Outside && a.Right != topology.Outside && owner[a.Left] != None && owner[a.Left] == owner[a.Right]
	}
}

// within picks the borders between grids of one community, or those around
// communities.
func (c *canvas) within(one bool) func(topology.Arc) bool {
	return func(a topology.Arc) bool {
		inner := a.Left != topology.Outside && a.Right != topology.Outside &&
			c.plan.Grids[a.Left].Community == c.plan.Grids[a.Right].Community
		return inner == one
	}
}

// hatch marks the atoms that change hands.
func (c *canvas) hatch() {
	var b strings.Builder
	for f, face := range c.plan.Faces {
		if face.Before != None && face.After != None && face.Before != face.After {
			b.WriteString(c.path(c.plan.Ground.FacePolygon(topology.FaceID(f))))
		}
	}
	if b.Len() > 0 {
		c.addf(`<path d="%s" fill="url(#moved)" stroke="#3b1f4d" stroke-width=".9" stroke-opacity=".8" fill-rule="evenodd"/>`, b.String())
	}
}

// roads draws the main roads that borders of atoms run along.
func (c *canvas) roads() {
	road := map[[2]int32]bool{}
	for _, r := range c.plan.Roads {
		road[[2]int32{min(r[0], r[1]), max(r[0], r[1])}] = true
	}
	pick := func(a topology.Arc) bool {
		return road[[2]int32{int32(min(a.Left, a.Right)), int32(max(a.Left, a.Right))}]
	}
	c.stroke(c.plan.Ground, pick, "#b9b3a4", 6, "")
	c.stroke(c.plan.Ground, pick, "#fffdf6", 4.2, "")
}

// former draws the borders that the plan does away with.
func (c *canvas) former() {
	pick := func(a topology.Arc) bool {
		if a.Left == topology.Outside || a.Right == topology.Outside {
			return false
		}
		l, r := c.plan.Faces[a.Left], c.plan.Faces[a.Right]
		return l.Before != None && r.Before != None && l.Before != r.Before && l.After != None && l.After == r.After
	}
	c.stroke(c.plan.Ground, pick, "#fff", 3, "")
	c.stroke(c.plan.Ground, pick, overInk, 1.6, `stroke-dasharray="6 5"`)
}

// colourGrids gives grids that touch before or after different colours. The
// two states together need not be a planar map: then as few neighbours as
// possible share one.
func colourGrids(p Plan) []int {
	near := make([]map[int32]bool, len(p.Grids))
	for i := range near {
		near[i] = map[int32]bool{}
	}
	meet := func(a, b int32) {
		if a != b && a != None && b != None {
			near[a][b], near[b][a] = true, true
		}
	}
	for id := range p.Ground.NumArcs() {
		a := p.Ground.Arc(topology.ArcID(id))
		if len(a.Points) > 1 && a.Left != topology.Outside && a.Right != topology.Outside {
			l, r := p.Faces[a.Left], p.Faces[a.Right]
			meet(l.Before, r.Before)
			meet(l.After, r.After)
		}
	}
	order := make([]int, len(p.Grids))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return len(near[j]) - len(near[i]) })
	out := make([]int, len(p.Grids))
	done, uses := make([]bool, len(p.Grids)), [len(palette)]int{}
	for _, g := range order {
		var clash [len(palette)]int
		for n := range near[g] {
			if done[n] {
				clash[out[n]]++
			}
		}
		best := 0
		for k := range clash {
			if clash[k] < clash[best] || clash[k] == clash[best] && uses[k] < uses[best] {
				best = k
			}
		}
		out[g], done[g] = best, true
		uses[best]++
	}
	return out
}

// load writes a load without needless decimals.
func load(v float64) string { return strconv.FormatFloat(float64(int64(v*10+0.5))/10, 'f', -1, 64) }
