package topology

import (
	"cloudgrid/spatial"
	"cloudgrid/spatial/disjoint"
	"cloudgrid/spatial/measure"
)

// crossings reports where rings cross themselves.
func (d *drawn) crossings() {
	for _, c := range d.g.crosses {
		for _, r := range d.g.sets.members(c.rings, nil) {
			d.found = append(d.found, atPoint(SelfCrossing, d.g.faceOf(r), c.at))
		}
	}
}

// touches reports points that a ring passes more than once, unless a spike or
// a crossing there says so already.
func (d *drawn) touches() {
	type place struct {
		ring int32
		at   spatial.Point
	}
	told := map[place]bool{}
	for _, s := range d.g.spikes {
		told[place{s.ring, s.a}], told[place{s.ring, s.b}] = true, true
	}
	for _, c := range d.g.crosses {
		for _, r := range d.g.sets.members(c.rings, nil) {
			told[place{r, c.at}] = true
		}
	}
	for _, t := range d.g.touches {
		if !told[place(t)] {
			told[place(t)] = true
			d.found = append(d.found, atPoint(SelfTouch, d.g.faceOf(t.ring), t.at))
		}
	}
}

// minSpikeM is the least length of a spike worth telling: shorter ones are what
// rounding to the lattice leaves of a sharp corner.
const minSpikeM = 0.1

// spikes reports rings that run there and back: the tip, and the length one way.
func (d *drawn) spikes() {
	bad := map[int32]bool{}
	for _, b := range d.g.bad {
		bad[b.ring] = true
		d.found = append(d.found, atPoint(InvalidRing, d.g.faceOf(b.ring), b.at))
	}
	byRing := map[int32][]spike{}
	for _, s := range d.g.spikes {
		if !bad[s.ring] {
			byRing[s.ring] = append(byRing[s.ring], s)
		}
	}
	for ring, ss := range byRing {
		nodes := newVertices(2 * len(ss))
		for _, s := range ss {
			nodes.number(s.a)
			nodes.number(s.b)
		}
		groups := disjoint.New(len(nodes.pts))
		times := make([]int, len(nodes.pts))
		for _, s := range ss {
			groups.Join(int32(nodes.number(s.a)), int32(nodes.number(s.b)))
			times[nodes.number(s.a)]++
			times[nodes.number(s.b)]++
		}
		spikes := map[int32]*Problem{}
		for v, p := range nodes.pts {
			root := groups.Find(int32(v))
			if spikes[root] == nil {
				first := atPoint(Spike, d.g.faceOf(ring), p)
				spikes[root] = &first
			}
			s := spikes[root]
			s.Box = s.Box.Extend(p)
			if times[v] == 1 {
				s.At = p
			}
		}
		for _, s := range ss {
			spikes[groups.Find(int32(nodes.number(s.a)))].LengthM += measure.NearM(s.a, s.b)
		}
		for _, s := range spikes {
			if s.LengthM >= minSpikeM {
				d.found = append(d.found, *s)
			}
		}
	}
}

func atPoint(kind Kind, f FaceID, at spatial.Point) Problem {
	return Problem{Kind: kind, Faces: []FaceID{f}, At: at, Box: spatial.Box{Min: at, Max: at}}
}
