package export

import (
	"io"
	"strconv"

	"cloudgrid/gridmap/atlas"
	"cloudgrid/gridmap/jsontext"
	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

// TopoJSON writes the grids of a level (-1: those that own ground) with every
// border once, quantised to the lattice, so that nothing is lost.
// Format: the TopoJSON specification 1.0, github.com/topojson.
func TopoJSON(out io.Writer, a *atlas.Atlas, n *atlas.Net, level int) error {
	topo, grids := n.Layer(level)
	w := &topoWriter{topo: topo, slot: make([]int32, topo.NumArcs())}
	b := a.Bounds()
	w.buf = append(w.buf, `{"type":"Topology","transform":{"scale":[1e-7,1e-7],"translate":[`...)
	w.buf = AppendDegrees(w.buf, b.Min.X)
	w.buf = AppendDegrees(append(w.buf, ','), b.Min.Y)
	w.buf = append(w.buf, `]},"objects":{"grids":{"type":"GeometryCollection","geometries":[`...)
	w.number()
	written := 0
	for f, k := range grids {
		if !wanted(n, k, level) {
			continue
		}
		g := &n.Grids[k]
		w.buf = strconv.AppendInt(append(jsontext.Comma(w.buf, written), `{"type":"MultiPolygon","id":`...), int64(g.ID), 10)
		w.buf = jsontext.Key(w.buf, `,"properties":{"code":`, g.Code)
		w.buf = jsontext.Key(w.buf, `,"name":`, g.Name)
		w.buf = strconv.AppendInt(append(w.buf, `,"level":`...), int64(g.Level), 10)
		w.buf = jsontext.Key(w.buf, `,"type":`, string(TypeOf(g.Type)))
		w.buf = append(w.buf, `},"arcs":`...)
		w.face(topology.FaceID(f))
		w.buf = append(w.buf, '}')
		written++
	}
	w.buf = append(w.buf, `]}},"arcs":[`...)
	w.arcs(b.Min)
	_, err := out.Write(append(w.buf, "]}\n"...))
	return err
}

type topoWriter struct {
	topo *topology.Topology
	slot []int32 // by arc: its number in the file
	buf  []byte
}

// number gives the arcs that are there consecutive numbers.
func (w *topoWriter) number() {
	next := int32(0)
	for id := range w.slot {
		if len(w.topo.Arc(topology.ArcID(id)).Points) > 0 {
			w.slot[id] = next
			next++
		}
	}
}

// face writes the polygons of a face as lists of arc numbers; ~n is arc n
// backwards.
func (w *topoWriter) face(f topology.FaceID) {
	starts := map[[2]spatial.Point]side{} // by the first two points of a side
	for _, id := range w.topo.FaceArcs(f) {
		p := w.topo.Arc(id).Points
		n, last := int64(w.slot[id]), len(p)-1
		starts[[2]spatial.Point{p[0], p[1]}] = side{n, last}
		starts[[2]spatial.Point{p[last], p[last-1]}] = side{^n, last}
	}
	w.buf = append(w.buf, '[')
	for i, polygon := range w.topo.FacePolygon(f) {
		w.buf = append(jsontext.Comma(w.buf, i), '[')
		for j, ring := range polygon {
			w.buf = append(jsontext.Comma(w.buf, j), '[')
			w.ring(ring, starts)
			w.buf = append(w.buf, ']')
		}
		w.buf = append(w.buf, ']')
	}
	w.buf = append(w.buf, ']')
}

// side is an arc in one direction: its number in the file and how many edges
// it has.
type side struct {
	number int64
	edges  int
}

// ring writes the sides that a ring consists of, from the first node on.
func (w *topoWriter) ring(ring spatial.Ring, starts map[[2]spatial.Point]side) {
	n := len(ring)
	at := func(i int) [2]spatial.Point { return [2]spatial.Point{ring[i%n], ring[(i+1)%n]} }
	from := 0
	for from < n {
		if _, ok := starts[at(from)]; ok {
			break
		}
		from++
	}
	for i, k := from, 0; i < from+n; k++ {
		s, ok := starts[at(i)]
		if !ok {
			return // not a ring of the topology's own arcs
		}
		w.buf = strconv.AppendInt(jsontext.Comma(w.buf, k), s.number, 10)
		i += s.edges
	}
}

// arcs writes each arc as its first point from the origin, then steps.
func (w *topoWriter) arcs(origin spatial.Point) {
	first := true
	for id := range w.slot {
		points := w.topo.Arc(topology.ArcID(id)).Points
		if len(points) == 0 {
			continue
		}
		if !first {
			w.buf = append(w.buf, ',')
		}
		first = false
		w.buf = append(w.buf, '[')
		at := origin
		for k, p := range points {
			w.buf = strconv.AppendInt(append(jsontext.Comma(w.buf, k), '['), int64(p.X)-int64(at.X), 10)
			w.buf = strconv.AppendInt(append(w.buf, ','), int64(p.Y)-int64(at.Y), 10)
			w.buf = append(w.buf, ']')
			at = p
		}
		w.buf = append(w.buf, ']')
	}
}
