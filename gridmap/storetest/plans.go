package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/spatial"
)

// planStore is what the contract of plans is about.
type planStore interface {
	gridmap.Store
	gridmap.Plans
}

// RunPlans is the contract of gridmap.Plans.
func RunPlans(t *testing.T, open func(*testing.T) gridmap.Store) {
	for name, test := range map[string]func(*testing.T, planStore){
		"APlanComesBackAsItWasKept":               planComesBack,
		"ABadPlanIsRefused":                       badPlans,
		"PlansAreListedTheLastChangedFirst":       plansInOrder,
		"OperationsAreNumberedWithoutAGap":        opsNumbered,
		"AnOperationCountsOnce":                   opsOnce,
		"AChangeOfWhatAPlanNoLongerIsIsAConflict": planMovedOn,
		"ABadOperationLeavesNothing":              badOps,
		"AFrozenPlanTakesNoOperations":            frozenPlan,
		"ManyAtOnceMakeOneLog":                    manyPlanners,
		"ALongLogIsReadInParts":                   longLog,
		"CommentsAreKeptAnsweredAndSettled":       comments,
		"ACommentSentTwiceCountsOnce":             commentKeys,
		"ACommentGetsOnePhotoLater":               commentPhotos,
		"PlanNewsTellsOfEveryChange":              planNews,
		"APlanIsPublishedWithItsMapOrNotAtAll":    publishWithMap,
		"APlanChangesWhileAReaderIsAtWork":        planBesideView,
		"PlansMakeNoChangeSet":                    plansNoChangeSet,
		"ACanceledContextStopsAChangeOfAPlan":     planCanceled,
		"AReaderSeesPlansAndMapOfTheSameMoment":   plansInView,
	} {
		t.Run(name, func(t *testing.T) {
			s, ok := open(t).(planStore)
			if !ok {
				t.Fatal("the store keeps no plans")
			}
			t.Cleanup(func() { _ = s.Close() })
			small(t, s)
			test(t, s)
		})
	}
	t.Run("LogsAgreeWithANaiveModel", func(t *testing.T) { planModel(t, open) })
}

// aPlan is a plan with something in every field.
func aPlan() gridmap.Plan {
	return gridmap.Plan{
		Name: "中区调整方案 \"2026\"", Network: net, Scope: []gridmap.GridID{east, west},
		BaseSeq: 1, BaseEdition: 0, BaseAt: now, State: gridmap.PlanDraft,
		EffectiveAt: day(40), NoticeUntil: day(35), Note: "东门网格过大", CreatedBy: "规划员", CreatedAt: now, ChangedAt: now,
	}
}

// kept is a plan as both stores give it back: UTC, whole microseconds.
func kept(p gridmap.Plan) gridmap.Plan {
	for _, at := range []*time.Time{&p.BaseAt, &p.EffectiveAt, &p.NoticeUntil, &p.CreatedAt, &p.ChangedAt} {
		*at = trimmed(*at)
	}
	return p
}

func trimmed(at time.Time) time.Time {
	if at.IsZero() {
		return time.Time{}
	}
	return at.UTC().Truncate(time.Microsecond)
}

func create(t testing.TB, s gridmap.Plans, p gridmap.Plan) gridmap.Plan {
	t.Helper()
	p, err := s.CreatePlan(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// anOp is an operation that says its id.
func anOp(id string) gridmap.PlanOp {
	return gridmap.PlanOp{
		ID: id, At: now, Actor: "规划员", Kind: "reassign_atoms",
		Body: json.RawMessage(`{"id": "` + id + `",  "atoms":[21,22], "to":12, "n":1.50, "z":"\u0000\ud800", "z":1}`),
	}
}

// after returns the plan as it is with n operations more.
func after(p gridmap.Plan, n int) gridmap.Plan {
	p.Rev += int64(n)
	p.ChangedAt = p.ChangedAt.Add(time.Duration(n) * time.Second)
	return p
}

// appended appends operations and returns the plan as it then is.
func appended(t testing.TB, s gridmap.Plans, p gridmap.Plan, ids ...string) gridmap.Plan {
	t.Helper()
	var ops []gridmap.PlanOp
	for _, id := range ids {
		ops = append(ops, anOp(id))
	}
	next := after(p, len(ops))
	if err := s.UpdatePlan(t.Context(), p, next, ops, nil); err != nil {
		t.Fatal(err)
	}
	return next
}

// log returns the ids of the log's operations, "rev:id".
func log(t testing.TB, s gridmap.Plans, id gridmap.PlanID) []string {
	t.Helper()
	ops, err := all(s.PlanOps(t.Context(), id, 0))
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, o := range ops {
		out = append(out, fmt.Sprint(o.Rev, ":", o.ID))
	}
	return out
}

func planIs(t testing.TB, s gridmap.Plans, want gridmap.Plan) {
	t.Helper()
	got, err := s.Plan(t.Context(), want.ID)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "plan", got, kept(want))
}

func planComesBack(t *testing.T, s planStore) {
	ctx := t.Context()
	p := aPlan()
	p.ID = 77 // the store gives the ids
	first := create(t, s, p)
	p.ID = first.ID
	if first.ID <= 0 {
		t.Fatalf("id %d", first.ID)
	}
	same(t, "created", first, kept(p))
	planIs(t, s, p)
	bare := gridmap.Plan{Name: "二", Network: other, CreatedBy: "乙", CreatedAt: now}
	second := create(t, s, bare)
	bare.ID, bare.State, bare.ChangedAt = second.ID, gridmap.PlanDraft, now
	if second.ID <= first.ID {
		t.Errorf("ids %d, %d", first.ID, second.ID)
	}
	planIs(t, s, bare)

	was := first
	p.Name, p.Scope, p.BaseSeq, p.BaseEdition, p.BaseAt = "改名", nil, 3, 2, time.Time{}
	p.State, p.Rev, p.EffectiveAt, p.Note, p.ChangedAt = gridmap.PlanSubmitted, 2, time.Time{}, "", now.Add(time.Hour)
	p.NoticeUntil = day(50)
	ops := []gridmap.PlanOp{anOp("a"), {ID: "b", At: now.Add(time.Minute), Kind: "undo", Plan: 99, Rev: 99}}
	events := []gridmap.PlanEvent{
		{At: now, Actor: "规划员", Action: "rename"},
		{At: now.Add(time.Hour), Actor: "规划员", Action: "submit", Note: "请审", ID: 99, Plan: 99, Rev: 99},
	}
	if err := s.UpdatePlan(ctx, was, p, ops, events); err != nil {
		t.Fatal(err)
	}
	planIs(t, s, p)
	planIs(t, s, bare)
	ops[0].Plan, ops[0].Rev, ops[0].At = p.ID, 1, trimmed(ops[0].At)
	ops[1].Plan, ops[1].Rev, ops[1].At = p.ID, 2, trimmed(ops[1].At)
	got, err := all(s.PlanOps(ctx, p.ID, 0))
	same(t, "operations", got, ops)
	if err != nil || len(got) != 2 || string(got[0].Body) != string(ops[0].Body) || got[1].Body != nil {
		t.Errorf("bodies %+v (%v)", got, err)
	}
	log, err := s.PlanEvents(ctx, p.ID)
	if err != nil || len(log) != 3 || log[0].ID >= log[1].ID || log[1].ID >= log[2].ID {
		t.Fatalf("events %+v (%v)", log, err)
	}
	want := []gridmap.PlanEvent{{At: trimmed(now), Actor: "规划员", Action: "create"}, events[0], events[1]}
	for i := range want {
		want[i].Plan, want[i].ID, want[i].At = p.ID, log[i].ID, trimmed(want[i].At)
		want[i].Rev = []int64{0, 2, 2}[i]
	}
	same(t, "events", log, want)
	rest, err := all(s.PlanOps(ctx, p.ID, 1))
	if err != nil || len(rest) != 1 || rest[0].Rev != 2 {
		t.Errorf("after 1: %+v (%v)", rest, err)
	}
	if _, err := s.Plan(ctx, 12345); gridmap.CodeOf(err) != gridmap.NotFound {
		t.Errorf("a plan that is not there: %v", err)
	}
	wantCode(t, "a change of no plan", s.UpdatePlan(ctx, gridmap.Plan{ID: 12345}, gridmap.Plan{ID: 12345}, nil, nil), gridmap.NotFound)
}

func badPlans(t *testing.T, s planStore) {
	for what, change := range map[string]func(*gridmap.Plan){
		"no name":            func(p *gridmap.Plan) { p.Name = " " },
		"no network":         func(p *gridmap.Plan) { p.Network = 0 },
		"no such network":    func(p *gridmap.Plan) { p.Network = 55 },
		"no author":          func(p *gridmap.Plan) { p.CreatedBy = "" },
		"no time":            func(p *gridmap.Plan) { p.CreatedAt, p.ChangedAt = time.Time{}, now },
		"approved already":   func(p *gridmap.Plan) { p.State = gridmap.PlanApproved },
		"with operations":    func(p *gridmap.Plan) { p.Rev = 1 },
		"published already":  func(p *gridmap.Plan) { p.Edition = 1 },
		"a name of no text":  func(p *gridmap.Plan) { p.Name = "\xff" },
		"a note with a null": func(p *gridmap.Plan) { p.Note = "a\x00" },
		"notice in 20000":    func(p *gridmap.Plan) { p.NoticeUntil = time.Date(20000, 1, 1, 0, 0, 0, 0, time.UTC) },
		"year 20000":         func(p *gridmap.Plan) { p.EffectiveAt = time.Date(20000, 1, 1, 0, 0, 0, 0, time.UTC) },
	} {
		p := aPlan()
		change(&p)
		got, err := s.CreatePlan(t.Context(), p)
		if gridmap.CodeOf(err) != gridmap.Invalid || got.ID != 0 {
			t.Errorf("%s: %+v, %v", what, got, err)
		}
	}
	if plans, err := s.ListPlans(t.Context()); err != nil || len(plans) > 0 {
		t.Errorf("plans %+v (%v)", plans, err)
	}
}

func plansInOrder(t *testing.T, s planStore) {
	var ids []gridmap.PlanID
	for _, hour := range []int{2, 3, 1, 3} {
		p := aPlan()
		p.CreatedAt = now.Add(time.Duration(hour) * time.Hour)
		p.ChangedAt = p.CreatedAt
		ids = append(ids, create(t, s, p).ID)
	}
	order := func() (got []gridmap.PlanID) {
		plans, err := s.ListPlans(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range plans {
			got = append(got, p.ID)
		}
		return got
	}
	same(t, "plans", order(), []gridmap.PlanID{ids[3], ids[1], ids[0], ids[2]})
	was, err := s.Plan(t.Context(), ids[2])
	if err != nil {
		t.Fatal(err)
	}
	next := was
	next.ChangedAt = now.Add(9 * time.Hour)
	if err := s.UpdatePlan(t.Context(), was, next, nil, nil); err != nil {
		t.Fatal(err)
	}
	same(t, "plans", order(), []gridmap.PlanID{ids[2], ids[3], ids[1], ids[0]})
}

func opsNumbered(t *testing.T, s planStore) {
	one, two := create(t, s, aPlan()), create(t, s, aPlan())
	one = appended(t, s, one, "a", "b")
	two = appended(t, s, two, "a") // the same id in another plan is another operation
	one = appended(t, s, one)      // nothing at all
	one = appended(t, s, one, "c")
	same(t, "log", log(t, s, one.ID), []string{"1:a", "2:b", "3:c"})
	same(t, "log", log(t, s, two.ID), []string{"1:a"})
	planIs(t, s, one)
	for _, rev := range []int64{2, 3, 5, 0} {
		next := one
		next.Rev = rev
		wantCode(t, fmt.Sprint("revision ", rev, " after 3 and one operation"), s.UpdatePlan(t.Context(), one, next, []gridmap.PlanOp{anOp("d")}, nil), gridmap.Invalid)
	}
	same(t, "log", log(t, s, one.ID), []string{"1:a", "2:b", "3:c"})
	planIs(t, s, one)
	if got := log(t, s, 12345); len(got) > 0 {
		t.Errorf("the log of no plan: %v", got)
	}
}

func opsOnce(t *testing.T, s planStore) {
	p := appended(t, s, create(t, s, aPlan()), "a", "b")
	for _, ids := range [][]string{{"a"}, {"c", "b"}, {"c", "c"}} {
		var ops []gridmap.PlanOp
		for _, id := range ids {
			ops = append(ops, anOp(id))
		}
		wantCode(t, fmt.Sprint(ids), s.UpdatePlan(t.Context(), p, after(p, len(ops)), ops, []gridmap.PlanEvent{{At: now, Action: "x"}}), gridmap.Conflict)
	}
	same(t, "log", log(t, s, p.ID), []string{"1:a", "2:b"})
	planIs(t, s, p)
	if events, err := s.PlanEvents(t.Context(), p.ID); err != nil || len(events) != 1 {
		t.Errorf("events %+v (%v)", events, err)
	}
}

func planMovedOn(t *testing.T, s planStore) {
	zero := create(t, s, aPlan())
	one := appended(t, s, zero, "a")
	wantCode(t, "on revision 0", s.UpdatePlan(t.Context(), zero, after(zero, 1), []gridmap.PlanOp{anOp("b")}, nil), gridmap.Conflict)
	submitted := one
	submitted.State = gridmap.PlanSubmitted
	wantCode(t, "submitted on revision 0", s.UpdatePlan(t.Context(), zero, zero, nil, nil), gridmap.Conflict)
	if err := s.UpdatePlan(t.Context(), one, submitted, nil, []gridmap.PlanEvent{{At: now, Action: "submit"}}); err != nil {
		t.Fatal(err)
	}
	wantCode(t, "on a draft", s.UpdatePlan(t.Context(), one, after(one, 1), []gridmap.PlanOp{anOp("b")}, nil), gridmap.Conflict)
	planIs(t, s, submitted)
	moved := submitted
	moved.Network = other
	wantCode(t, "to another network", s.UpdatePlan(t.Context(), submitted, moved, nil, nil), gridmap.Invalid)
	forged := submitted
	forged.CreatedBy, forged.CreatedAt, forged.Note = "别人", day(0), "改"
	if err := s.UpdatePlan(t.Context(), submitted, forged, nil, nil); err != nil {
		t.Fatal(err)
	}
	forged.CreatedBy, forged.CreatedAt = submitted.CreatedBy, submitted.CreatedAt // stay
	planIs(t, s, forged)
}

func badOps(t *testing.T, s planStore) {
	p := create(t, s, aPlan())
	for what, change := range map[string]func(*gridmap.PlanOp){
		"no id":         func(o *gridmap.PlanOp) { o.ID = "" },
		"no kind":       func(o *gridmap.PlanOp) { o.Kind = "" },
		"no time":       func(o *gridmap.PlanOp) { o.At = time.Time{} },
		"no JSON":       func(o *gridmap.PlanOp) { o.Body = json.RawMessage(`{"a":`) },
		"JSON, no text": func(o *gridmap.PlanOp) { o.Body = json.RawMessage("{\"a\":\"\xff\"}") },
		"id, no text":   func(o *gridmap.PlanOp) { o.ID = "a\x00\xff" },
		"a long id":     func(o *gridmap.PlanOp) { o.ID = fmt.Sprintf("%0500d", 1) },
	} {
		bad := anOp("bad")
		change(&bad)
		wantCode(t, what, s.UpdatePlan(t.Context(), p, after(p, 2), []gridmap.PlanOp{anOp("good"), bad}, nil), gridmap.Invalid)
	}
	wantCode(t, "an event of nothing", s.UpdatePlan(t.Context(), p, after(p, 1), []gridmap.PlanOp{anOp("good")}, []gridmap.PlanEvent{{At: now}}), gridmap.Invalid)
	bad := after(p, 1)
	bad.Name = ""
	wantCode(t, "a plan without a name", s.UpdatePlan(t.Context(), p, bad, []gridmap.PlanOp{anOp("good")}, nil), gridmap.Invalid)
	same(t, "log", log(t, s, p.ID), []string{})
	planIs(t, s, p)
}

func frozenPlan(t *testing.T, s planStore) {
	for _, state := range []gridmap.PlanState{gridmap.PlanSubmitted, gridmap.PlanApproved, gridmap.PlanAnnounced, gridmap.PlanAbandoned, gridmap.PlanPublished, gridmap.PlanReturned} {
		p := create(t, s, aPlan())
		next := p
		next.State = state
		if err := s.UpdatePlan(t.Context(), p, next, nil, nil); err != nil {
			t.Fatal(err)
		}
		want := gridmap.Conflict
		if state.Editable() {
			want = ""
		}
		wantCode(t, fmt.Sprint("an operation when ", state), s.UpdatePlan(t.Context(), next, after(next, 1), []gridmap.PlanOp{anOp("a")}, nil), want)
		if state == gridmap.PlanPublished {
			renamed := next
			renamed.Name = "改名"
			wantCode(t, "a new name when published", s.UpdatePlan(t.Context(), next, renamed, nil, nil), gridmap.Conflict)
		}
	}
}

// manyPlanners has many append to one plan at once, each trying again when
// another was faster.
func manyPlanners(t *testing.T, s planStore) {
	const planners, each = 6, 8
	p := create(t, s, aPlan())
	var wg sync.WaitGroup
	for i := range planners {
		wg.Go(func() {
			for j := range each {
				for {
					was, err := s.Plan(t.Context(), p.ID)
					if err == nil {
						err = s.UpdatePlan(t.Context(), was, after(was, 1), []gridmap.PlanOp{anOp(fmt.Sprint(i, "-", j))}, nil)
					}
					if gridmap.CodeOf(err) == gridmap.Conflict {
						continue
					}
					if err != nil {
						t.Error(err)
					}
					break
				}
			}
		})
	}
	wg.Wait()
	ops, err := all(s.PlanOps(t.Context(), p.ID, 0))
	if err != nil || len(ops) != planners*each {
		t.Fatalf("%d operations (%v)", len(ops), err)
	}
	next := make([]int, planners)
	for k, o := range ops {
		var i, j int
		if _, err := fmt.Sscanf(o.ID, "%d-%d", &i, &j); err != nil || o.Rev != int64(k+1) || next[i] != j {
			t.Fatalf("operation %d is %+v (%v)", k+1, o, err)
		}
		next[i]++
	}
}

func longLog(t *testing.T, s planStore) {
	p := create(t, s, aPlan())
	const n = 1203
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fmt.Sprint("op", i)
	}
	appended(t, s, p, ids...)
	rev := int64(7)
	for o, err := range s.PlanOps(t.Context(), p.ID, rev) {
		if err != nil {
			t.Fatal(err)
		}
		if rev++; o.Rev != rev || o.ID != ids[rev-1] {
			t.Fatalf("%+v at %d", o, rev)
		}
		if rev%300 == 0 { // the store is free meanwhile
			if _, err := s.Plan(t.Context(), p.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	if rev != n {
		t.Errorf("the log ends at %d", rev)
	}
}

func comments(t *testing.T, s planStore) {
	ctx := t.Context()
	p, other := create(t, s, aPlan()), create(t, s, aPlan())
	put := func(c gridmap.PlanComment) int64 {
		t.Helper()
		id, err := s.PutPlanComment(ctx, c)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	first := gridmap.PlanComment{
		Plan: p.ID, At: now, Actor: "居民", Text: "此处应归东门\n'网格'", Point: spatial.Point{X: 1206001234, Y: 241001234}, HasPoint: true,
		Grid: east, Photo: "abc", Public: true, SettledBy: "伪造", SettledAt: now, ID: 99,
	}
	first.ID = put(first)
	first.SettledBy, first.SettledAt, first.At = "", time.Time{}, trimmed(now)
	answer := gridmap.PlanComment{Plan: p.ID, At: now.Add(time.Minute), Actor: "规划员", Text: "已采纳", ReplyTo: first.ID}
	answer.ID = put(answer)
	answer.At = trimmed(answer.At)
	put(gridmap.PlanComment{Plan: other.ID, At: now, Actor: "甲", Photo: "只有照片"})
	got, err := s.PlanComments(ctx, p.ID)
	if err != nil || first.ID <= 0 || answer.ID <= first.ID {
		t.Errorf("ids %d, %d (%v)", first.ID, answer.ID, err)
	}
	same(t, "comments", got, []gridmap.PlanComment{first, answer})

	if err := s.SettlePlanComment(ctx, p.ID, first.ID, "规划员", now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	first.SettledBy, first.SettledAt = "规划员", trimmed(now.Add(time.Hour))
	got, err = s.PlanComments(ctx, p.ID)
	same(t, "settled", got, []gridmap.PlanComment{first, answer})
	wantCode(t, "settling twice", s.SettlePlanComment(ctx, p.ID, first.ID, "别人", now), gridmap.Conflict)
	wantCode(t, "settling nothing", s.SettlePlanComment(ctx, p.ID, 1<<40, "别人", now), gridmap.NotFound)
	wantCode(t, "settling another plan's", s.SettlePlanComment(ctx, other.ID, answer.ID, "别人", now), gridmap.NotFound)
	wantCode(t, "settled by nobody", s.SettlePlanComment(ctx, p.ID, answer.ID, "", now), gridmap.Invalid)
	for what, c := range map[string]gridmap.PlanComment{
		"on no plan":             {Plan: 12345, At: now, Actor: "甲", Text: "某"},
		"answer to nothing":      {Plan: p.ID, At: now, Actor: "甲", Text: "某", ReplyTo: 1 << 40},
		"answer in another plan": {Plan: other.ID, At: now, Actor: "甲", Text: "某", ReplyTo: first.ID},
	} {
		_, err := s.PutPlanComment(ctx, c)
		wantCode(t, what, err, gridmap.NotFound)
	}
	for what, c := range map[string]gridmap.PlanComment{
		"says nothing":  {Plan: p.ID, At: now, Actor: "甲", Text: " "},
		"by nobody":     {Plan: p.ID, At: now, Text: "某"},
		"at no time":    {Plan: p.ID, Actor: "甲", Text: "某"},
		"off the globe": {Plan: p.ID, At: now, Actor: "甲", Text: "某", HasPoint: true, Point: spatial.Point{Y: 2e9}},
		"no text":       {Plan: p.ID, At: now, Actor: "甲", Text: "\xff"},
	} {
		_, err := s.PutPlanComment(ctx, c)
		wantCode(t, what, err, gridmap.Invalid)
	}
	got, err2 := s.PlanComments(ctx, p.ID)
	if err := errors.Join(err, err2); err != nil || len(got) != 2 {
		t.Errorf("%d comments (%v)", len(got), err)
	}
}

func commentKeys(t *testing.T, s planStore) {
	ctx := t.Context()
	p, other := create(t, s, aPlan()), create(t, s, aPlan())
	c := gridmap.PlanComment{Plan: p.ID, Key: "手机-1", At: now, Actor: "甲", Text: "此处有围墙"}
	if _, err := s.PutPlanComment(ctx, c); err != nil {
		t.Fatal(err)
	}
	_, err := s.PutPlanComment(ctx, c)
	wantCode(t, "the same key again", err, gridmap.Conflict)
	c.Plan = other.ID
	if _, err := s.PutPlanComment(ctx, c); err != nil {
		t.Errorf("the same key in another plan: %v", err)
	}
	for range 2 {
		if _, err := s.PutPlanComment(ctx, gridmap.PlanComment{Plan: p.ID, At: now, Actor: "甲", Text: "无编号"}); err != nil {
			t.Errorf("without a key: %v", err)
		}
	}
	_, err = s.PutPlanComment(ctx, gridmap.PlanComment{Plan: p.ID, Key: strings.Repeat("k", gridmap.MaxCommentKey+1), At: now, Actor: "甲", Text: "长"})
	wantCode(t, "a key too long", err, gridmap.Invalid)
	got, err := s.PlanComments(ctx, p.ID)
	if err != nil || len(got) != 3 || got[0].Key != "手机-1" || got[1].Key != "" {
		t.Errorf("%+v (%v)", got, err)
	}
}

func commentPhotos(t *testing.T, s planStore) {
	ctx := t.Context()
	p, other := create(t, s, aPlan()), create(t, s, aPlan())
	id, err := s.PutPlanComment(ctx, gridmap.PlanComment{Plan: p.ID, At: now, Actor: "甲", Text: "见照片"})
	if err != nil {
		t.Fatal(err)
	}
	wantCode(t, "a photo of another plan's", s.SetPlanCommentPhoto(ctx, other.ID, id, "abc"), gridmap.NotFound)
	wantCode(t, "a photo of nothing", s.SetPlanCommentPhoto(ctx, p.ID, id+99, "abc"), gridmap.NotFound)
	wantCode(t, "no photo", s.SetPlanCommentPhoto(ctx, p.ID, id, ""), gridmap.Invalid)
	if err := s.SetPlanCommentPhoto(ctx, p.ID, id, "abc"); err != nil {
		t.Fatal(err)
	}
	wantCode(t, "another photo", s.SetPlanCommentPhoto(ctx, p.ID, id, "def"), gridmap.Conflict)
	got, err := s.PlanComments(ctx, p.ID)
	if err != nil || len(got) != 1 || got[0].Photo != "abc" {
		t.Errorf("%+v (%v)", got, err)
	}
}

func plansNoChangeSet(t *testing.T, s planStore) {
	before := head(t, s)
	p := appended(t, s, create(t, s, aPlan()), "a")
	if _, err := s.PutPlanComment(t.Context(), gridmap.PlanComment{Plan: p.ID, At: now, Actor: "甲", Text: "某"}); err != nil {
		t.Fatal(err)
	}
	same(t, "head", head(t, s), before)
}

func planCanceled(t *testing.T, s planStore) {
	p := create(t, s, aPlan())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.UpdatePlan(ctx, p, after(p, 1), []gridmap.PlanOp{anOp("a")}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if _, err := s.Plan(ctx, p.ID); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	for range s.PlanNews(ctx) { // closes at once
	}
	planIs(t, s, p)
	if !slices.Equal(log(t, s, p.ID), []string{}) {
		t.Error("an operation is in the log")
	}
}
