// Package reach tells which addresses lie too far from a service station to walk
// (15 分钟服务圈).
package reach

import (
	"cmp"
	"math"
	"slices"

	"cloudgrid/gridmap"
	"cloudgrid/spatial/measure"
)

// A walk is reckoned without a road network: the straight line, longer by what
// streets add to it, at a quiet pace: 80 m a minute is 4.8 km/h, and 1.3 is about
// the ratio of ways along streets to the straight line in built-up ground. Real
// ways across a river or a walled compound are longer.
const (
	PaceMPerMin = 80
	Detour      = 1.3
)

// Minutes is how long a walk over a straight line of so many metres takes.
func Minutes(lineM float64) float64 { return lineM * Detour / PaceMPerMin }

// Walk is the way from an address to the nearest station.
type Walk struct {
	Place   *gridmap.Place
	Station *gridmap.Place // nil: there is none at all
	LineM   float64        // straight, in metres
	Minutes float64
}

// Far lists the places from which the nearest station, a place of the kind
// named, is more than so many minutes' walk away, the farthest first. Stations
// themselves and places without a point are left out. It compares each place
// with each station.
func Far(places []gridmap.Place, kind string, minutes float64) []Walk {
	var stations []*gridmap.Place
	for i := range places {
		if p := &places[i]; p.Kind == kind && p.HasPoint {
			stations = append(stations, p)
		}
	}
	var far []Walk
	for i := range places {
		p := &places[i]
		if p.Kind == kind || !p.HasPoint {
			continue
		}
		if w := nearest(p, stations); w.Minutes > minutes {
			far = append(far, w)
		}
	}
	slices.SortStableFunc(far, func(a, b Walk) int { return cmp.Compare(b.Minutes, a.Minutes) })
	return far
}

func nearest(p *gridmap.Place, stations []*gridmap.Place) Walk {
	w := Walk{Place: p, LineM: math.Inf(1), Minutes: math.Inf(1)}
	for _, s := range stations {
		if d := measure.NearM(p.Point, s.Point); d < w.LineM {
			w.Station, w.LineM, w.Minutes = s, d, Minutes(d)
		}
	}
	return w
}
