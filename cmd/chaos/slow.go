package main

import (
	"context"
	"fmt"
	"slices"
	"syscall"
	"time"
)

const (
	// slowRatio is how much slower the fast clients may get.
	slowRatio = 3
	// slowKiB is how much memory a slow client may cost.
	slowKiB = 96
)

// slowClients measures the fast clients alone, among the slow ones, and alone
// again.
func slowClients(ctx context.Context, l *lab, r *report) error {
	if err := allowFiles(l.slow + 2000); err != nil { // each end is a process of its own
		return err
	}
	dir, err := l.folder()
	if err != nil {
		return err
	}
	store, err := l.demoFile(ctx, dir)
	if err != nil {
		return err
	}
	s, err := l.serve(ctx, store)
	if err != nil {
		return err
	}
	each := max(l.lasting(), 2*time.Second)
	before, err := l.fast(ctx, s.url, each)
	if err != nil {
		return err
	}
	alone, err := s.vitals(ctx)
	if err != nil {
		return err
	}
	m, err := l.slowOnes(s.url, l.slow)
	if err != nil {
		return err
	}
	came := time.Now()
	for m.said.Load().Open < int64(l.slow*95/100) && time.Since(came) < time.Minute && ctx.Err() == nil {
		while(ctx, 100*time.Millisecond)
	}
	open := m.said.Load().Open
	arrived := time.Since(came)
	among, err := l.fast(ctx, s.url, 3*each) // so long that slow ones are dropped and come again
	if err != nil {
		return err
	}
	then := *m.said.Load()
	crowded, err := s.vitals(ctx)
	if err != nil {
		return err
	}
	m.stop()
	while(ctx, 2*time.Second)
	after, err := l.fast(ctx, s.url, each)
	if err != nil {
		return err
	}
	left, err := s.vitals(ctx)
	if err != nil {
		return err
	}
	r.add("同时打开的慢连接", "slow connections open", fmt.Sprintf("≥ %d", l.slow*9/10), fmt.Sprintf("%d（%.1f s 内）, 之后 then %d", open, arrived.Seconds(), then.Open), open >= int64(l.slow*9/10))
	r.note("被服务器断开的慢连接", "slow connections dropped by the server", fmt.Sprint(then.Dropped))
	failed := before.wrk.failed + among.wrk.failed + after.wrk.failed
	r.add("快客户端失败的读取", "failed reads of the fast", "0", fmt.Sprintf("%d / %d", failed, before.wrk.requests+among.wrk.requests+after.wrk.requests), failed == 0)
	ratio := func(zh, en string, one, two, three time.Duration) {
		normal := (one + three) / 2
		times := float64(two) / float64(normal)
		r.timed(zh, en, fmt.Sprintf("≤ %d×", slowRatio), fmt.Sprintf("%.2f×: %s → %s → %s", times, ms(one), ms(two), ms(three)), times <= slowRatio)
	}
	ratio("快客户端 p99（wrk）", "p99 of the fast: alone, among, alone", before.wrk.p99, among.wrk.p99, after.wrk.p99)
	ratio("新连接 p99", "p99 over new connections", before.fresh, among.fresh, after.fresh)
	r.note("快客户端每秒", "answers a second", fmt.Sprintf("%.0f → %.0f → %.0f", before.wrk.perSecond, among.wrk.perSecond, after.wrk.perSecond))
	cost := (crowded.rss - alone.rss) / 1024 / float64(l.slow)
	r.add("每个慢连接占用内存", "memory that a slow client costs", fmt.Sprintf("≤ %d KiB", slowKiB), fmt.Sprintf("%.1f KiB（%.0f → %.0f MB）", cost, alone.rss/1e6, crowded.rss/1e6), cost <= slowKiB)
	r.add("慢连接离开后的文件描述符", "file descriptors once they have gone", fmt.Sprintf("≤ %.0f", alone.fds+100), fmt.Sprintf("%.0f → %.0f → %.0f", alone.fds, crowded.fds, left.fds), left.fds <= alone.fds+100)
	r.add("慢连接离开后的协程", "goroutines once they have gone", fmt.Sprintf("≤ %.0f", alone.goroutines+200), fmt.Sprintf("%.0f → %.0f → %.0f", alone.goroutines, crowded.goroutines, left.goroutines), left.goroutines <= alone.goroutines+200)
	return nil
}

// pair is how the fast ones fared.
type pair struct {
	wrk   wrkResult
	fresh time.Duration // p99 of connections made anew
}

func (l *lab) fast(ctx context.Context, url string, d time.Duration) (pair, error) {
	p := watch(ctx, url)
	w, err := l.measure(ctx, url, l.connections, d)
	p.stop()
	answers, _ := p.said()
	var took []time.Duration
	for _, a := range answers {
		if a.fault != "" {
			w.failed++
		}
		took = append(took, a.took)
	}
	slices.Sort(took)
	if len(took) == 0 {
		return pair{}, fmt.Errorf("nobody was answered over a new connection")
	}
	return pair{w, took[len(took)*99/100]}, err
}

// allowFiles raises how many files this process and its children may open.
func allowFiles(n int) error {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return err
	}
	most := max(limit.Max, uint64(n)) //nolint:gosec // not negative
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: most, Max: most}); err != nil {
		return fmt.Errorf("%d open files are needed, %d may be: raise `ulimit -Hn`: %w", n, limit.Max, err)
	}
	return nil
}
