package metrics

import "github.com/prometheus/client_golang/prometheus"

// Database is one of those that a server reads from.
type Database struct {
	Name       string
	Up         bool
	Behind     float64 // change sets
	LagSeconds float64
	ReadAt     float64 // Unix time; 0: never
}

// databases are gauges of each database, told when they are asked for.
type databases struct {
	ask                   func() []Database
	up, behind, lag, read *prometheus.Desc
}

// Databases adds what is known of the databases. Their names are those of the
// configuration, so that they are few.
func (m *Metrics) Databases(ask func() []Database) {
	desc := func(name, help string) *prometheus.Desc {
		return prometheus.NewDesc("cloudgrid_database_"+name, help, []string{"database"}, nil)
	}
	m.registry.MustRegister(databases{
		ask: ask, up: desc("up", "1 while the database answers."),
		behind: desc("behind", "Change sets that the database lacks."),
		lag:    desc("lag_seconds", "For how long it has lacked them."),
		read:   desc("read_timestamp_seconds", "When the map was last read from it."),
	})
}

// Describe implements prometheus.Collector.
func (d databases) Describe(out chan<- *prometheus.Desc) {
	for _, desc := range []*prometheus.Desc{d.up, d.behind, d.lag, d.read} {
		out <- desc
	}
}

// Collect implements prometheus.Collector.
func (d databases) Collect(out chan<- prometheus.Metric) {
	for _, b := range d.ask() {
		up := 0.0
		if b.Up {
			up = 1
		}
		for _, v := range []struct {
			desc  *prometheus.Desc
			value float64
		}{{d.up, up}, {d.behind, b.Behind}, {d.lag, b.LagSeconds}, {d.read, b.ReadAt}} {
			out <- prometheus.MustNewConstMetric(v.desc, prometheus.GaugeValue, v.value, b.Name)
		}
	}
}
