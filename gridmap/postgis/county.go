package postgis

import (
	"context"

	"github.com/jackc/pgx/v5"

	"cloudgrid/gridmap"
)

// Counties implements ledger.Rest.
func (w *writer) Counties(ctx context.Context) ([]gridmap.County, error) {
	return rowsOf(ctx, w.reader, func(rows pgx.Rows) (c gridmap.County, err error) {
		err = rows.Scan(&c)
		return c, err
	}, "SELECT DISTINCT county FROM grid WHERE county <> 0")
}

// SettleAtoms implements ledger.Rest.
func (w *writer) SettleAtoms(ctx context.Context, ids []int64) error {
	return w.settle(ctx, "atom", theOne, "SELECT atom AS id, county FROM membership WHERE atom = ANY($1)", ids)
}

// SettlePersons implements ledger.Rest.
func (w *writer) SettlePersons(ctx context.Context, ids []int64) error {
	return w.settle(ctx, "person", ifAll, `SELECT person AS id, county FROM post WHERE person = ANY($1)
		UNION ALL SELECT person, county FROM record WHERE person = ANY($1) AND county <> 0`, ids)
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
	var moved bool
	err := w.tx.QueryRow(ctx, `WITH moved AS (
		UPDATE `+table+` t SET county = x.county
		FROM (SELECT id, `+where+` AS county FROM (`+named+`) n GROUP BY id) x
		JOIN `+table+` old ON old.id = x.id AND old.county <> x.county
		WHERE t.fid = old.fid RETURNING old.county
	) SELECT coalesce(bool_or(county <> 0), false) FROM moved`, ids).Scan(&moved)
	if err != nil || !moved {
		return mapError(ctx, w.store.name, err)
	}
	return w.markSettled(ctx)
}

// Settle implements ledger.Rest.
func (w *writer) Settle(ctx context.Context) error {
	if err := w.exec(ctx, "SELECT settle_counties()"); err != nil {
		return err
	}
	return w.markSettled(ctx)
}

// markSettled tells those who read a scope that rows moved under them.
func (w *writer) markSettled(ctx context.Context) error {
	return w.exec(ctx, "UPDATE head SET settled = $1", int64(w.changeSet.Seq))
}
