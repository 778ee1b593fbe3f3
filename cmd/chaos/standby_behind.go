package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"cloudgrid/cmd/chaos/cluster"
)

// standbyBehind has three servers over a primary and its asynchronous standby.
// The stream between the two is cut, so that the standby lacks what is written
// from then on; the primary dies and the standby takes over. What was
// acknowledged meanwhile is lost, which is what asynchronous replication costs:
// it is counted. The servers must notice, go on answering, and be alike.
func standbyBehind(ctx context.Context, l *lab, r *report) error {
	primary, err := l.database(ctx, cluster.Options{})
	if err != nil {
		return err
	}
	standby, err := primary.Standby(ctx, cluster.Options{})
	if err != nil {
		return err
	}
	l.later(func() { _ = standby.Remove() })
	var all []*server
	for range 3 {
		s, err := l.serve(ctx, both(primary, standby), "--store-read", standby.DSN())
		if err != nil {
			return err
		}
		all = append(all, s)
	}
	reading, err := l.readers(all[1].url, l.connections)
	if err != nil {
		return err
	}
	var probes []*probe
	for _, s := range all {
		p := watch(ctx, s.url)
		defer p.stop()
		probes = append(probes, p)
	}
	before := &desk{acks: newAcks(), tag: fmt.Sprintf("b%d", time.Now().UnixNano())}
	stop := before.write(ctx, all[0].url)
	while(ctx, l.lasting()/2)
	if err := cut(ctx, standby); err != nil {
		stop()
		return err
	}
	while(ctx, l.lasting()/2)
	had, err := seqOf(ctx, primary)
	if err == nil {
		err = primary.Kill()
	}
	stop()
	if err != nil {
		return err
	}
	while(ctx, l.lasting())
	_, showed := standings(ctx, all)
	promoting := time.Now()
	if err := standby.Promote(ctx); err != nil {
		return fmt.Errorf("promoting: %w", err)
	}
	has, err := seqOf(ctx, standby)
	if err != nil {
		return err
	}
	after := &desk{acks: newAcks(), tag: fmt.Sprintf("a%d", time.Now().UnixNano())}
	stop = after.write(ctx, all[2].url)
	for end := time.Now().Add(resumesWithin); after.acks.total() < 5 && time.Now().Before(end) && ctx.Err() == nil; {
		while(ctx, pace)
	}
	resumed := time.Since(promoting)
	while(ctx, l.lasting()/2)
	stop()
	_, seqs := level(ctx, all)
	r.note("备库缺少的变更（死时主库 → 升主后）", "change sets that the standby lacked (primary at its death → promoted)", fmt.Sprintf("%d (%d → %d)", had-has, had, has))
	gone, err := before.acks.lost(ctx, newClient(all[1].url, "chaos"))
	if err != nil {
		r.note("已确认而丢失的写入（异步复制的代价）", "acknowledged writes lost, the cost of asynchronous replication", fmt.Sprintf("? / %d (%v)", before.acks.total(), err))
	} else {
		r.note("已确认而丢失的写入（异步复制的代价）", "acknowledged writes lost, the cost of asynchronous replication", fmt.Sprintf("%d / %d", len(gone), before.acks.total()))
	}
	forkNoticed(r, all, showed, has)
	read, err := reading.stop()
	if err != nil {
		return err
	}
	r.add("读取失败（wrk）", "failed reads", "0", fmt.Sprintf("%d / %d, p99 %s", read.failed, read.requests, ms(read.p99)), read.failed == 0 && read.requests > 0)
	for i, p := range probes {
		p.stop()
		answers, _ := p.said()
		failed := 0
		for _, a := range answers {
			if a.fault != "" {
				failed++
			}
		}
		name := fmt.Sprintf("%c", 'A'+i)
		r.zero("副本 "+name+" 读取失败（新连接）", "failed reads on replica "+name+", new connections", failed, len(answers))
	}
	wrong, example := after.acks.wrong(false)
	r.add("升主后失败的写入", "writes that failed after the promotion", "0", fmt.Sprintf("%d %s", wrong, example), wrong == 0)
	r.timed("升主后多久可写", "writes go through after", "≤ "+resumesWithin.String(), fmt.Sprintf("%.1f s", resumed.Seconds()), resumed <= resumesWithin)
	after.acks.holds(ctx, newClient(all[1].url, "chaos"), r, 1)
	fresh, err := l.serve(ctx, standby.DSN())
	if err != nil {
		return err
	}
	return alike(ctx, r, append(all, fresh), seqs)
}

// cut ends the stream from the primary to a standby, which goes on answering.
func cut(ctx context.Context, standby *cluster.Cluster) error {
	for _, statement := range []string{"ALTER SYSTEM SET primary_conninfo = ''", "SELECT pg_reload_conf()"} {
		if err := standby.SQL(ctx, statement); err != nil {
			return err
		}
	}
	for end := time.Now().Add(resumesWithin); time.Now().Before(end) && ctx.Err() == nil; while(ctx, 10*time.Millisecond) {
		if n, err := standby.Query(ctx, "SELECT count(*) FROM pg_stat_wal_receiver"); err != nil || n == "0" {
			return err
		}
	}
	return fmt.Errorf("the standby goes on receiving")
}

// seqOf is the newest change set of a database.
func seqOf(ctx context.Context, db *cluster.Cluster) (int64, error) {
	text, err := db.Query(ctx, "SELECT seq FROM head")
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(strings.TrimSpace(text), 10, 64)
}

// forkNoticed looks whether those servers that showed what was lost said that
// the map goes on from less.
func forkNoticed(r *report, all []*server, showed []int64, has int64) {
	should, noticed := 0, 0
	for i, s := range all {
		if showed[i] <= has {
			continue
		}
		should++
		text, err := os.ReadFile(s.log)
		if err == nil && (strings.Contains(string(text), "has lost change sets") || strings.Contains(string(text), "the map is loaded anew")) {
			noticed++
		}
	}
	r.add("显示过丢失内容的副本中发现历史退回者", "of the replicas that had shown what was lost, those that noticed", fmt.Sprint(should), fmt.Sprintf("%d %v", noticed, showed), noticed == should)
}

// alike compares what servers answer, the last of which has just started.
func alike(ctx context.Context, r *report, all []*server, seqs []int64) error {
	_, now := level(ctx, all)
	for _, path := range []string{"/v1/grids.geojson", "/v1/grids.geojson?atoms=1", "/v1/grids", "/v1/records?kind=unit"} {
		sums := map[string]int{}
		for _, s := range all {
			sum, err := sumOf(ctx, s.url+path)
			if err != nil {
				return err
			}
			sums[sum]++
		}
		r.add("各副本与新启动者的答复 "+path, "answers of the replicas, and of one that has just started", "1", fmt.Sprintf("%d %v %v", len(sums), seqs, now), len(sums) == 1)
	}
	return nil
}

// sumOf is a digest of an answer, without the moment at which it was made.
func sumOf(ctx context.Context, url string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close() //nolint:errcheck // read to the end
	text, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %d %s", url, resp.StatusCode, text)
	}
	return fmt.Sprintf("%x", sha256.Sum256(text)), err
}
