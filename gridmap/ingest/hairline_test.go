package ingest

import (
	"testing"

	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

func TestAHairlineIsAnOverlapOrAGap(t *testing.T) {
	const wide = 100000 // lattice steps: a kilometre
	west := spatial.MultiPolygon{{{pt(0, 0), pt(wide, 0), pt(wide, wide), pt(0, wide)}}}
	for want, middle := range map[string]int32{KindHairOverlap: wide - 2, KindHairGap: wide + 2} {
		// The common border bends to the other side by two steps, some 2 cm.
		east := spatial.MultiPolygon{{{pt(wide, 0), pt(2*wide, 0), pt(2*wide, wide), pt(wide, wide), pt(middle, wide/2)}}}
		faces := []face{{1, "w", west}, {2, "e", east}}
		_, problems := topology.Build([]spatial.MultiPolygon{west, east})
		if len(problems) != 1 || problems[0].Kind != topology.Hairline {
			t.Fatalf("%+v", problems)
		}
		if got := hairline(problems[0], faces); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
