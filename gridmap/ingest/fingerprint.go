package ingest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"

	"cloudgrid/gridmap"
	"cloudgrid/spatial"
)

// Fingerprint tells plans apart: two of one file and the same options have the
// same one if they found the same errors and warnings, would write the same and
// would write it over the same versions. So a plan that was looked at can be
// held against one that is made anew just before it is written: what others
// changed meanwhile matters only if it shows here. Notes do not count, nor does
// from when it is to be true.
func (p *Plan) Fingerprint() string {
	h := sha256.New()
	say := func(format string, args ...any) { _, _ = fmt.Fprintf(h, format+"\n", args...) } // a hash takes everything
	rep, w := p.b.rd.rep, p.writes
	say("%s %q %q %d %d %d", rep.As, rep.Network, rep.Level, rep.Accepted, rep.Created, rep.Updated)
	for _, f := range rep.Findings {
		if f.Severity != Note {
			say("%s %s %v %q %q", f.Severity, f.Kind, f.Rows, f.Codes, f.Message)
		}
	}
	say("over %v %v", p.over, w.ended)
	if w.network != nil {
		say("%v", *w.network)
	}
	say("%v %v", w.levels, w.roles)
	for _, g := range w.grids {
		shape := g.Shape
		g.Shape, g.Span = nil, gridmap.Span{}
		say("%v", g)
		hashShape(h, shape)
	}
	for _, a := range w.atoms {
		shape := a.Shape
		a.Shape, a.Span = nil, gridmap.Span{}
		say("%v", a)
		hashShape(h, shape)
	}
	for _, m := range w.members {
		say("%d %d %d", m.Atom, m.Network, m.Grid)
	}
	p.sayPeople(say)
	return hex.EncodeToString(h.Sum(nil))
}

func (p *Plan) sayPeople(say func(string, ...any)) {
	for _, pl := range p.writes.places {
		pl.Span = gridmap.Span{}
		say("%v", pl)
	}
	for _, who := range p.writes.persons {
		who.Span = gridmap.Span{}
		say("%v", who)
	}
	for _, post := range p.writes.posts {
		post.Span = gridmap.Span{ValidTo: post.ValidTo}
		say("%v", post)
	}
}

func hashShape(h hash.Hash, m spatial.MultiPolygon) {
	if len(m) > 0 {
		key := shapeKey(m)
		_, _ = h.Write(key[:])
	}
}

// replaces notes a version that would be written over.
func (p *Plan) replaces(s gridmap.Span) { p.over = append(p.over, s.RecordedFrom) }
