package ingest

import (
	"testing"

	"pgregory.net/rapid"

	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

func pt(x, y int32) spatial.Point { return spatial.Point{X: x, Y: y} }

func TestASimpleShapeIsToldFromOneThatMeetsItself(t *testing.T) {
	square := spatial.Ring{pt(0, 0), pt(10, 0), pt(10, 10), pt(0, 10)}
	for name, c := range map[string]struct {
		shape spatial.MultiPolygon
		want  bool
	}{
		"square":                       {spatial.MultiPolygon{{square}}, true},
		"with a hole":                  {spatial.MultiPolygon{{square, {pt(2, 2), pt(2, 4), pt(4, 4)}}}, true},
		"two apart":                    {spatial.MultiPolygon{{square}, {{pt(20, 0), pt(30, 0), pt(30, 10)}}}, true},
		"bow-tie":                      {spatial.MultiPolygon{{{pt(0, 0), pt(10, 10), pt(10, 0), pt(0, 10)}}}, false},
		"spike":                        {spatial.MultiPolygon{{{pt(0, 0), pt(10, 0), pt(20, 0), pt(10, 0), pt(10, 10)}}}, false},
		"spike back along its edge":    {spatial.MultiPolygon{{{pt(0, 0), pt(20, 0), pt(10, 0), pt(10, 10)}}}, false},
		"vertex on an edge":            {spatial.MultiPolygon{{{pt(0, 0), pt(10, 0), pt(5, 0), pt(10, 10), pt(0, 10)}}}, false},
		"hole that crosses the outer":  {spatial.MultiPolygon{{square, {pt(5, 5), pt(15, 5), pt(5, 8)}}}, false},
		"upright edges one on another": {spatial.MultiPolygon{{{pt(0, 0), pt(10, 0), pt(10, 10), pt(10, 4), pt(0, 10)}}}, false},
	} {
		if simple(c.shape) != c.want {
			t.Errorf("%s: simple is %v", name, !c.want)
		}
	}
}

func TestAFaceOfATopologyIsSimpleExceptWhereItTouchesItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		point := rapid.Custom(func(t *rapid.T) spatial.Point {
			return pt(rapid.Int32Range(0, 30).Draw(t, "x"), rapid.Int32Range(0, 30).Draw(t, "y"))
		})
		ring := spatial.Ring(rapid.SliceOfNDistinct(point, 3, 9, rapid.ID[spatial.Point]).Draw(t, "ring"))
		topo, _ := topology.Build([]spatial.MultiPolygon{{{ring}}})
		for _, poly := range topo.FacePolygon(0) {
			for _, r := range poly {
				if !simple(spatial.MultiPolygon{{r}}) {
					t.Fatalf("%v became %v", ring, r)
				}
			}
		}
	})
}
