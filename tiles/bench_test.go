package tiles

import (
	"fmt"
	"syscall"
	"testing"
)

func taiwanPyramid(tb testing.TB) *Pyramid {
	tw := loadTaiwan(tb)
	p, err := Build(Source{Geometry: NewGeometry(tw.topo), Levels: tw.levels[2:]})
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// BenchmarkColdTile cuts the tiles over all villages of Taiwan in turn.
func BenchmarkColdTile(b *testing.B) {
	p := taiwanPyramid(b)
	for _, z := range []uint8{5, 6, 7, 8, 9, 10, 11, 12, 13, 14} {
		var list []Tile
		everyTile(p, z, func(x, y uint32) {
			if p.Tile(SetGrids, uint32(z), x, y) != nil {
				list = append(list, Tile{z, x, y})
			}
		})
		b.Run(fmt.Sprintf("z=%d", z), func(b *testing.B) {
			b.ReportAllocs()
			i, bytes, cpu := 0, 0, cpuTime(b)
			for b.Loop() {
				t := list[i%len(list)]
				bytes += len(p.Tile(SetGrids, uint32(z), t.X, t.Y))
				i++
			}
			b.ReportMetric(float64(cpuTime(b)-cpu)/float64(b.N), "cpu-ns/op")
			b.ReportMetric(float64(bytes)/float64(i), "bytes/tile")
		})
	}
}

// cpuTime is what the process has used so far, in nanoseconds: on a busy
// machine it says more than the clock.
func cpuTime(b *testing.B) int64 {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		b.Fatal(err)
	}
	return r.Utime.Nano() + r.Stime.Nano()
}

func BenchmarkNewGeometry(b *testing.B) {
	tw := loadTaiwan(b)
	b.ReportAllocs()
	for b.Loop() {
		NewGeometry(tw.topo)
	}
}
