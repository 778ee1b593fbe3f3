package tiles

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
)

// ID is the tile's number in PMTiles: tiles of lower zooms first, then along
// the Hilbert curve of its own.
func (t Tile) ID() uint64 {
	id := (uint64(1)<<(2*t.Z) - 1) / 3
	x, y := uint64(t.X), uint64(t.Y)
	for s := uint64(1) << t.Z >> 1; s > 0; s >>= 1 {
		var rx, ry uint64
		if x&s > 0 {
			rx = 1
		}
		if y&s > 0 {
			ry = 1
		}
		id += s * s * (3*rx ^ ry)
		if ry == 0 {
			if rx == 1 {
				x, y = s-1-x&(s-1), s-1-y&(s-1)
			}
			x, y = y, x
		}
	}
	return id
}

// PMTiles version 3: a header and the root directory within the first 16 KiB,
// then tile data; here metadata and leaf directories follow at the end, so that
// the file is written in one pass.
const (
	pmHeaderLen  = 127
	pmRootRoom   = 16384
	pmLeafLen    = 4096 // entries in a leaf directory
	pmGzip       = 2
	pmVectorTile = 1
)

// pmEntry is one directory entry: run tiles from id on have the same content.
// In the root of a large archive run is 0 and the entry is a leaf directory.
type pmEntry struct {
	id, offset  uint64
	length, run uint32
}

// WritePMTiles writes the export as a PMTiles v3 archive, from the current
// position of w, which should be the start of an empty file. The same pyramid
// gives the same bytes; each tile's bytes are those that a Cache serves with
// gzip. Equal tiles are stored once.
func (p *Pyramid) WritePMTiles(ctx context.Context, w io.WriteSeeker, x Export) error {
	if !x.Set.Known() {
		return fmt.Errorf("unknown tile set %.40q", string(x.Set))
	}
	if _, err := w.Write(make([]byte, pmRootRoom)); err != nil {
		return err
	}
	a := pmArchive{w: w, seen: map[[32]byte]pmEntry{}}
	if err := p.each(ctx, &x, a.add); err != nil {
		return err
	}
	meta := x.metadata(p)
	root, leaves, err := a.directories()
	if err != nil {
		return err
	}
	js, err := pmMetadata(meta)
	if err != nil {
		return err
	}
	for _, b := range [][]byte{js, leaves} {
		if _, err := w.Write(b); err != nil {
			return err
		}
	}
	end := int64(pmRootRoom) + int64(a.size) + int64(len(js)) + int64(len(leaves))
	if _, err := w.Seek(-end, io.SeekCurrent); err != nil {
		return err
	}
	if _, err := w.Write(append(a.header(&meta, len(root), len(js), len(leaves)), root...)); err != nil {
		return err
	}
	_, err = w.Seek(end-pmHeaderLen-int64(len(root)), io.SeekCurrent)
	return err
}

type pmArchive struct {
	w         io.Writer
	size      uint64
	entries   []pmEntry
	addressed uint64
	seen      map[[32]byte]pmEntry
}

func (a *pmArchive) add(t Tile, gz []byte) error {
	e := pmEntry{t.ID(), a.size, uint32(len(gz)), 1}
	a.addressed++
	sum := sha256.Sum256(gz)
	if same, ok := a.seen[sum]; ok {
		e.offset = same.offset
		if last := &a.entries[len(a.entries)-1]; last.offset == e.offset && last.id+uint64(last.run) == e.id {
			last.run++
			return nil
		}
		a.entries = append(a.entries, e)
		return nil
	}
	a.seen[sum] = e
	a.entries = append(a.entries, e)
	a.size += uint64(len(gz))
	_, err := a.w.Write(gz)
	return err
}

// directories returns the compressed root and all leaf directories.
func (a *pmArchive) directories() (root, leaves []byte, err error) {
	if root, err = pmDirectory(a.entries); err != nil || len(root) <= pmRootRoom-pmHeaderLen {
		return root, nil, err
	}
	for size := pmLeafLen; ; size *= 2 {
		var top []pmEntry
		leaves = leaves[:0]
		for from := 0; from < len(a.entries); from += size {
			leaf, err := pmDirectory(a.entries[from:min(from+size, len(a.entries))])
			if err != nil {
				return nil, nil, err
			}
			top = append(top, pmEntry{id: a.entries[from].id, offset: uint64(len(leaves)), length: uint32(len(leaf))})
			leaves = append(leaves, leaf...)
		}
		if root, err = pmDirectory(top); err != nil || len(root) <= pmRootRoom-pmHeaderLen {
			return root, leaves, err
		}
	}
}

// pmDirectory serialises entries column by column, as the specification has it.
func pmDirectory(entries []pmEntry) ([]byte, error) {
	b := binary.AppendUvarint(nil, uint64(len(entries)))
	last := uint64(0)
	for _, e := range entries {
		b = binary.AppendUvarint(b, e.id-last)
		last = e.id
	}
	for _, e := range entries {
		b = binary.AppendUvarint(b, uint64(e.run))
	}
	for _, e := range entries {
		b = binary.AppendUvarint(b, uint64(e.length))
	}
	for i, e := range entries {
		if i > 0 && e.offset == entries[i-1].offset+uint64(entries[i-1].length) {
			b = append(b, 0)
			continue
		}
		b = binary.AppendUvarint(b, e.offset+1)
	}
	return Compress(b, Gzip)
}

func pmMetadata(j TileJSON) ([]byte, error) {
	b, err := json.Marshal(struct {
		Name         string        `json:"name,omitempty"`
		Description  string        `json:"description,omitempty"`
		Attribution  string        `json:"attribution,omitempty"`
		Version      string        `json:"version,omitempty"`
		Type         string        `json:"type"`
		VectorLayers []VectorLayer `json:"vector_layers"`
	}{j.Name, j.Description, j.Attribution, j.Version, "overlay", j.VectorLayers})
	if err != nil {
		return nil, err
	}
	return Compress(b, Gzip)
}

func (a *pmArchive) header(j *TileJSON, root, meta, leaves int) []byte {
	h := make([]byte, 0, pmRootRoom)
	h = append(append(h, "PMTiles"...), 3)
	u := func(vs ...uint64) {
		for _, v := range vs {
			h = binary.LittleEndian.AppendUint64(h, v)
		}
	}
	degrees := func(vs ...float64) {
		for _, v := range vs {
			h = binary.LittleEndian.AppendUint32(h, uint32(int32(math.Round(v*1e7))))
		}
	}
	u(pmHeaderLen, uint64(root))
	u(pmRootRoom+a.size, uint64(meta))
	u(pmRootRoom+a.size+uint64(meta), uint64(leaves))
	u(pmRootRoom, a.size)
	u(a.addressed, uint64(len(a.entries)), uint64(len(a.seen)))
	h = append(h, 1, pmGzip, pmGzip, pmVectorTile, j.MinZoom, j.MaxZoom)
	degrees(j.Bounds[:]...)
	h = append(h, byte(j.Center[2]))
	degrees(j.Center[0], j.Center[1])
	return h
}
