package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"cloudgrid/cmd/chaos/cluster"
)

// seenWithin is how soon every replica shows what one of them published.
const seenWithin = time.Second

// replicaKilled has three servers over one database, loads them all, writes at
// the first and kills the third.
func replicaKilled(ctx context.Context, l *lab, r *report) error {
	db, err := l.database(ctx, cluster.Options{})
	if err != nil {
		return err
	}
	var all []*server
	for range 3 {
		s, err := l.serve(ctx, db.DSN())
		if err != nil {
			return err
		}
		all = append(all, s)
	}
	var reading []*crowd
	var probes []*probe
	for _, s := range all {
		c, err := l.readers(s.url, max(2, l.connections/len(all)))
		if err != nil {
			return err
		}
		p := watch(ctx, s.url)
		defer p.stop()
		reading, probes = append(reading, c), append(probes, p)
	}
	d := &desk{acks: newAcks(), tag: fmt.Sprintf("r%d", time.Now().UnixNano())}
	stop := d.write(ctx, all[0].url)
	while(ctx, l.lasting()/2)
	victim := all[2]
	victim.kill()
	while(ctx, l.lasting())
	began := time.Now()
	again, err := l.serve(ctx, db.DSN())
	if err != nil {
		return err
	}
	back := time.Since(began)
	while(ctx, l.lasting()/2)
	stop()
	survivors := []*server{all[0], all[1], again}
	wrote := time.Now()
	same, seqs := level(ctx, survivors)
	for i := range 2 {
		read, err := reading[i].stop()
		if err != nil {
			return err
		}
		probes[i].stop()
		answers, ready := probes[i].said()
		failed := 0
		var faults []string
		for _, a := range answers {
			if a.fault != "" {
				failed++
			}
		}
		for _, at := range ready {
			for _, f := range at.Faults {
				faults = append(faults, f.Fault)
			}
		}
		name := fmt.Sprintf("%c", 'A'+i)
		r.add("存活副本 "+name+" 读取失败（wrk）", "failed reads on survivor "+name, "0", fmt.Sprintf("%d / %d, p99 %s", read.failed, read.requests, ms(read.p99)), read.failed == 0 && read.requests > 0)
		r.zero("存活副本 "+name+" 读取失败（新连接）", "failed reads on "+name+", new connections", failed, len(answers))
		r.add("存活副本 "+name+" 报出的故障", "faults that "+name+" names", "0", fmt.Sprintf("%d %v", len(faults), slices.Compact(faults)), len(faults) == 0)
	}
	wrong, example := d.acks.wrong(false)
	r.add("存活副本上失败的写入", "writes that failed on a survivor", "0", fmt.Sprintf("%d %s", wrong, example), wrong == 0)
	r.timed("新副本启动到可用", "a new replica answers after", "≤ "+resumesWithin.String(), fmt.Sprintf("%.1f s", back.Seconds()), back <= resumesWithin)
	r.timed("三个副本显示同一变更", "all three show the same change set after", "≤ "+seenWithin.String(), fmt.Sprintf("%.2f s %v", same.Sub(wrote).Seconds(), seqs), !same.IsZero() && same.Sub(wrote) <= seenWithin)
	d.acks.holds(ctx, newClient(survivors[1].url, "chaos"), r, 1)
	return nil
}

// level waits until all servers stand at the same change set, and returns when.
func level(ctx context.Context, all []*server) (at time.Time, seqs []int64) {
	for end := time.Now().Add(resumesWithin); time.Now().Before(end) && ctx.Err() == nil; while(ctx, 20*time.Millisecond) {
		var equal bool
		if equal, seqs = standings(ctx, all); equal {
			return time.Now(), seqs
		}
	}
	return time.Time{}, seqs
}

// standings is at which change set each server stands, and whether all answer
// and stand at the same.
func standings(ctx context.Context, all []*server) (equal bool, seqs []int64) {
	equal = true
	for _, s := range all {
		var is struct{ Seq int64 }
		if newClient(s.url, "chaos").get(ctx, "/readyz", &is) != nil {
			equal = false
		}
		seqs = append(seqs, is.Seq)
		equal = equal && is.Seq == seqs[0]
	}
	return equal, seqs
}
