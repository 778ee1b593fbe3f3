package postgis

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"cloudgrid/gridmap"
)

// CountyRows says how many versions of places lie in a county, and whether they
// have a partition of their own.
type CountyRows struct {
	County gridmap.County `json:"county"`
	Places int64          `json:"places"`
	Own    bool           `json:"own_partition"`
}

// CountyRows lists the counties that have grids, places or a partition.
func (s *Store) CountyRows(ctx context.Context) ([]CountyRows, error) {
	return rowsFrom(ctx, s, s.pool, func(rows pgx.Rows) (c CountyRows, err error) {
		err = rows.Scan(&c.County, &c.Places, &c.Own)
		return c, err
	}, `SELECT county, (SELECT count(*) FROM place WHERE place.county = c.county), to_regclass('place_' || county) IS NOT NULL
		FROM (SELECT county FROM grid UNION SELECT county FROM place
			UNION SELECT substr(part.relname, 7)::int FROM pg_inherits JOIN pg_class part ON part.oid = inhrelid
			WHERE inhparent = 'place'::regclass AND part.relname ~ '^place_[0-9]+$') c ORDER BY county`)
}

// How a partition is made without holding up the rest: the lock that ends it
// waits this long at most, so nobody queues behind it for longer, and tries
// again this often.
const (
	partitionWait  = 2 * time.Second
	partitionTries = 30
)

// Partition gives the places of a county a partition of their own, with what
// lies in the common one moved there, unless it has one: made tells. It takes
// its turn among the writers. Unavailable when readers never leave the common
// partition for long enough.
func (s *Store) Partition(ctx context.Context, c gridmap.County) (made bool, err error) {
	if c <= 0 {
		return false, gridmap.Errorf(gridmap.Invalid, "%d 不是区县代码 (no county)", c)
	}
	for try := 1; ; try++ {
		err = s.transact(ctx, func(tx pgx.Tx) error {
			made, err = partition(ctx, s, tx, c)
			return err
		})
		var refused *pgconn.PgError
		if !errors.As(err, &refused) || refused.Code != "55P03" || try == partitionTries { // lock_not_available
			return made, err
		}
		select {
		case <-time.After(partitionWait):
		case <-ctx.Done():
			return false, ctx.Err()
		}
	}
}

func partition(ctx context.Context, s *Store, tx pgx.Tx, c gridmap.County) (made bool, err error) {
	if _, err := (&reader{store: s, tx: tx}).lockHead(ctx); err != nil {
		return false, err
	}
	name := fmt.Sprintf("place_%d", c)
	var there bool
	if err := tx.QueryRow(ctx, "SELECT to_regclass($1) IS NOT NULL", name).Scan(&there); err != nil || there {
		return false, err
	}
	for _, text := range []string{
		fmt.Sprintf("SET LOCAL lock_timeout = %d", partitionWait.Milliseconds()),
		"CREATE TABLE " + name + " (LIKE place_rest INCLUDING ALL)",
		fmt.Sprintf("WITH moved AS (DELETE FROM place_rest WHERE county = %d RETURNING *) INSERT INTO %s SELECT * FROM moved", c, name),
		fmt.Sprintf("COMMENT ON TABLE %s IS '区县 %d 的标准地址 (places of the county)'", name, c),
		fmt.Sprintf("ALTER TABLE place ATTACH PARTITION %s FOR VALUES IN (%d)", name, c),
	} {
		if _, err := tx.Exec(ctx, text); err != nil {
			return false, fmt.Errorf("%s: %w", text, err)
		}
	}
	return true, nil
}

// Settle has everything lie in its county, places that say nothing of it by
// the ground they stand on, as one change set. For maps from before there were
// counties, and after imports of places without atoms or codes.
func (s *Store) Settle(ctx context.Context, c gridmap.Commit) (gridmap.ChangeSet, error) {
	return s.Update(ctx, c, func(any gridmap.Writer) error {
		w, ok := any.(*writer)
		if !ok {
			return gridmap.Errorf(gridmap.Internal, "%T", any)
		}
		if err := w.exec(ctx, placesByGround); err != nil {
			return err
		}
		return w.Settle(ctx)
	})
}

// placesByGround puts places into the county whose grids cover them; on the
// border of two counties they stay in 0, which all read.
const placesByGround = `UPDATE place p SET county = x.county FROM (
	SELECT q.fid, q.county AS was, min(g.county) AS county FROM place q JOIN grid g ON ST_Covers(g.shape, q.shape)
	WHERE q.county = 0 AND g.county <> 0 AND g.recorded_to IS NULL
	GROUP BY q.fid, q.county HAVING min(g.county) = max(g.county)
) x WHERE p.fid = x.fid AND p.county = x.was`
