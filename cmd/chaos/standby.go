package main

import (
	"context"
	"fmt"
	"net/url"

	"cloudgrid/cmd/chaos/cluster"
)

// standbyPromoted has a server read from a streaming standby and write to its
// primary. The primary dies and the standby is promoted in its place; it is a
// synchronous one, so that it has everything that was acknowledged.
func standbyPromoted(ctx context.Context, l *lab, r *report) error {
	primary, err := l.database(ctx, cluster.Options{})
	if err != nil {
		return err
	}
	standby, err := primary.Standby(ctx, cluster.Options{})
	if err != nil {
		return err
	}
	l.later(func() { _ = standby.Remove() })
	for _, statement := range []string{"ALTER SYSTEM SET synchronous_standby_names = '" + standby.Name() + "'", "SELECT pg_reload_conf()"} {
		if err := primary.SQL(ctx, statement); err != nil {
			return err
		}
	}
	s, err := l.serve(ctx, both(primary, standby), "--store-read", standby.DSN())
	if err != nil {
		return err
	}
	return l.under(ctx, r, s, fault{
		breakIt: func(context.Context) error { return primary.Kill() }, mend: standby.Promote,
		names: []string{"primary_unreachable", storeAway}, away: true,
	})
}

// both is one address of two servers.
func both(a, b *cluster.Cluster) string {
	q := url.Values{"host": {a.Dir + "," + b.Dir}, "port": {"5432,5432"}, "user": {cluster.Role}}
	return fmt.Sprintf("postgres:///%s?%s", cluster.Database, q.Encode())
}
