package gpkg

import (
	"context"
	"database/sql"
	"errors"
	"iter"
	"slices"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/ledger"
)

// reader reads one state of the map: that of its connection's transaction.
type reader struct {
	store   *Store
	conn    *sql.Conn
	writing bool
	grown   map[string][4]float64 // boxes of what was inserted, by table, in degrees
	private privateState
	filling *sql.Conn // of the private file, while it is restored
}

var _ gridmap.Archive = (*reader)(nil)

func (r *reader) grids() table[gridmap.Grid] { return table[gridmap.Grid]{gridColumns(), r} }
func (r *reader) atoms() table[gridmap.Atom] { return table[gridmap.Atom]{atomColumns(), r} }
func (r *reader) members() table[gridmap.Membership] {
	return table[gridmap.Membership]{memberColumns(), r}
}
func (r *reader) places() table[gridmap.Place]   { return table[gridmap.Place]{placeColumns(), r} }
func (r *reader) persons() table[gridmap.Person] { return table[gridmap.Person]{personColumns(), r} }
func (r *reader) posts() table[gridmap.Post]     { return table[gridmap.Post]{postColumns(), r} }
func (r *reader) records() table[gridmap.Record] { return table[gridmap.Record]{recordColumns(), r} }

// Grids implements gridmap.Reader.
func (r *reader) Grids(ctx context.Context, q gridmap.Query) iter.Seq2[gridmap.Grid, error] {
	return r.grids().all(ctx, q)
}

// Atoms implements gridmap.Reader.
func (r *reader) Atoms(ctx context.Context, q gridmap.Query) iter.Seq2[gridmap.Atom, error] {
	return r.atoms().all(ctx, q)
}

// Memberships implements gridmap.Reader.
func (r *reader) Memberships(ctx context.Context, q gridmap.Query) iter.Seq2[gridmap.Membership, error] {
	return r.members().all(ctx, q)
}

// Places implements gridmap.Reader.
func (r *reader) Places(ctx context.Context, q gridmap.Query) iter.Seq2[gridmap.Place, error] {
	return r.places().all(ctx, q)
}

// Persons implements gridmap.Reader.
func (r *reader) Persons(ctx context.Context, q gridmap.Query) iter.Seq2[gridmap.Person, error] {
	return r.persons().all(ctx, q)
}

// Posts implements gridmap.Reader.
func (r *reader) Posts(ctx context.Context, q gridmap.Query) iter.Seq2[gridmap.Post, error] {
	return r.posts().all(ctx, q)
}

// Head implements gridmap.Reader.
func (r *reader) Head(ctx context.Context) (h gridmap.Head, err error) {
	var at nullTime
	err = r.conn.QueryRowContext(ctx, "SELECT seq, edition, at, settled FROM head").Scan(&h.Seq, &h.Edition, &at, &h.Settled)
	h.At = at.Time
	return h, mapError(ctx, r.store.path, err)
}

// NextID implements gridmap.Archive.
func (r *reader) NextID(ctx context.Context) (next int64, err error) {
	err = r.conn.QueryRowContext(ctx, "SELECT next_id FROM head").Scan(&next)
	return next, mapError(ctx, r.store.path, err)
}

// Settings implements gridmap.Reader; a new map has the zero Settings.
func (r *reader) Settings(ctx context.Context) (s gridmap.Settings, err error) {
	var text string
	err = r.conn.QueryRowContext(ctx, "SELECT value FROM setting").Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return s, nil
	}
	if err == nil {
		err = ledger.FromJSON(text, &s)
	}
	return s, mapError(ctx, r.store.path, err)
}

// list reads a small table whole.
func list[T any](ctx context.Context, r *reader, text string, scan func(*sql.Rows) (T, error)) ([]T, error) {
	return collect(query(ctx, r.store.path, r.conn, scan, text))
}

// Networks implements gridmap.Reader.
func (r *reader) Networks(ctx context.Context) ([]gridmap.Network, error) {
	return list(ctx, r, "SELECT id, code, name, main FROM network ORDER BY id", func(rows *sql.Rows) (n gridmap.Network, err error) {
		err = rows.Scan(&n.ID, &n.Code, &n.Name, &n.Main)
		return n, err
	})
}

// Levels implements gridmap.Reader.
func (r *reader) Levels(ctx context.Context) ([]gridmap.Level, error) {
	return list(ctx, r, "SELECT network, rank, code, name FROM level ORDER BY network, rank", func(rows *sql.Rows) (l gridmap.Level, err error) {
		err = rows.Scan(&l.Network, &l.Rank, &l.Code, &l.Name)
		return l, err
	})
}

// Roles implements gridmap.Reader.
func (r *reader) Roles(ctx context.Context) ([]gridmap.Role, error) {
	return list(ctx, r, `SELECT code, name, "order" FROM role ORDER BY "order", code`, func(rows *sql.Rows) (o gridmap.Role, err error) {
		err = rows.Scan(&o.Code, &o.Name, &o.Order)
		return o, err
	})
}

// Profiles implements gridmap.Reader.
func (r *reader) Profiles(ctx context.Context) ([]gridmap.SizingProfile, error) {
	return list(ctx, r, "SELECT network, level, type, unit, min, target, max, per_staff, weights FROM sizing_profile ORDER BY network, level, type",
		func(rows *sql.Rows) (p gridmap.SizingProfile, err error) {
			var weights string
			err = rows.Scan(&p.Network, &p.Level, &p.Type, &p.Unit, &p.Min, &p.Target, &p.Max, &p.PerStaff, &weights)
			if err == nil {
				err = ledger.FromJSON(weights, &p.Weights)
			}
			return p, err
		})
}

// Editions implements gridmap.Reader.
func (r *reader) Editions(ctx context.Context) ([]gridmap.Edition, error) {
	return list(ctx, r, `SELECT number, name, effective_at, published_at, seq, "by", note FROM edition ORDER BY number`,
		func(rows *sql.Rows) (e gridmap.Edition, err error) {
			var effective, published nullTime
			err = rows.Scan(&e.Number, &e.Name, &effective, &published, &e.Seq, &e.By, &e.Note)
			e.EffectiveAt, e.PublishedAt = effective.Time, published.Time
			return e, err
		})
}

// ChangeSets implements gridmap.Reader.
func (r *reader) ChangeSets(ctx context.Context, since gridmap.Seq) iter.Seq2[gridmap.ChangeSet, error] {
	return query(ctx, r.store.path, r.conn, func(rows *sql.Rows) (c gridmap.ChangeSet, err error) {
		var at nullTime
		err = rows.Scan(&c.Seq, &at, &c.Actor, &c.Action, &c.Note, &c.Edition)
		c.At = at.Time
		return c, err
	}, "SELECT seq, at, actor, action, note, edition FROM change_set WHERE seq > ? ORDER BY seq", since)
}

// Codes implements gridmap.Archive.
func (r *reader) Codes(ctx context.Context) iter.Seq2[gridmap.CodeOwner, error] {
	return query(ctx, r.store.path, r.conn, func(rows *sql.Rows) (c gridmap.CodeOwner, err error) {
		err = rows.Scan(&c.Kind, &c.Network, &c.Code, &c.ID)
		return c, err
	}, "SELECT kind, network, code, id FROM code ORDER BY kind, network, code")
}

// LastEnd implements gridmap.Reader.
func (r *reader) LastEnd(ctx context.Context, q gridmap.Query) (time.Time, error) {
	from := q.From
	if from.IsZero() {
		return from, nil
	}
	q.At, q.From, q.Fringe, q.IDs = time.Time{}, time.Time{}, false, nil
	where, some := conditions(q)
	some = append([]any{timeText(from)}, some...)
	args := slices.Repeat(some, len(ledger.Versioned()))
	ends, err := collect(query(ctx, r.store.path, r.conn, func(rows *sql.Rows) (at nullTime, err error) {
		err = rows.Scan(&at)
		return at, err
	}, ledger.LastEnds("?", where), args...))
	if err != nil || len(ends) == 0 {
		return time.Time{}, err
	}
	return ends[0].Time, nil
}
