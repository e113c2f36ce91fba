package central

// What may change here: the figures at /metrics and the lines of the log.

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"cmc/api/central/pressure"
)

// gauges are the service's figures. No label holds an id, a name or an address.
type gauges struct {
	registry  *prometheus.Registry
	requests  *prometheus.CounterVec
	took      *prometheus.HistogramVec
	listening prometheus.Gauge
	panics    prometheus.Counter
	shed      *prometheus.CounterVec
	limited   *prometheus.CounterVec
}

func newGauges() *gauges {
	g := &gauges{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "cmc_requests_total", Help: "Requests by route and class of status."}, []string{"route", "status"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "cmc_request_seconds", Help: "Time to answer by route.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5}}, []string{"route"}),
		listening: prometheus.NewGauge(prometheus.GaugeOpts{Name: "cmc_event_listeners", Help: "Open lines of events."}),
		panics:    prometheus.NewCounter(prometheus.CounterOpts{Name: "cmc_panics_total", Help: "Requests that ended in a panic."}),
		shed:      prometheus.NewCounterVec(prometheus.CounterOpts{Name: "cmc_shed_total", Help: "Requests refused because there was no room, by class."}, []string{"class"}),
		limited:   prometheus.NewCounterVec(prometheus.CounterOpts{Name: "cmc_limited_total", Help: "Requests refused because one person or address asked too fast."}, []string{"by"}),
	}
	for _, class := range pressure.Classes {
		g.shed.WithLabelValues(class.String())
	}
	g.registry.MustRegister(g.requests, g.took, g.listening, g.panics, g.shed, g.limited, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return g
}

func (g *gauges) request(route string, status int, took time.Duration) {
	if route == "" {
		route = "(none)"
	}
	g.requests.WithLabelValues(route, statusClass(status)).Inc()
	if route != "GET /v1/events" {
		g.took.WithLabelValues(route).Observe(took.Seconds())
	}
}

// watch shows how many are at work and wait, by class.
func (g *gauges) watch(door *pressure.Door) {
	for _, class := range pressure.Classes {
		label := prometheus.Labels{"class": class.String()}
		g.registry.MustRegister(
			prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "cmc_at_work", Help: "Requests at work, by class.", ConstLabels: label}, func() float64 {
				atWork, _ := door.Count(class)
				return float64(atWork)
			}),
			prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "cmc_waiting", Help: "Requests that wait for room, by class.", ConstLabels: label}, func() float64 {
				_, waiting := door.Count(class)
				return float64(waiting)
			}))
	}
}

func (g *gauges) handler() http.Handler {
	return promhttp.HandlerFor(g.registry, promhttp.HandlerOpts{Registry: g.registry})
}

// level is how loud a line is: what goes well on the routes of machines is not worth a line.
func level(route string, status int) slog.Level {
	switch {
	case status >= 500:
		return slog.LevelError
	case route == "GET /healthz" || route == "GET /readyz" || route == "GET /metrics":
		return slog.LevelDebug
	}
	return slog.LevelInfo
}

func attrs(method, route string, status int, took time.Duration, user string) []slog.Attr {
	return []slog.Attr{slog.String("method", knownMethod(method)), slog.String("route", route), slog.Int("status", status),
		slog.Float64("ms", float64(took.Microseconds())/1000), slog.String("user", user)}
}
