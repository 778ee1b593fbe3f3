package topology

import (
	"bytes"
	"errors"
	"testing"
)

func TestAnEncodedTopologyComesBackWithTheSameIDs(t *testing.T) {
	topo, _ := Build(hexagons(20, 30_000))
	topo, _, err := topo.MergeFaces(3, 4)
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	n, err := topo.WriteTo(&buf)
	if err != nil || n != int64(buf.Len()) {
		t.Fatalf("wrote %d of %d bytes: %v", n, buf.Len(), err)
	}
	whole := buf.Bytes()
	back, err := Read(bytes.NewReader(whole))
	if err != nil {
		t.Fatal(err)
	}
	sound(t, back)
	if !sameTopology(topo, back) {
		t.Error("the topology changed")
	}
	wrong := bytes.Clone(whole)
	wrong[16+2] = 77 // the first arc's left face is beyond the last
	if _, err := Read(bytes.NewReader(wrong)); !errors.Is(err, ErrFormat) {
		t.Errorf("a face that does not exist: %v", err)
	}
	for cut := 0; cut < len(whole); cut += 97 {
		if _, err := Read(bytes.NewReader(whole[:cut])); !errors.Is(err, ErrFormat) {
			t.Fatalf("%d of %d bytes: %v", cut, len(whole), err)
		}
	}
}

func FuzzReadNeverPanics(f *testing.F) {
	topo, _ := Build(hexagons(2, 30_000))
	var buf bytes.Buffer
	if _, err := topo.WriteTo(&buf); err != nil {
		f.Fatal(err)
	}
	f.Add(buf.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		topo, err := Read(bytes.NewReader(data))
		if err != nil {
			return
		}
		for id := range ArcID(topo.NumArcs()) {
			_ = topo.Arc(id)
		}
	})
}
