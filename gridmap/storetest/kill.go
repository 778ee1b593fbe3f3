package storetest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/spatial"
)

// victimEnv tells a test binary that it is the process to be killed, and which
// store to write to.
const victimEnv = "CLOUDGRID_KILL_STORE"

// victimTaskEnv tells the victim to write plans; otherwise it writes the map.
const victimTaskEnv = "CLOUDGRID_KILL_PLANS"

// Main runs the tests of a store's package; its TestMain calls it. In the
// process that a test starts to kill, it writes instead, until it is killed.
func Main(m *testing.M, open func(ctx context.Context, where string) (gridmap.Store, error)) {
	where := os.Getenv(victimEnv)
	if where == "" {
		os.Exit(m.Run())
	}
	task := writeForever
	if os.Getenv(victimTaskEnv) != "" {
		task = planForever
	}
	fmt.Fprintln(os.Stderr, task(context.Background(), where, open))
	os.Exit(1)
}

// killRows is how many atoms the victim writes at once: enough that a commit
// takes a while, on the scale at which it is killed.
const killRows = 1500

func writeForever(ctx context.Context, where string, open func(context.Context, string) (gridmap.Store, error)) error {
	s, err := open(ctx, where)
	if err != nil {
		return err
	}
	for {
		c := commit("import")
		c.Edit = &gridmap.Edition{Name: "版"}
		c.Audit = []gridmap.AuditEntry{{Action: "import"}, {Action: "publish"}}
		fmt.Println("begin")
		cs, err := s.Update(ctx, c, func(w gridmap.Writer) error {
			first, err := w.NewIDs(ctx, killRows)
			if err != nil {
				return err
			}
			atoms := make([]gridmap.Atom, killRows)
			for i := range atoms {
				id := first + int64(i)
				atoms[i] = gridmap.Atom{ID: gridmap.AtomID(id), Code: fmt.Sprint(id), Shape: spatial.MultiPolygon{{square(int32(id), 0, 1000)}}}
			}
			return w.PutAtoms(ctx, atoms...)
		})
		if err != nil {
			return err
		}
		fmt.Println(cs.Seq)
	}
}

// Kill starts a process that writes to the store at where, kills it at a
// random moment, and looks at what is left; again and again.
func Kill(t *testing.T, where string, open func(ctx context.Context, where string) (gridmap.Store, error)) {
	killRounds(t, where, open, nil, func(s gridmap.Store, acked int64) {
		wholeOrNothing(t, s, gridmap.Seq(acked))
		t.Logf("%d change sets, %d acknowledged", head(t, s).Seq, acked)
	})
}

// killRounds kills victims with the environment env, and hands each store
// that is left to check, with the last number that the victim was told.
func killRounds(t *testing.T, where string, open func(ctx context.Context, where string) (gridmap.Store, error), env []string, check func(s gridmap.Store, acked int64)) {
	t.Helper()
	rounds, seed := 3, uint64(time.Now().UnixNano())
	if os.Getenv("CLOUDGRID_SLOW") != "" {
		rounds = 20
	}
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	for round := range rounds {
		acked := killOne(t, where, env, time.Duration(random.IntN(300))*time.Millisecond)
		s, err := open(t.Context(), where)
		if err != nil {
			t.Fatalf("round %d: the store does not open: %v", round, err)
		}
		check(s, acked)
		if round%2 == 0 { // the next process also meets a store that nobody closed
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		} else {
			t.Cleanup(func() { _ = s.Close() })
		}
	}
}

// killOne returns the newest number that the victim was told: of its change
// set, or of its operation.
func killOne(t *testing.T, where string, env []string, after time.Duration) (acked int64) {
	t.Helper()
	victim := exec.Command(os.Args[0])
	victim.Env = append(append(os.Environ(), victimEnv+"="+where), env...)
	var complaint strings.Builder
	victim.Stderr = &complaint
	out, err := victim.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		_ = victim.Wait()
		t.Fatal("the victim did not begin: ", complaint.String())
	}
	timer := time.AfterFunc(after, func() { _ = victim.Process.Kill() })
	defer timer.Stop()
	for lines.Scan() {
		if lines.Text() == "begin" {
			continue
		}
		if _, err := fmt.Sscan(lines.Text(), &acked); err != nil {
			t.Fatalf("%v: %q", err, lines.Text())
		}
	}
	_ = victim.Wait() // killed
	if complaint.Len() > 0 {
		t.Fatal("the victim died by itself: ", complaint.String())
	}
	return acked
}

func wholeOrNothing(t *testing.T, s gridmap.Store, acked gridmap.Seq) {
	t.Helper()
	view(t, s, func(ctx context.Context, r gridmap.Reader) error {
		h, err := r.Head(ctx)
		if h.Seq < acked {
			t.Errorf("change set %d was acknowledged, the store is at %d", acked, h.Seq)
		}
		sets, err2 := all(r.ChangeSets(ctx, 0))
		editions, err3 := r.Editions(ctx)
		if len(sets) != int(h.Seq) || len(editions) != int(h.Seq) || h.Edition != int64(h.Seq) {
			t.Errorf("%d change sets and %d editions at head %+v", len(sets), len(editions), h)
		}
		rows := make(map[gridmap.Seq]int)
		for a, err := range r.Atoms(ctx, gridmap.Query{All: true}) {
			if err != nil {
				return err
			}
			rows[a.RecordedFrom]++
		}
		if len(rows) != int(h.Seq) {
			t.Errorf("atoms of %d change sets, want %d", len(rows), h.Seq)
		}
		for seq, n := range rows {
			if n != killRows {
				t.Errorf("change set %d has %d of %d atoms", seq, n, killRows)
			}
		}
		audit, err4 := all(r.Audit(ctx, 0))
		prev := ""
		for i, e := range audit {
			if e.ID != int64(i+1) || e.Prev != prev || e.Hash != gridmap.ChainHash(e) {
				t.Errorf("the audit is broken at line %d", i+1)
				break
			}
			prev = e.Hash
		}
		if len(audit) != 2*int(h.Seq) {
			t.Errorf("%d audit lines, want %d", len(audit), 2*h.Seq)
		}
		return errors.Join(err, err2, err3, err4)
	})
}
