package duty

import (
	"fmt"
	"slices"
	"strings"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
)

// Team is the body of a gridmap.TeamRecord: what a grid of a kind must be
// staffed with ("1 名民警 + 2 名辅警 + N 名网格员"), at the record's grid and below.
type Team struct {
	Name  string            `json:"name"`            // 1+2+N
	Level string            `json:"level,omitempty"` // code of the level it is about; the leaves when empty
	Where map[string]string `json:"where,omitempty"` // attributes that the grid must have: {"area":"urban"}
	Needs []Need            `json:"needs"`
}

// Need is one part of a team: at least Min people (0 stands for 1) who hold a
// post of the role at the grid or, with Above, at one above it.
type Need struct {
	Role  string `json:"role"`
	Min   int    `json:"min,omitempty"`
	Above bool   `json:"above,omitempty"`
}

// Check complains about a body that could never be right.
func (t Team) Check() error {
	if t.Name == "" || len(t.Needs) == 0 {
		return gridmap.Errorf(gridmap.Invalid, "队伍配备「%s」没有名称或要求 (team without a name or needs)", t.Name)
	}
	for _, n := range t.Needs {
		if n.Role == "" || n.Min < 0 {
			return gridmap.Errorf(gridmap.Invalid, "队伍配备「%s」的要求不完整 (incomplete need)", t.Name)
		}
	}
	return nil
}

// Shortfall is a grid that a team rule finds wanting.
type Shortfall struct {
	Grid    int32 // in Net.Grids
	Rule    string
	Missing []Missing
}

// Missing is what a grid lacks of one role.
type Missing struct {
	Role       gridmap.Role
	Have, Want int
}

// Say returns the shortfall in words for a planner.
func (s Shortfall) Say(n *atlas.Net) string {
	var parts []string
	for _, m := range s.Missing {
		parts = append(parts, fmt.Sprintf("%s %d 人（应有 %d）", m.Role.Name, m.Have, m.Want))
	}
	return fmt.Sprintf("网格 %s「%s」未达到「%s」：%s (understaffed)", n.Grids[s.Grid].Code, n.Grids[s.Grid].Name, s.Rule, strings.Join(parts, "，"))
}

// Shortfalls checks every grid of a network that a team rule is about, in the
// order of the grids.
func Shortfalls(a *atlas.Atlas, n *atlas.Net, teams []Entry[Team]) []Shortfall {
	var found []Shortfall
	for i := range n.Grids {
		for _, t := range teams {
			if !about(n, int32(i), t) {
				continue
			}
			if missing := lacking(a, n, int32(i), t.Body); len(missing) > 0 {
				found = append(found, Shortfall{Grid: int32(i), Rule: t.Body.Name, Missing: missing})
			}
		}
	}
	return found
}

// about tells whether a rule speaks of a grid.
func about(n *atlas.Net, i int32, t Entry[Team]) bool {
	g := &n.Grids[i]
	if t.Body.Level == "" && len(g.Children) > 0 {
		return false
	}
	if t.Body.Level != "" {
		if l, ok := n.Level(t.Body.Level); !ok || l.Rank != g.Level {
			return false
		}
	}
	for key, want := range t.Body.Where {
		if g.Attrs[key] != want {
			return false
		}
	}
	return t.Grid == 0 || slices.ContainsFunc(n.Chain(nil, i), func(up int32) bool { return n.Grids[up].ID == t.Grid })
}

func lacking(a *atlas.Atlas, n *atlas.Net, i int32, t Team) []Missing {
	var missing []Missing
	for _, need := range t.Needs {
		people := map[gridmap.PersonID]bool{}
		for at := i; at != atlas.None; at = n.Grids[at].Parent {
			for _, p := range n.Grids[at].Posts {
				if p.Role.Code == need.Role && p.Person != atlas.Vacant {
					people[a.Person(p.Person).ID] = true
				}
			}
			if !need.Above {
				break
			}
		}
		if want := max(need.Min, 1); len(people) < want {
			missing = append(missing, Missing{Role: a.Role(need.Role), Have: len(people), Want: want})
		}
	}
	return missing
}
