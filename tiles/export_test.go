package tiles

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func writeArchive(t testing.TB, p *Pyramid, x Export) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.pmtiles")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.WritePMTiles(context.Background(), f, x); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// served is what a client gets with gzip.
func served(t testing.TB, c *Cache, p *Pyramid, set Set, tile Tile) []byte {
	t.Helper()
	b, err := c.Get(Key{"1", string(set), tile}, Gzip, func() []byte { return p.Tile(set, uint32(tile.Z), tile.X, tile.Y) })
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes
}

func TestHilbertNumbersFollowTheSpecification(t *testing.T) {
	for tile, want := range map[Tile]uint64{
		{0, 0, 0}: 0, {1, 0, 0}: 1, {1, 0, 1}: 2, {1, 1, 1}: 3, {1, 1, 0}: 4, {2, 0, 0}: 5, {2, 1, 0}: 6, {2, 3, 0}: 20, {12, 3423, 1763}: 19078479,
	} {
		if got := tile.ID(); got != want {
			t.Errorf("%v has number %d, want %d", tile, got, want)
		}
	}
}

func TestAnExportedTileIsTheServedTileByteForByte(t *testing.T) {
	p := meshPyramid(t, 3, 8, 0.02)
	x := Export{Set: SetMap, MaxZoom: 13, Name: "网格", Attribution: "测试", Version: "1"}
	archive := writeArchive(t, p, x)
	if !bytes.Equal(archive, writeArchive(t, p, x)) {
		t.Error("two exports differ")
	}
	path := filepath.Join(t.TempDir(), "x.mbtiles")
	if err := p.WriteMBTiles(context.Background(), path, x); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	c, n := NewCache(1<<26), 0
	for z := uint8(0); z <= 13; z++ {
		everyTile(p, z, func(x, y uint32) {
			tile := Tile{z, x, y}
			want := served(t, c, p, SetMap, tile)
			got, err := ReadPMTile(archive, tile)
			if err != nil || !bytes.Equal(got, want) {
				t.Fatalf("%v: PMTiles has %d bytes, %d are served (%v)", tile, len(got), len(want), err)
			}
			var row []byte
			err = db.QueryRow(`SELECT tile_data FROM tiles WHERE zoom_level=? AND tile_column=? AND tile_row=?`, z, x, 1<<z-1-int(y)).Scan(&row)
			if want == nil && errors.Is(err, sql.ErrNoRows) {
				return
			}
			if n++; err != nil || !bytes.Equal(row, want) {
				t.Fatalf("%v: MBTiles has %d bytes, %d are served (%v)", tile, len(row), len(want), err)
			}
		})
	}
	var stored int
	if err := db.QueryRow(`SELECT count(*) FROM tiles`).Scan(&stored); err != nil || stored != n || n < 40 {
		t.Errorf("%d tiles stored, %d served (%v)", stored, n, err)
	}
	var doc string
	if err := db.QueryRow(`SELECT value FROM metadata WHERE name='json'`).Scan(&doc); err != nil || !json.Valid([]byte(doc)) {
		t.Errorf("metadata json %q (%v)", doc, err)
	}
	if err := p.WriteMBTiles(context.Background(), path, x); err == nil {
		t.Error("an existing file was written over")
	}
}

func TestALargeArchiveHasLeafDirectories(t *testing.T) {
	a := pmArchive{w: &bytes.Buffer{}, seen: map[[32]byte]pmEntry{}}
	for y := range uint32(256) {
		for x := range uint32(256) {
			tile := Tile{8, x, y}
			a.entries = append(a.entries, pmEntry{tile.ID() * uint64(1+y%3), uint64(x*7919+y*104729) % 100003, 100 + x*y%977, 1})
		}
	}
	root, leaves, err := a.directories()
	if err != nil || len(root) > pmRootRoom-pmHeaderLen || len(leaves) == 0 {
		t.Errorf("root of %d bytes, leaves of %d (%v)", len(root), len(leaves), err)
	}
}

func TestAnExportStopsWhenItIsCancelled(t *testing.T) {
	p := meshPyramid(t, 3, 4, 0.02)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	f, err := os.Create(filepath.Join(t.TempDir(), "x"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if err := p.WritePMTiles(ctx, f, Export{Set: SetGrids}); err == nil {
		t.Error("it did not")
	}
	if err := p.WritePMTiles(context.Background(), f, Export{Set: "nonsense"}); err == nil {
		t.Error("an unknown set was exported")
	}
}

func FuzzReadPMTile(f *testing.F) {
	f.Add(writeArchive(f, meshPyramid(f, 3, 2, 0.02), Export{Set: SetGrids, MaxZoom: 9}), uint32(428), uint32(219))
	f.Fuzz(func(t *testing.T, b []byte, x, y uint32) {
		_, _ = ReadPMTile(b, Tile{9, x % 512, y % 512})
	})
}
