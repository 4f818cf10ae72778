package metrics

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"parley/hub"
	"parley/protocol"
)

// Source is what a handler reads at each request. Its functions are safe for concurrent use.
type Source struct {
	Refusals func(protocol.Limit) uint64 // what a limit has refused
	Usage    func() []hub.Usage          // of the limits of the whole server
}

// Handler returns a handler that serves the metrics of a source, and those of the Go runtime
// and the process.
func Handler(s Source) http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collector{s}, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
}

// collector implements [prometheus.Collector].
type collector struct{ source Source }

var (
	refused = prometheus.NewDesc("parley_refused_total", "Requests, connections and messages that a limit has refused.", []string{"limit"}, nil)
	used    = prometheus.NewDesc("parley_limit_used", "What is used of a limit of the whole server.", []string{"limit"}, nil)
	most    = prometheus.NewDesc("parley_limit_max", "The limit of the whole server; missing if there is none.", []string{"limit"}, nil)
)

// Describe implements [prometheus.Collector].
func (collector) Describe(to chan<- *prometheus.Desc) {
	to <- refused
	to <- used
	to <- most
}

// Collect implements [prometheus.Collector].
func (c collector) Collect(to chan<- prometheus.Metric) {
	for l, entry := range protocol.LimitTable {
		if l != int(protocol.NoLimit) {
			to <- prometheus.MustNewConstMetric(refused, prometheus.CounterValue, float64(c.source.Refusals(protocol.Limit(l))), entry.Name)
		}
	}
	for _, u := range c.source.Usage() {
		name := protocol.LimitTable[u.Limit].Name
		to <- prometheus.MustNewConstMetric(used, prometheus.GaugeValue, float64(u.Used), name)
		if u.Most > 0 {
			to <- prometheus.MustNewConstMetric(most, prometheus.GaugeValue, float64(u.Most), name)
		}
	}
}
