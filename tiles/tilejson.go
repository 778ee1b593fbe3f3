package tiles

import "strconv"

// TileJSON describes a tile set to map clients (TileJSON 3.0.0).
type TileJSON struct {
	TileJSON     string        `json:"tilejson"`
	Name         string        `json:"name,omitempty"`
	Description  string        `json:"description,omitempty"`
	Version      string        `json:"version,omitempty"`
	Attribution  string        `json:"attribution,omitempty"`
	Scheme       string        `json:"scheme"`
	Tiles        []string      `json:"tiles"`
	VectorLayers []VectorLayer `json:"vector_layers"`
	MinZoom      uint8         `json:"minzoom"`
	MaxZoom      uint8         `json:"maxzoom"`
	Bounds       [4]float64    `json:"bounds"` // west, south, east, north in degrees
	Center       [3]float64    `json:"center"` // lon, lat, zoom
}

// VectorLayer describes one layer and its attributes.
type VectorLayer struct {
	ID          string            `json:"id"`
	Description string            `json:"description,omitempty"`
	MinZoom     uint8             `json:"minzoom"`
	MaxZoom     uint8             `json:"maxzoom"`
	Fields      map[string]string `json:"fields"`
}

// TileJSON describes a set whose tiles are at url, a template with {z}, {x} and
// {y}. Name, version and attribution are the caller's to fill in.
func (p *Pyramid) TileJSON(set Set, url string) TileJSON {
	b := boundsOf(p.src.Geometry.box)
	j := TileJSON{
		TileJSON: "3.0.0", Scheme: "xyz", Tiles: []string{url}, MaxZoom: p.src.MaxZoom, Bounds: b,
		Center: [3]float64{(b[0] + b[2]) / 2, (b[1] + b[3]) / 2, p.centreZoom()},
	}
	l, _ := set.layers()
	if l.grids {
		j.VectorLayers = append(j.VectorLayers, p.vectorLayer(SetGrids, "网格面: one polygon per grid of every level", p.levels(), 0))
	}
	if a := p.src.Atoms; l.atoms && a != nil {
		j.VectorLayers = append(j.VectorLayers, p.vectorLayer(SetAtoms, "基本单元面: one polygon per atom", []*Level{a}, a.MinZoom))
	}
	if l.borders {
		j.VectorLayers = append(j.VectorLayers, VectorLayer{
			ID: string(SetBorders), Description: "边界线: each border once, with the highest level that it separates",
			MaxZoom: p.src.MaxZoom, Fields: map[string]string{"level": "Number"},
		})
	}
	if a := p.src.Atoms; l.atomEdges && a != nil {
		j.VectorLayers = append(j.VectorLayers, VectorLayer{
			ID: string(SetAtomEdges), Description: "基本单元界线: one feature per two neighbouring atoms, left the lesser id; no right on the outer edge",
			MinZoom: a.MinZoom, MaxZoom: p.src.MaxZoom, Fields: map[string]string{"left": "Number", "right": "Number"},
		})
	}
	if l.labels {
		v := p.vectorLayer(SetLabels, "注记点: one point inside each named grid", p.levels(), 0)
		for _, level := range p.levels() {
			for i := range level.Columns {
				delete(v.Fields, level.Columns[i].Name)
			}
		}
		j.VectorLayers = append(j.VectorLayers, v)
	}
	return j
}

func (p *Pyramid) levels() []*Level {
	var ls []*Level
	for i := range p.src.Levels {
		ls = append(ls, &p.src.Levels[i])
	}
	return ls
}

func (p *Pyramid) vectorLayer(id Set, what string, levels []*Level, minZoom uint8) VectorLayer {
	v := VectorLayer{ID: string(id), Description: what, MinZoom: minZoom, MaxZoom: p.src.MaxZoom, Fields: map[string]string{}}
	if id != SetAtoms {
		v.Fields["level"] = "Number"
		v.Description += " (level 0 … " + strconv.Itoa(len(levels)-1) + " from the top)"
	}
	for _, l := range levels {
		for name, there := range map[string]bool{"code": l.Codes != nil, "name": l.Names != nil, "type": l.Types != nil} {
			if there {
				v.Fields[name] = "String"
			}
		}
		if l.Colours != nil {
			v.Fields["colour"] = "Number"
		}
		for i := range l.Columns {
			v.Fields[l.Columns[i].Name] = "Number"
			if l.Columns[i].Strings != nil {
				v.Fields[l.Columns[i].Name] = "String"
			}
		}
	}
	return v
}

// centreZoom is the deepest zoom at which the coverage fits about one tile.
func (p *Pyramid) centreZoom() float64 {
	z := uint8(0)
	for ; z < p.src.MaxZoom; z++ {
		x0, y0, x1, y1 := Range(p.src.Geometry.box, z+1)
		if x1-x0 > 1 || y1-y0 > 1 {
			break
		}
	}
	return float64(z)
}
