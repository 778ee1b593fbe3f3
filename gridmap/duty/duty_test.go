package duty

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/gridmap/gpkg"
	"cloudgrid/gridmap/publish"
)

// The office of the tests: a street with a duty line, a community, two grids.
const (
	street, community, east, west              gridmap.GridID   = 1, 2, 3, 4
	zhang, li, wang, zhao, chen, silent, guard gridmap.PersonID = 11, 12, 13, 14, 15, 16, 17
)

func office(t *testing.T) (*atlas.Atlas, *atlas.Net) {
	t.Helper()
	return officeWith(t, gridmap.Settings{})
}

func officeWith(t *testing.T, set gridmap.Settings) (*atlas.Atlas, *atlas.Net) {
	t.Helper()
	s, err := gpkg.Open(t.Context(), filepath.Join(t.TempDir(), "office.gpkg"), gpkg.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	_, err = s.Update(t.Context(), gridmap.Commit{At: time.Now(), Actor: "test", Action: "setup"}, func(w gridmap.Writer) error {
		if err := w.PutSettings(t.Context(), set); err != nil {
			return err
		}
		return fill(t, w)
	})
	if err != nil {
		t.Fatal(err)
	}
	var a *atlas.Atlas
	if err := s.View(t.Context(), func(r gridmap.Reader) error {
		a, err = atlas.Load(t.Context(), r, time.Now(), 0)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return a, a.Main()
}

func fill(t *testing.T, w gridmap.Writer) error {
	ctx := t.Context()
	for _, step := range []func() error{
		func() error {
			return w.PutNetwork(ctx, gridmap.Network{ID: 100, Code: "main", Name: "综治网", Main: true})
		},
		func() error {
			return w.PutLevels(ctx, 100, []gridmap.Level{{Network: 100, Rank: 0, Code: "street", Name: "街道"}, {Network: 100, Rank: 1, Code: "community", Name: "社区"}, {Network: 100, Rank: 2, Code: "grid", Name: "网格"}})
		},
		func() error {
			for i, r := range []gridmap.Role{{Code: "worker", Name: "网格员"}, {Code: "police", Name: "民警"}, {Code: "leader", Name: "网格长"}} {
				r.Order = i
				if err := w.PutRole(ctx, r); err != nil {
					return err
				}
			}
			return nil
		},
		func() error {
			return w.PutGrids(ctx,
				gridmap.Grid{ID: street, Network: 100, Code: "S", Name: "虚构街道", Attrs: map[string]string{"duty_phone": "0571-110"}},
				gridmap.Grid{ID: community, Network: 100, Level: 1, Parent: street, Code: "C", Name: "示例社区"},
				gridmap.Grid{ID: east, Network: 100, Level: 2, Parent: community, Code: "E", Name: "东网格"},
				gridmap.Grid{ID: west, Network: 100, Level: 2, Parent: community, Code: "W", Name: "西网格"})
		},
		func() error {
			return w.PutPersons(ctx,
				gridmap.Person{ID: zhang, Name: "张三", Phone: "13800000001"}, gridmap.Person{ID: li, Name: "李四", Phone: "13800000002"},
				gridmap.Person{ID: wang, Name: "王五", OfficePhone: "8005"}, gridmap.Person{ID: zhao, Name: "赵六", Phone: "13800000004"},
				gridmap.Person{ID: chen, Name: "陈七", Phone: "13800000005"}, gridmap.Person{ID: silent, Name: "无话", Code: "x"},
				gridmap.Person{ID: guard, Name: "夜班", Phone: "13800000007"})
		},
		func() error {
			return w.PutPosts(ctx,
				gridmap.Post{ID: 51, Grid: east, Role: "worker", Person: zhang, Rank: 1},
				gridmap.Post{ID: 52, Grid: east, Role: "worker", Person: li, Rank: 2},
				gridmap.Post{ID: 53, Grid: east, Role: "police", Person: wang, Rank: 1},
				gridmap.Post{ID: 54, Grid: community, Role: "leader", Person: zhao, Rank: 1},
				gridmap.Post{ID: 55, Grid: west, Role: "worker", Rank: 1},
				gridmap.Post{ID: 56, Grid: west, Role: "police", Person: silent, Rank: 1})
		},
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func rec(id int64, kind gridmap.RecordKind, key string, grid gridmap.GridID, who gridmap.PersonID, body string) gridmap.Record {
	return gridmap.Record{ID: gridmap.RecordID(id), Kind: kind, Key: key, Grid: grid, Person: who, Body: json.RawMessage(body)}
}

func bookOf(t *testing.T, records ...gridmap.Record) *Book {
	t.Helper()
	b, bad := NewBook(records, gridmap.Settings{})
	if len(bad) > 0 {
		t.Fatal(bad)
	}
	return b
}

// names lists whom an answer names, in order.
func names(ans Answer) string {
	var out []string
	for _, c := range ans.Contacts {
		if c.Person.ID != 0 {
			out = append(out, c.Person.Name)
		} else {
			out = append(out, c.Name)
		}
	}
	return strings.Join(out, " ")
}

func noon() time.Time { return time.Date(2026, 11, 18, 4, 0, 0, 0, time.UTC) } // Wednesday 12:00 in China

func TestPrimaryThenSubstituteThenLeaderThenLinesThenTheHotline(t *testing.T) {
	a, n := office(t)
	ans := bookOf(t).Whom(a, n, Question{At: noon(), Grid: n.Index(east)})
	if got, want := names(ans), "张三 李四 王五 赵六 虚构街道值班室 12345 热线"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if k := ans.Contacts[1].Kind; k != Substitute {
		t.Errorf("rank 2 is a %s", k)
	}
	if k := ans.Contacts[3].Kind; k != Leader {
		t.Errorf("the community's is a %s", k)
	}
}

func TestWhereNobodyCanBeReachedTheGridAboveAnswers(t *testing.T) {
	a, n := office(t)
	ans := bookOf(t).Whom(a, n, Question{At: noon(), Grid: n.Index(west)})
	if got, want := names(ans), "赵六 虚构街道值班室 12345 热线"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if len(ans.Skipped) != 2 { // a vacant post, a person without a number
		t.Errorf("skipped %v", ans.Skipped)
	}
	if got := names(bookOf(t).Whom(a, n, Question{At: noon(), Grid: atlas.None})); got != "12345 热线" {
		t.Errorf("outside: %s", got)
	}
}

func TestWhoeverIsAwayIsReplacedByTheNamedSubstitute(t *testing.T) {
	a, n := office(t)
	q := Question{At: noon(), Grid: n.Index(east)}
	b := bookOf(t, rec(1, gridmap.AbsenceRecord, "", 0, zhang, `{"reason":"leave","substitute":15}`))
	ans := b.Whom(a, n, q)
	if got, want := names(ans), "陈七 李四 王五 赵六 虚构街道值班室 12345 热线"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if c := ans.Contacts[0]; c.Kind != Substitute || c.Why != "张三请假，陈七代班" {
		t.Errorf("%+v", c)
	}
	for name, records := range map[string][]gridmap.Record{
		"李四 王五 赵六 虚构街道值班室 12345 热线": { // substitutes who name each other
			rec(1, gridmap.AbsenceRecord, "", 0, zhang, `{"reason":"leave","substitute":15}`),
			rec(2, gridmap.AbsenceRecord, "", 0, chen, `{"reason":"sick","substitute":11}`),
		},
		"张三 李四 王五 赵六 虚构街道值班室 12345 热线": { // away from another grid only
			rec(1, gridmap.AbsenceRecord, "", west, zhang, `{"reason":"training","substitute":15}`),
		},
	} {
		if got := names(bookOf(t, records...).Whom(a, n, q)); got != name {
			t.Errorf("got %s, want %s", got, name)
		}
	}
}

func TestNeitherAShiftNorAnExplanationSaysWhatThePolicyHides(t *testing.T) {
	a, n := office(t)
	hide := []gridmap.Record{
		rec(1, gridmap.PolicyRecord, "", east, 0, `{"field":"name","show":"hidden"}`),
		rec(2, gridmap.PolicyRecord, "", 0, 0, `{"field":"phone","role":"worker","show":"hidden"}`),
	}
	for name, c := range map[string]struct {
		grid gridmap.GridID
		more []gridmap.Record
	}{
		"on a shift at the grid":   {east, []gridmap.Record{rec(3, gridmap.RosterRecord, "", east, 0, `{"name":"夜班","persons":[11]}`)}},
		"on a shift above it":      {east, []gridmap.Record{rec(3, gridmap.RosterRecord, "", street, 0, `{"name":"夜班","persons":[11]}`)}},
		"on a shift of another":    {west, []gridmap.Record{rec(3, gridmap.RosterRecord, "", west, 0, `{"name":"夜班","persons":[11]}`)}},
		"away, with a substitute":  {east, []gridmap.Record{rec(3, gridmap.AbsenceRecord, "", 0, zhang, `{"reason":"sick","substitute":12}`)}},
		"away, and nobody instead": {east, []gridmap.Record{rec(3, gridmap.AbsenceRecord, "", 0, zhang, `{"reason":"sick"}`)}},
	} {
		b := bookOf(t, append(c.more, hide...)...)
		ans := b.Whom(a, n, Question{At: noon(), Grid: n.Index(c.grid)})
		said := strings.Join(ans.Skipped, " ")
		for _, x := range ans.Contacts {
			shown, phone, _ := b.Shown(x)
			said += " " + shown + " " + x.Why
			if x.Person.ID == zhang && phone != "" {
				t.Errorf("%s: shows %s", name, phone)
			}
		}
		for _, secret := range []string{"张三", "李四", "病"} {
			if strings.Contains(said, secret) {
				t.Errorf("%s: says %s in %q", name, secret, said)
			}
		}
	}
}

func TestTheNightShiftComesFirstAtNightAndOnlyThen(t *testing.T) {
	a, n := office(t)
	b := bookOf(t, rec(1, gridmap.RosterRecord, "", community, 0, `{"name":"夜间值班","from":"18:00","to":"08:00","weekdays":[3],"persons":[17]}`))
	at := func(day, hour int) string {
		return strings.Fields(names(b.Whom(a, n, Question{At: time.Date(2026, 11, day, hour, 0, 0, 0, gridmap.CivilZone()), Grid: n.Index(west)})))[0]
	}
	for _, c := range []struct {
		day, hour int
		want      string
	}{
		{18, 12, "赵六"}, {18, 18, "夜班"}, {19, 7, "夜班"}, {19, 8, "赵六"}, {19, 19, "赵六"}, {18, 2, "赵六"},
	} {
		if got := at(c.day, c.hour); got != c.want {
			t.Errorf("on the %dth at %d: %s, want %s", c.day, c.hour, got, c.want)
		}
	}
}

func TestAnEmergencyPutsItsRosterInPlaceAndTheNormalOneComesBack(t *testing.T) {
	a, n := office(t)
	shifts := []gridmap.Record{
		rec(1, gridmap.RosterRecord, "", street, 0, `{"name":"防汛值班","mode":"emergency","persons":[15],"phone":"0571-119"}`),
		rec(2, gridmap.RosterRecord, "", east, 0, `{"name":"日班","persons":[17]}`),
	}
	q := Question{At: noon(), Grid: n.Index(east)}
	if got := names(bookOf(t, shifts...).Whom(a, n, q)); !strings.HasPrefix(got, "夜班 张三") {
		t.Errorf("normal: %s", got)
	}
	urgent := append(shifts, rec(3, gridmap.ModeRecord, "", street, 0, `{"mode":"emergency","reason":"防汛Ⅲ级"}`))
	ans := bookOf(t, urgent...).Whom(a, n, q)
	if got := names(ans); !strings.HasPrefix(got, "陈七 防汛值班 张三") || strings.Contains(got, "夜班") || ans.Because != "防汛Ⅲ级" {
		t.Errorf("emergency: %s (%s)", got, ans.Because)
	}
	back := append(urgent, rec(4, gridmap.ModeRecord, "", community, 0, `{"mode":"normal"}`))
	if got := names(bookOf(t, back...).Whom(a, n, q)); !strings.HasPrefix(got, "夜班 张三") {
		t.Errorf("a community taken out of it: %s", got)
	}
}

func TestAMatterGoesToItsRoleAndOneThatIsNotAdmittedNeverToGridStaff(t *testing.T) {
	a, n := office(t)
	b := bookOf(t,
		rec(1, gridmap.UnitRecord, "cg", 0, 0, `{"tree":"department","name":"城管局","phone":"0571-96310"}`),
		rec(2, gridmap.MatterRecord, "A1", 0, 0, `{"name":"矛盾纠纷","department":"cg","admitted":true,"roles":["police"],"sla":{"on_site_min":10}}`),
		rec(3, gridmap.MatterRecord, "B1", 0, 0, `{"name":"违建拆除","aliases":["拆违建"],"department":"cg","admitted":false}`))
	grid := n.Index(east)
	if got := names(b.Whom(a, n, Question{At: noon(), Grid: grid, Matter: "矛盾纠纷"})); !strings.HasPrefix(got, "王五 张三") {
		t.Errorf("admitted: %s", got)
	}
	for matter, want := range map[string]string{
		"拆违建": "城管局 虚构街道值班室 12345 热线",
		"没听过": "虚构街道值班室 12345 热线",
	} {
		ans := b.Whom(a, n, Question{At: noon(), Grid: grid, Matter: matter})
		if got := names(ans); got != want || ans.Admitted {
			t.Errorf("%s: %s, want %s", matter, got, want)
		}
	}
}

func TestTheHolderOfTheMattersRoleComesFirstAtWhateverGrid(t *testing.T) {
	a, n := office(t)
	b := bookOf(t,
		rec(1, gridmap.MatterRecord, "M1", 0, 0, `{"name":"犬只","admitted":true,"roles":["leader","police"]}`),
		rec(2, gridmap.RosterRecord, "", community, 0, `{"name":"午班","phone":"8009"}`))
	ans := b.Whom(a, n, Question{At: noon(), Grid: n.Index(east), Matter: "M1"})
	if got, want := names(ans), "午班 赵六 王五 张三 李四 虚构街道值班室 12345 热线"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestWhoLooksAfterAPlaceComesBeforeWhoLooksAfterItsGrids(t *testing.T) {
	r := rec(1, gridmap.LiaisonRecord, "", 0, zhang, `{"title":"包保"}`)
	r.Place = 77
	b := bookOf(t, r, rec(2, gridmap.LiaisonRecord, "", community, li, `{"title":"社区包联"}`), rec(3, gridmap.LiaisonRecord, "", east, wang, `{"title":"网格包联"}`))
	var got []string
	for _, l := range b.LiaisonsOf(77, []gridmap.GridID{street, community, east}) {
		got = append(got, l.Body.Title)
	}
	if strings.Join(got, " ") != "包保 网格包联 社区包联" {
		t.Error(got)
	}
	if n := len(b.LiaisonsOf(0, []gridmap.GridID{street})); n != 0 {
		t.Errorf("%d for a street without any", n)
	}
}

func TestAStrangerSeesOfAContactWhatThePolicyAllows(t *testing.T) {
	a, n := office(t)
	b := bookOf(t, rec(1, gridmap.PolicyRecord, "", 0, 0, `{"field":"phone","role":"worker","show":"hidden"}`))
	for _, c := range b.Whom(a, n, Question{At: noon(), Grid: n.Index(east)}).Contacts {
		name, phone, office := b.Shown(c)
		switch {
		case c.Person.ID == zhang && (phone != "" || name != "张三"):
			t.Errorf("a worker's phone shows: %q", phone)
		case c.Person.ID == zhao && phone != "138****0004":
			t.Errorf("the leader's phone shows as %q", phone)
		case c.Kind == Hotline && office != "12345":
			t.Errorf("the hotline shows as %q", office)
		}
	}
}

// A snapshot of what was believed earlier may have been loaded, and kept, while
// phones were published still.
func TestAPhoneIsNoMorePublishedForThePastThanForToday(t *testing.T) {
	past, n := officeWith(t, gridmap.Settings{PublishPhones: true})
	today, _ := office(t)
	var k Books
	b, _ := k.Of(past, today)
	open, _ := k.Of(past, past)
	seen := false
	for _, c := range b.Whom(past, n, Question{At: noon(), Grid: n.Index(east)}).Contacts {
		_, phone, _ := b.Shown(c)
		_, then, _ := open.Shown(c)
		if seen = seen || c.Person.ID == zhao && then == c.Person.Phone; c.Person.ID == zhao && phone != "138****0004" {
			t.Errorf("today it is masked, for the past it shows as %q", phone)
		}
	}
	if !seen {
		t.Error("nobody has a phone that was published then")
	}
}

// Whatever the records say, the list ends with a line that always answers, no
// one is named twice, and everybody on it can be called.
func TestEveryAnswerEndsReachable(t *testing.T) {
	a, n := office(t)
	persons := []gridmap.PersonID{0, zhang, li, wang, zhao, chen, silent, guard, 99}
	rapid.Check(t, func(rt *rapid.T) {
		var records []gridmap.Record
		for i := range rapid.IntRange(0, 8).Draw(rt, "n") {
			grid := rapid.SampledFrom([]gridmap.GridID{0, street, community, east, west}).Draw(rt, "grid")
			who, other := rapid.SampledFrom(persons).Draw(rt, "who"), rapid.SampledFrom(persons).Draw(rt, "other")
			kind := rapid.SampledFrom([]gridmap.RecordKind{gridmap.AbsenceRecord, gridmap.RosterRecord, gridmap.ModeRecord}).Draw(rt, "kind")
			mode := rapid.SampledFrom([]Mode{Normal, Emergency}).Draw(rt, "mode")
			var body any
			switch kind {
			case gridmap.AbsenceRecord:
				body = Absence{Reason: Leave, Substitute: other}
			case gridmap.RosterRecord:
				body = Shift{Name: "班", Mode: mode, Persons: []gridmap.PersonID{who, other}}
			default:
				body = Switch{Mode: mode}
			}
			text, err := json.Marshal(body)
			if err != nil {
				rt.Fatal(err)
			}
			records = append(records, rec(int64(i+1), kind, "", grid, who, string(text)))
		}
		b, bad := NewBook(records, gridmap.Settings{})
		if len(bad) > 0 {
			rt.Fatal(bad)
		}
		ans := b.Whom(a, n, Question{At: noon(), Grid: n.Index(rapid.SampledFrom([]gridmap.GridID{east, west, community}).Draw(rt, "at"))})
		seen := map[gridmap.PersonID]bool{}
		for _, c := range ans.Contacts {
			if c.Phone == "" && c.Office == "" || c.Person.ID != 0 && seen[c.Person.ID] {
				rt.Fatalf("%+v cannot be called, or is named twice", c)
			}
			seen[c.Person.ID] = true
			if _, away := b.away(c.Person.ID, nil); away && c.Person.ID != 0 && anywhere(b, c.Person.ID) {
				rt.Fatalf("%s is away", c.Person.Name)
			}
		}
		if last := ans.Contacts[len(ans.Contacts)-1]; last.Kind != Hotline {
			rt.Fatalf("ends with %+v", last)
		}
	})
}

func anywhere(b *Book, id gridmap.PersonID) bool {
	for _, e := range b.absences[id] {
		if e.Grid == 0 {
			return true
		}
	}
	return false
}

func TestARecordThatCannotBeReadIsNamedAndLeftOut(t *testing.T) {
	b, bad := NewBook([]gridmap.Record{
		rec(1, gridmap.AbsenceRecord, "", 0, zhang, `{"reason":"tired"}`),
		rec(2, gridmap.RosterRecord, "", street, 0, `{"name":"班","from":"25:00","to":"8"}`),
		rec(3, gridmap.MatterRecord, "x", 0, 0, `{"name":"","admitted":true}`),
		rec(4, gridmap.UnitRecord, "u", 0, 0, `{"name":"无树"}`),
		rec(5, gridmap.PolicyRecord, "", 0, 0, `{"field":"phone","show":"full"}`),
	}, gridmap.Settings{})
	if len(bad) != 5 {
		t.Errorf("%d complaints, want 5: %v", len(bad), bad)
	}
	if way, _ := b.Policy().Way(publish.Phone, publish.Post{}); way != publish.Hidden {
		t.Errorf("a broken policy shows %s", way)
	}
}

func TestATeamRuleNamesTheGridsThatFallShortAndOfWhat(t *testing.T) {
	a, n := office(t)
	teams, bad := Read[Team]([]gridmap.Record{
		rec(1, gridmap.TeamRecord, "", 0, 0, `{"name":"1+N","needs":[{"role":"police"},{"role":"worker","min":2},{"role":"leader","above":true}]}`),
		rec(2, gridmap.TeamRecord, "", west, 0, `{"name":"西","needs":[{"role":"worker"}]}`),
		rec(3, gridmap.TeamRecord, "", 0, 0, `{"name":"农村","where":{"area":"rural"},"needs":[{"role":"x"}]}`),
		rec(4, gridmap.TeamRecord, "", 0, 0, `{"name":"社区","level":"community","needs":[{"role":"leader","min":2}]}`),
	})
	if len(bad) > 0 {
		t.Fatal(bad)
	}
	var got []string
	for _, s := range Shortfalls(a, n, teams) {
		line := n.Grids[s.Grid].Code + " " + s.Rule
		for _, m := range s.Missing {
			line += " " + m.Role.Name
		}
		got = append(got, line)
		if s.Say(n) == "" {
			t.Error("no words")
		}
	}
	if want := "C 社区 网格长,W 1+N 网格员,W 西 网格员"; strings.Join(got, ",") != want {
		t.Errorf("got %s, want %s", strings.Join(got, ","), want)
	}
}

func TestALiaisonIsOverdueAfterItsInterval(t *testing.T) {
	day := func(d int) time.Time { return time.Date(2026, 11, d, 12, 0, 0, 0, gridmap.CivilZone()) }
	liaisons, bad := Read[Liaison]([]gridmap.Record{
		rec(1, gridmap.LiaisonRecord, "", east, zhang, `{"title":"包联干部","every_days":7}`),
		rec(2, gridmap.LiaisonRecord, "", west, li, `{"title":"包联干部","every_days":7}`),
		rec(3, gridmap.LiaisonRecord, "", west, li, `{"title":"包联干部"}`),
	})
	if len(bad) > 0 {
		t.Fatal(bad)
	}
	last := map[gridmap.RecordID]time.Time{1: day(3)}
	late := OverdueAt(liaisons, last, day(1), day(10).Add(time.Hour))
	if len(late) != 2 || late[0].Liaison.ID != 2 || late[1].Liaison.ID != 1 || !late[0].Last.IsZero() {
		t.Errorf("late: %+v", late)
	}
	if late := OverdueAt(liaisons, last, day(1), day(10)); len(late) != 1 {
		t.Errorf("due to the minute is not late: %+v", late)
	}
	if missed := MissedMonth(liaisons, last, day(20)); len(missed) != 2 {
		t.Errorf("missed this month: %+v", missed)
	}
}

func TestTheBookOfTheNewestSnapshotIsMadeOnceAndOnlyOfIt(t *testing.T) {
	a, _ := office(t)
	b, _ := office(t)
	var k Books
	first, bad := k.Of(a, a)
	if again, badAgain := k.Of(a, a); again != first || len(badAgain) != len(bad) {
		t.Error("the book of one snapshot was made twice")
	}
	past, _ := k.Of(a, b) // b is today's now: other policies may hold
	if again, _ := k.Of(a, a); past == first || again != first {
		t.Error("a book of the past stands for that of today, or drove it out")
	}
	if next, _ := k.Of(b, b); next == first {
		t.Error("a new snapshot has the old one's book")
	}
}
