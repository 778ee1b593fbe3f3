package atlas

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cloudgrid/gridmap"
)

// TestAMapReadFromItsFileIsTheLoadedMap writes random maps to files and
// compares what comes back, at once and after one more change taken up by it.
func TestAMapReadFromItsFileIsTheLoadedMap(t *testing.T) {
	path := filepath.Join(t.TempDir(), "map.atlas")
	rapid.Check(t, func(rt *rapid.T) {
		w, ctx := newTown(t), context.Background()
		w.live(rt, 6)
		want, err := load(ctx, w)
		if err != nil {
			return
		}
		if err := want.WriteFile(path); err != nil {
			rt.Fatal(err)
		}
		got, err := ReadFile(path)
		if err != nil {
			rt.Fatal(err)
		}
		sameMap(rt, got, want)
		w.live(rt, 6)
		var next *Atlas
		if err := w.store.View(ctx, func(r gridmap.Reader) error {
			next, err = got.refreshed(ctx, r, w.now)
			return err
		}); err != nil {
			rt.Fatal(err)
		}
		if want, err = load(ctx, w); err == nil && next != nil {
			sameMap(rt, next, want)
		}
	})
}

func TestADamagedFileIsNeverRead(t *testing.T) {
	whole := someFile(t)
	rng := rand.New(rand.NewPCG(1, 1))
	for range 300 {
		b := bytes.Clone(whole)
		b[rng.IntN(len(b))] ^= byte(1 + rng.IntN(255))
		if rng.IntN(4) == 0 {
			b = b[:rng.IntN(len(b))]
		}
		if _, err := decode(bytes.NewReader(b), int64(len(b))); !errors.Is(err, ErrFile) {
			t.Fatalf("a damaged file was read: %v", err)
		}
	}
	if _, err := decode(bytes.NewReader(whole), int64(len(whole))); err != nil {
		t.Fatal(err)
	}
}

func someFile(t testing.TB) []byte {
	w := newTown(t)
	a, err := load(context.Background(), w)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "map.atlas")
	if err := a.WriteFile(path); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestAKeeperTakesTheFileOnlyForItsOwnStore(t *testing.T) {
	ctx, w := context.Background(), newTown(t)
	path := filepath.Join(t.TempDir(), "map.atlas")
	var said strings.Builder
	open := func(w *town) *Keeper {
		said.Reset()
		k, err := NewKeeperBeside(ctx, w.store, func() time.Time { return w.now }, slog.New(slog.NewTextHandler(&said, nil)), path)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	k := open(w)
	if k.filed != "" || said.Len() > 0 {
		t.Fatalf("without a file: took %q, said %s", k.filed, said.String())
	}
	if err := k.Save(); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("the file is not for its owner alone: %v %v", info.Mode(), err)
	}
	if k = open(w); k.filed != k.Current().Token() || said.Len() > 0 {
		t.Fatalf("the file of this state was not used: %s", said.String())
	}
	other := newTown(t)
	other.now = other.now.Add(time.Second)
	if err := other.change(func(ctx context.Context, out gridmap.Writer) error {
		return out.PutSettings(ctx, gridmap.Settings{Title: "other"})
	}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(mustRead(t, path)[:500], 1), 0o600); err != nil {
		t.Fatal(err)
	}
	if k = open(w); k.filed != "" || !strings.Contains(said.String(), "not used") {
		t.Fatalf("a damaged file was used, or not spoken of: %s", said.String())
	}
	k = open(other)
	if err := k.Save(); err != nil {
		t.Fatal(err)
	}
	if k = open(w); k.filed != "" || !strings.Contains(said.String(), "another state") || k.Current().Settings().Title != "" {
		t.Fatalf("another store's file was used: %s", said.String())
	}
	left, err := filepath.Glob(path + ".*")
	if err != nil || len(left) > 0 {
		t.Fatalf("left behind: %v %v", left, err)
	}
}

func mustRead(t *testing.T, path string) []byte {
	b, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return b
}

// FuzzFile damages the sections of a file and makes the checksums right again:
// whatever they say, reading them must not panic, nor what was read.
func FuzzFile(f *testing.F) {
	whole := someFile(f)
	f.Add(uint32(20), []byte{1}, uint32(900), []byte{255})
	f.Add(uint32(0), binary.LittleEndian.AppendUint64(nil, 7), uint32(77), []byte{})
	f.Fuzz(func(t *testing.T, at uint32, patch []byte, at2 uint32, patch2 []byte) {
		b := bytes.Clone(whole)
		copy(b[int(at)%len(b):], patch)
		copy(b[int(at2)%len(b):], patch2)
		sumAgain(b)
		a, err := decode(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			if !errors.Is(err, ErrFile) {
				t.Fatal(err)
			}
			return
		}
		for _, n := range a.Nets() {
			for i := range n.Grids {
				n.Chain(nil, int32(i))
				n.Resolve(Ask{Point: n.Grids[i].Box.Min, Level: -1, Around: true, AccuracyM: 20})
			}
		}
		a.Token()
		a.Bounds()
	})
}

// sumAgain puts the right checksums into a file, as far as it has a table.
func sumAgain(b []byte) {
	copy(b, fileMagic[:])
	end := binary.LittleEndian.Uint64(b[8:])
	if end < uint64(fileHead) || end > uint64(len(b))-8 {
		return
	}
	table, at := b[end:], uint64(fileHead)
	for t := table[8:]; len(t) >= 12; t = t[12:] {
		n := binary.LittleEndian.Uint64(t)
		if n > end-at {
			break
		}
		binary.LittleEndian.PutUint32(t[8:], crc32.Checksum(b[at:at+n], castagnoli))
		at += n
	}
	binary.LittleEndian.PutUint32(b[16:], crc32.Checksum(table, castagnoli))
}
