package api

import (
	"strconv"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/address"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/gridmap/duty"
	"cloudgrid/gridmap/jsontext"
	"cloudgrid/gridmap/publish"
)

// answerDuty is answerPlain with whom to call: the contacts of the deepest grid
// that is certain, so that nobody is sent to a door that may be the wrong one.
func (v *view) answerDuty(b []byte, n *atlas.Net, q ask) ([]byte, error) {
	mark := len(b)
	b, err := v.answerPlain(b, n, q)
	if err != nil {
		return b[:mark], err
	}
	grid, err := v.certain(n, q)
	if err != nil {
		return b[:mark], err
	}
	at := q.at
	if at.IsZero() {
		at = q.now
	}
	ans := v.book.Whom(v.atlas, n, duty.Question{At: at, Grid: grid, Matter: q.matter})
	b = append(b[:len(b)-1], `,"duty":{`...)
	b = jsontext.Key(b, `"mode":`, string(ans.Mode))
	if ans.Because != "" {
		b = jsontext.Key(b, `,"because":`, ans.Because)
	}
	if q.matter != "" {
		b = v.appendMatter(b, q.matter, &ans)
	}
	b = append(b, `,"contacts":[`...)
	for i, c := range ans.Contacts {
		b = v.appendContact(jsontext.Comma(b, i), n, c)
	}
	b = append(b, `],"skipped":[`...)
	for i, s := range ans.Skipped {
		b = jsontext.String(jsontext.Comma(b, i), s)
	}
	return append(v.appendAround(append(b, ']'), n, grid, q), `}}`...), nil
}

// appendAround writes who else has to do with the grids and, where an address
// named one, the place: units of other trees, and cadres (包联).
func (v *view) appendAround(b []byte, n *atlas.Net, grid int32, q ask) []byte {
	var chain []gridmap.GridID
	if grid != atlas.None {
		for _, i := range n.Chain(nil, grid) {
			chain = append(chain, n.Grids[i].ID)
		}
	}
	b = append(b, `,"units":[`...)
	some := false
	for k := len(chain) - 1; k >= 0; k-- {
		for _, u := range v.book.UnitsOver(chain[k]) {
			if some {
				b = append(b, ',')
			}
			some = true
			b = jsontext.Key(b, `{"key":`, u.Key)
			b = jsontext.Key(b, `,"tree":`, u.Body.Tree)
			b = jsontext.Key(b, `,"name":`, u.Body.Name)
			b = appendNumbers(b, "", u.Body.Phone)
			b = append(appendRef(append(b, `,"grid":{`...), &n.Grids[n.Index(chain[k])]), `}}`...)
		}
	}
	b = append(b, `],"liaisons":[`...)
	some = false
	for _, l := range v.book.LiaisonsOf(v.placeOf(q), chain) {
		who, known := v.atlas.PersonOf(l.Person)
		if !known {
			continue
		}
		if some {
			b = append(b, ',')
		}
		some = true
		b = v.appendLiaison(b, l, who, chain)
	}
	return append(b, ']')
}

// placeOf is the place that the question's address names; 0 for none.
func (v *view) placeOf(q ask) gridmap.PlaceID {
	if q.address == "" {
		return 0
	}
	index, err := v.atlas.Addresses()
	if err != nil {
		return 0
	}
	if m := index.Match(q.address, address.MatchOptions{}); m.Status == address.StatusOK {
		return gridmap.PlaceID(m.ID)
	}
	return 0
}

// liaisonRole is the role by which publication policies speak of cadres.
const liaisonRole = "liaison"

func (v *view) appendLiaison(b []byte, l duty.Entry[duty.Liaison], who gridmap.Person, chain []gridmap.GridID) []byte {
	post := publish.Post{Role: liaisonRole, Chain: chain}
	phone, office := v.book.Policy().PhoneOf(who, post)
	b = jsontext.Key(b, `{"title":`, l.Body.Title)
	b = jsontext.Key(b, `,"name":`, v.book.Policy().NameOf(who, post))
	b = appendNumbers(b, phone, office)
	if l.Place != 0 {
		b = strconv.AppendInt(append(b, `,"place":`...), int64(l.Place), 10)
	} else {
		b = strconv.AppendInt(append(b, `,"grid":`...), int64(l.Grid), 10)
	}
	return append(b, '}')
}

// certain is the deepest grid that answers for sure; None where none does.
func (v *view) certain(n *atlas.Net, q ask) (int32, error) {
	grid := atlas.None
	if q.address != "" {
		index, err := v.atlas.Addresses()
		if err != nil {
			return atlas.None, err
		}
		m := index.Match(q.address, address.MatchOptions{})
		if grid = n.OfMatch(v.atlas, &m); grid != atlas.None && q.Level >= 0 {
			grid = n.Ancestor(grid, q.Level)
		}
	}
	if grid == atlas.None && q.hasPoint {
		a := n.Resolve(q.Ask)
		return a.Certain, v.atlas.Here(n, q.Point, &a)
	}
	return grid, v.atlas.HereGrid(n, grid)
}

func (v *view) appendMatter(b []byte, asked string, ans *duty.Answer) []byte {
	b = append(b, `,"matter":{`...)
	if !ans.Listed {
		b = jsontext.Key(b, `"name":`, asked)
		return append(b, `,"listed":false,"admitted":false}`...)
	}
	m := ans.Matter
	b = jsontext.Key(b, `"code":`, m.Key)
	b = jsontext.Key(b, `,"name":`, m.Body.Name)
	b = strconv.AppendBool(append(b, `,"listed":true,"admitted":`...), ans.Admitted)
	b = jsontext.Key(b, `,"class":`, m.Body.Class)
	if u, ok := v.book.Unit(m.Body.Department); ok {
		b = jsontext.Key(b, `,"department":`, u.Body.Name)
	}
	b = jsontext.Key(b, `,"sla":{"class":`, m.Body.SLA.Class)
	b = strconv.AppendInt(append(b, `,"on_site_min":`...), int64(m.Body.SLA.OnSiteMin), 10)
	b = strconv.AppendInt(append(b, `,"reply_min":`...), int64(m.Body.SLA.ReplyMin), 10)
	return append(b, `}}`...)
}

func (v *view) appendContact(b []byte, n *atlas.Net, c duty.Contact) []byte {
	name, phone, office := v.book.Shown(c)
	b = jsontext.Key(b, `{"kind":`, string(c.Kind))
	b = jsontext.Key(b, `,"name":`, name)
	if c.Role.Name != "" {
		b = jsontext.Key(b, `,"role_name":`, c.Role.Name)
	}
	b = appendNumbers(b, phone, office)
	if c.Grid != atlas.None {
		b = append(appendRef(append(b, `,"grid":{`...), &n.Grids[c.Grid]), '}')
	}
	if c.Why != "" {
		b = jsontext.Key(b, `,"why":`, c.Why)
	}
	return append(b, '}')
}

// answerOthers adds the answers of the other networks, in their order.
func (v *view) answerOthers(b []byte, main *atlas.Net, q ask) ([]byte, error) {
	b = append(b[:len(b)-1], `,"others":[`...)
	first := len(b)
	level := q.level
	for _, n := range v.atlas.Nets() {
		if n == main {
			continue
		}
		q.Level = -1
		if l, ok := n.Level(level); ok && level != "" { // each net has levels of its own
			q.Level = l.Rank
		}
		if len(b) > first {
			b = append(b, ',')
		}
		var err error
		if b, err = v.answer(b, n, q); err != nil {
			return b, err
		}
	}
	return append(b, `]}`...), nil
}
