package gpkg

import (
	"context"
	"database/sql"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/ledger"
)

// Counties implements ledger.Rest.
func (w *writer) Counties(ctx context.Context) ([]gridmap.County, error) {
	return collect(query(ctx, w.store.path, w.conn, func(rows *sql.Rows) (c gridmap.County, err error) {
		err = rows.Scan(&c)
		return c, err
	}, "SELECT DISTINCT county FROM grid WHERE county <> 0"))
}

// SettleAtoms implements ledger.Rest.
func (w *writer) SettleAtoms(ctx context.Context, ids []int64) error {
	return w.settle(ctx, "atom", theOne, "SELECT atom AS id, county FROM membership WHERE atom IN (SELECT value FROM json_each(?1))", ids)
}

// SettlePersons implements ledger.Rest.
func (w *writer) SettlePersons(ctx context.Context, ids []int64) error {
	return w.settle(ctx, "person", ifAll, `SELECT person AS id, county FROM post WHERE person IN (SELECT value FROM json_each(?1))
		UNION ALL SELECT person, county FROM record WHERE person IN (SELECT value FROM json_each(?1)) AND county <> 0`, ids)
}

// Where things lie of which several say it. An atom lies in the one county that
// any of its networks names; a person in a county only if every post does, since
// a post in 0 is read by all and wants its person.
const (
	theOne = "CASE WHEN count(DISTINCT nullif(county, 0)) = 1 THEN max(county) ELSE 0 END"
	ifAll  = "CASE WHEN min(county) = max(county) THEN min(county) ELSE 0 END"
)

// settle has things lie where what names them says.
func (w *writer) settle(ctx context.Context, table, where, named string, ids []int64) error {
	from := "(SELECT id, " + where + " AS county FROM (" + named + ") GROUP BY id) x"
	var wrong, moved int
	err := w.conn.QueryRowContext(ctx, "SELECT count(*), coalesce(sum(t.county <> 0), 0) FROM "+from+" JOIN "+table+" t ON t.id = x.id AND t.county <> x.county", ledger.JSON(ids)).Scan(&wrong, &moved)
	if err != nil || wrong == 0 {
		return mapError(ctx, w.store.path, err)
	}
	if err := w.exec(ctx, "UPDATE "+table+" SET county = x.county FROM "+from+" WHERE x.id = "+table+".id AND x.county <> "+table+".county", ledger.JSON(ids)); err != nil || moved == 0 {
		return err
	}
	return w.markSettled(ctx)
}

// Settle implements ledger.Rest.
func (w *writer) Settle(ctx context.Context) error {
	for _, text := range settling {
		if err := w.exec(ctx, text); err != nil {
			return err
		}
	}
	return w.markSettled(ctx)
}

// markSettled tells those who read a scope that rows moved under them.
func (w *writer) markSettled(ctx context.Context) error {
	return w.exec(ctx, "UPDATE head SET settled = ?", int64(w.changeSet.Seq))
}

// settling is settle_counties of the PostGIS store.
var settling = []string{
	`WITH RECURSIVE newest AS (
		SELECT id, parent, code FROM (
			SELECT id, parent, code, row_number() OVER (PARTITION BY id ORDER BY recorded_to IS NOT NULL, coalesce(valid_from, '') DESC, recorded_from DESC) AS n FROM grid
		) WHERE n = 1
	), tree (id, county, below) AS (
		SELECT id, 0, county_of(code) FROM newest WHERE parent IS NULL
		UNION ALL
		SELECT n.id, t.below, CASE WHEN t.below <> 0 THEN t.below ELSE county_of(n.code) END FROM newest n JOIN tree t ON n.parent = t.id
	)
	UPDATE grid SET county = t.county FROM tree t WHERE t.id = grid.id AND t.county <> grid.county`,
	`UPDATE membership SET county = g.county FROM (SELECT DISTINCT id, county FROM grid) g WHERE g.id = membership.grid AND g.county <> membership.county`,
	`UPDATE atom SET county = x.county FROM (
		SELECT atom, CASE WHEN count(DISTINCT nullif(county, 0)) = 1 THEN max(county) ELSE 0 END AS county FROM membership GROUP BY atom
	) x WHERE x.atom = atom.id AND x.county <> atom.county`,
	`UPDATE post SET county = g.county FROM (SELECT DISTINCT id, county FROM grid) g WHERE g.id = post.grid AND g.county <> post.county`,
	`UPDATE place SET county = x.county FROM (
		SELECT q.id, coalesce(nullif(a.county, 0), nullif(up.county, 0), c.county) AS county
		FROM (SELECT id, code, atom, parent, row_number() OVER (PARTITION BY id ORDER BY recorded_to IS NOT NULL, recorded_from DESC) AS n FROM place) q
		LEFT JOIN (SELECT DISTINCT id, county FROM atom) a ON a.id = q.atom
		LEFT JOIN (SELECT DISTINCT place.id, owner.county FROM place JOIN atom owner ON owner.id = place.atom) up ON up.id = q.parent
		LEFT JOIN (SELECT DISTINCT county FROM grid WHERE county <> 0) c ON c.county = county_of(q.code)
		WHERE q.n = 1
	) x WHERE x.id = place.id AND x.county <> place.county`,
	`UPDATE record SET county = x.county FROM (
		SELECT r.fid, coalesce(g.county, p.county, 0) AS county FROM record r
		LEFT JOIN (SELECT DISTINCT id, county FROM grid) g ON g.id = r.grid
		LEFT JOIN (SELECT id, county, row_number() OVER (PARTITION BY id ORDER BY recorded_to IS NOT NULL, recorded_from DESC) AS n FROM place) p
			ON p.id = r.place AND p.n = 1 AND r.grid IS NULL
	) x WHERE x.fid = record.fid AND x.county <> record.county`,
	`UPDATE person SET county = x.county FROM (
		SELECT person, CASE WHEN min(county) = max(county) THEN min(county) ELSE 0 END AS county FROM (
			SELECT person, county FROM post WHERE person IS NOT NULL
			UNION ALL SELECT person, county FROM record WHERE person IS NOT NULL AND county <> 0
		) GROUP BY person
	) x WHERE x.person = person.id AND x.county <> person.county`,
}
