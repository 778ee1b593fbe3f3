package tiles

import (
	"testing"

	"github.com/paulmach/orb/encoding/mvt"
	"pgregory.net/rapid"
)

func TestFacesStandForEachOtherWhereNoLevelTellsThemApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		faces := rapid.IntRange(1, 30).Draw(t, "faces")
		levels := make([]*Level, rapid.IntRange(1, 3).Draw(t, "levels"))
		for k := range levels {
			n := rapid.IntRange(1, 6).Draw(t, "features")
			levels[k] = &Level{IDs: make([]uint64, n)}
			for range faces {
				levels[k].Of = append(levels[k].Of, int32(rapid.IntRange(-1, n-1).Draw(t, "of")))
			}
		}
		stand := standIns(levels)
		at := func(f int) int32 {
			if stand == nil {
				return int32(f)
			}
			return stand[f]
		}
		for f := range faces {
			nowhere := true
			for _, l := range levels {
				nowhere = nowhere && l.Of[f] < 0
			}
			if (at(f) == outside) != nowhere {
				t.Fatalf("face %d stands as %d, in no feature: %v", f, at(f), nowhere)
			}
			for g := range f {
				alike := true
				for _, l := range levels {
					alike = alike && l.Of[f] == l.Of[g]
				}
				if alike != (at(f) == at(g)) {
					t.Fatalf("faces %d and %d stand as %d and %d, alike: %v", f, g, at(f), at(g), alike)
				}
			}
		}
	})
}

// Where a lower level is not shown, the upper one is drawn from its own borders
// alone, and is as clean.
func TestAnOverviewOfUpperLevelsIsCleanAndSmaller(t *testing.T) {
	all := meshPyramid(t, 7, 16, 0.01)
	src := all.src
	src.Levels = append([]Level(nil), src.Levels...)
	src.Levels[1].MinZoom = 13
	top, err := Build(src)
	if err != nil {
		t.Fatal(err)
	}
	only := func(ls mvt.Layers) int { return len(layerOf(ls, SetGrids).Features) }
	for z := uint8(6); z <= 14; z++ {
		everyTile(top, z, func(x, y uint32) {
			ls := decode(t, top.Tile(SetMap, uint32(z), x, y))
			if l := layerOf(ls, SetGrids); l.Name != "" {
				checkLayer(t, Tile{z, x, y}.String(), z, l)
			}
			full := only(decode(t, all.Tile(SetMap, uint32(z), x, y)))
			if n := only(ls); z >= 13 && n != full || z < 13 && n > full {
				t.Fatalf("%d/%d/%d: %d features, %d with all levels", z, x, y, n, full)
			}
		})
	}
}
