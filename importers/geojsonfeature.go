package importers

import (
	"bytes"
	"encoding/json"
	"fmt"
)

type rawFeature struct {
	Type       string          `json:"type"`
	ID         json.RawMessage `json:"id"`
	Properties json.RawMessage `json:"properties"`
	Geometry   json.RawMessage `json:"geometry"`
}

func (g *geoJSON) feature(row int, raw []byte) (Feature, error) {
	f := Feature{Row: row, Where: fmt.Sprintf("第 %d 个要素", row)}
	var rf rawFeature
	if err := json.Unmarshal(raw, &rf); err != nil {
		return f, rowError(g.info.File, row, CodeUnreadable, "这个要素不是合法的 JSON", "", err)
	}
	if rf.Type != "Feature" { // a bare geometry is a feature without attributes
		rf = rawFeature{Geometry: raw}
	}
	f.ID = jsonText(rf.ID)
	props, err := jsonProps(rf.Properties)
	if err != nil {
		return f, rowError(g.info.File, row, CodeValue, "属性读不出来", "", err)
	}
	f.Props = props
	if !soundProps(props) {
		return f, rowError(g.info.File, row, CodeEncoding, "属性里有读不出的文字", "用 --encoding 说明编码", nil)
	}
	if f.Geometry, err = jsonGeometry(rf.Geometry, g.limits.MaxDepth); err != nil {
		return f, geometryError(g.info.File, row, err)
	}
	return f, nil
}

func soundProps(props Props) bool {
	for _, p := range props {
		if s, ok := p.Value.(string); !soundText(p.Key) || ok && !soundText(s) {
			return false
		}
	}
	return true
}

// jsonText gives an id, which may be a string or a number, as text.
func jsonText(raw []byte) string {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || string(raw) == "null" {
		return ""
	}
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	return string(raw)
}
