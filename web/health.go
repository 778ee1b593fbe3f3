package web

import (
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
)

// readiness is what /readyz answers. It names no host: everybody may ask.
type readiness struct {
	Ready      bool      `json:"ready"` // there is a map to answer from
	Edition    int64     `json:"edition"`
	Seq        int64     `json:"seq"`
	At         time.Time `json:"at"`          // the time that the map shows
	Stale      bool      `json:"stale"`       // the store could not be read lately
	ReadAt     time.Time `json:"read_at"`     // when it last could
	AgeSeconds int64     `json:"age_seconds"` // since then
	Faults     []fault   `json:"faults"`

	Databases []databaseState `json:"databases,omitempty"`
}

// fault is one thing that is wrong; docs/operations.md says what to do.
type fault struct {
	Fault  string    `json:"fault"` // "no_map", "draining", "store_unreachable", "store_fault", "store_full", "map_expired", "primary_unreachable", "standby_unreachable", "standby_behind"
	Since  time.Time `json:"since,omitzero"`
	Detail string    `json:"detail"`
}

// StaleHeader says in every answer how many seconds ago the store could last be
// read, while it cannot be.
const StaleHeader = "X-CloudGrid-Stale-Seconds"

// marked marks answers by their age while the store is away: they are right as
// of then.
func marked(maps *atlas.Keeper, now func() time.Time) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if standing := maps.Standing(); standing.Fault != nil {
				c.Response().Header().Set(StaleHeader, strconv.FormatInt(ageSeconds(standing, now()), 10))
			}
			return next(c)
		}
	}
}

// ageSeconds is how long ago the store was last read; 0 when it never was.
func ageSeconds(s atlas.Standing, now time.Time) int64 {
	if s.ReadAt.IsZero() {
		return 0
	}
	return max(int64(now.Sub(s.ReadAt).Seconds()), 0)
}

// health adds /healthz (the process answers) and /readyz (what it answers from,
// and each thing that is wrong). Only a server without a map, or one that is
// about to end, is not ready: one whose store is away or full still answers, and
// taking it out of service would turn a stale map into none.
func health(e *echo.Echo, s state) {
	e.GET("/healthz", func(c echo.Context) error { return c.String(http.StatusOK, "ok\n") })
	e.GET("/readyz", func(c echo.Context) error {
		r := s.readiness()
		c.Response().Header().Set("Cache-Control", "no-store")
		if !r.Ready {
			c.Response().Header().Set("Retry-After", "5")
			return c.JSON(http.StatusServiceUnavailable, r)
		}
		return c.JSON(http.StatusOK, r)
	})
}

// turnOver is how long an edition may take to come into effect before its being
// late is a fault: a busy server needs a moment to read it.
const turnOver = 2 * time.Second

// state is what readiness is told from.
type state struct {
	maps      *atlas.Keeper
	room      gridmap.Capacity // nil: it is not known
	drain     *Drain
	databases func() []Database
	now       func() time.Time
}

func (s state) readiness() readiness {
	r := readinessOf(s.maps, s.now())
	if s.room != nil && !s.room.FullSince().IsZero() {
		r.Faults = append(r.Faults, fault{"store_full", s.room.FullSince(), "存储空间已满，写入被拒绝；腾出空间后下一次写入即恢复 (the store has no room left: writes are refused until one succeeds)"})
	}
	if s.databases != nil {
		r.addDatabases(s.databases())
	}
	if s.drain.Begun() {
		r.Ready = false
		r.Faults = append(r.Faults, fault{"draining", time.Time{}, "此服务即将停止，请转往其他副本 (this server is about to end: use another)"})
	}
	return r
}

func readinessOf(maps *atlas.Keeper, now time.Time) readiness {
	a, standing := maps.Current(), maps.Standing()
	r := readiness{Ready: a != nil, Stale: standing.Fault != nil, ReadAt: standing.ReadAt, AgeSeconds: ageSeconds(standing, now), Faults: []fault{}}
	if standing.Fault != nil {
		f := fault{"store_fault", standing.Since, "地图无法从存储更新，正以旧图作答 (the map cannot be refreshed from the store; answers come from the last one)"}
		if gridmap.CodeOf(standing.Fault) == gridmap.Unavailable {
			f = fault{"store_unreachable", standing.Since, "存储连接不上，正以旧图作答，暂不能写入 (the store cannot be reached; answers come from the last map, nothing can be written)"}
		}
		r.Faults = append(r.Faults, f)
	}
	if a == nil {
		r.Faults = append(r.Faults, fault{"no_map", time.Time{}, "还没有地图 (there is no map yet)"})
		return r
	}
	r.Edition, r.Seq, r.At = a.Edition().Number, int64(a.Head().Seq), a.At()
	if until := a.Until(); !a.Covers(now) && (now.Before(until) || now.Sub(until) > turnOver) {
		r.Faults = append(r.Faults, fault{"map_expired", a.Until(), "地图所示时间已过，应有新版生效 (the map's time has run out: another edition should have taken effect)"})
	}
	return r
}
