package main

import (
	"context"
	"fmt"
	"time"
)

// scenario is one thing that goes wrong.
type scenario struct {
	name   string
	zh, en string
	run    func(ctx context.Context, l *lab, r *report) error
}

func scenarios() []scenario {
	return []scenario{
		{"db-stopped", "数据库停止后再启动", "PostGIS stopped and started again", dbStopped},
		{"db-restarted", "数据库重启", "PostGIS restarted", dbRestarted},
		{"db-connections", "数据库连接被反复切断", "connections to PostGIS terminated again and again", dbConnections},
		{"db-killed", "数据库被 kill -9", "PostGIS killed with -9", dbKilled},
		{"db-hangs", "数据库不答也不断开", "PostGIS hangs: it neither answers nor hangs up", dbHangs},
		{"standby-promoted", "主库死后备库升为主库", "the primary killed, its streaming standby promoted", standbyPromoted},
		{"standby-behind", "主库死后落后的异步备库升为主库", "the primary killed, its asynchronous standby promoted, which lacks the last writes", standbyBehind},
		{"disk-full-gpkg", "磁盘写满（GeoPackage）", "the disk full under a GeoPackage", diskFullGeoPackage},
		{"disk-full-postgis", "磁盘写满（PostGIS）", "the disk full under PostGIS", diskFullPostGIS},
		{"replica-killed", "三个副本之一被 kill -9", "one of three replicas killed with -9", replicaKilled},
		{"kills-gpkg", "服务反复被 kill -9（GeoPackage）", "the server killed with -9 at random moments, GeoPackage", killsGeoPackage},
		{"kills-postgis", "服务反复被 kill -9（PostGIS）", "the server killed with -9 at random moments, PostGIS", killsPostGIS},
		{"slow-clients", "一万个慢客户端", "ten thousand slow clients", slowClients},
		{"soak", "混合负载长跑", "a mixed soak", soak},
	}
}

// all runs the scenarios one after another and prints what each found.
func (l *lab) all(ctx context.Context, chosen []scenario) int {
	l.sayf("机器 machine: %s", machine())
	start, broken := time.Now(), 0
	for _, s := range chosen {
		r := &report{}
		l.sayf("\n== %s  %s (%s)", s.name, s.zh, s.en)
		began := time.Now()
		err := s.run(ctx, l, r)
		l.end() // what the scenario started
		if ctx.Err() != nil {
			l.sayf("中断，已清理 (interrupted, cleaned up)")
			return exitBad
		}
		if err != nil {
			r.add("场景走完", "the scenario could be run", "", err.Error(), false)
		}
		l.say(r.table())
		l.sayf("用时 took %.0f s，负载 load %s", time.Since(began).Seconds(), loadAverage())
		broken += r.broken()
	}
	l.sayf("\n共 %d 个场景，%d 项不符，用时 %.0f s (scenarios, checks that failed, time)", len(chosen), broken, time.Since(start).Seconds())
	if broken > 0 {
		return exitBroken
	}
	return exitHeld
}

// report is what a scenario asked and what it measured.
type report struct{ rows []row }

type row struct {
	zh, en, want, got string
	ok                bool
	only              bool // a figure that nothing is asked of
	clock             bool // it depends on how busy the machine is
}

func (r *report) add(zh, en, want, got string, ok bool) {
	r.rows = append(r.rows, row{zh: zh, en: en, want: want, got: got, ok: ok})
}

// timed is add for what a busy machine can fail.
func (r *report) timed(zh, en, want, got string, ok bool) {
	r.rows = append(r.rows, row{zh: zh, en: en, want: want, got: got, ok: ok, clock: true})
}

// note adds a figure.
func (r *report) note(zh, en, got string) {
	r.rows = append(r.rows, row{zh: zh, en: en, got: got, ok: true, only: true})
}

// zero adds a count that must be none, out of some that must be some.
func (r *report) zero(zh, en string, bad, of int) {
	r.add(zh, en, "0", fmt.Sprintf("%d / %d", bad, of), bad == 0 && of > 0)
}

func (r *report) broken() (n int) {
	for _, row := range r.rows {
		if !row.ok {
			n++
		}
	}
	return n
}
