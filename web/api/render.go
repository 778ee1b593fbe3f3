package api

import (
	"math"
	"strconv"
	"sync/atomic"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/gridmap/duty"
	"cloudgrid/gridmap/export"
	"cloudgrid/gridmap/jsontext"
	"cloudgrid/gridmap/publish"
	"cloudgrid/spatial"
	"cloudgrid/spatial/crs"
)

// view renders the answers of one snapshot. What does not depend on the
// question, the chain above a grid with its staff, is rendered once and kept.
type view struct {
	atlas *atlas.Atlas
	book  *duty.Book
	links map[*atlas.Net][]atomic.Pointer[link] // by grid
}

// link is what answers say of a grid whatever the question was.
type link struct {
	chain []byte // the grids from the top down to it, as JSON members of an array
	path  string // their names, run together
}

// newView makes the renderer of a, under what may be published today. What the
// book cannot use, a check tells.
func (s *Service) newView(a, today *atlas.Atlas) *view {
	v := &view{atlas: a, links: map[*atlas.Net][]atomic.Pointer[link]{}}
	v.book, _ = s.desk.Books.Of(a, today)
	for _, n := range a.Nets() {
		v.links[n] = make([]atomic.Pointer[link], len(n.Grids))
	}
	return v
}

// link returns what answers say of grid i; of None, nothing.
func (v *view) link(n *atlas.Net, i int32) *link {
	if i == atlas.None {
		return &link{}
	}
	slot := &v.links[n][i]
	if l := slot.Load(); l != nil {
		return l
	}
	up, g := v.link(n, n.Grids[i].Parent), &n.Grids[i]
	l := &link{path: up.path + g.Name}
	if len(up.chain) > 0 {
		l.chain = append(append(l.chain, up.chain...), ',')
	}
	l.chain = v.appendLink(l.chain, n, i)
	slot.Store(l)
	return l
}

func (v *view) appendLink(b []byte, n *atlas.Net, i int32) []byte {
	g := &n.Grids[i]
	var chain []gridmap.GridID
	for _, up := range n.Chain(nil, i) {
		chain = append(chain, n.Grids[up].ID)
	}
	b = appendRef(append(b, '{'), g)
	b = append(b, `,"level":`...)
	b = appendLevel(b, n, g.Level)
	b = jsontext.Key(b, `,"type":`, string(export.TypeOf(g.Type)))
	b = jsontext.Key(b, `,"type_name":`, g.Type.Name())
	b = append(b, `,"staff":[`...)
	for k, p := range g.Posts {
		if k > 0 {
			b = append(b, ',')
		}
		b = v.appendPost(b, p, chain)
	}
	return append(b, `]}`...)
}

func (v *view) appendPost(b []byte, p atlas.Post, chain []gridmap.GridID) []byte {
	b = jsontext.Key(b, `{"role":`, p.Role.Code)
	b = jsontext.Key(b, `,"role_name":`, p.Role.Name)
	b = strconv.AppendInt(append(b, `,"rank":`...), int64(p.Rank), 10)
	if p.Employment != "" {
		b = jsontext.Key(b, `,"employment":`, string(p.Employment))
	}
	if p.Person == atlas.Vacant {
		return append(b, `,"vacant":true}`...)
	}
	who := v.atlas.Person(p.Person)
	post := publish.Post{Role: p.Role.Code, Employment: p.Employment, Chain: chain}
	phone, office := v.book.Policy().PhoneOf(who, post)
	return append(appendNumbers(jsontext.Key(b, `,"name":`, v.book.Policy().NameOf(who, post)), phone, office), '}')
}

// appendNumbers writes the members phone and office_phone, where there are any.
func appendNumbers(b []byte, phone, office string) []byte {
	if phone != "" {
		b = jsontext.Key(b, `,"phone":`, phone)
	}
	if office != "" {
		b = jsontext.Key(b, `,"office_phone":`, office)
	}
	return b
}

// appendAnswer renders what the snapshot says of a point, in the frame out.
func (v *view) appendAnswer(b []byte, n *atlas.Net, q ask, a *atlas.Answer) ([]byte, error) {
	if err := v.atlas.Here(n, q.Point, a); err != nil {
		return b, err
	}
	b = append(b, '{')
	b = appendID(b, q.id)
	b = jsontext.Key(b, `"status":`, a.Status.String())
	b = append(b, `,"point":`...)
	b, err := appendPoint(b, q.Point, q.out, true)
	if err != nil {
		return b, err
	}
	b = appendMetres(append(b, `,"accuracy_m":`...), q.AccuracyM)
	b = jsontext.Key(b, `,"network":`, n.Network.Code)
	b = strconv.AppendInt(append(b, `,"edition":`...), v.atlas.Edition().Number, 10)
	if d := v.atlas.Settings().DataDate; !d.IsZero() {
		b = jsontext.Key(b, `,"data_date":`, d.Format("2006-01-02"))
	}
	b = append(b, `,"chain":[`...)
	b = append(b, v.link(n, a.Grid).chain...)
	b = append(b, `],"atom":`...)
	b = v.appendAtom(b, a.Atom)
	b = append(b, `,"certain_level":`...)
	if a.Certain == atlas.None {
		b = append(b, `null`...)
	} else {
		b = appendLevel(b, n, n.Grids[a.Certain].Level)
	}
	b = appendCandidates(b, n, a)
	if a.Border.Known {
		if b, err = appendBorder(b, n, a.Border, q.out); err != nil {
			return b, err
		}
	}
	if a.Nearest.Grid != atlas.None {
		b = appendMetres(append(b, `,"nearest":{"distance_m":`...), a.Nearest.DistanceM)
		b = append(append(append(b, `,"chain":[`...), v.link(n, a.Nearest.Grid).chain...), `]}`...)
	}
	b = v.appendMessage(append(b, `,"message":"`...), n, a)
	return append(b, `"}`...), nil
}

// appendID repeats the id of a question, a JSON token.
func appendID(b []byte, id string) []byte {
	if id == "" {
		return b
	}
	return append(append(append(b, `"id":`...), id...), ',')
}

func (v *view) appendAtom(b []byte, i int32) []byte {
	if i == atlas.None {
		return append(b, `null`...)
	}
	a := v.atlas.Atom(i)
	b = strconv.AppendInt(append(b, `{"id":`...), int64(a.ID), 10)
	b = jsontext.Key(b, `,"code":`, a.Code)
	b = jsontext.Key(b, `,"name":`, a.Name)
	return append(jsontext.Key(b, `,"kind":`, a.Kind), '}')
}

func appendCandidates(b []byte, n *atlas.Net, a *atlas.Answer) []byte {
	b = append(b, `,"candidates":[`...)
	if len(a.Candidates) == 0 && a.Grid != atlas.None {
		b = appendRef(append(b, '{'), &n.Grids[a.Grid])
		b = append(b, `,"distance_m":0,"share":1}`...)
	}
	for i, c := range a.Candidates {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '{')
		if c.Grid == atlas.None {
			b = append(b, `"id":null,"code":"","name":"辖区外"`...)
		} else {
			b = appendRef(b, &n.Grids[c.Grid])
		}
		b = appendMetres(append(b, `,"distance_m":`...), c.DistanceM)
		b = append(appendShare(append(b, `,"share":`...), c.Share), '}')
	}
	return append(b, ']')
}

func appendBorder(b []byte, n *atlas.Net, br atlas.Border, out crs.CRS) ([]byte, error) {
	b = appendMetres(append(b, `,"nearest_border":{"distance_m":`...), br.DistanceM)
	b, err := appendPoint(append(b, `,"point":`...), br.At, out, false)
	if err != nil {
		return b, err
	}
	if br.Across == atlas.None {
		return append(b, `,"across":null}`...), nil
	}
	b = appendRef(append(b, `,"across":{`...), &n.Grids[br.Across])
	return append(b, `}}`...), nil
}

func appendLevel(b []byte, n *atlas.Net, rank int) []byte {
	b = strconv.AppendInt(append(b, `{"rank":`...), int64(rank), 10)
	if rank < len(n.Levels) {
		b = jsontext.Key(b, `,"code":`, n.Levels[rank].Code)
		b = jsontext.Key(b, `,"name":`, n.Levels[rank].Name)
	}
	return append(b, '}')
}

// appendRef writes the members that name a grid, without brackets.
func appendRef(b []byte, g *atlas.Grid) []byte {
	b = strconv.AppendInt(append(b, `"id":`...), int64(g.ID), 10)
	b = jsontext.Key(b, `,"code":`, g.Code)
	return jsontext.Key(b, `,"name":`, g.Name)
}

// appendPoint writes a position in the given frame: degrees with 7 decimals,
// or metres with 3.
func appendPoint(b []byte, p spatial.Point, out crs.CRS, named bool) ([]byte, error) {
	lon, lat := p.LonLat()
	x, y, err := out.FromWGS84(lon, lat)
	if err != nil {
		return b, gridmap.Errorf(gridmap.Invalid, "该位置不能用 %s 表示: %w", out.Name(), err)
	}
	decimals := 3
	if out.Geographic() {
		decimals = 7
	}
	b = strconv.AppendFloat(append(b, `{"lon":`...), x, 'f', decimals, 64)
	b = strconv.AppendFloat(append(b, `,"lat":`...), y, 'f', decimals, 64)
	if named {
		b = jsontext.Key(b, `,"crs":`, out.Name())
	}
	return append(b, '}'), nil
}

// appendMetres writes a length in metres to the centimetre.
func appendMetres(b []byte, m float64) []byte {
	return strconv.AppendFloat(b, math.Round(m*100)/100, 'f', -1, 64)
}
