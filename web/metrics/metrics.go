// Package metrics counts what the server does, for Prometheus: requests by
// route, how old the map is, and what memory holds. Routes are named by their
// pattern, so that no coordinate, name or key becomes a label.
package metrics

import (
	"net/http"
	"regexp"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"cloudgrid/gridmap/atlas"
)

// Maps is where the map comes from.
type Maps interface {
	Current() *atlas.Atlas
	Fault() error
	PastSpent(atlas.Shelf) atlas.PastSpent
}

// Metrics holds the counters of one server.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
	underway prometheus.Gauge
}

// New makes the counters.
func New(maps Maps, now func() time.Time) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "cloudgrid_request_seconds", Help: "Time to answer a request, by route pattern, method and class of status.",
			Buckets: []float64{.0001, .0005, .001, .005, .01, .05, .1, .5, 1, 5, 30},
		}, []string{"route", "method", "status"}),
		underway: prometheus.NewGauge(prometheus.GaugeOpts{Name: "cloudgrid_requests_under_way", Help: "Requests being answered."}),
	}
	gauge := func(name, help string, value func() float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "cloudgrid_" + name, Help: help}, value)
	}
	past := func(shelf atlas.Shelf, by string) prometheus.Collector {
		return prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "cloudgrid_past_loads_total", Help: "Maps of other moments that were loaded, by who asked.", ConstLabels: prometheus.Labels{"by": by},
		}, func() float64 { return float64(maps.PastSpent(shelf).Loads) })
	}
	m.registry.MustRegister(
		past(atlas.ForInsiders, "inside"), past(atlas.ForStrangers, "public"),
		m.requests, m.underway, collectors.NewGoCollector(collectors.WithGoCollectorRuntimeMetrics(liveHeap())), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		gauge("edition", "Newest edition in effect in the map.", func() float64 { return float64(maps.Current().Edition().Number) }),
		gauge("seq", "Newest change set in the map.", func() float64 { return float64(maps.Current().Head().Seq) }),
		gauge("map_age_seconds", "Time since the newest change set in the map was made.", func() float64 {
			at := maps.Current().Head().At
			if at.IsZero() {
				return 0
			}
			return now().Sub(at).Seconds()
		}),
		gauge("map_stale", "1 while the store cannot be read and answers come from the last map.", func() float64 {
			if maps.Fault() != nil {
				return 1
			}
			return 0
		}),
		gauge("grids", "Grids of all networks.", func() float64 {
			n := 0
			for _, net := range maps.Current().Nets() {
				n += len(net.Grids)
			}
			return float64(n)
		}),
		gauge("atoms", "Basic units.", func() float64 { return float64(maps.Current().NumAtoms()) }),
		gauge("places", "Standard addresses.", func() float64 { return float64(len(maps.Current().Places())) }),
	)
	return m
}

// Middleware measures every request.
func (m *Metrics) Middleware(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		start := time.Now()
		m.underway.Inc()
		defer m.underway.Dec()
		err := next(c)
		if err != nil {
			c.Error(err) // the status is known only once the error is written
		}
		route := c.Path()
		if route == "" {
			route = "none"
		}
		m.requests.WithLabelValues(route, method(c.Request().Method), strconv.Itoa(c.Response().Status/100)+"xx").Observe(time.Since(start).Seconds())
		return nil
	}
}

// method keeps strangers from making labels of their own.
func method(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return m
	}
	return "other"
}

// Handler answers GET /metrics.
func (m *Metrics) Handler() echo.HandlerFunc {
	return echo.WrapHandler(promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
}

// liveHeap adds go_gc_heap_live_bytes: what the last collection found in use.
// What is allocated is that and all garbage since, which tells of the load.
func liveHeap() collectors.GoRuntimeMetricsRule {
	return collectors.GoRuntimeMetricsRule{Matcher: regexp.MustCompile(`^/gc/heap/live:bytes$`)}
}
