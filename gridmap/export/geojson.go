// Package export writes a snapshot in the formats of other programs.
package export

import (
	"strconv"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/gridmap/jsontext"
	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

// GeoJSON is a FeatureCollection (RFC 7946) being written.
type GeoJSON struct {
	atlas *atlas.Atlas
	buf   []byte
	n     int
	tell  Tell
}

// Tell says which count of residents may be told: nil for one so small that it
// could point at somebody.
type Tell func(count int64) *int64

// smallCount is the k of k-anonymity: a count of households or persons below
// it is not told in public, since it could point at somebody.
const smallCount = 5

// TellPublic tells nothing of small counts; that there is nobody may be told.
func TellPublic(count int64) *int64 {
	if count > 0 && count < smallCount {
		return nil
	}
	return &count
}

// NewGeoJSON begins a collection of things of a snapshot.
func NewGeoJSON(a *atlas.Atlas, tell Tell) *GeoJSON {
	return &GeoJSON{atlas: a, tell: tell, buf: []byte(`{"type":"FeatureCollection","features":[`)}
}

// Close ends the collection and returns its text.
func (w *GeoJSON) Close() []byte { return append(w.buf, "]}\n"...) }

func (w *GeoJSON) begin(id int64, shape spatial.MultiPolygon) {
	if w.n > 0 {
		w.buf = append(w.buf, ",\n"...)
	}
	w.n++
	w.buf = strconv.AppendInt(append(w.buf, `{"type":"Feature","id":`...), id, 10)
	w.buf = appendGeometry(append(w.buf, `,"geometry":`...), shape)
}

// Grids writes the wanted grids of a level that have ground.
func (w *GeoJSON) Grids(n *atlas.Net, level int, wanted func(int32) bool) {
	topo, grids := n.Layer(level)
	for f, k := range grids {
		if n.Foreign(k) || !wanted(k) {
			continue
		}
		g := &n.Grids[k]
		w.begin(int64(g.ID), topo.FacePolygon(topology.FaceID(f)))
		w.buf = jsontext.Key(w.buf, `,"properties":{"code":`, g.Code)
		w.buf = jsontext.Key(w.buf, `,"name":`, g.Name)
		w.buf = jsontext.Key(w.buf, `,"network":`, n.Network.Code)
		w.buf = strconv.AppendInt(append(w.buf, `,"level":`...), int64(g.Level), 10)
		w.buf = jsontext.Key(w.buf, `,"level_name":`, LevelName(n, g.Level))
		w.buf = jsontext.Key(w.buf, `,"type":`, string(TypeOf(g.Type)))
		if g.Parent != atlas.None {
			w.buf = jsontext.Key(w.buf, `,"parent":`, n.Grids[g.Parent].Code)
		}
		w.buf = strconv.AppendInt(append(w.buf, `,"atoms":`...), int64(g.Atoms), 10)
		w.buf = append(w.appendCounts(w.buf, w.atlas.CountKeys(), g.Counts), `}}`...)
	}
}

// Atoms writes the atoms of the wanted grids.
func (w *GeoJSON) Atoms(n *atlas.Net, wanted func(int32) bool) {
	topo, atoms, owner := n.Ground()
	for f, i := range atoms {
		if n.Foreign(owner[f]) || w.atlas.Atom(i).Foreign || !wanted(owner[f]) {
			continue
		}
		a := w.atlas.Atom(i)
		w.begin(int64(a.ID), topo.FacePolygon(topology.FaceID(f)))
		w.buf = jsontext.Key(w.buf, `,"properties":{"code":`, a.Code)
		w.buf = jsontext.Key(w.buf, `,"name":`, a.Name)
		w.buf = jsontext.Key(w.buf, `,"kind":`, a.Kind)
		w.buf = jsontext.Key(w.buf, `,"grid":`, n.Grids[owner[f]].Code)
		w.buf = append(w.appendCounts(w.buf, w.atlas.CountKeys(), w.atlas.AtomCounts(i)), `}}`...)
	}
}

func (w *GeoJSON) appendCounts(b []byte, keys []string, counts []int64) []byte {
	for k, key := range keys {
		b = jsontext.String(append(b, ','), key)
		b = append(b, ':')
		if c := w.tell(counts[k]); c != nil {
			b = strconv.AppendInt(b, *c, 10)
		} else {
			b = append(b, `null`...)
		}
	}
	return b
}

func appendGeometry(b []byte, m spatial.MultiPolygon) []byte {
	if len(m) == 0 {
		return append(b, `null`...)
	}
	b = append(b, `{"type":"MultiPolygon","coordinates":[`...)
	for i, p := range m {
		b = append(jsontext.Comma(b, i), '[')
		for j, r := range p {
			b = append(jsontext.Comma(b, j), '[')
			for k := 0; k <= len(r); k++ { // the first point again at the end
				b = appendPosition(jsontext.Comma(b, k), r[k%len(r)])
			}
			b = append(b, ']')
		}
		b = append(b, ']')
	}
	return append(b, `]}`...)
}

func appendPosition(b []byte, p spatial.Point) []byte {
	b = AppendDegrees(append(b, '['), p.X)
	b = AppendDegrees(append(b, ','), p.Y)
	return append(b, ']')
}

// AppendDegrees writes lattice steps as degrees exactly.
func AppendDegrees(b []byte, v int32) []byte {
	u := int64(v)
	if u < 0 {
		b, u = append(b, '-'), -u
	}
	b = strconv.AppendInt(b, u/spatial.Scale, 10)
	frac := u % spatial.Scale
	b = append(b, '.')
	for div := int64(spatial.Scale / 10); div > 0; div /= 10 {
		b = append(b, byte('0'+frac/div%10))
	}
	return b
}

// wanted tells whether a grid of a level's layer is of that level: one above it
// that owns ground itself stands in for it in the layer, but whoever asks for a
// level wants that level. A level of -1 wants all that own ground.
func wanted(n *atlas.Net, k int32, level int) bool {
	return level < 0 || n.Grids[k].Level == level
}

// LevelName is the name of a rank of a network, empty for one that has none.
func LevelName(n *atlas.Net, rank int) string {
	if rank < len(n.Levels) {
		return n.Levels[rank].Name
	}
	return ""
}

// TypeOf is the type as it is written out: a grid without one is general.
func TypeOf(t gridmap.GridType) gridmap.GridType {
	if t == "" {
		return gridmap.General
	}
	return t
}
