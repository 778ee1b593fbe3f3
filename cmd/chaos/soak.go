package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"cloudgrid/cmd/chaos/cluster"
)

const (
	// warm is how long a server may grow: caches fill, the first drafts open.
	warm = time.Minute
	// measureEvery is how often its vitals are taken.
	measureEvery = 10 * time.Second
	// flatWithin is by how much of its mean a figure may rise over the rest.
	flatWithin = 0.05
)

// soak has two servers, one over each store, read, drawn, edited, published and
// imported into for a long time, and asks whether their use of memory is flat.
func soak(ctx context.Context, l *lab, r *report) error {
	dir, err := l.folder()
	if err != nil {
		return err
	}
	file, err := l.demoFile(ctx, dir)
	if err != nil {
		return err
	}
	db, err := l.database(ctx, cluster.Options{})
	if err != nil {
		return err
	}
	soaks := []*soaking{{name: "GeoPackage", store: file}, {name: "PostGIS", store: db.DSN()}}
	for _, s := range soaks {
		if s.server, err = l.serve(ctx, s.store); err != nil {
			return err
		}
	}
	end, done := context.WithTimeout(ctx, l.soak)
	defer done()
	var both sync.WaitGroup
	errs := make([]error, len(soaks))
	for i, s := range soaks {
		both.Go(func() { errs[i] = s.run(end, l) })
	}
	both.Wait()
	for i, s := range soaks {
		if ctx.Err() != nil || errs[i] != nil {
			return fmt.Errorf("%s: %w", s.name, errs[i])
		}
		s.report(ctx, r)
	}
	return nil
}

// soaking is one server at it.
type soaking struct {
	name, store string
	server      *server
	desk        *desk
	read        wrkResult
	looks       looks
	imports     imports
	seen        []vitals
}

// run works until ctx ends.
func (s *soaking) run(ctx context.Context, l *lab) error {
	readers, err := l.soakReaders(s.server.url)
	if err != nil {
		return err
	}
	s.desk = &desk{acks: newAcks(), tag: fmt.Sprintf("s%d", time.Now().UnixNano()), steady: true}
	var all sync.WaitGroup
	stop := s.desk.write(ctx, s.server.url)
	all.Go(func() { s.looks.run(ctx, s.server.url) })
	all.Go(func() { s.imports.run(ctx, l, s.store) })
	tick := time.NewTicker(min(measureEvery, l.soak/5))
	defer tick.Stop()
	for ctx.Err() == nil {
		select {
		case <-tick.C:
			if v, err := s.server.vitals(ctx); err == nil {
				s.keep(v)
				v.profile = nil
				s.seen = append(s.seen, v)
			}
		case <-ctx.Done():
		}
	}
	stop()
	all.Wait()
	s.read, err = readers.stop()
	return err
}

// keep writes the vitals beside the server's log, for whoever keeps the folder:
// the heap as it was when it was warm and as it is now, to be compared by
// `go tool pprof -base`.
func (s *soaking) keep(v vitals) {
	profile := "heap-now.pb.gz"
	if len(s.seen) == 0 || v.at.Sub(s.seen[0].at) < warm {
		profile = "heap-warm.pb.gz"
	}
	_ = os.WriteFile(filepath.Join(filepath.Dir(s.server.log), profile), v.profile, 0o600)
	f, err := os.OpenFile(filepath.Join(filepath.Dir(s.server.log), "vitals.csv"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return
	}
	_, _ = fmt.Fprintf(f, "%s,%.0f,%.0f,%.0f,%.0f\n", v.at.UTC().Format(time.RFC3339), v.rss, v.heap, v.goroutines, v.fds)
	_ = f.Close()
}

// report says what was done and whether it left anything behind.
func (s *soaking) report(ctx context.Context, r *report) {
	name := s.name + ": "
	r.add(name+"读取失败", "failed reads", "0", fmt.Sprintf("%d / %d, p99 %s", s.read.failed, s.read.requests, ms(s.read.p99)), s.read.failed == 0 && s.read.requests > 0)
	wrong, example := s.desk.acks.wrong(false)
	ops, records, published := s.desk.acks.kinds()
	r.add(name+"写入出错", "writes that went wrong", "0", fmt.Sprintf("%d %s；操作 ops %d, 记录 records %d, 发布 publishes %d", wrong, example, ops, records, published), wrong == 0 && published > 0)
	r.add(name+"看图、瓦片、提议出错", "looks at drafts, their tiles, proposals, other times", "0", s.looks.said(), s.looks.failed == 0 && s.looks.done > 0)
	r.add(name+"导入出错", "imports that went wrong", "0", s.imports.said(), s.imports.failed == 0 && s.imports.done > 0)
	s.desk.acks.holds(ctx, newClient(s.server.url, "chaos"), r, 1)
	s.flat(r, name, "内存 RSS", 1e6, "MB", 8e6, func(v vitals) float64 { return v.rss })
	s.flat(r, name, "Go 堆 heap after GC", 1e6, "MB", 4e6, func(v vitals) float64 { return v.heap })
	s.flat(r, name, "协程 goroutines", 1, "", 5, func(v vitals) float64 { return v.goroutines })
	s.flat(r, name, "文件描述符 file descriptors", 1, "", 5, func(v vitals) float64 { return v.fds })
}

// flat reports the trend of one figure after the first minute. It must not be
// shown to rise: less two standard errors, the line may rise by flatWithin of
// its mean, or by little in its own unit. A short soak is asked nothing.
func (s *soaking) flat(r *report, name, what string, scale float64, unit string, little float64, of func(vitals) float64) {
	var x, y []float64
	for _, v := range s.seen {
		if since := v.at.Sub(s.seen[0].at); since >= warm-measureEvery {
			x, y = append(x, since.Minutes()), append(y, of(v))
		}
	}
	if len(x) < 6 {
		var all []float64
		for _, v := range s.seen {
			all = append(all, of(v)/scale)
		}
		r.note(name+what, "too short for a trend", fmt.Sprintf("%.0f %s", all, unit))
		return
	}
	t, over := trendOf(x, y), x[len(x)-1]-x[0]
	shown := trend{mean: t.mean, slope: t.slope - 2*t.error}
	ok := shown.grows(over) <= flatWithin || shown.slope*over <= little
	r.add(name+what, "from the first minute on", fmt.Sprintf("≤ +%.0f %%", 100*flatWithin), fmt.Sprintf("%+.2f ± %.2f %s/min（均值 mean %.1f, %.1f … %.1f；%.0f min 共 %+.1f %%）",
		t.slope/scale, t.error/scale, unit, t.mean/scale, slices.Min(y)/scale, slices.Max(y)/scale, over, 100*t.grows(over)), ok)
}
