package replica

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"cloudgrid/gridmap"
)

// fake is a database of which only the head matters.
type fake struct {
	Whole

	mu      sync.Mutex
	head    gridmap.Seq
	down    bool
	dies    bool // while it is being read
	views   int
	changes chan gridmap.Seq
}

var errDown = gridmap.Errorf(gridmap.Unavailable, "down")

type fakeReader struct {
	gridmap.Reader
	head gridmap.Seq
}

func (r fakeReader) Head(context.Context) (gridmap.Head, error) {
	return gridmap.Head{Seq: r.head}, nil
}

func (f *fake) View(_ context.Context, fn func(gridmap.Reader) error) error {
	f.mu.Lock()
	head, down, dies := f.head, f.down, f.dies
	f.views++
	f.mu.Unlock()
	if down {
		return errDown
	}
	if err := fn(fakeReader{head: head}); err != nil {
		return err
	}
	if dies {
		return errDown
	}
	return nil
}

func (f *fake) Update(context.Context, gridmap.Commit, func(gridmap.Writer) error) (gridmap.ChangeSet, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.down {
		return gridmap.ChangeSet{}, errDown
	}
	f.head++
	return gridmap.ChangeSet{Seq: f.head}, nil
}

func (f *fake) Changes(ctx context.Context) <-chan gridmap.Seq {
	go func() {
		<-ctx.Done()
		close(f.changes)
	}()
	return f.changes
}

func (f *fake) Plan(context.Context, gridmap.PlanID) (gridmap.Plan, error) {
	return gridmap.Plan{BaseSeq: f.head}, nil
}

func (f *fake) Account(context.Context, gridmap.AccountID) (gridmap.Account, error) {
	if f.down {
		return gridmap.Account{}, errDown
	}
	return gridmap.Account{Name: "甲"}, nil
}

func (f *fake) set(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}

func newStore(standbys ...*fake) (*Store, *fake) {
	primary := &fake{changes: make(chan gridmap.Seq)}
	var sources []Source
	for i, b := range standbys {
		b.changes = make(chan gridmap.Seq)
		sources = append(sources, Source{Name: fmt.Sprint("b", i), Store: b})
	}
	return New(Source{Name: "a", Store: primary}, sources, time.Now, slog.New(slog.DiscardHandler)), primary
}

// reads returns the head that a View saw.
func reads(s *Store) (seq gridmap.Seq, err error) {
	err = s.View(context.Background(), func(r gridmap.Reader) error {
		h, err := r.Head(context.Background())
		seq = h.Seq
		return err
	})
	return seq, err
}

func TestReadsComeFromTheStandbysInTurn(t *testing.T) {
	a, b := &fake{}, &fake{}
	s, primary := newStore(a, b)
	for range 10 {
		if _, err := reads(s); err != nil {
			t.Fatal(err)
		}
	}
	if a.views != 5 || b.views != 5 || primary.views != 0 {
		t.Errorf("%d and %d reads of the standbys, %d of the primary", a.views, b.views, primary.views)
	}
}

func TestAStandbyThatIsBehindIsWaitedForThenPassedOver(t *testing.T) {
	synctest.Test(t, waitedForThenPassedOver)
}

func waitedForThenPassedOver(t *testing.T) {
	b := &fake{}
	s, _ := newStore(b)
	update(t, s)
	go func() {
		time.Sleep(3 * lookEvery)
		b.set(func() { b.head = 1 })
	}()
	if seq, err := reads(s); seq != 1 || err != nil {
		t.Errorf("read %d, %v", seq, err)
	}
	if st := s.Standings(); !st[0].ReadAt.IsZero() || st[1].ReadAt.IsZero() {
		t.Errorf("the standby caught up and was not read: %+v", st)
	}
	update(t, s) // and this it never gets
	if seq, err := reads(s); seq != 2 || err != nil {
		t.Errorf("read %d, %v", seq, err)
	}
	if st := s.Standings(); st[0].ReadAt.IsZero() || st[1].Behind != 1 || st[1].Fault != nil {
		t.Errorf("%+v", st)
	}
}

func update(t *testing.T, s *Store) {
	t.Helper()
	if _, err := s.Update(t.Context(), gridmap.Commit{}, nil); err != nil {
		t.Fatal(err)
	}
}

func TestWhatThePrimaryTellsOfMustBeThereBeforeTheMapIsRead(t *testing.T) {
	b := &fake{}
	s, primary := newStore(b)
	ctx, cancel := context.WithCancel(t.Context())
	changes := s.Changes(ctx)
	primary.set(func() { primary.head = 5 })
	primary.changes <- 5
	if seq := <-changes; seq != 5 {
		t.Fatal(seq)
	}
	if seq, err := reads(s); seq != 5 || err != nil {
		t.Errorf("read %d, %v", seq, err)
	}
	cancel()
	if seq, open := <-changes; open {
		t.Errorf("told of %d after the end", seq)
	}
}

func TestThePlanOfAnotherProcessIsBasedOnWhatIsRead(t *testing.T) {
	b := &fake{}
	s, primary := newStore(b)
	primary.set(func() { primary.head = 3 })
	if _, err := s.Plan(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if seq, err := reads(s); seq != 3 || err != nil {
		t.Errorf("read %d, %v", seq, err)
	}
}

func TestAReadThatBrokeIsNotRepeatedBehindItsBack(t *testing.T) {
	a, b := &fake{dies: true}, &fake{dies: true}
	s, _ := newStore(a, b)
	calls := 0
	err := s.View(t.Context(), func(gridmap.Reader) error { calls++; return nil })
	if gridmap.CodeOf(err) != gridmap.Unavailable || calls != 1 {
		t.Errorf("called %d times: %v", calls, err)
	}
	if _, err := reads(s); err == nil {
		t.Error("the other one breaks, too")
	}
	if _, err := reads(s); err != nil { // both rest
		t.Errorf("the primary was not asked: %v", err)
	}
}

func TestWithoutThePrimaryTheStandbysAnswerAndWritesAreRefused(t *testing.T) {
	b := &fake{}
	s, primary := newStore(b)
	primary.set(func() { primary.down = true })
	if _, err := reads(s); err != nil {
		t.Error(err)
	}
	if a, err := s.Account(t.Context(), 1); err != nil || a.Name != "甲" {
		t.Errorf("%+v, %v", a, err)
	}
	if _, err := s.Update(t.Context(), gridmap.Commit{}, nil); gridmap.CodeOf(err) != gridmap.Unavailable {
		t.Errorf("written: %v", err)
	}
	s.Look(t.Context())
	if st := s.Standings(); st[0].Fault == nil || st[0].Since.IsZero() || st[1].Fault != nil {
		t.Errorf("%+v", st)
	}
	b.set(func() { b.down = true })
	if _, err := reads(s); gridmap.CodeOf(err) != gridmap.Unavailable {
		t.Errorf("read: %v", err)
	}
}

// TestReadsNeverGoBackwardsUnlessThePrimaryDid lets databases write, follow,
// fall behind, fail, come back and take over, in any order.
func TestReadsNeverGoBackwardsUnlessThePrimaryDid(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		standbys := []*fake{{}, {}}
		s, primary := newStore(standbys...)
		now := time.Unix(1e9, 0)
		s.now, s.patience = func() time.Time { return now }, 0
		var told, acked gridmap.Seq // what was read, what was acknowledged
		rt.Repeat(map[string]func(*rapid.T){
			"write": func(rt *rapid.T) {
				if cs, err := s.Update(context.Background(), gridmap.Commit{}, nil); err == nil {
					acked = cs.Seq
				}
			},
			"follow": func(rt *rapid.T) {
				if primary.down {
					return
				}
				b := rapid.SampledFrom(standbys).Draw(rt, "who")
				b.head = min(b.head+gridmap.Seq(rapid.IntRange(1, 3).Draw(rt, "n")), primary.head)
			},
			"fail": func(rt *rapid.T) {
				rapid.SampledFrom([]*fake{primary, standbys[0], standbys[1]}).Draw(rt, "who").down = true
			},
			"come back": func(rt *rapid.T) {
				rapid.SampledFrom([]*fake{primary, standbys[0], standbys[1]}).Draw(rt, "who").down = false
			},
			"promote": func(rt *rapid.T) { // the primary's address leads to what a standby had
				if !primary.down {
					return
				}
				b := rapid.SampledFrom(standbys).Draw(rt, "who")
				primary.head, primary.down = b.head, false
				for _, o := range standbys {
					o.head = min(o.head, b.head) // rewound
				}
				told, acked = min(told, b.head), min(acked, b.head)
				s.Look(context.Background())
			},
			"read": func(rt *rapid.T) {
				now = now.Add(time.Duration(rapid.IntRange(0, 8).Draw(rt, "s")) * time.Second)
				seq, err := reads(s)
				if err != nil {
					return
				}
				if seq < told || seq < acked {
					rt.Fatalf("read %d after %d was read and %d acknowledged", seq, told, acked)
				}
				told = seq
			},
		})
	})
}
