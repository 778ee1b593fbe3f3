package topology

import (
	"slices"
	"testing"

	"cloudgrid/spatial"
)

func TestTheArcsThatAnEditChangedAreNamedAndNoOthers(t *testing.T) {
	var faces []spatial.MultiPolygon
	const side = 1000
	for i := range int32(900) { // enough for several blocks
		x, y := i%30*side, i/30*side
		faces = append(faces, spatial.MultiPolygon{{{{X: x, Y: y}, {X: x + side, Y: y}, {X: x + side, Y: y + side}, {X: x, Y: y + side}}}})
	}
	old, _ := Build(faces)
	now, first, err := old.MoveNode(spatial.Point{X: 15 * side, Y: 15 * side}, spatial.Point{X: 15*side + 300, Y: 15*side + 100})
	if err != nil {
		t.Fatal(err)
	}
	now, second, err := now.MergeFaces(3, 4)
	if err != nil {
		t.Fatal(err)
	}
	var want []ArcID
	for _, c := range []Change{first, second} {
		want = append(append(append(want, c.Added...), c.Changed...), c.Removed...)
	}
	slices.Sort(want)
	if got := now.ChangedSince(old); !slices.Equal(got, slices.Compact(want)) {
		t.Errorf("%v, the edits say %v", got, want)
	}
	if got := old.ChangedSince(now); !slices.Equal(got, slices.Compact(want)) {
		t.Errorf("backwards %v", got)
	}
	again, _ := Build(faces)
	if got := again.ChangedSince(old); len(got) != 0 {
		t.Errorf("the same coverage built twice differs in %v", got)
	}
}
