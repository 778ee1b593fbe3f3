package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cloudgrid/gridmap"
	"cloudgrid/spatial"
)

// The naive model of a small office: what is true on each of some days, written
// out in full after every change set.
const (
	modelDays    = 6
	modelGrids   = 3 // with ids 11, 12, 13
	modelAtoms   = 4 // 21 …, in a row
	modelPersons = 4 // 31 …
	modelPosts   = 3 // 41 …, one at each grid
)

type modelDay struct {
	owner   [modelAtoms]int  // grid of an atom, 0 none
	name    [modelGrids]int  // how a grid is called
	holder  [modelPosts]int  // person of a post, 0 vacant, -1 no such post
	present [modelGrids]bool // the duty line that a record gives the grid
}

type model struct {
	days  [modelDays]modelDay
	known []([modelDays]modelDay) // after each change set
	at    []time.Time             // when each was recorded
}

func dayAt(d int) time.Time { return time.Date(2026, 3, 1+d, 0, 0, 0, 0, time.UTC) }

// span is from a day up to another, to the end where that is the last.
func daySpan(from, to int) gridmap.Span {
	s := gridmap.Span{ValidFrom: dayAt(from)}
	if to < modelDays {
		s.ValidTo = dayAt(to)
	}
	return s
}

// history makes a random history in a store and in the model.
type history struct {
	t     *testing.T
	rt    *rapid.T
	s     gridmap.Store
	model model
}

func (h *history) setUp() {
	h.commit(func(w gridmap.Writer) error {
		ctx := h.t.Context()
		if err := w.PutNetwork(ctx, gridmap.Network{ID: 1, Code: "main", Name: "网", Main: true}); err != nil {
			return err
		}
		if err := w.PutLevels(ctx, 1, []gridmap.Level{{Network: 1, Code: "grid", Name: "网格"}}); err != nil {
			return err
		}
		if err := w.PutRole(ctx, gridmap.Role{Code: "worker", Name: "网格员", Order: 1}); err != nil {
			return err
		}
		for g := range modelGrids {
			if err := w.PutGrids(ctx, gridmap.Grid{ID: gridmap.GridID(11 + g), Network: 1, Code: fmt.Sprintf("G%d", g), Name: "名0", Span: daySpan(0, modelDays)}); err != nil {
				return err
			}
		}
		for p := range modelPersons {
			if err := w.PutPersons(ctx, gridmap.Person{ID: gridmap.PersonID(31 + p), Name: fmt.Sprintf("人%d", p+1), OfficePhone: "000-1", Span: daySpan(0, modelDays)}); err != nil {
				return err
			}
		}
		for a := range modelAtoms {
			x := int32(1.16e9) + int32(a)*10000
			square := spatial.Ring{{X: x, Y: 3e8}, {X: x + 10000, Y: 3e8}, {X: x + 10000, Y: 3e8 + 10000}, {X: x, Y: 3e8 + 10000}}
			if err := w.PutAtoms(ctx, gridmap.Atom{ID: gridmap.AtomID(21 + a), Code: fmt.Sprintf("A%d", a), Shape: spatial.MultiPolygon{{square}}, Span: daySpan(0, modelDays)}); err != nil {
				return err
			}
			if err := w.PutMemberships(ctx, gridmap.Membership{Atom: gridmap.AtomID(21 + a), Network: 1, Grid: 11, Span: daySpan(0, modelDays)}); err != nil {
				return err
			}
		}
		return nil
	}, func(d *modelDay) {
		for a := range d.owner {
			d.owner[a] = 11
		}
		for p := range d.holder {
			d.holder[p] = -1
		}
	}, 0, modelDays)
}

// commit writes one change set, and into the model from one day up to another.
func (h *history) commit(write func(gridmap.Writer) error, note func(*modelDay), from, to int) {
	at := time.Date(2026, 6, 1, len(h.model.at), 0, 0, 0, time.UTC)
	if _, err := h.s.Update(h.t.Context(), gridmap.Commit{At: at, Actor: "test", Action: "test"}, write); err != nil {
		h.rt.Fatal(err)
	}
	for d := from; d < to; d++ {
		note(&h.model.days[d])
	}
	h.model.known, h.model.at = append(h.model.known, h.model.days), append(h.model.at, at)
}

// step is one random change.
func (h *history) step() {
	ctx, rt := h.t.Context(), h.rt
	from := rapid.IntRange(0, modelDays-1).Draw(rt, "from")
	to := rapid.IntRange(from+1, modelDays).Draw(rt, "to")
	span := daySpan(from, to)
	grid := rapid.IntRange(0, modelGrids-1).Draw(rt, "grid")
	switch rapid.IntRange(0, 4).Draw(rt, "what") {
	case 0:
		atom := rapid.IntRange(0, modelAtoms-1).Draw(rt, "atom")
		h.commit(func(w gridmap.Writer) error {
			return w.PutMemberships(ctx, gridmap.Membership{Atom: gridmap.AtomID(21 + atom), Network: 1, Grid: gridmap.GridID(11 + grid), Span: span})
		}, func(d *modelDay) { d.owner[atom] = 11 + grid }, from, to)
	case 1:
		name := rapid.IntRange(1, 9).Draw(rt, "name")
		h.commit(func(w gridmap.Writer) error {
			return w.PutGrids(ctx, gridmap.Grid{ID: gridmap.GridID(11 + grid), Network: 1, Code: fmt.Sprintf("G%d", grid), Name: fmt.Sprintf("名%d", name), Span: span})
		}, func(d *modelDay) { d.name[grid] = name }, from, to)
	case 2:
		who := rapid.IntRange(0, modelPersons).Draw(rt, "who")
		p := gridmap.Post{ID: gridmap.PostID(41 + grid), Grid: gridmap.GridID(11 + grid), Role: "worker", Rank: 1, Span: span}
		if who > 0 {
			p.Person = gridmap.PersonID(30 + who)
		}
		h.commit(func(w gridmap.Writer) error { return w.PutPosts(ctx, p) }, func(d *modelDay) { d.holder[grid] = who }, from, to)
	case 3:
		if !slices.ContainsFunc(h.model.days[:], func(d modelDay) bool { return d.holder[grid] >= 0 }) {
			return // there is nothing to end
		}
		h.commit(func(w gridmap.Writer) error { return w.EndPosts(ctx, dayAt(from), gridmap.PostID(41+grid)) },
			func(d *modelDay) { d.holder[grid] = -1 }, from, modelDays)
	case 4:
		h.commit(func(w gridmap.Writer) error {
			return w.PutRecords(ctx, gridmap.Record{
				ID: gridmap.RecordID(51 + grid), Kind: gridmap.RosterRecord, Grid: gridmap.GridID(11 + grid), Body: json.RawMessage(`{"name":"值班","phone":"000-5"}`), Span: span,
			})
		}, func(d *modelDay) { d.present[grid] = true }, from, to)
	}
}

// says is what the server must answer of an atom on a day: the grid's name, who
// holds its post, whether a shift is on duty.
func (d modelDay) says(atom int) string {
	g := d.owner[atom] - 11
	who := ""
	switch {
	case d.holder[g] > 0:
		who = fmt.Sprintf("人%d", d.holder[g])
	case d.holder[g] == 0:
		who = "空缺"
	}
	return fmt.Sprintf("G%d 名%d [%s] %v", g, d.name[g], who, d.present[g])
}

// hears asks the server the same.
func hears(t *testing.T, base string, atom, day int, known time.Time) string {
	t.Helper()
	query := fmt.Sprintf("lon=%.7f&lat=30.0005&crs=wgs84&duty=1&at=%s", 116.0005+float64(atom)*0.001, url.QueryEscape(dayAt(day).Add(time.Hour).Format(time.RFC3339)))
	if !known.IsZero() {
		query += "&known_at=" + url.QueryEscape(known.Format(time.RFC3339))
	}
	status, body, _ := fetch(t, base+"/v1/resolve?"+query)
	var a struct {
		Chain []struct {
			Code, Name string
			Staff      []struct {
				Name   string
				Vacant bool
			}
		}
		Duty struct{ Contacts []struct{ Kind string } }
	}
	if err := json.Unmarshal(body, &a); err != nil || status != http.StatusOK || len(a.Chain) != 1 {
		t.Fatalf("%s: %d %v %s", query, status, err, body)
	}
	var who []string
	for _, s := range a.Chain[0].Staff {
		if s.Vacant {
			s.Name = "空缺"
		}
		who = append(who, s.Name)
	}
	shift := len(a.Duty.Contacts) > 0 && a.Duty.Contacts[0].Kind == "shift"
	return fmt.Sprintf("%s %s [%s] %v", a.Chain[0].Code, a.Chain[0].Name, strings.Join(who, " "), shift)
}

// maxHistories bounds how many histories are tried: each has a store and a
// server of its own.
const maxHistories = 20

func TestWhatWasTrueAndWhatWasBelievedAgreeWithANaiveModel(t *testing.T) {
	tried := 0
	rapid.Check(t, func(rt *rapid.T) {
		steps := rapid.IntRange(3, 14).Draw(rt, "steps")
		if tried++; tried > maxHistories {
			return
		}
		s, err := openStore(t.Context(), "gpkg:"+filepath.Join(t.TempDir(), "history.gpkg"), storeMake)
		if err != nil {
			rt.Fatal(err)
		}
		defer s.Close()
		h := &history{t: t, rt: rt, s: s}
		h.setUp()
		for range steps {
			h.step()
		}
		base, _ := boot(t, s)
		for range 25 {
			atom, day := rapid.IntRange(0, modelAtoms-1).Draw(rt, "atom"), rapid.IntRange(0, modelDays-1).Draw(rt, "day")
			k := rapid.IntRange(0, len(h.model.at)-1).Draw(rt, "known")
			if got, want := hears(t, base, atom, day, h.model.at[k].Add(30*time.Minute)), h.model.known[k][day].says(atom); got != want {
				rt.Fatalf("atom %d on day %d as known after change set %d: %s, want %s", atom, day, k+1, got, want)
			}
			if got, want := hears(t, base, atom, day, time.Time{}), h.model.days[day].says(atom); got != want {
				rt.Fatalf("atom %d on day %d: %s, want %s", atom, day, got, want)
			}
		}
	})
}

func TestWhatTheSystemSaidThenIsAskedWithKnownAtAlone(t *testing.T) {
	s, err := openStore(t.Context(), "gpkg:"+filepath.Join(t.TempDir(), "history.gpkg"), storeMake)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	put := func(at time.Time, name string) {
		if _, err := s.Update(t.Context(), gridmap.Commit{At: at, Actor: "test", Action: "test"}, func(w gridmap.Writer) error {
			if name == "" {
				return fillOneGrid(t, w)
			}
			return w.PutGrids(t.Context(), gridmap.Grid{ID: 11, Network: 1, Code: "G", Name: name})
		}); err != nil {
			t.Fatal(err)
		}
	}
	put(dayAt(0), "")
	put(dayAt(1), "旧名")
	put(dayAt(3), "新名") // since ever, as is found out on the third day
	base, _ := boot(t, s)
	ask := func(more string) (int, string) {
		status, body, _ := fetch(t, base+"/v1/resolve?lon=116.0005&lat=30.0005&crs=wgs84"+more)
		var a answer
		_ = json.Unmarshal(body, &a)
		if len(a.Chain) == 1 {
			return status, a.Chain[0].Name
		}
		return status, string(body)
	}
	for more, want := range map[string]string{
		"":                                   "新名",
		"&at=2026-03-03":                     "新名",
		"&known_at=2026-03-03":               "旧名",
		"&known_at=2026-03-03&at=2026-02-01": "旧名",
		"&known_at=2026-03-05":               "新名",
		"&known_at=" + url.QueryEscape(dayAt(0).Format(time.RFC3339)):    "原名",
		"&known_at=" + url.QueryEscape(time.Now().Format(time.RFC3339)):  "新名",
		"&known_at=" + url.QueryEscape(dayAt(9999).Format(time.RFC3339)): "新名",
	} {
		if status, got := ask(more); status != http.StatusOK || got != want {
			t.Errorf("%s: %d %s, want %s", more, status, got, want)
		}
	}
	for more, want := range map[string]int{"&known_at=2026-02-01": http.StatusNotFound, "&known_at=yesterday": http.StatusBadRequest} {
		if status, got := ask(more); status != want {
			t.Errorf("%s: %d %s, want %d", more, status, got, want)
		}
	}
}

func fillOneGrid(t *testing.T, w gridmap.Writer) error {
	ctx := t.Context()
	square := spatial.Ring{{X: 1.16e9, Y: 3e8}, {X: 1.16e9 + 10000, Y: 3e8}, {X: 1.16e9 + 10000, Y: 3e8 + 10000}, {X: 1.16e9, Y: 3e8 + 10000}}
	for _, step := range []func() error{
		func() error { return w.PutNetwork(ctx, gridmap.Network{ID: 1, Code: "main", Name: "网", Main: true}) },
		func() error { return w.PutLevels(ctx, 1, []gridmap.Level{{Network: 1, Code: "grid", Name: "网格"}}) },
		func() error { return w.PutGrids(ctx, gridmap.Grid{ID: 11, Network: 1, Code: "G", Name: "原名"}) },
		func() error {
			return w.PutAtoms(ctx, gridmap.Atom{ID: 21, Code: "A", Shape: spatial.MultiPolygon{{square}}})
		},
		func() error { return w.PutMemberships(ctx, gridmap.Membership{Atom: 21, Network: 1, Grid: 11}) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// What was withdrawn from the public stays withdrawn, whatever time is asked
// about.
func TestAnAnswerAboutThePastShowsNoMoreThanTodaysPolicy(t *testing.T) {
	p := openPack(t, "chaisang")
	full := p.keep(`{"kind":"policy","body":{"field":"phone","show":"full","basis":"示例"}}`)
	then := time.Now()
	home := p.placesOf("compound")[3]
	phone := func(more string) string { return p.at(home, more).Chain[1].Staff[0].Phone }
	if shown := phone(""); strings.Contains(shown, "*") {
		t.Fatalf("published in full, and shown as %s", shown)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodDelete, fmt.Sprintf("%s/v1/records/%d", p.base, full), nil)
	if err != nil {
		t.Fatal(err)
	}
	if status, body, _ := do(t, req); status != http.StatusNoContent {
		t.Fatalf("%d %s", status, body)
	}
	p.refresh()
	when := url.QueryEscape(then.Format(time.RFC3339Nano))
	for _, more := range slices.Sorted(maps.Keys(map[string]bool{"": true, "&at=" + when: true, "&known_at=" + when: true})) {
		if shown := phone(more); !strings.Contains(shown, "*") {
			t.Errorf("%q shows %s", more, shown)
		}
	}
	for _, row := range p.roll("responsibility.csv?at=" + when) {
		if text := strings.Join(row, " "); strings.Contains(text, "000-") && !strings.Contains(text, "*") {
			t.Errorf("the roll shows %s", text)
		}
	}
}
