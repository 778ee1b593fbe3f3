package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"net/http"
	"strconv"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/spatial"
	"cloudgrid/spatial/crs"
	"cloudgrid/web/ordered"
)

// chunkBytes is how much of a batch one core takes at a time: enough to make
// handing it over cheap, little enough to keep memory bounded.
const chunkBytes = 128 << 10

// batch answers many questions over one snapshot: every row of a request sees
// the same edition.
type batch struct {
	service *Service
	ctx     context.Context
	common  Question
	ids     bool // only the grid's id

	// What the fast path needs, settled once; fast is false when the common
	// values already ask for more than it can.
	fast bool
	view *view
	net  *atlas.Net
	ask  ask
	crs  crs.CRS // the common frame; zero when each row brings its own
}

// prepare settles the common values, so that what is wrong with them is said
// once and not at every row.
func (b *batch) prepare() error {
	q, err := b.common.options()
	if err != nil {
		return err
	}
	if b.common.CRS != "" {
		if b.crs, err = frame(b.common.CRS); err != nil {
			return gridmap.Errorf(gridmap.Invalid, "不认识的坐标系 crs=%q: %w", b.common.CRS, err)
		}
	}
	if b.view, err = b.service.viewFor(b.ctx, q); err != nil {
		return err
	}
	if b.net, err = q.settle(b.view.atlas); err != nil {
		return err
	}
	b.ask = q
	b.ask.Around = !b.ids
	b.fast = !q.duty
	return nil
}

// answerFast answers a scanned row, or says that it cannot.
func (b *batch) answerFast(out []byte, f *fields) ([]byte, bool) {
	if !b.fast || f.other {
		return out, false
	}
	in := b.crs
	if f.crs != nil {
		var err error
		if in, err = frame(string(f.crs)); err != nil {
			return out, false
		}
	}
	q := b.ask
	if p, ok := spatial.ParseLonLat(f.lon, f.lat); ok && in.Lattice() {
		q.Point = p
	} else {
		var err error
		if q.Point, err = in.ParsePoint(string(f.lon), string(f.lat)); err != nil {
			return out, false
		}
	}
	if b.ids {
		a := b.net.Resolve(q.Ask)
		if b.view.atlas.Here(b.net, q.Point, &a) != nil {
			return out, false // the slow way says why
		}
		return b.appendIDs(out, f.id, a), true
	}
	q.id = string(f.id)
	a := b.net.Resolve(q.Ask)
	mark := len(out)
	out, err := b.view.appendAnswer(out, b.net, q, &a)
	if err != nil {
		return out[:mark], false
	}
	return out, true
}

// appendIDs writes the short answer: {"id":…,"status":…,"grid":…}.
func (b *batch) appendIDs(out, id []byte, a atlas.Answer) []byte {
	out = append(out, '{')
	if id != nil {
		out = append(append(append(out, `"id":`...), id...), ',')
	}
	out = append(append(out, `"status":"`...), a.Status.String()...)
	if a.Grid == atlas.None {
		return append(out, `","grid":null}`...)
	}
	out = append(out, `","grid":`...)
	return append(strconv.AppendInt(out, int64(b.net.Grids[a.Grid].ID), 10), '}')
}

// answerSlow answers any row; what is wrong with it is its answer.
func (b *batch) answerSlow(out, line []byte) []byte {
	var r row
	if err := json.Unmarshal(line, &r); err != nil {
		return errorRow(out, "", gridmap.Errorf(gridmap.Invalid, "此行不是有效的 JSON 对象: %w", err))
	}
	own, err := r.question()
	if err != nil {
		return errorRow(out, "", err)
	}
	q := b.common.with(own)
	mark := len(out)
	if out, err = b.answerOne(out, q); err != nil {
		return errorRow(out[:mark], q.ID, err)
	}
	return out
}

func (b *batch) answerOne(out []byte, r Question) ([]byte, error) {
	q, err := r.parse()
	if err != nil {
		return out, err
	}
	v := b.view
	if !q.at.Equal(b.ask.at) { // each time can be a map of its own to load
		return out, gridmap.Errorf(gridmap.Invalid, "一批只能问一个时间：请把 at 写在查询字符串里 (one at per batch: put it into the query string)")
	}
	if q.every {
		return out, gridmap.Errorf(gridmap.Invalid, "批量查询一次只问一个网 (one network per batch)")
	}
	q.now = b.service.desk.Now()
	n, err := q.settle(v.atlas)
	if err != nil {
		return out, err
	}
	if b.ids && q.address == "" {
		q.Around = false
		a := n.Resolve(q.Ask)
		if err := v.atlas.Here(n, q.Point, &a); err != nil {
			return out, err
		}
		return (&batch{net: n}).appendIDs(out, []byte(q.id), a), nil
	}
	return v.answer(out, n, q)
}

// answerLines answers a chunk of whole lines, one line each.
func (b *batch) answerLines(out, chunk []byte) []byte {
	var f fields
	for len(chunk) > 0 {
		line, rest, _ := bytes.Cut(chunk, []byte{'\n'})
		chunk = rest
		after, ok := scanRow(line, &f)
		if ok && len(skipSpace(after)) == 0 {
			var done bool
			if out, done = b.answerFast(out, &f); done {
				out = append(out, '\n')
				continue
			}
		}
		if line = bytes.TrimSpace(line); len(line) > 0 {
			out = append(b.answerSlow(out, line), '\n')
		}
	}
	return out
}

// answerElements answers a chunk of whole elements of a valid array, a comma
// before each.
func (b *batch) answerElements(out, chunk []byte) []byte {
	var f fields
	for chunk = skipSpace(chunk); len(chunk) > 0; chunk = skipSpace(chunk) {
		if chunk[0] == ',' {
			chunk = skipSpace(chunk[1:])
		}
		out = append(out, ',')
		if after, ok := scanRow(chunk, &f); ok {
			var done bool
			if out, done = b.answerFast(out, &f); done {
				chunk = after
				continue
			}
		}
		end := elementEnd(chunk)
		out = b.answerSlow(out, bytes.TrimSpace(chunk[:end]))
		chunk = chunk[end:]
	}
	return out
}

// elementEnd returns where the first element of a comma-separated list of valid
// JSON values ends.
func elementEnd(b []byte) int {
	depth, quoted := 0, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case quoted:
			if c == '\\' {
				i++
			} else if c == '"' {
				quoted = false
			}
		case c == '"':
			quoted = true
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			depth--
		case c == ',' && depth == 0:
			return i
		}
	}
	return len(b)
}

// elementChunks cuts a list of valid elements into chunks of whole ones.
func elementChunks(list []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		from := 0
		for at := 0; at < len(list); {
			at += elementEnd(list[at:])
			if at-from >= chunkBytes || at >= len(list) {
				if !yield(list[from:at]) {
					return
				}
				from = at
			}
			at++ // the comma
		}
	}
}

// lineChunks cuts a stream into chunks of whole lines, each as soon as it has
// come in, so that a client may wait for an answer before it asks on. Why the
// stream ended early, if it did, is left in cut. A chunk is the receiver's to
// keep.
func lineChunks(r io.Reader, cut *error) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		block := make([]byte, chunkBytes)
		from, to := 0, 0 // of what has been read and not yet handed on
		for {
			n, err := r.Read(block[to:])
			line := bytes.LastIndexByte(block[to:to+n], '\n') + 1
			if line > 0 {
				if !yield(block[from : to+line]) {
					return
				}
				from = to + line
			}
			to += n
			switch {
			case err != nil:
				if !errors.Is(err, io.EOF) {
					*cut = err
				} else if to > from {
					yield(block[from:to])
				}
				return
			case to-from > maxLineBytes:
				*cut = errors.New("一行超过 64 KiB (line too long)")
				return
			case len(block)-to < chunkBytes/8: // the rest of a line moves to a new block
				next := make([]byte, chunkBytes)
				from, to = 0, copy(next, block[from:to])
				block = next
			}
		}
	}
}

// run answers the chunks and writes the answers in order. The first answer of
// all loses the comma before it.
func (b *batch) run(w io.Writer, chunks iter.Seq[[]byte], answer func(out, chunk []byte) []byte) error {
	flusher, _ := w.(http.Flusher)
	first := true
	return ordered.Run(b.ctx, chunks, answer, func(result []byte, last bool) error {
		if first && len(result) > 0 {
			first = false
			if result[0] == ',' {
				result = result[1:]
			}
		}
		if _, err := w.Write(result); err != nil {
			return err
		}
		if last && flusher != nil {
			flusher.Flush() // the client may be waiting for just these
		}
		return nil
	})
}
