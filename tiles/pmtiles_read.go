package tiles

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// ReadPMTile returns the stored bytes of one tile of an archive, nil when it
// has none; for checking what was written.
func ReadPMTile(archive []byte, t Tile) ([]byte, error) {
	if len(archive) < pmHeaderLen || !bytes.HasPrefix(archive, []byte("PMTiles\x03")) {
		return nil, fmt.Errorf("not a PMTiles v3 archive")
	}
	at := func(i int) uint64 { return binary.LittleEndian.Uint64(archive[i:]) }
	cut := func(from, length uint64) ([]byte, error) {
		if from > uint64(len(archive)) || length > uint64(len(archive))-from {
			return nil, fmt.Errorf("%d bytes at %d are past the end", length, from)
		}
		return archive[from : from+length], nil
	}
	dir, length := at(8), at(16)
	for range 4 {
		part, err := cut(dir, length)
		if err != nil {
			return nil, err
		}
		entries, err := pmParse(part)
		if err != nil {
			return nil, err
		}
		var e pmEntry
		for _, c := range entries {
			if c.id <= t.ID() {
				e = c
			}
		}
		switch {
		case e.length == 0 || e.run > 0 && t.ID() >= e.id+uint64(e.run):
			return nil, nil
		case e.run > 0:
			return cut(at(56)+e.offset, uint64(e.length))
		}
		dir, length = at(40)+e.offset, uint64(e.length)
	}
	return nil, fmt.Errorf("directories are nested too deeply")
}

func pmParse(gz []byte) ([]pmEntry, error) {
	b, err := gunzip(gz)
	if err != nil {
		return nil, err
	}
	r := bytes.NewReader(b)
	n, err := binary.ReadUvarint(r)
	if err != nil || n > uint64(len(b)) {
		return nil, fmt.Errorf("directory of %d entries in %d bytes: %w", n, len(b), err)
	}
	es := make([]pmEntry, n)
	last := uint64(0)
	columns := []func(e *pmEntry, i int, v uint64){
		func(e *pmEntry, _ int, v uint64) { last += v; e.id = last },
		func(e *pmEntry, _ int, v uint64) { e.run = uint32(v) },
		func(e *pmEntry, _ int, v uint64) { e.length = uint32(v) },
		func(e *pmEntry, i int, v uint64) {
			if e.offset = v - 1; v == 0 && i > 0 {
				e.offset = es[i-1].offset + uint64(es[i-1].length)
			}
		},
	}
	for _, set := range columns {
		for i := range es {
			v, err := binary.ReadUvarint(r)
			if err != nil {
				return nil, err
			}
			set(&es[i], i, v)
		}
	}
	return es, nil
}
