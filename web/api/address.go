package api

import (
	"math"
	"strconv"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/address"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/gridmap/jsontext"
	"cloudgrid/spatial"
	"cloudgrid/spatial/crs"
)

// answerAddress answers an address. The grid is answered only when it is
// certain: the place is known, or every place that the text still fits lies in
// one grid. With a coordinate beside it, an address that names its place wins
// (people stand beside what they report); otherwise the coordinate answers.
func (v *view) answerAddress(b []byte, n *atlas.Net, q ask) ([]byte, error) {
	index, err := v.atlas.Addresses()
	if err != nil {
		return b, err
	}
	m := index.Match(q.address, address.MatchOptions{})
	grid := n.OfMatch(v.atlas, &m)
	if err := v.atlas.HereGrid(n, grid); err != nil {
		return b, err
	}
	if grid == atlas.None && q.hasPoint {
		a := n.Resolve(q.Ask)
		mark := len(b)
		if b, err = v.appendAnswer(b, n, q, &a); err != nil {
			return b[:mark], err
		}
		b = b[:len(b)-1] // the match goes into the same object
		return v.appendMatch(b, n, q, &m), nil
	}
	b = appendID(append(b, '{'), q.id)
	status := "unknown"
	if grid != atlas.None {
		status = "inside"
		if q.Level >= 0 {
			grid = n.Ancestor(grid, q.Level)
		}
	}
	b = jsontext.Key(b, `"status":`, status)
	b = jsontext.Key(b, `,"network":`, n.Network.Code)
	b = strconv.AppendInt(append(b, `,"edition":`...), v.atlas.Edition().Number, 10)
	if d := v.atlas.Settings().DataDate; !d.IsZero() {
		b = jsontext.Key(b, `,"data_date":`, d.Format("2006-01-02"))
	}
	if m.HasPoint {
		mark := len(b)
		if b, err = appendPoint(append(b, `,"point":`...), m.Point, q.out, true); err != nil {
			b = b[:mark] // the frame cannot hold the place; the grid still stands
		}
	}
	b = append(append(append(b, `,"chain":[`...), v.link(n, grid).chain...), ']')
	b = jsontext.Text(append(b, `,"message":"`...), m.Message)
	if grid != atlas.None {
		b = append(jsontext.Text(append(b, "；由"...), v.link(n, grid).path), "负责"...)
	} else if s := v.atlas.Scope(); !s.Whole() {
		b = jsontext.Text(b, "；本服务器只服务 "+s.String()+"，其他区县请改问他处 (this server's scope is "+s.String()+")")
	}
	b = append(b, '"')
	return v.appendMatch(b, n, q, &m), nil
}

// appendMatch writes how the text was understood and closes the object.
func (v *view) appendMatch(b []byte, n *atlas.Net, q ask, m *address.Answer) []byte {
	b = jsontext.Key(b, `,"match":{"query":`, q.address)
	b = jsontext.Key(b, `,"status":`, string(m.Status))
	b = jsontext.Key(b, `,"level":`, string(m.Level))
	b = appendShare(append(b, `,"confidence":`...), m.Confidence)
	if p := v.atlas.Place(gridmap.PlaceID(m.ID)); m.ID != 0 && p != nil {
		b = appendPlace(append(b, `,"place":`...), p, q.out)
	}
	b = append(b, `,"reasons":[`...)
	for i, r := range m.Reasons {
		b = jsontext.String(jsontext.Comma(b, i), r)
	}
	b = append(b, `],"components":[`...)
	for i, c := range m.Components {
		b = jsontext.Key(jsontext.Comma(b, i), `{"role":`, string(c.Role))
		b = jsontext.Key(b, `,"text":`, c.Text)
		if c.Name != "" {
			b = jsontext.Key(b, `,"name":`, c.Name)
		}
		if c.Typo {
			b = append(b, `,"typo":true`...)
		}
		b = append(b, '}')
	}
	b = append(b, `],"unexplained":[`...)
	for i, u := range m.Unexplained {
		b = jsontext.String(jsontext.Comma(b, i), u.Text)
	}
	b = append(b, `],"alternatives":[`...)
	for i, c := range m.Alternatives {
		b = v.appendAlternative(jsontext.Comma(b, i), n, c, q.out)
	}
	b = jsontext.Key(b, `],"message":`, m.Message)
	return append(jsontext.Key(b, `,"message_en":`, m.MessageEn), `}}`...)
}

func (v *view) appendAlternative(b []byte, n *atlas.Net, c address.Candidate, out crs.CRS) []byte {
	b = strconv.AppendInt(append(b, `{"place":`...), c.ID, 10)
	b = jsontext.Key(b, `,"text":`, c.Text)
	b = appendShare(append(b, `,"confidence":`...), c.Confidence)
	if c.HasPoint {
		b = appendLonLat(b, c.Point, out)
	}
	if p := v.atlas.Place(gridmap.PlaceID(c.ID)); p != nil {
		if g := n.OfPlace(v.atlas, p); g != atlas.None {
			b = append(appendRef(append(b, `,"grid":{`...), &n.Grids[g]), '}')
		}
	}
	return append(b, '}')
}

func appendPlace(b []byte, p *gridmap.Place, out crs.CRS) []byte {
	b = strconv.AppendInt(append(b, `{"id":`...), int64(p.ID), 10)
	b = jsontext.Key(b, `,"kind":`, p.Kind)
	b = jsontext.Key(b, `,"name":`, p.Name)
	b = jsontext.Key(b, `,"address":`, p.Address.String())
	if p.HasPoint {
		b = appendLonLat(b, p.Point, out)
	}
	return append(b, '}')
}

// appendLonLat writes the members lon and lat in the frame of the answer; a
// place that the frame cannot hold goes without.
func appendLonLat(b []byte, p spatial.Point, out crs.CRS) []byte {
	at, err := appendPoint(nil, p, out, false)
	if err != nil {
		return b
	}
	return append(append(b, ','), at[1:len(at)-1]...)
}

// appendShare writes a number from 0 to 1 with four decimals.
func appendShare(b []byte, v float64) []byte {
	return strconv.AppendFloat(b, math.Round(v*1e4)/1e4, 'g', -1, 64)
}
