package main

import (
	"context"
	"time"

	"cloudgrid/cmd/chaos/cluster"
)

// storeAway is how readiness names a database that does not answer.
const storeAway = "store_unreachable"

// onPostGIS starts a database and a server over it, and does a fault to it.
func (l *lab) onPostGIS(ctx context.Context, r *report, make func(*cluster.Cluster) fault) error {
	db, err := l.database(ctx, cluster.Options{})
	if err != nil {
		return err
	}
	s, err := l.serve(ctx, db.DSN())
	if err != nil {
		return err
	}
	return l.under(ctx, r, s, make(db))
}

func nothing(context.Context) error { return nil }

func dbStopped(ctx context.Context, l *lab, r *report) error {
	return l.onPostGIS(ctx, r, func(db *cluster.Cluster) fault {
		return fault{
			breakIt: func(ctx context.Context) error { return db.Stop(ctx, cluster.Fast) }, mend: db.Run,
			names: []string{storeAway}, away: true, stale: true,
		}
	})
}

func dbRestarted(ctx context.Context, l *lab, r *report) error {
	return l.onPostGIS(ctx, r, func(db *cluster.Cluster) fault {
		return fault{breakIt: db.Restart, mend: nothing, names: []string{storeAway}, brief: true}
	})
}

func dbConnections(ctx context.Context, l *lab, r *report) error {
	return l.onPostGIS(ctx, r, func(db *cluster.Cluster) fault {
		return fault{
			breakIt: func(ctx context.Context) error {
				for end := time.Now().Add(l.lasting()); time.Now().Before(end) && ctx.Err() == nil; {
					if err := db.KillConnections(ctx); err != nil {
						return err
					}
					while(ctx, 300*time.Millisecond)
				}
				return nil
			},
			mend: nothing, names: []string{storeAway}, brief: true,
		}
	})
}

func dbKilled(ctx context.Context, l *lab, r *report) error {
	return l.onPostGIS(ctx, r, func(db *cluster.Cluster) fault {
		return fault{
			breakIt: func(context.Context) error { return db.Kill() }, mend: db.Run,
			names: []string{storeAway}, away: true, stale: true,
		}
	})
}

// dbHangs stops the database where it stands: it neither answers nor hangs up,
// as behind a network that drops everything.
func dbHangs(ctx context.Context, l *lab, r *report) error {
	return l.onPostGIS(ctx, r, func(db *cluster.Cluster) fault {
		l.later(func() { _ = db.Resume() }) // or nothing could end it
		return fault{
			breakIt: func(context.Context) error { return db.Pause() }, mend: func(context.Context) error { return db.Resume() },
			names: []string{storeAway}, away: true, stale: true, least: hangs,
		}
	})
}

// hangs is how long a database must hang for every wait to have ended.
const hangs = 20 * time.Second
