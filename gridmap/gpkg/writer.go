package gpkg

import (
	"context"
	"database/sql"

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
	planned   bool         // a plan was touched, too
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
func begin(ctx context.Context, s *Store, conn *sql.Conn, c gridmap.Commit) (*writer, error) {
	r := &reader{store: s, conn: conn, writing: true}
	head, err := r.Head(ctx)
	if err != nil {
		return nil, err
	}
	cs, edition, err := ledger.Begin(head, c)
	if err != nil {
		return nil, err
	}
	if err := s.clearOutbox(ctx, conn); err != nil {
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
	if err := ledger.Finish(ctx, w, w.head, w.changeSet, w.edition, audit, w.lastLine); err != nil {
		return err
	}
	return w.growContents(ctx)
}

// lastLine is the end of the chain once what waited beside it is in.
func (w *writer) lastLine(ctx context.Context) (gridmap.AuditEntry, error) {
	last, err := w.LastAudit(ctx)
	if err != nil {
		return last, err
	}
	return w.store.takeAside(ctx, w.conn, last)
}

// NewIDs implements gridmap.Writer.
func (w *writer) NewIDs(ctx context.Context, n int) (first int64, err error) {
	if n < 1 {
		return 0, gridmap.Errorf(gridmap.Invalid, "不能预留 %d 个编号 (cannot reserve that many ids)", n)
	}
	err = w.conn.QueryRowContext(ctx, "UPDATE head SET next_id = next_id + ? RETURNING next_id - ?", n, n).Scan(&first)
	return first, mapError(ctx, w.store.path, err)
}

// KeepIDs implements ledger.Rest.
func (w *writer) KeepIDs(ctx context.Context, top int64) error {
	return w.exec(ctx, "UPDATE head SET next_id = ? WHERE next_id <= ?", top+1, top)
}

func (w *writer) exec(ctx context.Context, text string, args ...any) error {
	_, err := w.conn.ExecContext(ctx, text, args...)
	return mapError(ctx, w.store.path, err)
}

// PutSettings implements gridmap.Writer.
func (w *writer) PutSettings(ctx context.Context, s gridmap.Settings) error {
	if err := ledger.CheckSettings(&s); err != nil {
		return err
	}
	return w.exec(ctx, "INSERT INTO setting VALUES (1, ?) ON CONFLICT DO UPDATE SET value = excluded.value", ledger.JSON(s))
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
		if err := w.exec(ctx, "UPDATE network SET main = 0 WHERE main = 1"); err != nil {
			return err
		}
	}
	if err := w.KeepIDs(ctx, int64(n.ID)); err != nil {
		return err
	}
	return w.exec(ctx, `INSERT INTO network (id, code, name, main) VALUES (?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET code = excluded.code, name = excluded.name, main = excluded.main`, n.ID, n.Code, n.Name, n.Main)
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
	err = w.conn.QueryRowContext(ctx, "SELECT count(*) FROM grid WHERE recorded_to IS NULL AND network = ? AND level >= ?", n, len(levels)).Scan(&used)
	if err != nil {
		return mapError(ctx, w.store.path, err)
	}
	if used > 0 {
		return gridmap.Errorf(gridmap.Conflict, "网 %d 还有 %d 个网格在第 %d 层级或更低, 不能删去这些层级 (grids are on the levels to go)", n, used, len(levels))
	}
	if err := w.exec(ctx, "DELETE FROM level WHERE network = ?", n); err != nil {
		return err
	}
	for _, l := range levels {
		if err := w.exec(ctx, "INSERT INTO level (network, rank, code, name) VALUES (?, ?, ?, ?)", l.Network, l.Rank, l.Code, l.Name); err != nil {
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
	return w.exec(ctx, `INSERT INTO role (code, name, "order") VALUES (?, ?, ?)
		ON CONFLICT (code) DO UPDATE SET name = excluded.name, "order" = excluded."order"`, r.Code, r.Name, r.Order)
}

// PutProfile implements gridmap.Writer, by network, level and type.
func (w *writer) PutProfile(ctx context.Context, p gridmap.SizingProfile) error {
	if err := w.CheckProfile(ctx, p); err != nil {
		return err
	}
	return w.exec(ctx, "INSERT OR REPLACE INTO sizing_profile (network, level, type, unit, min, target, max, per_staff, weights) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		p.Network, p.Level, p.Type, p.Unit, p.Min, p.Target, p.Max, p.PerStaff, ledger.MapJSON(p.Weights))
}

// growContents widens the boxes that a GIS zooms to.
func (w *writer) growContents(ctx context.Context) error {
	for table, e := range w.grown {
		err := w.exec(ctx, `UPDATE gpkg_contents SET last_change = strftime('%Y-%m-%dT%H:%M:%fZ', 'now'),
			min_x = min(coalesce(min_x, ?1), ?1), max_x = max(coalesce(max_x, ?2), ?2),
			min_y = min(coalesce(min_y, ?3), ?3), max_y = max(coalesce(max_y, ?4), ?4)
			WHERE table_name IN (?5, ?5 || 's')`, e[0], e[1], e[2], e[3], table)
		if err != nil {
			return err
		}
	}
	return nil
}

// grow takes the box of an inserted shape into account.
func (r *reader) grow(table string, e [4]float64) {
	if r.grown == nil {
		r.grown = make(map[string][4]float64)
	}
	if g, ok := r.grown[table]; ok {
		e = [4]float64{min(e[0], g[0]), max(e[1], g[1]), min(e[2], g[2]), max(e[3], g[3])}
	}
	r.grown[table] = e
}
