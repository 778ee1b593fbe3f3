package atlas

import (
	"context"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"cloudgrid/gridmap"
	"cloudgrid/spatial"
)

// The two tops of the town are counties; a point outside every ground is none's.
var townScopes = []string{"310101", "310109", "3101", "330106"}

func scopeOf(t testing.TB, text string) gridmap.Scope {
	t.Helper()
	s, err := gridmap.ParseScope(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func loadScope(ctx context.Context, w *town, s gridmap.Scope) (a *Atlas, err error) {
	err = w.store.View(ctx, func(r gridmap.Reader) error {
		a, err = LoadScope(ctx, r, w.now, 0, s)
		return err
	})
	return a, err
}

// probes are random points, points beside borders, corners, and points on the
// borders between them.
func (w *town) probes(rng *rand.Rand, box spatial.Box) (ps []spatial.Point) {
	for range 30 {
		ps = append(ps, spatial.Point{
			X: box.Min.X - 5000 + int32(rng.Int64N(int64(box.Max.X)-int64(box.Min.X)+10000)),
			Y: box.Min.Y - 5000 + int32(rng.Int64N(int64(box.Max.Y)-int64(box.Min.Y)+10000)),
		})
	}
	for _, a := range w.atoms {
		for k := range 2 {
			ring := a.Shape[0][0]
			p, q := ring[(8*k+rng.IntN(2)*16)%len(ring)], ring[(8*k+1)%len(ring)]
			ps = append(ps, p, spatial.Point{X: p.X + 1, Y: p.Y}, spatial.Point{X: p.X/2 + q.X/2, Y: p.Y/2 + q.Y/2})
		}
	}
	return ps
}

// claim is who a snapshot says answers for a point; false when it says that
// another server does.
func claim(a *Atlas, net int, p spatial.Point) (gridmap.GridID, bool) {
	n := a.nets[net]
	ans := n.Resolve(Ask{Point: p, Level: -1})
	switch err := a.Here(n, p, &ans); {
	case err != nil:
		return 0, false
	case ans.Grid == None:
		return 0, true
	}
	return n.Grids[ans.Grid].ID, true
}

// consistent checks the claims of the servers of one county each, of both, and
// of a county far away, against the map of everything.
func consistent(rt *rapid.T, w *town, whole *Atlas, scoped map[string]*Atlas) {
	rng := rand.New(rand.NewPCG(uint64(whole.head.Seq), 11))
	for _, p := range w.probes(rng, whole.Bounds()) {
		for net := range whole.nets {
			want, _ := claim(whole, net, p)
			got := map[string]gridmap.GridID{}
			for name, a := range scoped {
				if id, mine := claim(a, net, p); mine {
					got[name] = id
				}
			}
			for name, id := range got {
				if id != want {
					rt.Fatalf("at %v the server of %s says %d, everything %d", p, name, id, want)
				}
			}
			_, a := got["310101"]
			_, b := got["310109"]
			_, ab := got["3101"]
			switch {
			case want == 0 && len(got) > 0, want != 0 && !ab, a && b && net == 0: // grids of the second network lie in no county
				rt.Fatalf("at %v, network %d, grid %d: claimed by %v", p, net, want, got)
			case want != 0 && !a && !b:
				rt.Fatalf("at %v, network %d: nobody claims grid %d", p, net, want)
			}
		}
	}
}

// TestServersOfDisjointScopesAgreeWithTheWholeMap: exactly one server claims a
// point, borders and corners included, whatever changes and however the
// snapshots were made.
func TestServersOfDisjointScopesAgreeWithTheWholeMap(t *testing.T) {
	shared, loaded := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		ctx := context.Background()
		w := townOf(t, "310101", "310109")
		have := map[string]*Atlas{}
		for range rapid.IntRange(1, 3).Draw(rt, "change sets") {
			whole, err := load(ctx, w)
			if err != nil {
				return // ground without a grid
			}
			for _, name := range townScopes {
				s := scopeOf(t, name)
				var next *Atlas
				if old := have[name]; old != nil {
					if err := w.store.View(ctx, func(r gridmap.Reader) error {
						next, err = old.refreshed(ctx, r, w.now)
						return err
					}); err != nil {
						rt.Fatal(err)
					}
				}
				shared++
				if next == nil {
					shared, loaded = shared-1, loaded+1
					if next, err = loadScope(ctx, w, s); err != nil {
						rt.Fatal(name, err)
					}
				}
				have[name] = next
			}
			consistent(rt, w, whole, have)
			w.live(rt, 4)
		}
	})
	t.Logf("%d snapshots shared, %d loaded", shared, loaded)
}

func TestAPointOfAnotherCountyIsElsewhereAndSaysWhose(t *testing.T) {
	ctx := context.Background()
	w := townOf(t, "310101", "310109")
	a, err := loadScope(ctx, w, scopeOf(t, "310101"))
	if err != nil {
		t.Fatal(err)
	}
	whole, err := load(ctx, w)
	if err != nil {
		t.Fatal(err)
	}
	named, unnamed := 0, 0
	for _, atom := range w.atoms {
		p := atom.Shape[0][0][0]
		n := a.Main()
		ans := n.Resolve(Ask{Point: p, Level: -1})
		err := a.Here(n, p, &ans)
		wholeAns := whole.Main().Resolve(Ask{Point: p, Level: -1})
		mine := whole.Main().Grids[whole.Main().Chain(nil, wholeAns.Grid)[0]].Code == "310101"
		switch {
		case mine != (err == nil):
			t.Fatalf("at %v: %v", p, err)
		case mine:
		case gridmap.CodeOf(err) != gridmap.Elsewhere || !strings.Contains(err.Error(), "310101"):
			t.Fatalf("at %v: %v", p, err)
		case strings.Contains(err.Error(), "310109"):
			named++
		default:
			unnamed++
		}
	}
	if named == 0 || unnamed == 0 { // beside the scope it is known whose, far off it is not
		t.Errorf("%d named, %d not", named, unnamed)
	}
}

func TestASnapshotFileIsOfOneScope(t *testing.T) {
	ctx := context.Background()
	w := townOf(t, "310101", "310109")
	path := filepath.Join(t.TempDir(), "map.atlas")
	a, err := loadScope(ctx, w, scopeOf(t, "310101"))
	if err != nil {
		t.Fatal(err)
	}
	if err := a.WriteFile(path); err != nil {
		t.Fatal(err)
	}
	got, err := ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(rt *rapid.T) { sameMap(rt, got, a) })
	if got.Scope().String() != "310101" {
		t.Errorf("scope %q", got.Scope())
	}
	for _, atom := range w.atoms {
		p := atom.Shape[0][0][0]
		x, mine := claim(a, 0, p)
		y, yours := claim(got, 0, p)
		if x != y || mine != yours {
			t.Fatalf("at %v: %d %v, from the file %d %v", p, x, mine, y, yours)
		}
	}
}
