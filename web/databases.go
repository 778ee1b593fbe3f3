package web

import (
	"time"

	"cloudgrid/web/metrics"
)

// Database is one of several that a server reads from, as it stood when it was
// last asked.
type Database struct {
	Name    string // of its place in the configuration: strangers may ask, so no host
	Primary bool
	Seq     int64
	Behind  int64 // change sets that it lacks
	Lag     time.Duration
	ReadAt  time.Time // when the map was last read from it
	Fault   bool
	Since   time.Time // of the fault
}

// databaseState is a Database in /readyz.
type databaseState struct {
	Name       string    `json:"name"`
	Role       string    `json:"role"` // "primary", "standby"
	Up         bool      `json:"up"`
	Seq        int64     `json:"seq"`
	Behind     int64     `json:"behind"`
	LagSeconds float64   `json:"lag_seconds"`
	ReadAt     time.Time `json:"read_at,omitzero"`
	Used       bool      `json:"used"` // the map was last read from here
}

// behindLong is how long a standby may lack a change set before that is a
// fault. A busy standby is a second behind now and then.
const behindLong = 10 * time.Second

func (r *readiness) addDatabases(all []Database) {
	newest := -1
	for i, d := range all {
		state := databaseState{d.Name, "standby", !d.Fault, d.Seq, d.Behind, d.Lag.Seconds(), d.ReadAt, false}
		if d.Primary {
			state.Role = "primary"
		}
		if !d.ReadAt.IsZero() && (newest < 0 || d.ReadAt.After(all[newest].ReadAt)) {
			newest = i
		}
		r.Databases = append(r.Databases, state)
		switch {
		case d.Fault && d.Primary:
			r.Faults = append(r.Faults, fault{"primary_unreachable", d.Since, "主库连接不上，读取照常，暂不能写入 (the primary cannot be reached: reads go on, nothing can be written)"})
		case d.Fault:
			r.Faults = append(r.Faults, fault{"standby_unreachable", d.Since, d.Name + " 连接不上 (a standby cannot be reached: others are read)"})
		case !d.Primary && d.Lag > behindLong:
			r.Faults = append(r.Faults, fault{"standby_behind", d.Since, d.Name + " 落后 (a standby is behind: others are read)"})
		}
	}
	if newest >= 0 {
		r.Databases[newest].Used = true
	}
}

func forMetrics(all []Database) []metrics.Database {
	out := make([]metrics.Database, len(all))
	for i, d := range all {
		out[i] = metrics.Database{Name: d.Name, Up: !d.Fault, Behind: float64(d.Behind), LagSeconds: d.Lag.Seconds()}
		if !d.ReadAt.IsZero() {
			out[i].ReadAt = float64(d.ReadAt.Unix())
		}
	}
	return out
}
