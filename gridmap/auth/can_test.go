package auth_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/auth"
)

// person is a signed-in account with these grants.
func person(grants ...gridmap.Grant) auth.Asker {
	return auth.Asker{Grants: grants, Person: true, Signed: true}
}

func program(grants ...gridmap.Grant) auth.Asker { return auth.Asker{Grants: grants, Signed: true} }

func allowed(err error) bool { return err == nil }

func TestEachRoleMayDoWhatTheTableSays(t *testing.T) {
	//                    public app field planner approver admin
	want := map[auth.Action]string{
		auth.Read:       "yes yes yes yes yes yes",
		auth.Report:     "yes yes yes yes yes yes",
		auth.Follow:     "no  yes yes yes yes yes",
		auth.Look:       "no  no  yes yes yes yes",
		auth.Remark:     "no  no  yes yes yes yes",
		auth.Visit:      "no  no  yes yes no  yes",
		auth.ReadPeople: "no  no  no  yes yes yes",
		auth.Edit:       "no  no  no  yes no  yes",
		auth.Keep:       "no  no  no  yes no  yes",
		auth.Approve:    "no  no  no  no  yes yes",
		auth.Publish:    "no  no  no  no  yes yes",
		auth.Own:        "no  yes yes yes yes yes",
		auth.Import:     "no  no  no  no  no  yes",
		auth.Manage:     "no  no  no  no  no  yes",
		auth.Audit:      "no  no  no  no  no  yes",
		auth.Operate:    "no  no  no  no  no  yes",
	}
	for _, action := range auth.Actions() {
		if _, ok := want[action]; !ok {
			t.Errorf("%s is not in the test", action)
		}
	}
	for action, row := range want {
		var got []string
		for _, role := range []string{"", auth.App, auth.Field, auth.Planner, auth.Approver, auth.Admin} {
			who := person(gridmap.Grant{Role: role})
			if role == "" {
				who = auth.Asker{}
			}
			got = append(got, map[bool]string{true: "yes", false: "no"}[allowed(auth.Can(who, action, auth.Thing{}))])
		}
		if !slices.Equal(got, fields(row)) {
			t.Errorf("%s: %v, want %s", action, got, row)
		}
	}
}

func fields(s string) (out []string) {
	word := ""
	for _, r := range s + " " {
		if r != ' ' {
			word += string(r)
		} else if word != "" {
			out, word = append(out, word), ""
		}
	}
	return out
}

func TestAKeyNeverApprovesPublishesOrManages(t *testing.T) {
	key := program(gridmap.Grant{Role: auth.Admin})
	for action, want := range map[auth.Action]bool{auth.Edit: true, auth.Audit: true, auth.Approve: false, auth.Publish: false, auth.Manage: false, auth.Own: false} {
		if got := allowed(auth.Can(key, action, auth.Thing{})); got != want {
			t.Errorf("%s: %v", action, got)
		}
	}
}

// A small tree: 1 over 2 and 3; 2 over 4.
func TestAGrantReachesItsSubtreeAndNothingBeside(t *testing.T) {
	of := func(role string, net gridmap.NetworkID, grid gridmap.GridID) auth.Asker {
		return person(gridmap.Grant{Role: role, Network: net, Grid: grid})
	}
	four, three, two := []gridmap.GridID{4, 2, 1}, []gridmap.GridID{3, 1}, []gridmap.GridID{2, 1}
	thing := func(chains ...[]gridmap.GridID) auth.Thing { return auth.Thing{Network: 7, Chains: chains} }
	for _, c := range []struct {
		name  string
		who   auth.Asker
		thing auth.Thing
		want  bool
	}{
		{"everything", of(auth.Planner, 0, 0), thing(four), true},
		{"its network", of(auth.Planner, 7, 0), thing(four), true},
		{"another network", of(auth.Planner, 8, 0), thing(four), false},
		{"an ancestor", of(auth.Planner, 7, 2), thing(four), true},
		{"itself", of(auth.Planner, 7, 4), thing(four), true},
		{"below", of(auth.Planner, 7, 4), thing(two), false},
		{"beside", of(auth.Planner, 7, 3), thing(four), false},
		{"the same number in another network", of(auth.Planner, 8, 2), thing(four), false},
		{"one of two", of(auth.Planner, 7, 2), thing(four, three), false},
		{"both, by two grants", person(gridmap.Grant{Role: auth.Planner, Network: 7, Grid: 2}, gridmap.Grant{Role: auth.Planner, Network: 7, Grid: 3}), thing(four, three), true},
		{"both, but one as a reader", person(gridmap.Grant{Role: auth.Planner, Network: 7, Grid: 2}, gridmap.Grant{Role: auth.Field, Network: 7, Grid: 3}), thing(four, three), false},
		{"the whole network with a part", of(auth.Planner, 7, 2), thing(), false},
		{"the whole network with it", of(auth.Planner, 7, 0), thing(), true},
		{"a grid that has no chain", of(auth.Planner, 7, 2), thing(nil), false},
		{"the wrong role", of(auth.Field, 0, 0), thing(four), false},
		{"an admin", of(auth.Admin, 0, 0), thing(four, three), true},
		{"the public", auth.Asker{}, thing(four), false},
	} {
		if err := auth.Can(c.who, auth.Edit, c.thing); allowed(err) != c.want {
			t.Errorf("%s: %v", c.name, err)
		} else if err != nil && gridmap.CodeOf(err) != gridmap.Forbidden {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if err := auth.Can(of(auth.Admin, 7, 2), auth.Manage, auth.Thing{}); err == nil {
		t.Error("a part of the map is enough to manage accounts")
	}
}

// TestMoreGrantsNeverAllowLess checks Can against a naive reading of the rule,
// over random trees.
func TestMoreGrantsNeverAllowLess(t *testing.T) {
	roles := []string{auth.App, auth.Field, auth.Planner, auth.Approver, auth.Admin}
	rapid.Check(t, func(t *rapid.T) {
		parent := make([]int, rapid.IntRange(1, 12).Draw(t, "grids"))
		for i := range parent { // of grid i+1; 0 is none
			parent[i] = rapid.IntRange(0, i).Draw(t, "parent")
		}
		chain := func(g int) (c []gridmap.GridID) {
			for ; g != 0; g = parent[g-1] {
				c = append(c, gridmap.GridID(g))
			}
			return c
		}
		grant := rapid.Custom(func(t *rapid.T) gridmap.Grant {
			g := gridmap.Grant{Role: rapid.SampledFrom(roles).Draw(t, "role"), Network: gridmap.NetworkID(rapid.IntRange(0, 2).Draw(t, "network"))}
			if g.Network != 0 {
				g.Grid = gridmap.GridID(rapid.IntRange(0, len(parent)).Draw(t, "grid"))
			}
			return g
		})
		grants := rapid.SliceOfN(grant, 0, 4).Draw(t, "grants")
		thing := auth.Thing{Network: 1}
		for range rapid.IntRange(1, 3).Draw(t, "things") {
			thing.Chains = append(thing.Chains, chain(rapid.IntRange(1, len(parent)).Draw(t, "thing")))
		}
		naive := true
		for _, c := range thing.Chains {
			covered := false
			for _, g := range grants {
				role := g.Role == auth.Planner || g.Role == auth.Admin
				covered = covered || role && (g.Network == 0 || g.Network == 1 && (g.Grid == 0 || slices.Contains(c, g.Grid)))
			}
			naive = naive && covered
		}
		got := allowed(auth.Can(person(grants...), auth.Edit, thing))
		if got != naive {
			t.Fatalf("%+v on %+v: %v, want %v", grants, thing, got, naive)
		}
		more := append(slices.Clone(grants), grant.Draw(t, "one more"))
		if got && !allowed(auth.Can(person(more...), auth.Edit, thing)) {
			t.Fatalf("allowed by %+v, but not by %+v", grants, more)
		}
	})
}

func TestGrantsThatSayTooMuchAreRefused(t *testing.T) {
	for name, g := range map[string]gridmap.Grant{
		"no role": {}, "an unknown one": {Role: "root"}, "public": {Role: auth.Public}, "a scoped admin": {Role: auth.Admin, Network: 1},
		"a grid of no network": {Role: auth.Planner, Grid: 5}, "a negative scope": {Role: auth.Planner, Network: -1},
	} {
		if err := auth.CheckGrants([]gridmap.Grant{g}); gridmap.CodeOf(err) != gridmap.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := auth.CheckGrants([]gridmap.Grant{{Role: auth.Admin}, {Role: auth.Planner, Network: 1, Grid: 5}}); err != nil {
		t.Error(err)
	}
	if err := auth.CheckGrants(make([]gridmap.Grant, 101)); err == nil {
		t.Error("any number of grants")
	}
}

func TestFourEyesAreOfTwoPeople(t *testing.T) {
	for _, c := range []struct {
		by, approver string
		want         bool
	}{{"zhang", "li", true}, {"zhang", "zhang", false}, {"", "li", false}} {
		if err := auth.FourEyes(c.by, c.approver); allowed(err) != c.want {
			t.Errorf("%q, %q: %v", c.by, c.approver, err)
		}
	}
}
