package importers

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/paulmach/orb"
)

// topoJSON reads one object of a topology. The arcs are held in memory, since
// any feature may use any arc; features are built one at a time.
type topoJSON struct {
	info      Info
	transform *topoTransform // nil when the file is not quantised
	arcs      [][]orb.Point  // dequantised
	object    json.RawMessage
	limits    Limits
	close     func() error
}

// topoTransform turns whole steps into coordinates.
type topoTransform struct {
	Scale     [2]float64 `json:"scale"`
	Translate [2]float64 `json:"translate"`
}

func (t *topoTransform) apply(q orb.Point) orb.Point {
	return orb.Point{q[0]*t.Scale[0] + t.Translate[0], q[1]*t.Scale[1] + t.Translate[1]}
}

type topology struct {
	Transform *topoTransform  `json:"transform"`
	Objects   json.RawMessage `json:"objects"`
	Arcs      json.RawMessage `json:"arcs"`
	CRS       json.RawMessage `json:"crs"`
}

// topoObject is a geometry object, a collection of them, or a feature-like leaf.
type topoObject struct {
	Type        string            `json:"type"`
	ID          json.RawMessage   `json:"id"`
	Properties  json.RawMessage   `json:"properties"`
	Arcs        json.RawMessage   `json:"arcs"`
	Coordinates json.RawMessage   `json:"coordinates"`
	Geometries  []json.RawMessage `json:"geometries"`
}

func openTopoJSON(in input, text *textFile, info Info, o Options) (Source, error) {
	t := &topoJSON{info: info, limits: o.Limits, close: in.close}
	t.info.Format = TopoJSON
	raw, err := io.ReadAll(&cappedReader{text.open(), o.Limits.MaxHeld, "TopoJSON 文件大小"})
	if err != nil {
		return nil, fatal(in.name, CodeUnreadable, "文件读不出来", "", err)
	}
	bad := func(err error) error {
		return fatal(in.name, CodeUnreadable, "不是完整的 TopoJSON", "重新导出这个文件", err)
	}
	// The scanner bounds the nesting before encoding/json recurses into it.
	s := newJSONScanner(text.open(), o.Limits)
	if _, err := s.value(false); err != nil {
		return nil, bad(err)
	}
	var top topology
	if err := json.Unmarshal(raw, &top); err != nil {
		return nil, bad(err)
	}
	if t.arcs, err = top.readArcs(); err != nil {
		return nil, bad(err)
	}
	t.transform = top.Transform
	if err := t.chooseObject(top.Objects, o.Layer); err != nil {
		return nil, err
	}
	if len(top.CRS) > 0 {
		g := geoJSON{}
		g.oldCRS(top.CRS)
		t.info.CRS, t.info.CRSFrom = g.info.CRS, g.info.CRSFrom
	}
	fields := newFieldSet()
	for f, err := range t.Features() {
		if err != nil {
			continue // told when it is read for good
		}
		t.info.Rows++
		for _, p := range f.Props {
			fields.add(p.Key, p.Value)
		}
	}
	t.info.Fields = fields.list()
	return t, nil
}

func (t *topoJSON) Info() Info { return t.info }

func (t *topoJSON) Close() error { return t.close() }

func (t *topoJSON) chooseObject(raw []byte, want string) error {
	props, err := jsonProps(raw)
	if err != nil {
		return fatal(t.info.File, CodeUnreadable, "objects 读不出来", "", err)
	}
	for _, p := range props {
		t.info.Layers = append(t.info.Layers, p.Key)
	}
	if t.info.Layer, err = choose(t.info.File, "对象", "--layer", want, t.info.Layers); err != nil {
		return err
	}
	v, _ := props.Get(t.info.Layer)
	s, _ := v.(string)
	t.object = json.RawMessage(s)
	return nil
}

// readArcs reads the arcs and undoes delta coding and quantisation: with a
// transform, positions are whole steps from the one before.
func (top *topology) readArcs() ([][]orb.Point, error) {
	if len(top.Arcs) == 0 {
		return nil, errors.New("没有 arcs")
	}
	p := &coordParser{b: top.Arcs}
	arcs, err := list(p, p.points)
	if err != nil || top.Transform == nil {
		return arcs, err
	}
	for _, arc := range arcs {
		var at orb.Point
		for i, d := range arc {
			at[0] += d[0]
			at[1] += d[1]
			arc[i] = top.Transform.apply(at)
		}
	}
	return arcs, nil
}

func (t *topoJSON) Features() iter.Seq2[Feature, error] {
	return func(yield func(Feature, error) bool) {
		row := 0
		if err := t.walk(t.object, t.limits.MaxDepth, &row, yield); err != nil && !errors.Is(err, errStop) {
			yield(Feature{Row: row}, fatal(t.info.File, CodeUnreadable, "TopoJSON 对象读不下去", "重新导出这个文件", err))
		}
	}
}

// walk yields each leaf of an object; collections inside collections count as
// groups of features. A collection that carries properties itself is still a
// group: its leaves are what has shape.
func (t *topoJSON) walk(raw []byte, depth int, row *int, yield func(Feature, error) bool) error {
	var o topoObject
	if err := json.Unmarshal(raw, &o); err != nil {
		return err
	}
	if o.Type == "GeometryCollection" {
		if depth <= 0 {
			return tooBig("GeometryCollection 嵌套层数")
		}
		for _, g := range o.Geometries {
			if err := t.walk(g, depth-1, row, yield); err != nil {
				return err
			}
		}
		return nil
	}
	if *row++; *row > t.limits.MaxRows {
		return tooManyRows(t.info.File, t.limits.MaxRows)
	}
	if !yield(t.feature(*row, o)) {
		return errStop
	}
	return nil
}

func (t *topoJSON) feature(row int, o topoObject) (Feature, error) {
	f := Feature{Row: row, ID: jsonText(o.ID), Where: fmt.Sprintf("第 %d 个要素", row)}
	var err error
	if f.Props, err = jsonProps(o.Properties); err != nil {
		return f, rowError(t.info.File, row, CodeValue, "属性读不出来", "", err)
	}
	if !soundProps(f.Props) {
		return f, rowError(t.info.File, row, CodeEncoding, "属性里有读不出的文字", "用 --encoding 说明编码", nil)
	}
	if f.Geometry, err = t.geometry(o); err != nil {
		return f, geometryError(t.info.File, row, err)
	}
	return f, nil
}
