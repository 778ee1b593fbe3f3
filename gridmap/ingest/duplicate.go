package ingest

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"

	"cloudgrid/spatial"
)

// shapeKey is the same for two shapes of the same rings, wherever each ring
// begins, whichever way it runs and in whatever order they stand.
func shapeKey(m spatial.MultiPolygon) [sha256.Size]byte {
	var keys [][]byte
	for _, poly := range m {
		for _, r := range poly {
			keys = append(keys, ringKey(r))
		}
	}
	slices.SortFunc(keys, slices.Compare)
	h := sha256.New()
	for _, k := range keys {
		h.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(k))))
		h.Write(k)
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// ringKey writes the ring from its least point on, towards the lesser of that
// point's neighbours.
func ringKey(r spatial.Ring) []byte {
	n := len(r)
	start := 0
	for i := range r {
		if r[i].Less(r[start]) {
			start = i
		}
	}
	step := 1
	if r[(start+n-1)%n].Less(r[(start+1)%n]) {
		step = n - 1
	}
	key := make([]byte, 0, 8*n)
	for i, at := 0, start; i < n; i, at = i+1, (at+step)%n {
		key = binary.LittleEndian.AppendUint32(key, uint32(r[at].X))
		key = binary.LittleEndian.AppendUint32(key, uint32(r[at].Y))
	}
	return key
}

// dropSameShapes rejects rows whose shape an earlier row has: one ground cannot
// have two owners in one level.
func (rd *reader) dropSameShapes(rows []row) []row {
	first := make(map[[sha256.Size]byte]int, len(rows))
	return slices.DeleteFunc(rows, func(r row) bool {
		if len(r.shape) == 0 {
			return false
		}
		key := shapeKey(r.shape)
		if other, taken := first[key]; taken {
			rd.reject(KindSameShape, r.n, r.code, rowAt(r), "图形与第 %d 行完全相同", other)
			return true
		}
		first[key] = r.n
		return false
	})
}
