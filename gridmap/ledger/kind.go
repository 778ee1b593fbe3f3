package ledger

import (
	"time"

	"cloudgrid/gridmap"
)

// kind is what the rules must know of a versioned type.
type kind[T any] struct {
	identity func(*T) identity
	span     func(*T) *gridmap.Span
	check    func(*T) error // normalises first
}

func gridKind() kind[gridmap.Grid] {
	return kind[gridmap.Grid]{
		func(g *gridmap.Grid) identity { return identity{int64(g.ID)} },
		func(g *gridmap.Grid) *gridmap.Span { return &g.Span },
		checkGrid,
	}
}

func atomKind() kind[gridmap.Atom] {
	return kind[gridmap.Atom]{
		func(a *gridmap.Atom) identity { return identity{int64(a.ID)} },
		func(a *gridmap.Atom) *gridmap.Span { return &a.Span },
		checkAtom,
	}
}

func memberKind() kind[gridmap.Membership] {
	return kind[gridmap.Membership]{
		func(m *gridmap.Membership) identity { return identity{int64(m.Atom), int64(m.Network)} },
		func(m *gridmap.Membership) *gridmap.Span { return &m.Span },
		func(m *gridmap.Membership) error { trimSpan(&m.Span); return m.Check() },
	}
}

func placeKind() kind[gridmap.Place] {
	return kind[gridmap.Place]{
		func(p *gridmap.Place) identity { return identity{int64(p.ID)} },
		func(p *gridmap.Place) *gridmap.Span { return &p.Span },
		checkPlace,
	}
}

func personKind() kind[gridmap.Person] {
	return kind[gridmap.Person]{
		func(p *gridmap.Person) identity { return identity{int64(p.ID)} },
		func(p *gridmap.Person) *gridmap.Span { return &p.Span },
		checkPerson,
	}
}

func postKind() kind[gridmap.Post] {
	return kind[gridmap.Post]{
		func(p *gridmap.Post) identity { return identity{int64(p.ID)} },
		func(p *gridmap.Post) *gridmap.Span { return &p.Span },
		checkPost,
	}
}

func recordKind() kind[gridmap.Record] {
	return kind[gridmap.Record]{
		func(r *gridmap.Record) identity { return identity{int64(r.ID)} },
		func(r *gridmap.Record) *gridmap.Span { return &r.Span },
		checkRecord,
	}
}

// Trim brings a time to what both stores keep: UTC, whole microseconds.
func Trim(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Microsecond)
}

func trimSpan(s *gridmap.Span) {
	s.ValidFrom, s.ValidTo = Trim(s.ValidFrom), Trim(s.ValidTo)
}
