package load

import (
	"testing"

	"cloudgrid/gridmap"
)

func counted(n int64) func(string) int64 {
	return func(key string) int64 {
		if key == "households" {
			return n
		}
		return 0
	}
}

func profile() gridmap.SizingProfile {
	return gridmap.SizingProfile{Network: 1, Level: 2, Unit: "households", Min: 300, Target: 400, Max: 500}
}

func TestAGridIsJudgedByTheProfileOfItsOwnTypeElseByTheGeneralOne(t *testing.T) {
	school := gridmap.SizingProfile{Network: 1, Level: 2, Type: gridmap.Dedicated, Unit: "persons", Max: 2000}
	r := NewRules([]gridmap.SizingProfile{profile(), school}, gridmap.SizingThresholds{})
	for _, c := range []struct {
		name  string
		n     gridmap.NetworkID
		level int
		typ   gridmap.GridType
		unit  string
		known bool
	}{
		{"its own type", 1, 2, gridmap.Dedicated, "persons", true},
		{"general", 1, 2, gridmap.General, "households", true},
		{"no type is general", 1, 2, "", "households", true},
		{"another type falls back", 1, 2, gridmap.Commercial, "households", true},
		{"another level has none", 1, 1, "", "", false},
		{"another network has none", 2, 2, "", "", false},
	} {
		p, known := r.Profile(c.n, c.level, c.typ)
		if known != c.known || p.Unit != c.unit {
			t.Errorf("%s: got %q %v, want %q %v", c.name, p.Unit, known, c.unit, c.known)
		}
	}
}

func TestTheBoundsThemselvesAreWithin(t *testing.T) {
	r := NewRules([]gridmap.SizingProfile{profile()}, gridmap.SizingThresholds{})
	for n, want := range map[int64]Status{0: Empty, 1: Under, 299: Under, 300: OK, 500: OK, 501: Over} {
		if m := r.Judge(Grid{Network: 1, Level: 2, Count: counted(n)}, ""); m.Status != want {
			t.Errorf("%d households: %s, want %s", n, m.Status, want)
		}
	}
}

func TestAGridThatWasOverStaysOverWithinTheHysteresis(t *testing.T) {
	r := NewRules([]gridmap.SizingProfile{profile()}, gridmap.SizingThresholds{Hysteresis: 0.1})
	for _, c := range []struct {
		n      int64
		before Status
		want   Status
	}{
		{490, "", OK},
		{490, Over, Over},
		{451, Over, Over},
		{450, Over, OK},
		{310, Under, Under},
		{330, Under, OK},
		{310, OK, OK},
	} {
		if m := r.Judge(Grid{Network: 1, Level: 2, Count: counted(c.n)}, c.before); m.Status != c.want {
			t.Errorf("%d after %q: %s, want %s", c.n, c.before, m.Status, c.want)
		}
	}
}

func TestBoundsPerStaffGrowWithTheStaff(t *testing.T) {
	p := profile()
	p.PerStaff = true
	r := NewRules([]gridmap.SizingProfile{p}, gridmap.SizingThresholds{})
	if m := r.Judge(Grid{Network: 1, Level: 2, Staff: 2, Count: counted(900)}, ""); m.Status != OK || m.Max != 1000 {
		t.Errorf("two people for 900: %+v", m)
	}
	if m := r.Judge(Grid{Network: 1, Level: 2, Staff: 0, Count: counted(900)}, ""); m.Status != Over || m.Max != 500 {
		t.Errorf("nobody for 900: %+v", m)
	}
}

func TestWeightsReplaceTheSingleCount(t *testing.T) {
	p := gridmap.SizingProfile{Weights: map[string]float64{"households": 1, "shops": 2.5}}
	if got := Of(p, func(key string) int64 { return map[string]int64{"households": 10, "shops": 4, "persons": 99}[key] }); got != 20 {
		t.Errorf("load %v, want 20", got)
	}
}

func TestDeviationIsFromTheMeanOfTheCommunity(t *testing.T) {
	d, mean := Deviations([]float64{100, 300, 0}, []int32{7, 7, 8})
	if d[0] != -0.5 || d[1] != 0.5 || d[2] != 0 || mean[7] != 200 {
		t.Errorf("deviations %v, means %v", d, mean)
	}
}

func TestTriggersTellWhatCameWhatWentAndWhoseVerdictTurned(t *testing.T) {
	before := State{
		Atoms: map[gridmap.AtomID]AtomState{
			1: {Grid: 10, Community: 5, Load: 80}, 2: {Grid: 11, Community: 5, Load: 40}, 3: {Grid: 11, Community: 5},
		},
		Grids:       map[gridmap.GridID]Measure{10: {Status: OK}, 11: {Status: Over}},
		Communities: map[gridmap.GridID]float64{5: 100, 6: 100},
	}
	after := State{
		Atoms: map[gridmap.AtomID]AtomState{
			2: {Grid: 11, Community: 5, Load: 40}, 3: {Grid: 12, Community: 6}, 4: {Grid: 10, Community: 5, Load: 600}, 5: {Grid: 11, Community: 5, Load: 1},
		},
		Grids:       map[gridmap.GridID]Measure{10: {Status: Over, Load: 600}, 11: {Status: OK, Load: 41}},
		Communities: map[gridmap.GridID]float64{5: 80, 6: 120},
	}
	after.AreaM2 = func(gridmap.AtomID) float64 { return 20 }
	got := map[TriggerKind]gridmap.GridID{}
	for _, tr := range Triggers(before, after, 10) {
		if tr.Kind == BorderMoved && tr.Grid == 6 {
			continue
		}
		if _, twice := got[tr.Kind]; twice {
			t.Errorf("%s told twice", tr.Kind)
		}
		got[tr.Kind] = tr.Grid
	}
	want := map[TriggerKind]gridmap.GridID{Handover: 10, Demolition: 10, BorderMoved: 5, BecameOver: 10, BecameOK: 11}
	for k, g := range want {
		if got[k] != g {
			t.Errorf("%s of grid %d, want %d", k, got[k], g)
		}
	}
	if len(got) != len(want) {
		t.Errorf("triggers %v, want %v", got, want)
	}
	if same := Triggers(after, after, 0); len(same) != 0 {
		t.Errorf("nothing happened, yet %v", same)
	}
}
