package postgis

import (
	"context"
	"strconv"

	"github.com/jackc/pgx/v5"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/ledger"
)

// writer writes one change set.
type writer struct {
	*reader
	*ledger.Writer
	tables    ledger.Tables
	changeSet gridmap.ChangeSet
	edition   *gridmap.Edition
	head      gridmap.Head // before the change set
}

var _ gridmap.Writer = (*writer)(nil)

// newWriter returns the writer of a change set; fresh is the next id.
func newWriter(r *reader, cs gridmap.ChangeSet, e *gridmap.Edition, fresh int64) *writer {
	w := &writer{reader: r, changeSet: cs, edition: e}
	w.tables = ledger.Tables{
		Grids: r.grids(), Atoms: r.atoms(), Members: r.members(),
		Places: r.places(), Persons: r.persons(), Posts: r.posts(), Records: r.records(), Rest: w,
	}
	w.Writer = ledger.NewWriter(w.tables, cs.Seq, fresh)
	return w
}

// begin opens the change set that c becomes.
func begin(ctx context.Context, s *Store, tx pgx.Tx, c gridmap.Commit) (*writer, error) {
	r := &reader{store: s, tx: tx}
	head, err := r.lockHead(ctx)
	if err != nil {
		return nil, err
	}
	cs, edition, err := ledger.Begin(head, c)
	if err != nil {
		return nil, err
	}
	fresh, err := r.NextID(ctx)
	if err != nil {
		return nil, err
	}
	w := newWriter(r, cs, edition, fresh)
	w.head = head
	return w, w.AddChangeSets(ctx, []gridmap.ChangeSet{cs})
}

// finish ends the change set as the rules say.
func (w *writer) finish(ctx context.Context, audit []gridmap.AuditEntry) error {
	if err := ledger.Finish(ctx, w, w.head, w.changeSet, w.edition, audit, w.takeAside); err != nil {
		return err
	}
	return w.notify(ctx)
}

// NewIDs implements gridmap.Writer.
func (w *writer) NewIDs(ctx context.Context, n int) (first int64, err error) {
	if n < 1 {
		return 0, gridmap.Errorf(gridmap.Invalid, "不能预留 %d 个编号 (cannot reserve that many ids)", n)
	}
	err = w.tx.QueryRow(ctx, "UPDATE head SET next_id = next_id + $1 RETURNING next_id - $1", n).Scan(&first)
	return first, mapError(ctx, w.store.name, err)
}

// KeepIDs implements ledger.Rest.
func (w *writer) KeepIDs(ctx context.Context, top int64) error {
	return w.exec(ctx, "UPDATE head SET next_id = $1 WHERE next_id < $1", top+1)
}

func (w *writer) exec(ctx context.Context, text string, args ...any) error {
	_, err := w.tx.Exec(ctx, text, args...)
	return mapError(ctx, w.store.name, err)
}

// PutSettings implements gridmap.Writer.
func (w *writer) PutSettings(ctx context.Context, s gridmap.Settings) error {
	if err := ledger.CheckSettings(&s); err != nil {
		return err
	}
	return w.exec(ctx, "INSERT INTO setting VALUES (true, $1) ON CONFLICT (one) DO UPDATE SET value = excluded.value", ledger.JSON(s))
}

// PutNetwork implements gridmap.Writer; a new main network takes over from the old.
func (w *writer) PutNetwork(ctx context.Context, n gridmap.Network) error {
	all, err := w.Networks(ctx)
	if err != nil {
		return err
	}
	if err := ledger.CheckNetwork(n, all); err != nil {
		return err
	}
	if n.Main {
		if err := w.exec(ctx, "UPDATE network SET main = false WHERE main"); err != nil {
			return err
		}
	}
	if err := w.KeepIDs(ctx, int64(n.ID)); err != nil {
		return err
	}
	return w.exec(ctx, `INSERT INTO network (id, code, name, main) VALUES ($1, $2, $3, $4)
		ON CONFLICT (id) DO UPDATE SET code = excluded.code, name = excluded.name, main = excluded.main`, int64(n.ID), n.Code, n.Name, n.Main)
}

// PutLevels implements gridmap.Writer: they replace those of the network. A
// level that grids are on cannot go (Conflict).
func (w *writer) PutLevels(ctx context.Context, n gridmap.NetworkID, levels []gridmap.Level) error {
	networks, err := w.Networks(ctx)
	if err != nil {
		return err
	}
	levels, err = ledger.CheckLevels(n, levels, networks)
	if err != nil {
		return err
	}
	var used int
	err = w.tx.QueryRow(ctx, "SELECT count(*) FROM grid WHERE recorded_to IS NULL AND network = $1 AND level >= $2", int64(n), len(levels)).Scan(&used)
	if err != nil {
		return mapError(ctx, w.store.name, err)
	}
	if used > 0 {
		return gridmap.Errorf(gridmap.Conflict, "网 %d 还有 %d 个网格在第 %d 层级或更低, 不能删去这些层级 (grids are on the levels to go)", n, used, len(levels))
	}
	if err := w.exec(ctx, "DELETE FROM level WHERE network = $1", int64(n)); err != nil {
		return err
	}
	for _, l := range levels {
		if err := w.exec(ctx, "INSERT INTO level (network, rank, code, name) VALUES ($1, $2, $3, $4)", int64(l.Network), l.Rank, l.Code, l.Name); err != nil {
			return err
		}
	}
	return nil
}

// PutRole implements gridmap.Writer.
func (w *writer) PutRole(ctx context.Context, r gridmap.Role) error {
	if err := ledger.CheckRole(r); err != nil {
		return err
	}
	return w.exec(ctx, `INSERT INTO role (code, name, "order") VALUES ($1, $2, $3)
		ON CONFLICT (code) DO UPDATE SET name = excluded.name, "order" = excluded."order"`, r.Code, r.Name, r.Order)
}

// PutProfile implements gridmap.Writer, by network, level and type.
func (w *writer) PutProfile(ctx context.Context, p gridmap.SizingProfile) error {
	if err := w.CheckProfile(ctx, p); err != nil {
		return err
	}
	return w.exec(ctx, `INSERT INTO sizing_profile (network, level, type, unit, min, target, max, per_staff, weights) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (network, level, type) DO UPDATE SET unit = excluded.unit, min = excluded.min, target = excluded.target,
		max = excluded.max, per_staff = excluded.per_staff, weights = excluded.weights`,
		int64(p.Network), p.Level, string(p.Type), p.Unit, p.Min, p.Target, p.Max, p.PerStaff, ledger.MapJSON(p.Weights))
}

// notify tells every process, once the transaction commits.
func (w *writer) notify(ctx context.Context) error {
	return w.exec(ctx, "SELECT pg_notify($1, $2)", w.store.channel(mapChannel), strconv.FormatInt(int64(w.changeSet.Seq), 10))
}
