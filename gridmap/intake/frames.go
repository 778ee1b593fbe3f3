package intake

import (
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"cloudgrid/gridmap/ingest"
	"cloudgrid/importers"
	"cloudgrid/spatial/crs"
)

// Frame is what is known of the coordinate system of a file. It is never
// guessed: GCJ-02 read as WGS84 is half a kilometre off and looks just as good.
type Frame struct {
	Needed    bool          `json:"needed" doc:"false for files without coordinates"`
	Declared  string        `json:"declared,omitempty" doc:"what the file or its format says"`
	From      string        `json:"from,omitempty" doc:"where it says so"`
	Sure      bool          `json:"sure" doc:"the file itself declares it; otherwise a person must say the frame"`
	Fault     string        `json:"fault,omitempty" doc:"why what the file declares cannot be used"`
	Projected bool          `json:"projected" doc:"the numbers are metres, not degrees"`
	Choices   []FrameChoice `json:"choices" doc:"the likelier first, by where the first rows would lie"`
}

// FrameChoice is a frame that the coordinates could be in.
type FrameChoice struct {
	Code   string  `json:"code" doc:"as crs takes it"`
	Name   string  `json:"name"`
	InArea float64 `json:"in_area" doc:"share of the first rows inside the area that the frame is for"`
	InMap  float64 `json:"in_map" doc:"share of them where the map is; -1 without a map"`
}

// Sure tells whether the file itself declares its frame; what its format merely
// prescribes is no declaration.
func Sure(info importers.Info) bool {
	return (info.CRS != "" || info.WKT != "") && info.CRSFrom != importers.RFC7946 && info.CRSFrom != importers.KMLRule
}

// hasPositions tells whether any of the first rows has one.
func hasPositions(src importers.Source) bool {
	n := 0
	for f, err := range src.Features() {
		if _, ok := somewhere(f.Geometry); ok && err == nil {
			return true
		}
		if n++; n == frameRows {
			break
		}
	}
	return false
}

// mostChoices is how many projected frames are offered; others can be typed.
const mostChoices = 6

func frameOf(info importers.Info, at []orb.Point, inMap func(lon, lat float64) bool) Frame {
	f := Frame{Needed: len(at) > 0, Choices: []FrameChoice{}}
	if info.CRS != "" || info.WKT != "" {
		c, err := ingest.DeclaredCRS(info)
		f.From = info.CRSFrom
		if err != nil {
			f.Fault = err.Error()
		} else {
			f.Declared = c.Name()
			f.Sure = Sure(info)
		}
	}
	if !f.Needed {
		return f
	}
	f.Projected = !degrees(at)
	for _, code := range candidates(f.Projected) {
		if c, err := crs.Parse(code); err == nil {
			f.Choices = append(f.Choices, weigh(code, c, at, inMap))
		}
	}
	if f.Projected {
		f.Choices = likeliest(f.Choices)
	}
	return f
}

// degrees tells whether most positions can be longitude and latitude.
func degrees(at []orb.Point) bool {
	n := 0
	for _, p := range at {
		if math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 180 {
			n++
		}
	}
	return n*2 >= len(at)
}

// candidates are the frames in use in China. Degrees look alike in all four of
// theirs; metres have a Gauss-Krüger zone, with its number in front of the
// easting or without.
func candidates(projected bool) []string {
	if !projected {
		return []string{"cgcs2000", "wgs84", "gcj02", "bd09"}
	}
	var all []string
	for code := 4491; code <= 4554; code++ {
		all = append(all, fmt.Sprintf("epsg:%d", code))
	}
	for zone := 43; zone <= 53; zone++ {
		all = append(all, fmt.Sprintf("epsg:326%d", zone))
	}
	return append(all, "epsg:3857", "epsg:3825", "epsg:3826")
}

func weigh(code string, c crs.CRS, at []orb.Point, inMap func(lon, lat float64) bool) FrameChoice {
	choice := FrameChoice{Code: code, Name: c.Name(), InMap: -1}
	area, there := 0, 0
	for _, p := range at {
		lon, lat, err := c.ToWGS84(p[0], p[1])
		if err != nil || !c.Bounds().Contains(lon, lat) {
			continue
		}
		if area++; inMap != nil && inMap(lon, lat) {
			there++
		}
	}
	choice.InArea = float64(area) / float64(len(at))
	if inMap != nil {
		choice.InMap = float64(there) / float64(len(at))
	}
	return choice
}

// likeliest leaves those frames in which at least half of the rows lie in their
// area, those in the map first.
func likeliest(all []FrameChoice) []FrameChoice {
	all = slices.DeleteFunc(all, func(c FrameChoice) bool { return c.InArea < 0.5 })
	slices.SortStableFunc(all, func(a, b FrameChoice) int {
		switch {
		case a.InMap != b.InMap:
			return int(math.Copysign(1, b.InMap-a.InMap))
		case a.InArea != b.InArea:
			return int(math.Copysign(1, b.InArea-a.InArea))
		}
		return 0
	})
	return all[:min(len(all), mostChoices)]
}
