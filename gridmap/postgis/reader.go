package postgis

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/jackc/pgx/v5"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/ledger"
)

// reader reads one state of the map: that of its transaction.
type reader struct {
	store   *Store
	tx      pgx.Tx
	cursors int // how many were opened, so that each has its own name
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

const headColumns = "SELECT seq, edition, at, settled FROM head"

func scanHead(row pgx.Row) (h gridmap.Head, err error) {
	var at nullTime
	err = row.Scan(&h.Seq, &h.Edition, &at, &h.Settled)
	h.At = at.Time
	return h, err
}

// Head implements gridmap.Reader.
func (r *reader) Head(ctx context.Context) (gridmap.Head, error) {
	h, err := scanHead(r.tx.QueryRow(ctx, headColumns))
	return h, mapError(ctx, r.store.name, err)
}

// lockHead waits for its turn to write, and holds it until the transaction ends.
func (r *reader) lockHead(ctx context.Context) (gridmap.Head, error) {
	h, err := scanHead(r.tx.QueryRow(ctx, headColumns+" FOR UPDATE"))
	return h, mapError(ctx, r.store.name, err)
}

// NextID implements gridmap.Archive.
func (r *reader) NextID(ctx context.Context) (next int64, err error) {
	err = r.tx.QueryRow(ctx, "SELECT next_id FROM head").Scan(&next)
	return next, mapError(ctx, r.store.name, err)
}

// Settings implements gridmap.Reader; a new map has the zero Settings.
func (r *reader) Settings(ctx context.Context) (s gridmap.Settings, err error) {
	var text string
	err = r.tx.QueryRow(ctx, "SELECT value FROM setting").Scan(&text)
	if errors.Is(err, pgx.ErrNoRows) {
		return s, nil
	}
	if err == nil {
		err = ledger.FromJSON(text, &s)
	}
	return s, mapError(ctx, r.store.name, err)
}

// Networks implements gridmap.Reader.
func (r *reader) Networks(ctx context.Context) ([]gridmap.Network, error) {
	return rowsOf(ctx, r, func(rows pgx.Rows) (n gridmap.Network, err error) {
		err = rows.Scan(&n.ID, &n.Code, &n.Name, &n.Main)
		return n, err
	}, "SELECT id, code, name, main FROM network ORDER BY id")
}

// Levels implements gridmap.Reader.
func (r *reader) Levels(ctx context.Context) ([]gridmap.Level, error) {
	return rowsOf(ctx, r, func(rows pgx.Rows) (l gridmap.Level, err error) {
		err = rows.Scan(&l.Network, &l.Rank, &l.Code, &l.Name)
		return l, err
	}, "SELECT network, rank, code, name FROM level ORDER BY network, rank")
}

// Roles implements gridmap.Reader.
func (r *reader) Roles(ctx context.Context) ([]gridmap.Role, error) {
	return rowsOf(ctx, r, func(rows pgx.Rows) (o gridmap.Role, err error) {
		err = rows.Scan(&o.Code, &o.Name, &o.Order)
		return o, err
	}, `SELECT code, name, "order" FROM role ORDER BY "order", code COLLATE "C"`)
}

// Profiles implements gridmap.Reader.
func (r *reader) Profiles(ctx context.Context) ([]gridmap.SizingProfile, error) {
	return rowsOf(ctx, r, func(rows pgx.Rows) (p gridmap.SizingProfile, err error) {
		var weights string
		err = rows.Scan(&p.Network, &p.Level, &p.Type, &p.Unit, &p.Min, &p.Target, &p.Max, &p.PerStaff, &weights)
		if err == nil {
			err = ledger.FromJSON(weights, &p.Weights)
		}
		return p, err
	}, `SELECT network, level, type, unit, min, target, max, per_staff, weights FROM sizing_profile ORDER BY network, level, type COLLATE "C"`)
}

// Editions implements gridmap.Reader.
func (r *reader) Editions(ctx context.Context) ([]gridmap.Edition, error) {
	return rowsOf(ctx, r, func(rows pgx.Rows) (e gridmap.Edition, err error) {
		var effective, published nullTime
		err = rows.Scan(&e.Number, &e.Name, &effective, &published, &e.Seq, &e.By, &e.Note)
		e.EffectiveAt, e.PublishedAt = effective.Time, published.Time
		return e, err
	}, `SELECT number, name, effective_at, published_at, seq, "by", note FROM edition ORDER BY number`)
}

// ChangeSets implements gridmap.Reader.
func (r *reader) ChangeSets(ctx context.Context, since gridmap.Seq) iter.Seq2[gridmap.ChangeSet, error] {
	return query(ctx, r, func(rows pgx.Rows) (c gridmap.ChangeSet, err error) {
		var at nullTime
		err = rows.Scan(&c.Seq, &at, &c.Actor, &c.Action, &c.Note, &c.Edition)
		c.At = at.Time
		return c, err
	}, "SELECT seq, at, actor, action, note, edition FROM change_set WHERE seq > $1 ORDER BY seq", int64(since))
}

// Codes implements gridmap.Archive.
func (r *reader) Codes(ctx context.Context) iter.Seq2[gridmap.CodeOwner, error] {
	return query(ctx, r, func(rows pgx.Rows) (c gridmap.CodeOwner, err error) {
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
	where, args := conditions(q)
	text := ledger.LastEnds(fmt.Sprint("$", len(args)+1), where)
	ends, err := rowsOf(ctx, r, func(rows pgx.Rows) (at nullTime, err error) {
		err = rows.Scan(&at)
		return at, err
	}, text, append(args, ledger.Trim(from))...)
	if err != nil || len(ends) == 0 {
		return time.Time{}, err
	}
	return ends[0].Time, nil
}
