package cluster

import (
	"context"
	"testing"
	"time"
)

func TestAStandbyFollowsIsPromotedAndAKilledServerRecovers(t *testing.T) {
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
	defer stop()
	primary, err := Start(ctx, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { remove(t, primary) })
	do(t, primary, "CREATE TABLE t (n int)")
	standby, err := primary.Standby(ctx, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { remove(t, standby) })
	do(t, primary, "ALTER SYSTEM SET synchronous_standby_names = '"+standby.Name()+"'", "SELECT pg_reload_conf()")
	for state := ""; state != "sync"; time.Sleep(20 * time.Millisecond) {
		if state, err = primary.Query(ctx, "SELECT sync_state FROM pg_stat_replication"); err != nil {
			t.Fatal(err)
		}
	}
	do(t, primary, "SET synchronous_commit = remote_apply; INSERT INTO t VALUES (1)")
	want(t, standby, "SELECT n FROM t", "1")
	want(t, standby, "SELECT pg_is_in_recovery()", "t")
	if err := primary.Kill(); err != nil {
		t.Fatal(err)
	}
	if _, err := primary.Query(ctx, "SELECT 1"); err == nil {
		t.Error("a killed server answers")
	}
	if err := standby.Promote(ctx); err != nil {
		t.Fatal(err)
	}
	do(t, standby, "INSERT INTO t VALUES (2)")
	if err := primary.Run(ctx); err != nil {
		t.Fatal(err)
	}
	want(t, primary, "SELECT count(*) FROM t", "1")
	if err := primary.KillConnections(ctx); err != nil {
		t.Error(err)
	}
	if err := primary.Restart(ctx); err != nil {
		t.Error(err)
	}
}

func TestAPausedServerIsSilentAndGoesOn(t *testing.T) {
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
	defer stop()
	c, err := Start(ctx, Options{Fast: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { remove(t, c) })
	if err := c.Pause(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Resume() }) // before remove: a paused server does not end
	impatient, cancel := context.WithTimeout(ctx, 500*time.Millisecond)
	defer cancel()
	if got, err := c.Query(impatient, "SELECT 1"); err == nil {
		t.Errorf("a paused server says %q", got)
	}
	if err := c.Resume(); err != nil {
		t.Fatal(err)
	}
	want(t, c, "SELECT 1", "1")
}

func remove(t *testing.T, c *Cluster) {
	t.Helper()
	if err := c.Remove(); err != nil {
		t.Error(err)
	}
}

func do(t *testing.T, c *Cluster, statements ...string) {
	t.Helper()
	for _, s := range statements {
		if err := c.SQL(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
}

func want(t *testing.T, c *Cluster, query, answer string) {
	t.Helper()
	if got, err := c.Query(t.Context(), query); err != nil || got != answer {
		t.Errorf("%s: %q, %v; want %q", query, got, err, answer)
	}
}
