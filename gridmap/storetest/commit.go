package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"cloudgrid/gridmap"
)

func onePerson(id gridmap.PersonID, name string) func(context.Context, gridmap.Writer) error {
	return func(ctx context.Context, w gridmap.Writer) error {
		return w.PutPersons(ctx, gridmap.Person{ID: id, Name: name})
	}
}

func personNames(t testing.TB, s gridmap.Store) (names []string) {
	t.Helper()
	view(t, s, func(ctx context.Context, r gridmap.Reader) error {
		persons, err := all(r.Persons(ctx, gridmap.Query{}))
		for _, p := range persons {
			names = append(names, p.Name)
		}
		return err
	})
	return names
}

func publish(t testing.TB, s gridmap.Store, base *int64, name string) (gridmap.ChangeSet, error) {
	t.Helper()
	c := commit("publish")
	c.Base, c.Edit = base, &gridmap.Edition{Name: name, EffectiveAt: day(30), Note: "公告"}
	return s.Update(t.Context(), c, func(w gridmap.Writer) error {
		return onePerson(1, name)(t.Context(), w)
	})
}

func oldEdition(t *testing.T, s gridmap.Store) {
	zero, one := int64(0), int64(1)
	if _, err := publish(t, s, &one, "太早"); gridmap.CodeOf(err) != gridmap.Conflict {
		t.Errorf("a change on an edition to come: %v", err)
	}
	if _, err := publish(t, s, &zero, "第一版"); err != nil {
		t.Fatal(err)
	}
	if _, err := publish(t, s, &zero, "迟到"); gridmap.CodeOf(err) != gridmap.Conflict || !strings.Contains(err.Error(), "1") {
		t.Errorf("a change on an old edition: %v", err)
	}
	if got := personNames(t, s); len(got) != 1 || got[0] != "第一版" {
		t.Errorf("the store holds %q", got)
	}
	if _, err := publish(t, s, &one, "第二版"); err != nil {
		t.Fatal(err)
	}
	if h := head(t, s); h.Seq != 2 || h.Edition != 2 {
		t.Errorf("head %+v", h)
	}
}

func editionsWithoutGaps(t *testing.T, s gridmap.Store) {
	for i := range 6 {
		if i%2 == 0 {
			update(t, s, onePerson(2, fmt.Sprint(i)))
		} else if _, err := publish(t, s, nil, fmt.Sprint("版", i)); err != nil {
			t.Fatal(err)
		}
		refused(t, s, gridmap.Invalid, onePerson(0, "坏")) // takes no number
	}
	at := now.UTC().Truncate(time.Microsecond)
	view(t, s, func(ctx context.Context, r gridmap.Reader) error {
		editions, err := r.Editions(ctx)
		var want []gridmap.Edition
		for i := range int64(3) {
			want = append(want, gridmap.Edition{
				Number: i + 1, Name: fmt.Sprint("版", 2*i+1), EffectiveAt: day(30), PublishedAt: at,
				Seq: gridmap.Seq(2*i + 2), By: "测试员", Note: "公告",
			})
		}
		same(t, "editions", editions, want)
		sets, err2 := all(r.ChangeSets(ctx, 2))
		if len(sets) != 4 || sets[0].Seq != 3 || sets[1].Edition != 2 || sets[2].Edition != 0 {
			t.Errorf("change sets %+v", sets)
		}
		h, err3 := r.Head(ctx)
		same(t, "head", h, gridmap.Head{Seq: 6, Edition: 3, At: at})
		return errors.Join(err, err2, err3)
	})
}

var errTest = errors.New("the test's own error")

func failedUpdate(t *testing.T, s gridmap.Store) {
	small(t, s)
	before := head(t, s)
	c := commit("fails")
	c.Audit = []gridmap.AuditEntry{{Action: "fails", Thing: "x"}}
	c.Edit = &gridmap.Edition{Name: "不会有"}
	cs, err := s.Update(t.Context(), c, func(w gridmap.Writer) error {
		if err := onePerson(77, "不会有")(t.Context(), w); err != nil {
			return err
		}
		if err := w.PutSettings(t.Context(), gridmap.Settings{Title: "不会有"}); err != nil {
			return err
		}
		return errTest
	})
	if !errors.Is(err, errTest) || cs != (gridmap.ChangeSet{}) {
		t.Errorf("got %+v, %v", cs, err)
	}
	nothingChanged(t, s, before)
}

func nothingChanged(t *testing.T, s gridmap.Store, before gridmap.Head) {
	t.Helper()
	view(t, s, func(ctx context.Context, r gridmap.Reader) error {
		h, err := r.Head(ctx)
		same(t, "head", h, before)
		persons, err2 := all(r.Persons(ctx, gridmap.Query{All: true}))
		if len(persons) != 1 {
			t.Errorf("persons %+v", persons)
		}
		settings, err3 := r.Settings(ctx)
		if settings.Title != "小图" {
			t.Errorf("title %q", settings.Title)
		}
		editions, err4 := r.Editions(ctx)
		audit, err5 := all(r.Audit(ctx, 0))
		if len(editions)+len(audit) > 0 {
			t.Errorf("editions %v, audit %v", editions, audit)
		}
		return errors.Join(err, err2, err3, err4, err5)
	})
}

func panicLeavesNothing(t *testing.T, s gridmap.Store) {
	small(t, s)
	before := head(t, s)
	func() {
		defer func() {
			if got := recover(); got != "boom" {
				t.Errorf("recovered %v", got)
			}
		}()
		_, _ = s.Update(t.Context(), commit("panics"), func(w gridmap.Writer) error {
			if err := onePerson(77, "不会有")(t.Context(), w); err != nil {
				return err
			}
			panic("boom")
		})
	}()
	nothingChanged(t, s, before)
	update(t, s, onePerson(78, "还能写"))
}

func concurrentWriters(t *testing.T, s gridmap.Store) {
	const writers, each = 8, 5
	var wg sync.WaitGroup
	var mu sync.Mutex
	seen := make(map[gridmap.Seq]bool)
	for i := range writers {
		wg.Go(func() {
			for range each {
				cs, err := s.Update(t.Context(), commit("concurrent"), func(w gridmap.Writer) error {
					before, err := w.Head(t.Context())
					if err != nil {
						return err
					}
					id, err := w.NewIDs(t.Context(), 1)
					if err != nil {
						return err
					}
					if err := onePerson(gridmap.PersonID(id), "人")(t.Context(), w); err != nil {
						return err
					}
					if i%4 == 3 { // some fail
						return errTest
					}
					after, err := w.Head(t.Context())
					if before != after {
						t.Errorf("the head moved under a writer: %+v, %+v", before, after)
					}
					return err
				})
				if err != nil && !errors.Is(err, errTest) {
					t.Error(err)
				}
				mu.Lock()
				if err == nil && seen[cs.Seq] {
					t.Errorf("%d was given twice", cs.Seq)
				}
				seen[cs.Seq] = true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	const want = writers * each * 3 / 4
	if h := head(t, s); h.Seq != want {
		t.Errorf("head %d, want %d", h.Seq, want)
	}
	view(t, s, func(ctx context.Context, r gridmap.Reader) error {
		sets, err := all(r.ChangeSets(ctx, 0))
		for i, cs := range sets {
			if cs.Seq != gridmap.Seq(i+1) {
				t.Errorf("change set %d is numbered %d", i+1, cs.Seq)
			}
		}
		if len(sets) != want || len(personNames(t, s)) != want {
			t.Errorf("%d change sets, want %d", len(sets), want)
		}
		return err
	})
}

func viewStaysTheSame(t *testing.T, s gridmap.Store) {
	update(t, s, onePerson(1, "旧"))
	view(t, s, func(ctx context.Context, r gridmap.Reader) error {
		before, err := r.Head(ctx)
		if err != nil {
			return err
		}
		for i := range 3 { // commits do not wait for the view, nor the view for them
			c := commit("meanwhile")
			c.Audit = []gridmap.AuditEntry{{Action: "meanwhile"}}
			if _, err := s.Update(ctx, c, func(w gridmap.Writer) error {
				return w.PutPersons(ctx, gridmap.Person{ID: 1, Name: "新"}, gridmap.Person{ID: gridmap.PersonID(10 + i), Name: "新"})
			}); err != nil {
				return err
			}
			persons, err := all(r.Persons(ctx, gridmap.Query{All: true}))
			after, err2 := r.Head(ctx)
			audit, err3 := all(r.Audit(ctx, 0))
			if len(persons) != 1 || persons[0].Name != "旧" || persons[0].RecordedTo != 0 || before != after || len(audit) > 0 {
				t.Errorf("the view changed: %+v, %+v, %+v", persons, after, audit)
			}
			if err := errors.Join(err, err2, err3); err != nil {
				return err
			}
		}
		return nil
	})
	if got := personNames(t, s); len(got) != 4 || got[0] != "新" {
		t.Errorf("after the view: %q", got)
	}
}

func changesTells(t *testing.T, s gridmap.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	first, second := s.Changes(ctx), s.Changes(ctx)
	waitFor(t, first, 0)
	waitFor(t, second, 0)
	update(t, s, onePerson(1, "一"))
	waitFor(t, first, 1)
	update(t, s, onePerson(1, "二"))
	update(t, s, onePerson(1, "三"))
	waitFor(t, first, 3)
	waitFor(t, second, 3) // a listener that slept learns the newest
	cancel()
	for range 100 {
		if _, open := <-first; !open {
			return
		}
	}
	t.Error("the channel stays open after its context ended")
}

func waitFor(t *testing.T, ch <-chan gridmap.Seq, want gridmap.Seq) {
	t.Helper()
	for timeout := time.After(30 * time.Second); ; {
		select {
		case seq, open := <-ch:
			if !open {
				t.Fatal("the channel closed")
			}
			if seq == want {
				return
			}
		case <-timeout:
			t.Fatalf("nobody told of change set %d", want)
		}
	}
}

func idsNeverTwice(t *testing.T, s gridmap.Store) {
	given := make(map[int64]bool)
	take := func(n int) {
		update(t, s, func(ctx context.Context, w gridmap.Writer) error {
			for range 3 {
				first, err := w.NewIDs(ctx, n)
				if err != nil {
					return err
				}
				for id := first; id < first+int64(n); id++ {
					if id <= 0 || given[id] {
						t.Errorf("id %d again", id)
					}
					given[id] = true
				}
			}
			return nil
		})
	}
	take(1)
	take(1000)
	// An id that came from elsewhere is taken, too.
	given[5000] = true
	update(t, s, onePerson(5000, "外来"))
	take(1000)
	refused(t, s, gridmap.Invalid, func(ctx context.Context, w gridmap.Writer) error { _, err := w.NewIDs(ctx, 0); return err })
}

func canceled(t *testing.T, s gridmap.Store) {
	small(t, s)
	before := head(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := s.Update(ctx, commit("canceled"), func(w gridmap.Writer) error {
		if err := onePerson(77, "不会有")(ctx, w); err != nil {
			return err
		}
		cancel()
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("canceled within: %v", err)
	}
	if _, err := s.Update(ctx, commit("canceled"), func(gridmap.Writer) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled before: %v", err)
	}
	if err := s.View(ctx, func(r gridmap.Reader) error { _, err := r.Head(ctx); return err }); !errors.Is(err, context.Canceled) {
		t.Errorf("view: %v", err)
	}
	nothingChanged(t, s, before)
	update(t, s, onePerson(78, "还能写"))
}

func auditChained(t *testing.T, s gridmap.Store) {
	for i := range 4 {
		c := commit("audited")
		for j := range i {
			c.Audit = append(c.Audit, gridmap.AuditEntry{ID: 99, Seq: 99, Prev: "伪造", Hash: "伪造", At: now, Actor: fmt.Sprint("员", j), Action: "put", Thing: "grid:1", Detail: "细节"})
		}
		if _, err := s.Update(t.Context(), c, func(gridmap.Writer) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	view(t, s, func(ctx context.Context, r gridmap.Reader) error {
		lines, err := all(r.Audit(ctx, 0))
		prev := ""
		for i, e := range lines {
			if e.ID != int64(i+1) || e.Prev != prev || e.Hash != gridmap.ChainHash(e) {
				t.Errorf("line %d is not chained: %+v", i+1, e)
			}
			prev = e.Hash
		}
		if len(lines) != 6 || lines[0].Seq != 2 || lines[5].Seq != 4 || lines[5].Actor != "员2" {
			t.Errorf("lines %+v", lines)
		}
		rest, err2 := all(r.Audit(ctx, 4))
		if len(rest) != 2 || rest[0].ID != 5 {
			t.Errorf("after 4: %+v", rest)
		}
		return errors.Join(err, err2)
	})
}
