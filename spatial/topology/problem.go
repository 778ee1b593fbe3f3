package topology

import "cloudgrid/spatial"

// Kind says what is wrong at a place.
type Kind uint8

// The kinds of problems.
const (
	Overlap      Kind = iota + 1 // ground that several polygons claim
	Gap                          // enclosed ground between several faces that none claims
	Hole                         // enclosed ground within one face that none claims
	Duplicate                    // a face drawn exactly as another
	Contained                    // a face drawn wholly inside another
	SelfCrossing                 // a ring that crosses itself
	Spike                        // a ring that runs to a place and back the same way
	InvalidRing                  // a ring with fewer than three distinct points
	NoGround                     // a face left without ground
	Disconnected                 // a face in several parts
	Sliver                       // a part of a face that is very narrow
	Broken                       // the topology itself breaks an invariant (Check)
)

// Problem is one finding with its place.
type Problem struct {
	Kind    Kind
	Faces   []FaceID // concerned, ascending
	At      spatial.Point
	Box     spatial.Box
	AreaM2  float64
	LengthM float64
	Region  spatial.MultiPolygon // the ground in question where small; nil otherwise
	Detail  string               // for Broken: what exactly
}
