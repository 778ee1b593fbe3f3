package atlas

import (
	"cloudgrid/spatial"
	"cloudgrid/spatial/locate"
	"cloudgrid/spatial/topology"
)

// stand-ins until locate has them
type share struct {
	Face             topology.FaceID
	DistanceM, Share float64
}
type borderHit struct {
	DistanceM float64
	At        spatial.Point
	Across    topology.FaceID
}
type pending struct{ *locate.Index }

func (pending) Nearest(spatial.Point) share                   { return share{Face: topology.Outside} }
func (pending) NearestBorder(spatial.Point) (borderHit, bool) { return borderHit{}, false }
func (pending) CircleShares(spatial.Point, float64) []share   { return nil }

