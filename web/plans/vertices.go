package plans

import (
	"context"
	"fmt"
	"strings"

	"cloudgrid/gridmap"
	"cloudgrid/spatial"
)

// mostVertices bounds one answer: more than one can tell apart on a screen.
const mostVertices = 50000

type verticesInput struct {
	PlanInput
	BBox string `query:"bbox" required:"true" doc:"west,south,east,north"`
	CRS  string `query:"crs" required:"true" doc:"wgs84 or cgcs2000"`
}

type verticesOutput struct {
	Body struct {
		Rev  int64     `json:"rev"`
		Lon  []float64 `json:"lon"`
		Lat  []float64 `json:"lat"`
		More bool      `json:"more" doc:"the box holds more than were sent"`
	}
}

// vertices answers with exact coordinates, which tiles do not have.
func (s *Service) vertices(ctx context.Context, in *verticesInput) (*verticesOutput, error) {
	if err := checkFrame(in.CRS); err != nil {
		return nil, err
	}
	var w, south, e, n float64
	_, err := fmt.Sscanf(strings.ReplaceAll(in.BBox, ",", " "), "%g %g %g %g", &w, &south, &e, &n)
	low, err1 := spatial.FromLonLat(w, south)
	high, err2 := spatial.FromLonLat(e, n)
	if err != nil || err1 != nil || err2 != nil || low.X > high.X || low.Y > high.Y {
		return nil, gridmap.Errorf(gridmap.Invalid, "bbox=%q 应为 西,南,东,北 (want west,south,east,north)", in.BBox)
	}
	v, err := s.desk.View(ctx, actor(ctx), in.plan())
	if err != nil {
		return nil, err
	}
	points, more := v.Board.Vertices(spatial.Box{Min: low, Max: high}, mostVertices)
	out := &verticesOutput{}
	b := &out.Body
	b.Rev, b.More, b.Lon, b.Lat = v.Plan.Rev, more, make([]float64, len(points)), make([]float64, len(points))
	for i, p := range points {
		b.Lon[i], b.Lat[i] = p.LonLat()
	}
	return out, nil
}
