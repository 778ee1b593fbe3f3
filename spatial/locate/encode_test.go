package locate

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"testing"

	"cloudgrid/spatial"
	"cloudgrid/spatial/synth"
	"cloudgrid/spatial/topology"

	"pgregory.net/rapid"
)

func encoded(t interface{ Fatalf(string, ...any) }, ix *Index) []byte {
	var b bytes.Buffer
	if n, err := ix.WriteTo(&b); err != nil || n != int64(b.Len()) {
		t.Fatalf("wrote %d of %d bytes: %v", n, b.Len(), err)
	}
	return b.Bytes()
}

func TestAnEncodedIndexComesBackTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, ix, qs := randomCase(rapid.Uint64().Draw(t, "seed"))
		raw := encoded(t, ix)
		back, err := read(bytes.NewReader(raw), c)
		if err != nil {
			t.Fatalf("%v", err)
		}
		for _, q := range qs {
			if got, want := back.Locate(q), ix.Locate(q); got != want {
				t.Fatalf("%v is in face %d, was in %d", q, got, want)
			}
		}
		if again := encoded(t, back); !bytes.Equal(raw, again) {
			t.Fatalf("written again it is another")
		}
	})
}

func TestAnIndexReadFromBytesTakesUpdates(t *testing.T) {
	faces := synth.Coverage(500, 2)
	topo, _ := topology.Build(faces)
	ix := New(topo)
	back, err := Read(bytes.NewReader(encoded(t, ix)), topo)
	if err != nil {
		t.Fatal(err)
	}
	merged, _, err := topo.MergeFaces(3, 4)
	if err != nil {
		t.Fatal(err)
	}
	a, b := ix.Update(merged), back.Update(merged)
	for _, p := range borderPoints(faces, 2000) {
		if a.Locate(p) != b.Locate(p) {
			t.Fatalf("%v is in face %d, by the read one %d", p, a.Locate(p), b.Locate(p))
		}
	}
	if shared, all := b.sharedTiles(back); shared == 0 || shared == all {
		t.Errorf("%d of %d tiles shared", shared, all)
	}
	if _, err := Read(bytes.NewReader(encoded(t, new(Index))), topo); err != nil {
		t.Errorf("an empty index: %v", err)
	}
}

func TestBytesCutShortOrOfAnotherTopologyAreRefused(t *testing.T) {
	topo, _ := topology.Build(synth.Coverage(60, 2))
	small, _ := topology.Build(synth.Coverage(20, 2))
	whole := encoded(t, New(topo))
	for cut := 0; cut < len(whole); cut += 61 {
		if _, err := Read(bytes.NewReader(whole[:cut]), topo); !errors.Is(err, ErrFormat) {
			t.Fatalf("%d of %d bytes: %v", cut, len(whole), err)
		}
	}
	if _, err := Read(bytes.NewReader(whole), small); !errors.Is(err, ErrFormat) {
		t.Errorf("the index of a larger topology: %v", err)
	}
}

// useAll asks everything of an index, which must not panic whatever it says.
func useAll(ix, whole *Index, qs []spatial.Point) {
	out := make([]topology.FaceID, len(qs))
	ix.LocateAll(qs, out)
	for _, q := range qs[:min(len(qs), 20)] {
		ix.NearestBorder(q)
		ix.NearestFace(q)
		ix.Near(nil, q, 30)
		ix.CircleShares(nil, q, 30)
	}
	ix.MemoryBytes()
	ix.update(whole.arcs)
}

// faceOutOf tells that an answer is no face of a coverage.
func faceOutOf(c coverage, f topology.FaceID) bool {
	return f < topology.Outside || int(f) >= c.NumFaces()
}

func FuzzReadNeverPanics(f *testing.F) {
	f.Add(uint64(1), uint32(20), []byte{1}, uint32(900), []byte{255})
	f.Add(uint64(7), uint32(0), []byte{}, uint32(77), []byte{0, 0, 0, 1})
	f.Add(uint64(11), uint32(44), []byte{255, 255, 255}, uint32(48), []byte{3})
	f.Fuzz(func(t *testing.T, seed uint64, at uint32, patch []byte, at2 uint32, patch2 []byte) {
		rng := rand.New(rand.NewPCG(seed, 99))
		faces := 1 + rng.IntN(4)
		m := newMesh(rng, 2+rng.IntN(3), faces)
		scale := []int32{1, 1000, 1000000}[rng.IntN(3)]
		m.scale(scale)
		c := m.coverage(rng, faces)
		ix := build(c, tuning{segmentsPerCell: 2, maxCellPoints: rng.IntN(20), maxLeafPoints: 2 + rng.IntN(20)})
		b := encoded(t, ix)
		copy(b[int(at)%len(b):], patch)
		copy(b[int(at2)%len(b):], patch2)
		back, err := read(bytes.NewReader(b), c)
		if err != nil {
			if !errors.Is(err, ErrFormat) {
				t.Fatal(err)
			}
			return
		}
		qs := sample(rng, m.queries(rng, scale), 200)
		for _, q := range qs {
			if g := back.Locate(q); faceOutOf(c, g) {
				t.Fatalf("face %d of %d", g, c.NumFaces())
			}
			for _, n := range back.Near(nil, q, 30) {
				if faceOutOf(c, n.Face) {
					t.Fatalf("near face %d of %d", n.Face, c.NumFaces())
				}
			}
		}
		useAll(back, ix, qs)
	})
}
