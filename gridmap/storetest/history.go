package storetest

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cloudgrid/gridmap"
)

// history compares what a store believes with a model that knows nothing of
// rows: for each thing, change set and day, one word or none.
func history(t *testing.T, open func(*testing.T) gridmap.Store) {
	var s gridmap.Store
	runs, base := 0, int64(0)
	rapid.Check(t, func(rt *rapid.T) {
		if runs%25 == 0 { // not each time: a new database takes longer than a run
			if s != nil {
				_ = s.Close()
			}
			s = open(t)
			prepareHistory(t, s)
			base = 1000
		}
		runs++
		base += 100
		randomHistory(rt, t, s, base)
	})
	if s != nil {
		_ = s.Close()
	}
}

// days is the length of the model's time; valid times begin and end at
// midnight, so one sample a day sees everything. Day 0 also stands for "since
// ever", and the last for "until further notice".
const days = 6

// beliefs[day] is what is said of a thing at noon, "" for nothing.
type beliefs [days]string

// thing is one identity of one kind, under random change.
type thing struct {
	kind string
	id   int64
	put  func(ctx context.Context, w gridmap.Writer, word string, s gridmap.Span) error
	end  func(ctx context.Context, w gridmap.Writer, at time.Time) error // nil: cannot end
}

// said is one version, as the test sees any kind.
type said struct {
	kind string
	id   int64
	word string
	gridmap.Span
}

const words = 3

func prepareHistory(t *testing.T, s gridmap.Store) {
	small(t, s)
	update(t, s, func(ctx context.Context, w gridmap.Writer) error {
		for i := range words { // grids that memberships alternate between
			g := gridmap.Grid{ID: gridmap.GridID(500 + i), Network: net, Level: 1, Parent: town, Code: fmt.Sprint("H", i), Name: fmt.Sprint(i)}
			if err := w.PutGrids(ctx, g); err != nil {
				return err
			}
		}
		return nil
	})
}

func things(base int64) []thing {
	all := []thing{}
	for i := range int64(2) {
		id := base + 10*i
		all = append(all,
			thing{"grid", id, func(ctx context.Context, w gridmap.Writer, word string, s gridmap.Span) error {
				return w.PutGrids(ctx, gridmap.Grid{ID: gridmap.GridID(id), Network: other, Code: fmt.Sprint(id), Name: word, Span: s})
			}, func(ctx context.Context, w gridmap.Writer, at time.Time) error {
				return w.EndGrids(ctx, at, gridmap.GridID(id))
			}},
			thing{"atom", id + 1, func(ctx context.Context, w gridmap.Writer, word string, s gridmap.Span) error {
				return w.PutAtoms(ctx, gridmap.Atom{ID: gridmap.AtomID(id + 1), Code: fmt.Sprint(id), Name: word, Span: s})
			}, func(ctx context.Context, w gridmap.Writer, at time.Time) error {
				return w.EndAtoms(ctx, at, gridmap.AtomID(id+1))
			}},
			thing{"place", id + 2, func(ctx context.Context, w gridmap.Writer, word string, s gridmap.Span) error {
				return w.PutPlaces(ctx, gridmap.Place{ID: gridmap.PlaceID(id + 2), Name: word, Span: s})
			}, func(ctx context.Context, w gridmap.Writer, at time.Time) error {
				return w.EndPlaces(ctx, at, gridmap.PlaceID(id+2))
			}},
			thing{"person", id + 3, func(ctx context.Context, w gridmap.Writer, word string, s gridmap.Span) error {
				return w.PutPersons(ctx, gridmap.Person{ID: gridmap.PersonID(id + 3), Name: word, Span: s})
			}, func(ctx context.Context, w gridmap.Writer, at time.Time) error {
				return w.EndPersons(ctx, at, gridmap.PersonID(id+3))
			}},
			thing{"post", id + 4, func(ctx context.Context, w gridmap.Writer, word string, s gridmap.Span) error {
				return w.PutPosts(ctx, gridmap.Post{ID: gridmap.PostID(id + 4), Grid: town, Role: "head", Rank: 1 + int(word[0]-'0'), Span: s})
			}, func(ctx context.Context, w gridmap.Writer, at time.Time) error {
				return w.EndPosts(ctx, at, gridmap.PostID(id+4))
			}},
			thing{"record", id + 5, func(ctx context.Context, w gridmap.Writer, word string, s gridmap.Span) error {
				return w.PutRecords(ctx, gridmap.Record{ID: gridmap.RecordID(id + 5), Kind: gridmap.RosterRecord, Key: fmt.Sprint(id), Body: wordBody(word), Span: s})
			}, func(ctx context.Context, w gridmap.Writer, at time.Time) error {
				return w.EndRecords(ctx, at, gridmap.RecordID(id+5))
			}},
			thing{"membership", int64(house) + i, func(ctx context.Context, w gridmap.Writer, word string, s gridmap.Span) error {
				return w.PutMemberships(ctx, gridmap.Membership{Atom: house + gridmap.AtomID(i), Network: net, Grid: gridmap.GridID(500 + int64(word[0]-'0')), Span: s})
			}, nil},
		)
	}
	return all
}

// wordBody is the body of a record that says a word; bodyWord is the word.
func wordBody(word string) json.RawMessage { return json.RawMessage(`{"word":"` + word + `"}`) }

func bodyWord(body json.RawMessage) string {
	var v struct{ Word string }
	if err := json.Unmarshal(body, &v); err != nil {
		return err.Error()
	}
	return v.Word
}

// model is the whole of what is believed now, and after each change set.
type model map[string]beliefs

func (th thing) key() string { return fmt.Sprint(th.kind, th.id) }

func randomHistory(rt *rapid.T, t *testing.T, s gridmap.Store, base int64) {
	all, now := things(base), model{}
	for _, th := range all { // memberships outlive a run: begin with what is
		if th.kind == "membership" {
			now[th.key()] = beliefs{}
		}
	}
	resetMemberships(t, s, now)
	first := head(t, s).Seq
	after := []model{now.clone()}
	for range rapid.IntRange(1, 5).Draw(rt, "changeSets") {
		update(t, s, func(ctx context.Context, w gridmap.Writer) error {
			for range rapid.IntRange(1, 6).Draw(rt, "ops") {
				if err := randomOp(ctx, rt, w, all, now); err != nil {
					return err
				}
			}
			return nil
		})
		after = append(after, now.clone())
	}
	mine := make(map[string]bool)
	for _, th := range all {
		mine[th.key()] = true
	}
	view(t, s, func(ctx context.Context, r gridmap.Reader) error {
		versions, err := versionsOf(ctx, r, gridmap.Query{All: true})
		if err != nil {
			return err
		}
		checkRows(rt, versions)
		for k, want := range after {
			compare(rt, fmt.Sprintf("after change set %d", k), believed(versions, mine, first+gridmap.Seq(k)), want)
		}
		return checkQueries(ctx, rt, r, versions, first)
	})
}

func (m model) clone() model {
	c := make(model, len(m))
	for k, v := range m {
		c[k] = v
	}
	return c
}

// resetMemberships puts the two atoms of the small map into one grid for all
// time, where each run of the model begins.
func resetMemberships(t *testing.T, s gridmap.Store, m model) {
	var zero beliefs
	for d := range zero {
		zero[d] = "0"
	}
	update(t, s, func(ctx context.Context, w gridmap.Writer) error {
		for i := range int64(2) {
			m[fmt.Sprint("membership", int64(house)+i)] = zero
			if err := w.PutMemberships(ctx, gridmap.Membership{Atom: house + gridmap.AtomID(i), Network: net, Grid: 500}); err != nil {
				return err
			}
		}
		return nil
	})
}

func randomOp(ctx context.Context, rt *rapid.T, w gridmap.Writer, all []thing, m model) error {
	th := rapid.SampledFrom(all).Draw(rt, "thing")
	from := rapid.IntRange(0, days-1).Draw(rt, "from")
	b := m[th.key()]
	if th.end != nil && rapid.IntRange(0, 3).Draw(rt, "end") == 0 {
		err := th.end(ctx, w, midnight(from))
		if b == (beliefs{}) && gridmap.CodeOf(err) == gridmap.NotFound {
			return nil // it was never put, or all of it was ended
		}
		for d := from; d < days; d++ {
			b[d] = ""
		}
		m[th.key()] = b
		return err
	}
	to := rapid.IntRange(from+1, days).Draw(rt, "to")
	word := fmt.Sprint(rapid.IntRange(0, words-1).Draw(rt, "word"))
	span := gridmap.Span{ValidFrom: midnight(from), ValidTo: midnight(to)}
	for d := from; d < to; d++ {
		b[d] = word
	}
	m[th.key()] = b
	return th.put(ctx, w, word, span)
}

// midnight begins a day of the model; the first and last are open ends.
func midnight(d int) time.Time {
	if d == 0 || d == days {
		return time.Time{}
	}
	return day(d)
}

func noon(d int) time.Time { return day(d).Add(12 * time.Hour) }

func compare(rt *rapid.T, when string, got, want model) {
	for key, w := range want {
		if g := got[key]; g != w {
			rt.Fatalf("%s, %s: the store says %q, the model %q", when, key, g, w)
		}
	}
	for key, g := range got {
		if want[key] == (beliefs{}) && g != (beliefs{}) {
			rt.Fatalf("%s, %s: the store says %q, the model nothing", when, key, g)
		}
	}
}

// believed is what versions say was believed right after change set k.
func believed(versions []said, mine map[string]bool, k gridmap.Seq) model {
	m := model{}
	for _, v := range versions {
		key := fmt.Sprint(v.kind, v.id)
		if !mine[key] || v.RecordedFrom > k || v.RecordedTo != 0 && v.RecordedTo <= k {
			continue
		}
		b := m[key]
		for d := range b {
			if n := noon(d); !n.Before(v.ValidFrom) && (v.ValidTo.IsZero() || n.Before(v.ValidTo)) {
				b[d] = v.word
			}
		}
		m[key] = b
	}
	return m
}

// checkRows looks for what no history may hold: an empty interval, or two
// versions of one thing believed of the same moment at the same time.
func checkRows(rt *rapid.T, versions []said) {
	byThing := make(map[string][]said)
	for _, v := range versions {
		if v.RecordedTo != 0 && v.RecordedTo <= v.RecordedFrom || v.Check() != nil {
			rt.Fatalf("an empty interval: %+v", v)
		}
		key := fmt.Sprint(v.kind, v.id)
		for _, o := range byThing[key] {
			apart := o.RecordedTo != 0 && o.RecordedTo <= v.RecordedFrom || v.RecordedTo != 0 && v.RecordedTo <= o.RecordedFrom
			if !apart && v.Overlaps(o.Span) {
				rt.Fatalf("both believed at once:\n%+v\n%+v", o, v)
			}
		}
		byThing[key] = append(byThing[key], v)
	}
}

// checkQueries asks random queries and expects what Query.Match picks.
func checkQueries(ctx context.Context, rt *rapid.T, r gridmap.Reader, versions []said, first gridmap.Seq) error {
	seq := rapid.Custom(func(t *rapid.T) gridmap.Seq {
		return max(0, first-2+gridmap.Seq(rapid.IntRange(0, 9).Draw(t, "seq")))
	})
	for range 3 {
		q := gridmap.Query{All: rapid.Bool().Draw(rt, "all")}
		if rapid.Bool().Draw(rt, "hasAt") {
			q.At = midnight(rapid.IntRange(0, days-1).Draw(rt, "at"))
			if !q.At.IsZero() { // on the border, or a nanosecond either side
				q.At = q.At.Add(time.Duration(rapid.IntRange(-1, 1).Draw(rt, "ns")))
			}
		}
		if rapid.Bool().Draw(rt, "hasFrom") {
			q.From = midnight(rapid.IntRange(0, days-1).Draw(rt, "after"))
			if !q.From.IsZero() {
				q.From = q.From.Add(time.Duration(rapid.IntRange(-1, 1).Draw(rt, "ns")))
			}
		}
		if rapid.Bool().Draw(rt, "hasKnown") {
			q.Known = seq.Draw(rt, "known")
		}
		if rapid.Bool().Draw(rt, "hasSince") {
			q.Since = seq.Draw(rt, "since")
		}
		got, err := versionsOf(ctx, r, q)
		if err != nil {
			return err
		}
		var want []said
		for _, v := range versions {
			if q.Match(v.Span) {
				want = append(want, v)
			}
		}
		if err := checkLastEnd(ctx, rt, r, q); err != nil {
			return err
		}
		if len(got) != len(want) {
			rt.Fatalf("%+v picks %d versions, want %d", q, len(got), len(want))
		}
		for i := range got {
			if got[i] != want[i] {
				rt.Fatalf("%+v picks\n%+v, want\n%+v", q, got[i], want[i])
			}
		}
	}
	return nil
}

// checkLastEnd holds LastEnd against the rows of the whole store that a query
// leaves out for its From.
func checkLastEnd(ctx context.Context, rt *rapid.T, r gridmap.Reader, q gridmap.Query) error {
	got, err := r.LastEnd(ctx, q)
	if err != nil {
		return err
	}
	all := q
	all.At, all.From = time.Time{}, time.Time{}
	versions, err := versionsOf(ctx, r, all)
	if err != nil {
		return err
	}
	var want time.Time
	for _, v := range versions {
		if end := v.ValidTo; !q.From.IsZero() && !end.IsZero() && !end.After(q.From) && end.After(want) {
			want = end
		}
	}
	if !got.Equal(want) {
		rt.Fatalf("the last end of %+v: %v, want %v", q, got, want)
	}
	return nil
}

func versionsOf(ctx context.Context, r gridmap.Reader, q gridmap.Query) ([]said, error) {
	var out []said
	var first error
	add := func(kind string, id int64, word string, s gridmap.Span) {
		out = append(out, said{kind, id, word, s})
	}
	each(r.Grids(ctx, q), &first, func(g gridmap.Grid) { add("grid", int64(g.ID), g.Name, g.Span) })
	each(r.Atoms(ctx, q), &first, func(a gridmap.Atom) { add("atom", int64(a.ID), a.Name, a.Span) })
	each(r.Places(ctx, q), &first, func(p gridmap.Place) { add("place", int64(p.ID), p.Name, p.Span) })
	each(r.Persons(ctx, q), &first, func(p gridmap.Person) { add("person", int64(p.ID), p.Name, p.Span) })
	each(r.Posts(ctx, q), &first, func(p gridmap.Post) { add("post", int64(p.ID), fmt.Sprint(p.Rank-1), p.Span) })
	each(r.Records(ctx, q), &first, func(r gridmap.Record) { add("record", int64(r.ID), bodyWord(r.Body), r.Span) })
	each(r.Memberships(ctx, q), &first, func(m gridmap.Membership) { add("membership", int64(m.Atom), fmt.Sprint(m.Grid-500), m.Span) })
	return out, first
}

func each[T any](seq iter.Seq2[T, error], first *error, fn func(T)) {
	for v, err := range seq {
		if err != nil {
			if *first == nil {
				*first = err
			}
			return
		}
		fn(v)
	}
}
