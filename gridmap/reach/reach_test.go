package reach

import (
	"math"
	"testing"

	"cloudgrid/gridmap"
	"cloudgrid/spatial"
	"cloudgrid/spatial/measure"
)

func at(id int64, kind string, eastM float64) gridmap.Place {
	o, _ := spatial.FromLonLat(116, 30)
	return gridmap.Place{ID: gridmap.PlaceID(id), Kind: kind, Point: measure.FrameAt(o).At(eastM, 0), HasPoint: true}
}

func TestWhatIsFartherThanTheWalkIsListedTheFarthestFirst(t *testing.T) {
	const limitM = 15 * PaceMPerMin / Detour // 923 m
	places := []gridmap.Place{
		at(1, "station", 0), at(2, "door", limitM-1), at(3, "door", limitM+1), at(4, "door", -3000), at(5, "door", 10),
		{ID: 6, Kind: "door"},
		at(7, "station", -2500),
	}
	far := Far(places, "station", 15)
	if len(far) != 1 || far[0].Place.ID != 3 || far[0].Station.ID != 1 || math.Abs(far[0].LineM-limitM-1) > 0.1 {
		t.Fatalf("%+v", far)
	}
	far = Far(places, "station", 5)
	if len(far) != 3 || far[0].Place.ID != 3 || far[1].Place.ID != 2 || far[2].Place.ID != 4 || far[2].Station.ID != 7 {
		t.Fatalf("%+v", far)
	}
}

func TestWithoutAnyStationEverythingIsTooFar(t *testing.T) {
	far := Far([]gridmap.Place{at(1, "door", 0)}, "station", 15)
	if len(far) != 1 || far[0].Station != nil || !math.IsInf(far[0].Minutes, 1) {
		t.Errorf("%+v", far)
	}
}
