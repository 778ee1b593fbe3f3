package rebalance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"sort"
	"strconv"
)

// CaseFormat is the format word of the benchmark cases.
const CaseFormat = "gridplan-case/1"

// Case is a problem read from a benchmark file, with its goals and names.
type Case struct {
	Name        string
	Problem     Problem
	Goals       map[string]Goal // by task letter
	communities []string
	grids       []string
	atoms       []string
}

type caseFile struct {
	Format      string                     `json:"format"`
	Name        string                     `json:"name"`
	Norm        float64                    `json:"norm"`
	Task        map[string]json.RawMessage `json:"task"`
	Communities []string                   `json:"communities"`
	Grids       []caseGrid                 `json:"grids"`
	Atoms       []caseAtom                 `json:"atoms"`
	Edges       []caseEdge                 `json:"edges"`
	Initial     []int32                    `json:"initial"`
}

type caseGrid struct {
	ID        label `json:"id"`
	Community int32 `json:"community"`
	Locked    bool  `json:"locked"`
	Dedicated bool  `json:"dedicated"`
}

type caseAtom struct {
	ID        label   `json:"id"`
	X         float64 `json:"x"`
	Y         float64 `json:"y"`
	Community int32   `json:"community"`
	HH        int32   `json:"hh"`
	Load      int32   `json:"load"`
	Pin       int32   `json:"pin"`
	Locked    bool    `json:"locked"`
}

// caseEdge is [atom, atom, metres, 1 when along an arterial road or 2 when
// it is a barrier].
type caseEdge struct {
	a, b   int32
	metres float32
	kind   int
}

// label reads a name that some files write as a number.
type label string

func (l *label) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, (*string)(l))
	}
	*l = label(b)
	return nil
}

func (e *caseEdge) UnmarshalJSON(b []byte) error {
	var v [4]float64
	n := 0
	// three or four plain numbers: read here, because a district has 10^5 of them
	for _, f := range bytes.Split(bytes.Trim(b, "[] \t\r\n"), []byte{','}) {
		if n == len(v) {
			return fmt.Errorf("edge %s: more than 4 values", b)
		}
		x, err := strconv.ParseFloat(string(bytes.TrimSpace(f)), 64)
		if err != nil {
			return fmt.Errorf("edge %s: %w", b, err)
		}
		v[n] = x
		n++
	}
	if n < 3 {
		return fmt.Errorf("edge %s: want [atom, atom, metres, arterial]", b)
	}
	for _, x := range v[:2] {
		if x != math.Trunc(x) || x < 0 || x > math.MaxInt32 {
			return fmt.Errorf("edge %s: %v is not an atom index", b, x)
		}
	}
	*e = caseEdge{int32(v[0]), int32(v[1]), float32(v[2]), int(v[3])}
	return nil
}

// ParseCase reads a case. It complains about what it does not know as a task,
// and about anything that makes the problem unusable.
func ParseCase(data []byte) (*Case, error) {
	var f caseFile
	if err := json.Unmarshal(data, &f); err != nil {
		return nil, bad("case file: %v", err)
	}
	if f.Format != CaseFormat {
		return nil, bad("case file: format is %q, want %q", f.Format, CaseFormat)
	}
	if f.Initial == nil {
		f.Initial = make([]int32, len(f.Atoms))
		for i := range f.Initial {
			f.Initial[i] = Unassigned
		}
	}
	c := &Case{Name: f.Name, Goals: map[string]Goal{}, communities: f.Communities}
	p := &c.Problem
	p.Initial = f.Initial
	for _, g := range f.Grids {
		p.Grids = append(p.Grids, Grid{Community: g.Community, Locked: g.Locked, Dedicated: g.Dedicated})
		c.grids = append(c.grids, string(g.ID))
	}
	p.Atoms = make([]Atom, 0, len(f.Atoms))
	for _, a := range f.Atoms {
		p.Atoms = append(p.Atoms, Atom{
			XM: a.X, YM: a.Y, Community: a.Community, Households: a.HH,
			Load: a.Load, Pin: a.Pin, Locked: a.Locked,
		})
		c.atoms = append(c.atoms, string(a.ID))
	}
	p.Edges = make([]Edge, 0, len(f.Edges))
	for _, e := range f.Edges {
		p.Edges = append(p.Edges, Edge{A: e.a, B: e.b, LengthM: e.metres, Arterial: e.kind == 1, Barrier: e.kind == 2})
	}
	if err := p.Check(); err != nil {
		return nil, err
	}
	for name, raw := range f.Task {
		g, err := parseGoal(raw, f.Norm)
		if err != nil {
			return nil, bad("task %s: %v", name, err)
		}
		c.Goals[name] = g
	}
	return c, nil
}

var caseTasks = map[string]Task{
	"balance": Balance, "relieve": Relieve, "first": FirstPlan, "split": Split, "dissolve": Dissolve,
	"most-balanced": MostBalanced, "shortest-border": ShortestBorder,
}

func parseGoal(raw json.RawMessage, norm float64) (Goal, error) {
	var t struct {
		Kind         string  `json:"kind"`
		Tol          float64 `json:"tol"`
		Upper, Lower float64
		Count        int   `json:"count"`
		Grid         int32 `json:"grid"`
	}
	if err := json.Unmarshal(raw, &t); err != nil {
		return Goal{}, err
	}
	task, ok := caseTasks[t.Kind]
	if !ok {
		return Goal{}, fmt.Errorf("unknown kind %q", t.Kind)
	}
	for _, x := range []float64{t.Upper, t.Lower, norm} {
		if !(x >= 0 && x < math.MaxInt32) {
			return Goal{}, fmt.Errorf("%v is not a load", x)
		}
	}
	return Goal{
		Task: task, Tolerance: t.Tol, Min: int32(math.Ceil(t.Lower)), Max: int32(math.Floor(t.Upper)),
		Norm: int32(math.Round(norm)), Count: t.Count, Grid: t.Grid,
	}, nil
}

// Tasks lists the letters of the case's goals.
func (c *Case) Tasks() []string {
	names := make([]string, 0, len(c.Goals))
	for n := range c.Goals {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}

var _ Namer = (*Case)(nil)

// CommunityName implements Namer.
func (c *Case) CommunityName(i int32) string { return nameAt(c.communities, i) }

// GridName implements Namer; new grids are called by their number.
func (c *Case) GridName(i int32) string {
	if int(i) >= len(c.grids) {
		return fmt.Sprintf("新%d", int(i)-len(c.grids)+1)
	}
	return nameAt(c.grids, i)
}

// AtomName implements Namer.
func (c *Case) AtomName(i int32) string { return nameAt(c.atoms, i) }

func nameAt(names []string, i int32) string {
	if i < 0 || int(i) >= len(names) || names[i] == "" {
		return fmt.Sprintf("#%d", i)
	}
	return names[i]
}
