package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"cloudgrid/cmd/chaos/cluster"
)

func killsGeoPackage(ctx context.Context, l *lab, r *report) error {
	dir, err := l.folder()
	if err != nil {
		return err
	}
	store, err := l.demoFile(ctx, dir)
	if err != nil {
		return err
	}
	return l.killing(ctx, r, store)
}

func killsPostGIS(ctx context.Context, l *lab, r *report) error {
	db, err := l.database(ctx, cluster.Options{})
	if err != nil {
		return err
	}
	return l.killing(ctx, r, db.DSN())
}

// killing starts a server on a store, has it written to and read from, and
// kills it at a random moment, again and again. After each death the next
// server is asked for everything that the dead one acknowledged in its time,
// and at the end once more for everything that any of them did.
func (l *lab) killing(ctx context.Context, r *report, store string) error {
	all, round := newAcks(), newAcks()
	var lost []string
	var starts []time.Duration
	wrong, example := 0, ""
	for n := range l.rounds + 1 {
		began := time.Now()
		s, err := l.serve(ctx, store)
		if err != nil {
			return fmt.Errorf("round %d: %w", n, err)
		}
		starts = append(starts, time.Since(began))
		missing, err := round.lost(ctx, newClient(s.url, "chaos"))
		if err != nil {
			return fmt.Errorf("round %d: %w", n, err)
		}
		lost = append(lost, missing...)
		if n == l.rounds {
			missing, err := all.lost(ctx, newClient(s.url, "chaos"))
			if err != nil {
				return err
			}
			lost = append(lost, missing...)
			s.kill()
			break
		}
		round = newAcks()
		if err := l.oneKill(ctx, s, round, n, all.total()); err != nil {
			return err
		}
		k, e := round.wrong(true)
		if wrong += k; e != "" {
			example = e
		}
		all.take(round)
	}
	got := fmt.Sprintf("%d / %d", len(lost), all.total())
	if len(lost) > 0 {
		got += ": " + lost[0]
	}
	r.add("已确认而丢失的写入", "acknowledged writes lost", fmt.Sprintf("0 / ≥ %d", l.acks), got, len(lost) == 0 && all.total() >= l.acks)
	ops, records, published := all.kinds()
	r.note("其中", "of which", fmt.Sprintf("方案操作 operations %d, 记录 records %d, 发布 publishes %d", ops, records, published))
	r.note("被杀次数", "kills", fmt.Sprint(l.rounds))
	r.add("未被杀死时的错误答复", "wrong answers before a death", "0", fmt.Sprintf("%d %s", wrong, example), wrong == 0)
	slowest := time.Duration(0)
	for _, d := range starts {
		slowest = max(slowest, d)
	}
	r.note("死后重新启动到可用", "from death to the first answer, at most", ms(slowest))
	return l.sound(ctx, r, store)
}

// oneKill loads a server and kills it at a random moment, but not before the
// round has had its share of the acknowledgements that are wanted in all.
func (l *lab) oneKill(ctx context.Context, s *server, a *acks, n, have int) error {
	wrk, err := l.readers(s.url, l.connections)
	if err != nil {
		return err
	}
	d := &desk{acks: a, tag: fmt.Sprintf("k%d-%d", n, time.Now().UnixNano())}
	stop := d.write(ctx, s.url)
	share := min(l.acks, (l.acks*(n+1)+l.rounds-1)/l.rounds) - have
	for end := time.Now().Add(time.Minute); a.total() < share && time.Now().Before(end) && ctx.Err() == nil; {
		while(ctx, 5*time.Millisecond)
	}
	while(ctx, time.Duration(rand.Int64N(int64(400*time.Millisecond))))
	s.kill()
	stop()
	_, err = wrk.stop()
	return err
}

// sound asks the product whether the store is whole.
func (l *lab) sound(ctx context.Context, r *report, store string) error {
	_, err := l.cloudgrid(ctx, "audit", "verify", "--store", store)
	r.add("审计链完整", "the audit chain holds (cloudgrid audit verify)", "0", errText(err), err == nil)
	_, err = l.cloudgrid(ctx, "check", "--store", store)
	r.add("地图无缺陷", "the map has no defect (cloudgrid check)", "0", errText(err), err == nil)
	return ctx.Err()
}

func errText(err error) string {
	if err == nil {
		return "0"
	}
	return strings.ReplaceAll(err.Error(), "\n", " / ")
}
