package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"cloudgrid/gridmap"
)

// served is `cloudgrid serve` as a process of its own.
type served struct {
	cmd *exec.Cmd
	url string
	end sync.Once
}

func serveProcess(t *testing.T, store string) *served {
	t.Helper()
	return startServed(t, exec.Command(os.Args[0]), "CLOUDGRID_TEST_SERVE="+store)
}

// startServed starts this test's binary as a server, with more environment, and
// waits until it says where it is.
func startServed(t *testing.T, cmd *exec.Cmd, env ...string) *served {
	t.Helper()
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if _, address, ok := strings.Cut(lines.Text(), "CloudGrid: http://"); ok {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return &served{cmd: cmd, url: "http://" + strings.TrimRight(address, "/")}
		}
	}
	t.Fatal("the server did not start: ", cmd.Wait())
	return nil
}

// kill ends the process at once, as a power cut would.
func (s *served) kill() {
	s.end.Do(func() {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
	})
}

// TestAKilledServerHasLostNoOperationAndPublishedAllOrNothing edits a plan over
// HTTP, submits, approves and publishes it, while SIGKILL comes at a random
// moment; again and again on one store. CLOUDGRID_KILLS sets how many times, 4
// unless said.
func TestAKilledServerHasLostNoOperationAndPublishedAllOrNothing(t *testing.T) {
	t.Run("gpkg", func(t *testing.T) {
		s, where := bundStore(t)
		_ = s.Close()
		killPlanners(t, where)
	})
	t.Run("postgis", func(t *testing.T) {
		dsn := os.Getenv("CLOUDGRID_TEST_POSTGRES")
		if dsn == "" {
			t.Skip("CLOUDGRID_TEST_POSTGRES is not set: `make test` starts a cluster and sets it")
		}
		s, where := bundStore(t)
		_ = s.Close()
		there := newSchema(t, dsn)
		if _, code := runCopy(t, where, there); code != exitOK {
			t.Fatal("the demo could not be copied")
		}
		killPlanners(t, there)
	})
}

func killPlanners(t *testing.T, store string) {
	rounds := 4
	if n := os.Getenv("CLOUDGRID_KILLS"); n != "" {
		_, _ = fmt.Sscan(n, &rounds)
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	chance := rand.New(rand.NewPCG(seed, 0))
	k := &killing{store: store}
	for round := range rounds {
		server := serveProcess(t, store)
		k.d = newDraft(t, server.url)
		if k.pool == nil {
			k.from, k.to, k.pool = k.d.neighbours()
		}
		strike := time.AfterFunc(time.Hour, server.kill)
		k.left = 1 + chance.IntN(28) // a plan has up to 28 answers
		k.strike = func() { strike.Reset(time.Duration(chance.IntN(20)) * time.Millisecond) }
		k.plan(t, chance)
		strike.Stop()
		server.kill()
		k.look(t, round)
	}
	t.Logf("%d plans published, %d operations acknowledged", k.published, k.total)
}

// killing is what the planner knows of the plan in hand.
type killing struct {
	store     string
	d         *drafter
	from, to  int64 // grids that atoms of the pool go to and fro between
	pool      []int64
	acked     []string // operations, in order
	wanted    map[int64]int64
	sent      bool // the publish
	done      bool // and its answer
	published int
	total     int
	left      int    // answers until the server is struck
	strike    func() // kills the server in a moment
}

// ask is try that counts the answers.
func (k *killing) ask(method, rest string, body any) (int, jsonMap, error) {
	status, out, err := k.d.try(method, k.d.plan+rest, body)
	if err == nil {
		if k.left--; k.left == 0 {
			k.strike()
		}
	}
	return status, out, err
}

// plan works on the plan until the server dies or the plan is published.
func (k *killing) plan(t *testing.T, chance *rand.Rand) {
	k.acked, k.wanted, k.sent, k.done = nil, map[int64]int64{}, false, false
	_, board, err := k.ask("GET", "/board", nil)
	if err != nil {
		return
	}
	owner := ownersOf(board)
	for range 10 + chance.IntN(15) {
		atom := k.pool[chance.IntN(len(k.pool))]
		target := k.to
		if owner[atom] == k.to { // a move that moves nothing makes no revision
			target = k.from
		}
		owner[atom] = target
		op := k.d.op("reassign_atoms", jsonMap{"atoms": []int64{atom}, "to": target})
		status, out, err := k.ask("POST", "/ops", ops(int64(len(k.acked)), op))
		if err != nil {
			return // killed
		}
		if status != http.StatusOK {
			t.Errorf("%d %v", status, out)
			return
		}
		k.acked, k.wanted[atom] = append(k.acked, fmt.Sprint(op["id"])), target
		k.total++
	}
	step := jsonMap{"rev": len(k.acked), "force": true, "note": "试"}
	for _, action := range []string{"submit", "approve", "publish"} {
		k.sent = action == "publish"
		status, out, err := k.ask("POST", "/"+action, step)
		if err != nil {
			return
		}
		if status != http.StatusOK {
			t.Errorf("%s: %d %v", action, status, out)
			return
		}
		k.done = k.sent
	}
}

// ownersOf reads which grid each atom of a board is in.
func ownersOf(board jsonMap) map[int64]int64 {
	atoms, _ := board["atoms"].(jsonMap)
	ids, _ := atoms["id"].([]any)
	owners, _ := atoms["owner"].([]any)
	of := map[int64]int64{}
	for i := range ids {
		of[wholeOf(ids[i])] = wholeOf(owners[i])
	}
	return of
}

// look opens what the dead server has left.
func (k *killing) look(t *testing.T, round int) {
	t.Helper()
	ctx := context.Background()
	s, err := openStore(ctx, k.store, storeWrite)
	if err != nil {
		t.Fatalf("round %d: the store does not open: %v", round, err)
	}
	defer s.Close()
	var id gridmap.PlanID
	_, _ = fmt.Sscanf(k.d.plan, "/v1/plans/%d", &id)
	plans := s.(gridmap.Plans)
	p, err := plans.Plan(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	var log []gridmap.PlanOp
	for op, err := range plans.PlanOps(ctx, id, 0) {
		if err != nil {
			t.Fatal(err)
		}
		log = append(log, op)
	}
	if int64(len(log)) != p.Rev || len(log) < len(k.acked) || len(log) > len(k.acked)+1 {
		t.Errorf("round %d: %d entries at revision %d, %d were acknowledged", round, len(log), p.Rev, len(k.acked))
	}
	for i, op := range k.acked {
		if i < len(log) && log[i].ID != op {
			t.Errorf("round %d: entry %d is %s, acknowledged was %s", round, i, log[i].ID, op)
		}
	}
	k.whole(ctx, t, s, p)
}

// whole checks that the plan is published with all that it publishes, or that
// nothing of it is.
func (k *killing) whole(ctx context.Context, t *testing.T, s gridmap.Store, p gridmap.Plan) {
	is := p.State == gridmap.PlanPublished
	if k.done && !is || is && !k.sent {
		t.Errorf("the plan is %s; publish sent %v, answered %v", p.State, k.sent, k.done)
	}
	err := s.View(ctx, func(r gridmap.Reader) error {
		head, err := r.Head(ctx)
		if err != nil {
			return err
		}
		if is {
			k.published++
		}
		if head.Edition != int64(1+k.published) || is && p.Edition != head.Edition {
			t.Errorf("the plan is %s as edition %d; the head is edition %d after %d publishes", p.State, p.Edition, head.Edition, k.published)
		}
		lines := 0
		for e, err := range r.Audit(ctx, 0) {
			if err != nil {
				return err
			}
			if e.Action == "plan-publish" {
				lines++
			}
		}
		if lines != k.published {
			t.Errorf("%d publishes in the audit, %d plans published", lines, k.published)
		}
		wrong := 0
		for m, err := range r.Memberships(ctx, gridmap.Query{At: time.Now()}) {
			if err != nil {
				return err
			}
			if want, moved := k.wanted[int64(m.Atom)]; is && moved && int64(m.Grid) != want {
				wrong++
			}
		}
		if wrong > 0 {
			t.Errorf("a published plan of which %d atoms are not where it put them", wrong)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
