package tiles

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"cloudgrid/spatial"
)

func content(n int) []byte { return []byte(strings.Repeat(fmt.Sprintf("%d,", n), 300)) }

func get(t testing.TB, c *Cache, k Key, enc Encoding, cut func() []byte) Body {
	t.Helper()
	b, err := c.Get(k, enc, cut)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestATileIsCutOnceHoweverManyAskForIt(t *testing.T) {
	c := NewCache(1 << 20)
	var cuts atomic.Int32
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			b, err := c.Get(Key{"1", "grids", Tile{3, 1, 1}}, variants[i%4], func() []byte {
				cuts.Add(1)
				return content(1)
			})
			if err != nil || len(b.Bytes) == 0 {
				t.Errorf("%d bytes, %v", len(b.Bytes), err)
			}
		})
	}
	wg.Wait()
	if cuts.Load() != 1 {
		t.Errorf("cut %d times", cuts.Load())
	}
}

func TestETagsTellContentAndEncodingApartAndAgreeBetweenProcesses(t *testing.T) {
	k := Key{"1", "grids", Tile{3, 1, 1}}
	tags := map[string]bool{}
	for _, enc := range variants {
		a := get(t, NewCache(1<<20), k, enc, func() []byte { return content(1) })
		b := get(t, NewCache(1<<20), k, enc, func() []byte { return content(1) })
		other := get(t, NewCache(1<<20), k, enc, func() []byte { return content(2) })
		if a.ETag != b.ETag || !bytes.Equal(a.Bytes, b.Bytes) {
			t.Errorf("%q: %s and %s from two caches", enc, a.ETag, b.ETag)
		}
		if a.ETag == other.ETag || tags[a.ETag] {
			t.Errorf("%q: %s is used twice", enc, a.ETag)
		}
		tags[a.ETag] = true
	}
}

func TestEveryEncodingHoldsTheSameTile(t *testing.T) {
	c := NewCache(1 << 20)
	for _, enc := range []Encoding{Brotli, Zstd, Gzip, Identity} {
		b := get(t, c, Key{"1", "x", Tile{}}, enc, func() []byte { return content(7) })
		want, err := Compress(content(7), enc)
		if err != nil || !bytes.Equal(b.Bytes, want) {
			t.Errorf("%q differs from the encoder's own bytes (%v)", enc, err)
		}
	}
	raw := get(t, c, Key{"1", "x", Tile{}}, "sdch", nil)
	if !bytes.Equal(raw.Bytes, content(7)) {
		t.Error("an unknown encoding is not answered as it is")
	}
}

func TestTheCacheStaysWithinItsBytes(t *testing.T) {
	c := NewCache(20_000)
	for i := range uint32(400) {
		get(t, c, Key{"1", "grids", Tile{10, i, 0}}, Gzip, func() []byte { return content(int(i)) })
		get(t, c, Key{"1", "empty", Tile{10, i, 0}}, Gzip, func() []byte { return nil })
		get(t, c, Key{"1", "grids", Tile{10, 0, 0}}, Gzip, func() []byte { return content(0) })
		if s := c.Stats(); s.Bytes > 20_000 || s.Entries == 0 {
			t.Fatalf("%+v", s)
		}
	}
	get(t, c, Key{"1", "grids", Tile{10, 0, 0}}, Gzip, func() []byte {
		t.Error("the tile used all the time was forgotten")
		return nil
	})
	sum, n := 0, 0
	for e := c.newest.older; e != &c.newest; e = e.older {
		sum, n = sum+e.cost, n+1
	}
	if s := c.Stats(); sum != s.Bytes || n != s.Entries {
		t.Errorf("counted %d bytes in %d entries, stats say %+v", sum, n, s)
	}
}

func TestAPublishKeepsTheTilesThatItDoesNotTouch(t *testing.T) {
	c := NewCache(1 << 20)
	near, far := At(120.65, 24.14, 14), At(121.5, 25.0, 14)
	for _, tile := range []Tile{near, far} {
		get(t, c, Key{"1", "grids", tile}, Gzip, func() []byte { return content(1) })
	}
	a, _ := spatial.FromLonLat(120.64, 24.13)
	b, _ := spatial.FromLonLat(120.66, 24.15)
	if kept, dropped := c.Advance("1", "2", []spatial.Box{{Min: a, Max: b}}); kept != 1 || dropped != 1 {
		t.Fatalf("kept %d, dropped %d", kept, dropped)
	}
	get(t, c, Key{"2", "grids", far}, Gzip, func() []byte { t.Error("the far tile was cut again"); return nil })
	fresh := get(t, c, Key{"2", "grids", near}, Identity, func() []byte { return content(2) })
	if !bytes.Equal(fresh.Bytes, content(2)) {
		t.Error("a stale tile was served")
	}
}

func TestAPanicWhileCuttingIsNotCached(t *testing.T) {
	c := NewCache(1 << 20)
	func() {
		defer func() { _ = recover() }()
		_, _ = c.Get(Key{"1", "x", Tile{}}, Gzip, func() []byte { panic("no") })
	}()
	if b := get(t, c, Key{"1", "x", Tile{}}, Identity, func() []byte { return content(1) }); len(b.Bytes) == 0 {
		t.Error("the tile stayed empty")
	}
}

func BenchmarkCachedTile(b *testing.B) {
	c := NewCache(1 << 24)
	k := Key{"1", "grids", Tile{10, 1, 1}}
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := c.Get(k, Gzip, func() []byte { return content(1) }); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func TestAKeptWriterCompressesAsANewOne(t *testing.T) {
	p := meshPyramid(t, 4, 10, 0.01)
	tile := At(120.65, 24.15, 12)
	small, large := p.Tile(SetGrids, 14, tile.X*4, tile.Y*4), p.Tile(SetMap, uint32(tile.Z), tile.X, tile.Y)
	if len(small) == 0 || len(large) == 0 {
		t.Fatal("an empty tile proves nothing")
	}
	for _, enc := range variants {
		var first []byte
		for i := range 50 {
			got, err := Compress(large, enc)
			if err != nil {
				t.Fatal(err)
			}
			if i == 0 {
				first = got
			}
			if string(first) != string(got) {
				t.Fatalf("%q: time %d it came out otherwise", enc, i)
			}
			if _, err := Compress(small, enc); err != nil {
				t.Fatal(err)
			}
		}
	}
}
