package plan

import (
	"slices"
	"strings"
	"testing"

	"cloudgrid/gridmap"
)

func kinds(list []Finding) (out []string) {
	for _, f := range list {
		out = append(out, string(f.Severity)+" "+f.Kind)
	}
	return out
}

func find(list []Finding, kind string) *Finding {
	for i := range list {
		if list[i].Kind == kind {
			return &list[i]
		}
	}
	return nil
}

// staffed gives every leaf grid a person.
func (w *world) staffed() *world {
	for i, g := range w.leaves {
		p := gridmap.Person{ID: gridmap.PersonID(w.id()), Name: "张三", Phone: "13800000000"}
		w.persons = append(w.persons, p)
		w.posts = append(w.posts, gridmap.Post{ID: gridmap.PostID(w.id()), Grid: g, Role: "worker", Person: p.ID, Rank: 1, Employment: gridmap.FullTime})
		_ = i
	}
	return w
}

func TestADraftIsJudged(t *testing.T) {
	w := newWorld(100, 5, 1, 3).staffed() // four communities of one grid of 25 atoms each
	w.profiles = []gridmap.SizingProfile{{Network: main1, Level: 2, Unit: "households", Min: 200, Target: 400, Max: 600}}
	start := w.board(t)
	if f := start.Validate(nil); len(f) != 0 {
		t.Fatalf("the base has findings: %+v", f)
	}
	first := start.AtomsOf(w.leaves[0])
	for _, c := range []struct {
		name string
		ops  []gridmap.PlanOp
		want []string
		say  string
	}{
		{
			"a community border was crossed, and the last atom cut off",
			[]gridmap.PlanOp{do(1, ReassignAtoms, `{"atoms":%s,"to":%d}`, ids(first[:1]), w.leaves[3])},
			[]string{"error contiguity", "warning nesting"},
			"分成 2 块",
		},
		{
			"a new grid: too small, nobody there",
			[]gridmap.PlanOp{do(1, CreateGrid, `{"parent":%d,"atoms":%s}`, w.communities[0], ids(first[:3]))},
			[]string{"warning staff", "warning under"},
			"偏小",
		},
		{
			"a grid without atoms, with a code unlike the others and the name of another",
			[]gridmap.PlanOp{do(1, CreateGrid, `{"parent":%d,"code":"X-1","name":"第1网格"}`, w.communities[0])},
			[]string{"error empty", "warning code", "warning name", "warning staff"},
			"X-1",
		},
		{
			"two grids made one",
			[]gridmap.PlanOp{do(1, Merge, `{"into":%d,"grids":[%d]}`, w.leaves[0], w.leaves[1])},
			[]string{"error empty", "warning nesting", "warning over"},
			"超载",
		},
		{
			"more staff wanted",
			[]gridmap.PlanOp{do(1, SetAttrs, `{"grid":%d,"capacity":2}`, w.leaves[0])},
			[]string{"warning staff"},
			"应配 2 人",
		},
	} {
		b := start
		for _, op := range c.ops {
			b, _ = must(t, b, op)
		}
		got := b.Validate(nil)
		if !slices.Equal(kinds(got), c.want) {
			t.Errorf("%s: %q, want %q", c.name, kinds(got), c.want)
		}
		said := ""
		for _, f := range got {
			said += f.Message + "\n"
			if f.Kind != CoverageFinding && f.Kind != EmptyFinding && f.Kind != CodeFinding && f.Kind != NameFinding && f.At == nil && f.Kind != StaffFinding {
				t.Errorf("%s: %s has no place", c.name, f.Kind)
			}
		}
		if !strings.Contains(said, c.say) {
			t.Errorf("%s: nobody says %q:\n%s", c.name, c.say, said)
		}
	}
}

func TestWhatTheBaseHasWrongIsNoErrorOfThePlan(t *testing.T) {
	w := newWorld(100, 5, 2, 3)
	far := w.board(t).AtomsOf(w.leaves[3])
	for i := range w.members { // an exclave on the other side of town
		if w.members[i].Atom == far[len(far)-1] {
			w.members[i].Grid = w.leaves[0]
		}
	}
	b := w.board(t)
	f := find(b.Validate(nil), ContiguityFinding)
	if f == nil || f.Severity != Warning || !f.Old || len(f.Atoms) != 1 || f.Atoms[0] != far[len(far)-1] {
		t.Fatalf("the exclave: %+v", f)
	}
	b, _ = must(t, b, do(1, ReassignAtoms, `{"atoms":%s,"to":%d}`, ids(far[:1]), w.leaves[0]))
	if f := find(b.Validate(nil), ContiguityFinding); f == nil || f.Severity != Error {
		t.Errorf("a third part: %+v", f)
	}
}

func TestContactAcrossABarrierHoldsNothingTogether(t *testing.T) {
	w := newWorld(100, 5, 2, 3)
	b := w.board(t)
	atoms := b.AtomsOf(w.leaves[0])
	south := map[gridmap.AtomID]bool{}
	for _, id := range atoms[:10] { // two rows of five
		south[id] = true
	}
	b = b.With(Rules{Barrier: func(x, y gridmap.AtomID) bool { return south[x] != south[y] }})
	f := find(b.Validate(nil), ContiguityFinding)
	if f == nil || !f.Old || len(f.Atoms) != 10 {
		t.Fatalf("a river through the grid: %+v", f)
	}
	c := b.With(Rules{})
	if f := find(c.Validate(nil), ContiguityFinding); f != nil {
		t.Errorf("without the river: %+v", f)
	}
}

func TestAGapThatAPlanMakesIsAnError(t *testing.T) {
	w := newWorld(100, 5, 2, 3)
	gone := w.atoms[44]
	w.atoms = slices.Delete(w.atoms, 44, 45)
	w.members = slices.Delete(w.members, 44, 45)
	b := w.board(t)
	f := find(b.Validate(nil), CoverageFinding)
	if f == nil || f.Severity != Warning || !f.Old {
		t.Fatalf("the gap of the base (atom %d): %+v", gone.ID, f)
	}
}

func TestSignsAreTheHooksBusiness(t *testing.T) {
	w := newWorld(25, 5, 1, 3)
	b := w.board(t)
	got := b.Validate(func(of *Board) []Finding {
		if of != b {
			t.Error("asked about another board")
		}
		return []Finding{{Kind: SignFinding, Severity: Warning, Message: "牌"}}
	})
	if find(got, SignFinding) == nil {
		t.Error("what the hook says is lost")
	}
}
