package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cloudgrid/cmd/chaos/cluster"
	"cloudgrid/gridmap"
)

// pair is a primary with a hot standby that acknowledges each commit.
type pair struct{ primary, standby *cluster.Cluster }

func startPair(t *testing.T) pair {
	t.Helper()
	ctx := context.Background() // also in cleanups
	primary, err := cluster.Start(ctx, cluster.Options{Fast: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = primary.Remove() })
	copyBund(t, primary.DSN())
	standby, err := primary.Standby(ctx, cluster.Options{Fast: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = standby.Remove() })
	for _, statement := range []string{"ALTER SYSTEM SET synchronous_standby_names = '" + standby.Name() + "'", "SELECT pg_reload_conf()"} {
		if err := primary.SQL(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	until(t, "synchronous replication", func() bool {
		state, _ := primary.Query(ctx, "SELECT sync_state FROM pg_stat_replication")
		return state == "sync"
	})
	return pair{primary, standby}
}

// both is the address of whichever of the two takes writes.
func (p pair) both(t *testing.T) string {
	t.Helper()
	u, err := url.Parse(p.primary.DSN())
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("host", p.primary.Dir+","+p.standby.Dir)
	q.Set("port", "5432,5432")
	u.RawQuery = q.Encode()
	return u.String()
}

func (p pair) serve(t *testing.T) *served {
	t.Helper()
	return startServed(t, exec.Command(os.Args[0]), "CLOUDGRID_TEST_SERVE="+p.both(t), "CLOUDGRID_TEST_SERVE_ARGS=--store-read "+p.standby.DSN())
}

func TestADatabaseOfAnotherMapIsNoStandby(t *testing.T) {
	dsn := os.Getenv("CLOUDGRID_TEST_POSTGRES")
	if dsn == "" {
		t.Skip("CLOUDGRID_TEST_POSTGRES is not set: `make test` starts a cluster and sets it")
	}
	ours, theirs := newSchema(t, dsn), newSchema(t, dsn)
	for i, where := range []string{ours, theirs} {
		s, err := openStore(t.Context(), where, storeMake)
		if err != nil {
			t.Fatal(err)
		}
		err = update(t, s, func(w gridmap.Writer) error {
			return w.PutSettings(t.Context(), gridmap.Settings{Title: fmt.Sprint("图", i)})
		})
		if closed := s.Close(); err != nil || closed != nil {
			t.Fatal(err, closed)
		}
	}
	open := func(read string) error {
		s, err := databases{read: []string{read}}.open(t.Context(), ours, false, slog.New(slog.DiscardHandler))
		if err == nil {
			_ = s.Close()
		}
		return err
	}
	if err := open(theirs); gridmap.CodeOf(err) != gridmap.Invalid || !strings.Contains(err.Error(), "不是 --store 那张地图的备库") {
		t.Errorf("another map: %v", err)
	}
	if err := open(ours); err != nil {
		t.Errorf("the same: %v", err)
	}
}

// TestAStandbyIsPromotedUnderLoad kills the primary while two servers are read
// and written, and promotes the standby: no read fails, nothing that was
// acknowledged is lost, and writes go on by themselves.
func TestAStandbyIsPromotedUnderLoad(t *testing.T) {
	p := startPair(t)
	bases := []string{p.serve(t).url, p.serve(t).url}
	ctx, cancel := context.WithCancel(context.Background())
	var working sync.WaitGroup
	reads := &barrage{}
	for i := range 8 {
		client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1}}
		working.Go(func() { reads.run(ctx, client, bases[i%2]+bundQuery) })
	}
	w := &keeping{}
	for i, base := range bases {
		working.Go(func() { w.keep(ctx, t, base, fmt.Sprint("w", i)) })
	}
	working.Go(func() { w.publish(ctx, t, bases[0]) })
	until(t, "the first writes", func() bool { return w.acked.Load() >= 5 && w.published.Load() >= 1 })
	readFrom(t, bases[0], "standby-1")
	p.examined(t)

	if err := p.primary.Kill(); err != nil {
		t.Fatal(err)
	}
	refused := w.refused.Load()
	until(t, "a refusal", func() bool { return w.refused.Load() > refused })
	until(t, "readiness to tell", func() bool { return strings.Contains(string(readyBody(t, bases[1])), "primary_unreachable") })
	before := reads.asked.Load()
	until(t, "reads meanwhile", func() bool { return reads.asked.Load() > before+100 })
	if err := p.standby.Promote(ctx); err != nil {
		t.Fatal(err)
	}
	acked, published := w.acked.Load(), w.published.Load()
	until(t, "writes to resume", func() bool { return w.acked.Load() > acked+5 && w.published.Load() > published })
	until(t, "readiness again", func() bool { return !strings.Contains(string(readyBody(t, bases[1])), "primary_unreachable") })
	cancel()
	working.Wait()
	t.Logf("%d reads, %d failed; %d writes and %d publishes acknowledged, %d refused", reads.asked.Load(), reads.failed.Load(), w.acked.Load(), w.published.Load(), w.refused.Load())
	if reads.failed.Load() > 0 {
		t.Errorf("%d of %d reads failed, first with %v", reads.failed.Load(), reads.asked.Load(), reads.fault)
	}
	w.check(t, p.standby.DSN())
}

// examined checks what doctor says of the two.
func (p pair) examined(t *testing.T) {
	t.Helper()
	var out, complaints bytes.Buffer
	run([]string{"doctor", "--json", "--store", p.both(t), "--store-read", p.standby.DSN()}, strings.NewReader(""), &out, &complaints)
	var d diagnosis
	if err := json.Unmarshal(out.Bytes(), &d); err != nil {
		t.Fatalf("%v: %s %s", err, out.Bytes(), complaints.Bytes())
	}
	said := map[string]bool{}
	for _, f := range d.Findings {
		said[f.Check] = true
		if f.State == isFail && f.Check != "engine" { // a throwaway server does not sync its files
			t.Errorf("%+v", f)
		}
	}
	if !said["primary"] || !said["standby-1"] || !said["replication"] {
		t.Errorf("%+v", d.Findings)
	}
}

// until waits for what must happen in the end.
func until(t *testing.T, what string, happened func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !happened(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("waited in vain for ", what)
		}
	}
}

func readyBody(t *testing.T, base string) []byte {
	t.Helper()
	_, body, _ := fetch(t, base+"/readyz")
	return body
}

// readFrom checks which database the map comes from, as readiness and the
// metrics have it.
func readFrom(t *testing.T, base, name string) {
	t.Helper()
	var r struct {
		Databases []struct {
			Name, Role string
			Up, Used   bool
		}
	}
	if err := json.Unmarshal(readyBody(t, base), &r); err != nil || len(r.Databases) != 2 {
		t.Fatalf("%+v: %v", r, err)
	}
	for _, d := range r.Databases {
		if !d.Up || d.Used != (d.Name == name) || (d.Role == "primary") != (d.Name == "primary") {
			t.Errorf("%+v", r)
		}
	}
	if _, body, _ := fetch(t, base+"/metrics"); !strings.Contains(string(body), `cloudgrid_database_up{database="`+name+`"} 1`) {
		t.Error("the metrics do not know the standby")
	}
}

// keeping writes and remembers what was acknowledged.
type keeping struct {
	acked, refused, published atomic.Int64

	mu       sync.Mutex
	keys     []string
	seqs     map[int64]bool
	editions map[int64]bool
}

// keep keeps records, each with a key of its own.
func (w *keeping) keep(ctx context.Context, t *testing.T, base, name string) {
	for n := 0; ctx.Err() == nil; n++ {
		key := fmt.Sprint(name, "-", n)
		seq, err := tryRecord(t, base, key)
		if err != nil {
			w.refused.Add(1)
			time.Sleep(20 * time.Millisecond)
			continue
		}
		w.mu.Lock()
		if w.keys = append(w.keys, key); w.seqs == nil {
			w.seqs = map[int64]bool{}
		}
		if w.seqs[seq] {
			t.Errorf("change set %d was acknowledged twice", seq)
		}
		w.seqs[seq] = true
		w.mu.Unlock()
		w.acked.Add(1)
		time.Sleep(10 * time.Millisecond)
	}
}

// publish makes one plan after another the map; one that is interrupted is left.
func (w *keeping) publish(ctx context.Context, t *testing.T, base string) {
	for ctx.Err() == nil {
		edition, ok := publishOne(t, base)
		if !ok {
			time.Sleep(50 * time.Millisecond)
			continue
		}
		w.mu.Lock()
		if w.editions == nil {
			w.editions = map[int64]bool{}
		}
		if w.editions[edition] {
			t.Errorf("edition %d was published twice", edition)
		}
		w.editions[edition] = true
		w.mu.Unlock()
		w.published.Add(1)
	}
}

// publishOne makes a plan that renames a grid and publishes it.
func publishOne(t *testing.T, base string) (edition int64, ok bool) {
	d := &drafter{t: t, base: base, name: "张三"}
	status, out, err := d.try(http.MethodPost, "/v1/plans", jsonMap{"name": "改名"})
	if err != nil || status != http.StatusCreated {
		return 0, false
	}
	d.plan = fmt.Sprintf("/v1/plans/%.0f", out["id"])
	status, out, err = d.try(http.MethodGet, "/v1/grids?level=grid&limit=1", nil)
	if err != nil || status != http.StatusOK {
		return 0, false
	}
	grids, _ := out["grids"].([]any)
	if len(grids) == 0 {
		t.Errorf("no grids: %v", out)
		return 0, false
	}
	op := d.op("set_attrs", jsonMap{"grid": grids[0].(jsonMap)["id"], "attrs": jsonMap{"备注": fmt.Sprint(time.Now().UnixNano())}})
	if status, out, err = d.try(http.MethodPost, d.plan+"/ops", ops(0, op)); err != nil || status != http.StatusOK {
		if status == http.StatusBadRequest {
			t.Errorf("%v", out)
		}
		return 0, false
	}
	for _, action := range []string{"submit", "approve", "publish"} {
		status, out, err = d.try(http.MethodPost, d.plan+"/"+action, jsonMap{"rev": 1, "force": true, "note": "试"})
		if err != nil || status != http.StatusOK {
			return 0, false
		}
	}
	return wholeOf(out["edition"]), true
}

// check looks whether all that was acknowledged is in a database, and whether
// its numbers have no gap.
func (w *keeping) check(t *testing.T, dsn string) {
	t.Helper()
	s, err := openStore(t.Context(), dsn, storeRead)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	err = s.View(t.Context(), func(r gridmap.Reader) error {
		there := map[string]bool{}
		for rec, err := range r.Records(t.Context(), gridmap.Query{All: true}) {
			if err != nil {
				return err
			}
			there[rec.Key] = true
		}
		for _, key := range w.keys {
			if !there[key] {
				t.Errorf("%s was acknowledged and is lost", key)
			}
		}
		return gapless(t, r, w.editions)
	})
	if err != nil {
		t.Error(err)
	}
}

// gapless checks that change sets and editions are numbered without a gap, and
// that the editions that were acknowledged are among them.
func gapless(t *testing.T, r gridmap.Reader, acked map[int64]bool) error {
	t.Helper()
	head, err := r.Head(t.Context())
	if err != nil {
		return err
	}
	want := gridmap.Seq(1)
	for cs, err := range r.ChangeSets(t.Context(), 0) {
		if err != nil {
			return err
		}
		if cs.Seq != want {
			t.Errorf("change set %d comes after %d", cs.Seq, want-1)
		}
		want = cs.Seq + 1
	}
	editions, err := r.Editions(t.Context())
	for i, e := range editions {
		if e.Number != int64(i+1) {
			t.Errorf("edition %d is numbered %d", i+1, e.Number)
		}
	}
	for e := range acked {
		if e > int64(len(editions)) {
			t.Errorf("edition %d was acknowledged and is lost", e)
		}
	}
	if head.Seq != want-1 || head.Edition != int64(len(editions)) {
		t.Errorf("head %+v after %d change sets and %d editions", head, want-1, len(editions))
	}
	return err
}
