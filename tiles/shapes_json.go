package tiles

// TileJSON describes the tiles of shapes, offered from a zoom on, at url, a
// template with {z}, {x} and {y}.
func (s *Shapes) TileJSON(layerName, what, url string, minZoom uint8) TileJSON {
	b := boundsOf(s.box)
	return TileJSON{
		TileJSON: "3.0.0", Scheme: "xyz", Tiles: []string{url}, MinZoom: minZoom, MaxZoom: ShapesMaxZoom, Bounds: b,
		Center:       [3]float64{(b[0] + b[2]) / 2, (b[1] + b[3]) / 2, float64(max(minZoom, 15))},
		VectorLayers: []VectorLayer{{ID: layerName, Description: what, MinZoom: minZoom, MaxZoom: ShapesMaxZoom, Fields: map[string]string{"name": "String"}}},
	}
}
