package picture

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

// strip is six squares in a row: three of grid 0, two of grid 1, one of water;
// the third goes from grid 0 to the new grid 2.
func strip(t testing.TB) Plan {
	t.Helper()
	p := Plan{Title: "减负 <甲> & 乙", Subtitle: "每个网格 300–500 户", Unit: "户", Facts: []string{"一", "二"}, Source: "来源", Roads: [][2]int32{{1, 2}}}
	var shapes []spatial.MultiPolygon
	for x := range int32(6) {
		o := spatial.Point{X: 1214800000 + x*10000, Y: 312300000}
		shapes = append(shapes, spatial.MultiPolygon{{{o, {X: o.X + 10000, Y: o.Y}, {X: o.X + 10000, Y: o.Y + 10000}, {X: o.X, Y: o.Y + 10000}}}})
		f := Face{Before: 0, After: 0, Beside: 0}
		switch {
		case x == 2:
			f.After = 2
		case x == 3 || x == 4:
			f.Before, f.After = 1, 1
		case x == 5:
			f = Face{Before: None, After: None, Beside: None, Water: true}
		}
		p.Faces = append(p.Faces, f)
	}
	var problems []topology.Problem
	if p.Ground, problems = topology.Build(shapes); len(problems) > 0 {
		t.Fatal(problems)
	}
	p.Grids = []Grid{
		{Label: "第1网格", Before: 600, After: 400, Was: Over},
		{Label: "第2网格", Before: 250.5, After: 250.5, Was: Under, Is: Under},
		{Label: "新设1", After: 200, Is: Under, New: true},
	}
	return p
}

func wellFormed(t *testing.T, svg []byte) {
	t.Helper()
	for d := xml.NewDecoder(bytes.NewReader(svg)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("%v in %.300s …", err, svg)
		}
	}
}

func TestAPlanIsDrawnBeforeAndAfterWithItsLoads(t *testing.T) {
	p := strip(t)
	svg := SVG(p)
	wellFormed(t, svg)
	before, after, ok := strings.Cut(string(svg), "调整后")
	if !ok || !strings.Contains(before, "调整前") {
		t.Fatal("two panels are missing")
	}
	for _, want := range []string{"减负 &lt;甲&gt; &amp; 乙", "600▲", "250.5▼", "第1网格", "第2网格"} {
		if !strings.Contains(before, want) {
			t.Errorf("before: no %q", want)
		}
	}
	for _, want := range []string{"200▼", "−200", "新设1", "url(#moved)", "stroke-dasharray", "一　·　二", "来源"} {
		if !strings.Contains(after, want) {
			t.Errorf("after: no %q", want)
		}
	}
	if strings.Contains(before, "新设1") || strings.Contains(before, `fill="url(#moved)"`) || strings.Contains(after, "600▲") {
		t.Error("what comes after is drawn before, or the other way round")
	}
	if !bytes.Equal(svg, SVG(strip(t))) {
		t.Error("two drawings differ")
	}
}

func TestGridsThatTouchHaveDifferentColours(t *testing.T) {
	c := colourGrids(strip(t))
	if c[0] == c[1] || c[1] == c[2] || c[0] == c[2] {
		t.Error(c)
	}
}

func TestAPictureNeedsNothingFromOutside(t *testing.T) {
	svg := string(SVG(strip(t)))
	for _, no := range []string{"http://", "https://", "<script", "<image", "@import"} {
		if strings.Contains(strings.Replace(svg, `xmlns="http://www.w3.org/2000/svg"`, "", 1), no) {
			t.Errorf("it holds %q", no)
		}
	}
}

func TestAMapWithoutAnAreaIsAnEmptyPicture(t *testing.T) {
	p := strip(t)
	p.Grids = nil
	for f := range p.Faces {
		p.Faces[f] = Face{Before: None, After: None, Beside: None}
	}
	wellFormed(t, SVG(p))
	wellFormed(t, SVG(Plan{Ground: p.Ground, Faces: p.Faces}))
}

func TestControlCharactersInNamesDoNotBreakThePicture(t *testing.T) {
	p := strip(t)
	p.Title, p.Grids[0].Label = "a\x00b\x1b\uFFFE", `"'<&>`
	svg := SVG(p)
	wellFormed(t, svg)
	if !bytes.Contains(svg, []byte("ab")) {
		t.Error("the title is lost")
	}
}

func TestALabelStandsInsideItsGrid(t *testing.T) {
	c := &canvas{plan: strip(t)}
	c.frame()
	o := spatial.Point{X: 1214800000, Y: 312300000}
	at := func(x, y int32) spatial.Point { return spatial.Point{X: o.X + x, Y: o.Y + y} }
	hook := spatial.MultiPolygon{{{at(0, 0), at(60000, 0), at(60000, 2000), at(9000, 2000), at(9000, 10000), at(0, 10000)}}}
	x, y, room := c.roomiest(hook)
	x0, _ := c.xy(at(0, 0))
	x1, _ := c.xy(at(9000, 0))
	if room <= 0 || x < x0 || x > x1 || y < 0 || y > c.panelH {
		t.Error(x, y, room)
	}
}
