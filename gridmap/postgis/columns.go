package postgis

import (
	"github.com/jackc/pgx/v5/pgtype"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/ledger"
)

// columns says how one versioned kind lies in its table: fid, then names, then
// the span. A shape, where there is one, is the last of names.
type columns[T any] struct {
	table string
	order string // what identifies a thing
	names []string
	shape bool
	span  func(*T) *gridmap.Span
	bind  func(*T) ([]any, error)
	// scan returns where the next rows go, and what makes a value of them.
	scan func() (dest []any, take func() (T, error))
}

func gridColumns() columns[gridmap.Grid] {
	return columns[gridmap.Grid]{
		table: "grid", order: "id", shape: true,
		names: []string{"id", "network", "level", "parent", "code", "name", "type", "attrs", "shape"},
		span:  func(g *gridmap.Grid) *gridmap.Span { return &g.Span },
		bind: func(g *gridmap.Grid) ([]any, error) {
			blob, err := encodeShape(g.Shape)
			return []any{int64(g.ID), int64(g.Network), g.Level, ledger.NullID(g.Parent), g.Code, g.Name, string(g.Type), ledger.MapJSON(g.Attrs), blob}, err
		},
		scan: func() ([]any, func() (gridmap.Grid, error)) {
			var g gridmap.Grid
			var parent pgtype.Int8
			var attrs string
			var ground shape
			return []any{&g.ID, &g.Network, &g.Level, &parent, &g.Code, &g.Name, &g.Type, &attrs, &ground}, func() (gridmap.Grid, error) {
				g.Parent = gridmap.GridID(parent.Int64)
				g.Shape = ground.MultiPolygon
				err := ledger.FromJSON(attrs, &g.Attrs)
				return g, err
			}
		},
	}
}

func atomColumns() columns[gridmap.Atom] {
	return columns[gridmap.Atom]{
		table: "atom", order: "id", shape: true,
		names: []string{"id", "code", "name", "kind", "counts", "attrs", "shape"},
		span:  func(a *gridmap.Atom) *gridmap.Span { return &a.Span },
		bind: func(a *gridmap.Atom) ([]any, error) {
			blob, err := encodeShape(a.Shape)
			return []any{int64(a.ID), a.Code, a.Name, a.Kind, ledger.MapJSON(a.Counts), ledger.MapJSON(a.Attrs), blob}, err
		},
		scan: func() ([]any, func() (gridmap.Atom, error)) {
			var a gridmap.Atom
			var counts, attrs string
			var ground shape
			return []any{&a.ID, &a.Code, &a.Name, &a.Kind, &counts, &attrs, &ground}, func() (gridmap.Atom, error) {
				a.Shape = ground.MultiPolygon
				err := ledger.FromJSON(counts, &a.Counts)
				if err == nil {
					err = ledger.FromJSON(attrs, &a.Attrs)
				}
				return a, err
			}
		},
	}
}

func memberColumns() columns[gridmap.Membership] {
	return columns[gridmap.Membership]{
		table: "membership", order: "atom, network",
		names: []string{"atom", "network", "grid"},
		span:  func(m *gridmap.Membership) *gridmap.Span { return &m.Span },
		bind: func(m *gridmap.Membership) ([]any, error) {
			return []any{int64(m.Atom), int64(m.Network), int64(m.Grid)}, nil
		},
		scan: func() ([]any, func() (gridmap.Membership, error)) {
			var m gridmap.Membership
			return []any{&m.Atom, &m.Network, &m.Grid}, func() (gridmap.Membership, error) { return m, nil }
		},
	}
}

func placeColumns() columns[gridmap.Place] {
	return columns[gridmap.Place]{
		table: "place", order: "id", shape: true,
		names: []string{
			"id", "code", "kind", "name",
			"province", "city", "district", "town", "community", "road", "section", "lane", "alley", "sub_alley",
			"number", "compound", "building", "unit",
			"accuracy_m", "atom", "parent", "source", "status", "aliases", "attrs", "shape",
		},
		span: func(p *gridmap.Place) *gridmap.Span { return &p.Span },
		bind: func(p *gridmap.Place) (row []any, err error) {
			a, aliases := p.Address, "[]"
			if len(p.Aliases) > 0 {
				aliases = ledger.JSON(p.Aliases)
			}
			var blob []byte
			if p.HasPoint {
				blob, err = encodePoint(p.Point)
			}
			return []any{
				int64(p.ID), p.Code, p.Kind, p.Name,
				a.Province, a.City, a.District, a.Town, a.Community, a.Road, a.Section, a.Lane, a.Alley, a.SubAlley,
				a.Number, a.Compound, a.Building, a.Unit,
				p.AccuracyM, ledger.NullID(p.Atom), ledger.NullID(p.Parent), p.Source, p.Status, aliases, ledger.MapJSON(p.Attrs), blob,
			}, err
		},
		scan: scanPlaces,
	}
}

func scanPlaces() ([]any, func() (gridmap.Place, error)) {
	var p gridmap.Place
	var atom, parent pgtype.Int8
	var aliases, attrs string
	var where point
	a := &p.Address
	dest := []any{
		&p.ID, &p.Code, &p.Kind, &p.Name,
		&a.Province, &a.City, &a.District, &a.Town, &a.Community, &a.Road, &a.Section, &a.Lane, &a.Alley, &a.SubAlley,
		&a.Number, &a.Compound, &a.Building, &a.Unit,
		&p.AccuracyM, &atom, &parent, &p.Source, &p.Status, &aliases, &attrs, &where,
	}
	return dest, func() (out gridmap.Place, err error) {
		p.Atom, p.Parent = gridmap.AtomID(atom.Int64), gridmap.PlaceID(parent.Int64)
		out = p
		out.Point, out.HasPoint = where.Point, where.valid
		err = ledger.FromJSON(aliases, &out.Aliases)
		if err == nil {
			err = ledger.FromJSON(attrs, &out.Attrs)
		}
		return out, err
	}
}

func personColumns() columns[gridmap.Person] {
	return columns[gridmap.Person]{
		table: "person", order: "id",
		names: []string{"id", "code", "name", "phone", "office_phone", "attrs"},
		span:  func(p *gridmap.Person) *gridmap.Span { return &p.Span },
		bind: func(p *gridmap.Person) ([]any, error) {
			return []any{int64(p.ID), p.Code, p.Name, p.Phone, p.OfficePhone, ledger.MapJSON(p.Attrs)}, nil
		},
		scan: func() ([]any, func() (gridmap.Person, error)) {
			var p gridmap.Person
			var attrs string
			return []any{&p.ID, &p.Code, &p.Name, &p.Phone, &p.OfficePhone, &attrs}, func() (gridmap.Person, error) {
				err := ledger.FromJSON(attrs, &p.Attrs)
				return p, err
			}
		},
	}
}

func postColumns() columns[gridmap.Post] {
	return columns[gridmap.Post]{
		table: "post", order: "id",
		names: []string{"id", "grid", "role", "person", "rank", "employment"},
		span:  func(p *gridmap.Post) *gridmap.Span { return &p.Span },
		bind: func(p *gridmap.Post) ([]any, error) {
			return []any{int64(p.ID), int64(p.Grid), p.Role, ledger.NullID(p.Person), p.Rank, string(p.Employment)}, nil
		},
		scan: func() ([]any, func() (gridmap.Post, error)) {
			var p gridmap.Post
			var person pgtype.Int8
			return []any{&p.ID, &p.Grid, &p.Role, &person, &p.Rank, &p.Employment}, func() (gridmap.Post, error) {
				p.Person = gridmap.PersonID(person.Int64)
				return p, nil
			}
		},
	}
}
