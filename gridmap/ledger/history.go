// Package ledger holds the rules by which a store is written, once for both
// stores: what an assertion supersedes, whose a code is, what a change set and
// an audit line look like. It knows no SQL; a store offers it tables.
package ledger

import (
	"time"

	"cloudgrid/gridmap"
)

// Row is one row of a table of versions. Key is its key in that table, 0 for
// a row that is not stored yet.
type Row[T any] struct {
	Key    int64
	County gridmap.County
	Value  T
}

// Change is what must happen to a table of versions, in this order.
type Change[T any] struct {
	Seq    gridmap.Seq
	Close  []int64 // keys of rows that are superseded: recorded_to becomes Seq
	Delete []int64 // keys of rows written in this same change set and replaced in it
	Insert []T     // complete with their recorded times

	Counties []gridmap.County // where those of Insert lie; nil: all in 0
}

// identity is what versions of one thing share: the id, or for a membership
// the atom and the network.
type identity [2]int64

// history is what is believed of a few things, while assertions change it.
type history[T any] struct {
	kind kind[T]
	seq  gridmap.Seq
	rows map[identity][]Row[T]
	ids  []identity // those asserted, in order of first mention, so that writes are reproducible
	seen map[identity]bool
	out  Change[T]
}

func newHistory[T any](k kind[T], seq gridmap.Seq, believed []Row[T]) *history[T] {
	h := &history[T]{kind: k, seq: seq, rows: make(map[identity][]Row[T]), seen: make(map[identity]bool), out: Change[T]{Seq: seq}}
	for _, r := range believed {
		id := k.identity(&r.Value)
		h.rows[id] = append(h.rows[id], r)
	}
	return h
}

// put asserts v over its valid time; it lies in the county c.
func (h *history[T]) put(v T, c gridmap.County) {
	id, span := h.kind.identity(&v), h.kind.span(&v)
	span.RecordedFrom, span.RecordedTo = h.seq, 0
	h.clear(id, *span)
	h.rows[id] = append(h.rows[id], Row[T]{Value: v, County: c})
}

// end believes nothing of the thing from at on; a zero at is "since ever".
func (h *history[T]) end(id identity, at time.Time) {
	h.clear(id, gridmap.Span{ValidFrom: at})
}

// clear supersedes what is believed of id within the valid time of hole.
func (h *history[T]) clear(id identity, hole gridmap.Span) {
	if !h.seen[id] {
		h.seen[id] = true
		h.ids = append(h.ids, id)
	}
	var kept []Row[T]
	for _, r := range h.rows[id] {
		span := *h.kind.span(&r.Value)
		if !span.Overlaps(hole) {
			kept = append(kept, r)
			continue
		}
		h.supersede(r, span)
		for _, rest := range span.Cut(hole) {
			piece := r.Value
			rest.RecordedFrom, rest.RecordedTo = h.seq, 0
			*h.kind.span(&piece) = rest
			kept = append(kept, Row[T]{Value: piece, County: r.County})
		}
	}
	h.rows[id] = kept
}

func (h *history[T]) supersede(r Row[T], span gridmap.Span) {
	switch {
	case r.Key == 0: // never stored
	case span.RecordedFrom == h.seq:
		h.out.Delete = append(h.out.Delete, r.Key)
	default:
		h.out.Close = append(h.out.Close, r.Key)
	}
}

// change returns what was asserted as work for the table.
func (h *history[T]) change() Change[T] {
	for _, id := range h.ids {
		for _, r := range h.rows[id] {
			if r.Key == 0 {
				h.out.Insert = append(h.out.Insert, r.Value)
				h.out.Counties = append(h.out.Counties, r.County)
			}
		}
	}
	return h.out
}
