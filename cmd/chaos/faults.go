package main

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// fault is something that breaks under load and is mended.
type fault struct {
	breakIt, mend func(context.Context) error
	names         []string      // that readiness may have for it
	brief         bool          // it can be over before readiness has looked
	away          bool          // the store takes nothing while it lasts
	stale         bool          // and gives nothing, so that answers are marked
	least         time.Duration // that it lasts
}

// How long after a fault is told, and after its end everything is as before.
const (
	toldWithin    = 15 * time.Second
	resumesWithin = 30 * time.Second
)

// under loads a server with readers, writers and a probe, breaks something,
// mends it and reports what the clients noticed.
func (l *lab) under(ctx context.Context, r *report, s *server, f fault) error {
	wrk, err := l.readers(s.url, l.connections)
	if err != nil {
		return err
	}
	d := &desk{acks: newAcks(), tag: fmt.Sprintf("c%d", time.Now().UnixNano())}
	p := watch(ctx, s.url)
	stopWriters := d.write(ctx, s.url)
	stop := func() { stopWriters(); p.stop() }
	while(ctx, l.lasting()/2)
	broke := time.Now()
	if err := f.breakIt(ctx); err != nil {
		stop()
		return fmt.Errorf("breaking: %w", err)
	}
	while(ctx, max(l.lasting(), f.least))
	if !f.brief {
		p.until(ctx, broke.Add(toldWithin), func(seen []readiness) bool { _, ok := first(seen, broke, f.names...); return ok })
	}
	mending := time.Now()
	if err := f.mend(ctx); err != nil {
		stop()
		return fmt.Errorf("mending: %w", err)
	}
	mended := time.Now()
	p.until(ctx, mended.Add(resumesWithin), func(seen []readiness) bool {
		since, ok := settled(seen)
		_, wrote := d.acks.after(mended)
		return ok && wrote && time.Since(since) > time.Second
	})
	while(ctx, l.lasting()/2)
	stop()
	read, err := wrk.stop()
	if err != nil {
		return err
	}
	f.reads(r, read, p, broke, mending)
	f.writes(r, d.acks, broke, mending)
	f.resumes(r, d.acks, p, mended)
	d.acks.holds(ctx, newClient(s.url, "chaos"), r, 1)
	r.add("发布了的版次", "editions published", "≥ 1", fmt.Sprint(len(d.acks.plans)), len(d.acks.plans) > 0)
	return nil
}

// until waits for what readiness is to say, at most until a time.
func (p *probe) until(ctx context.Context, end time.Time, ok func([]readiness) bool) {
	for time.Now().Before(end) && ctx.Err() == nil {
		if _, ready := p.said(); ok(ready) {
			return
		}
		while(ctx, probeEvery)
	}
}

// reads reports that nobody who read noticed anything but the mark.
func (f fault) reads(r *report, read wrkResult, p *probe, broke, mending time.Time) {
	r.add("读取失败（wrk）", "failed reads, wrk", "0", fmt.Sprintf("%d / %d, %.0f/s, p99 %s", read.failed, read.requests, read.perSecond, ms(read.p99)), read.failed == 0 && read.requests > 0)
	answers, ready := p.said()
	failed, marked, told := 0, 0, 0
	var longest time.Duration
	since, named := first(ready, broke, f.names...)
	for _, a := range answers {
		longest = max(longest, a.took)
		if a.fault != "" {
			failed++
		}
		if named && a.at.After(since) && a.at.Before(mending) {
			if told++; a.stale >= 0 {
				marked++
			}
		}
	}
	r.zero("读取失败（新连接，逐个计）", "failed reads, each over a new connection", failed, len(answers))
	r.note("其中最慢", "the slowest of these", ms(longest))
	switch {
	case named:
		r.timed("/readyz 说出故障", "readiness names the fault", "≤ "+toldWithin.String(), fmt.Sprintf("%.1f s (%s)", since.Sub(broke).Seconds(), strings.Join(f.names, "/")), since.Sub(broke) <= toldWithin)
	case f.brief:
		r.note("/readyz 说出故障", "readiness names the fault", "已先恢复 (over before it was looked at)")
	default:
		r.add("/readyz 说出故障", "readiness names the fault", "≤ "+toldWithin.String(), "—", false)
	}
	if f.stale {
		r.add("故障期间的回答标明陈旧秒数", "answers marked with their age while it lasts", "100 %", fmt.Sprintf("%d / %d", marked, told), marked == told && told > 0)
	}
}

// writes reports that no writer was left without an answer or given a wrong one.
func (f fault) writes(r *report, a *acks, broke, mending time.Time) {
	done, refused, longest := a.between(broke, mending)
	if f.away {
		r.add("故障期间写入被拒（503/507 + Retry-After）", "writes refused while it lasts", "> 0", fmt.Sprintf("%d, 完成 done %d", refused, done), refused > 0)
		r.note("说明", "reasons", a.why())
	} else {
		r.note("故障期间的写入", "writes while it lasts", fmt.Sprintf("完成 done %d, 拒绝 refused %d", done, refused))
	}
	r.timed("故障期间最慢的写入答复", "the slowest answer to a write", "≤ 15 s", fmt.Sprintf("%.1f s", longest.Seconds()), longest <= 15*time.Second)
	wrong, example := a.wrong(false)
	r.add("既未完成又未按规则拒绝的写入", "writes neither done nor refused as they should be", "0", fmt.Sprintf("%d %s", wrong, example), wrong == 0)
}

// resumes reports how long after the end of the fault all was as before.
func (f fault) resumes(r *report, a *acks, p *probe, mended time.Time) {
	_, ready := p.said()
	say := func(zh, en string, at time.Time, ok bool) {
		got := "—"
		if ok {
			got = fmt.Sprintf("%.1f s", max(0, at.Sub(mended).Seconds()))
		}
		r.timed(zh, en, "≤ "+resumesWithin.String(), got, ok && at.Sub(mended) <= resumesWithin)
	}
	at, ok := a.after(mended)
	say("恢复后首个写入完成", "the first write done after its end", at, ok)
	at, ok = settled(ready)
	say("恢复后 /readyz 不再报故障", "readiness names nothing any more", at, ok)
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }
