package main

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metricsTimeout bounds what a scrape may ask of the store.
const metricsTimeout = 5 * time.Second

// metrics is the handler of /metrics. Every figure is read when it is asked for, from where it is kept anyway.
func (d *desk) metrics() http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), &deskCollector{d})
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
}

var (
	casesMetric  = prometheus.NewDesc("identitydesk_cases", "Cases by lane of the queue.", []string{"lane"}, nil)
	statusMetric = prometheus.NewDesc("identitydesk_identities", "Identities by Paxos' status.", []string{"status"}, nil)
	jobsMetric   = prometheus.NewDesc("identitydesk_jobs", "Jobs by kind and state.", []string{"kind", "state"}, nil)
	callsMetric  = prometheus.NewDesc("identitydesk_paxos_calls_last_5m", "Calls to Paxos started in the last five minutes, by priority.",
		[]string{"priority"}, nil)
	waitingMetric = prometheus.NewDesc("identitydesk_paxos_calls_waiting", "Calls to Paxos that wait for their turn, by priority.",
		[]string{"priority"}, nil)
	limitMetric     = prometheus.NewDesc("identitydesk_paxos_calls_per_second_limit", "The ceiling over all calls to Paxos.", nil, nil)
	throttledMetric = prometheus.NewDesc("identitydesk_paxos_throttled", "1 while Paxos takes no calls.", nil, nil)
	keysMetric      = prometheus.NewDesc("identitydesk_encryption_keys_in_use", "Keys with which something stored may be sealed; more than one: values are to be sealed anew.", nil, nil)
	resealMetric    = prometheus.NewDesc("identitydesk_reseal_values", "Values that the last change of keys has seen (done), of about so many (of), and those that did not open (failed).",
		[]string{"count"}, nil)
)

// deskCollector reads the desk's figures at each scrape.
type deskCollector struct{ desk *desk }

// Describe names the figures.
func (c *deskCollector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		casesMetric, statusMetric, jobsMetric, callsMetric, waitingMetric, limitMetric, throttledMetric,
		keysMetric, resealMetric,
	} {
		ch <- d
	}
}

// Collect reads the figures. What the store cannot tell is reported as an error of the scrape.
func (c *deskCollector) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), metricsTimeout)
	defer cancel()
	c.collectBudget(ch)
	c.collectKeys(ctx, ch)
	counts, err := c.desk.store.Counts(ctx)
	if err != nil {
		ch <- prometheus.NewInvalidMetric(casesMetric, err)
		return
	}
	for lane, n := range counts.Lanes {
		ch <- gauge(casesMetric, float64(n), string(lane))
	}
	for status, n := range counts.Statuses {
		ch <- gauge(statusMetric, float64(n), string(status))
	}
	jobs, err := c.desk.store.JobCounts(ctx)
	if err != nil {
		ch <- prometheus.NewInvalidMetric(jobsMetric, err)
		return
	}
	for name, n := range jobs {
		kind, state, _ := strings.Cut(name, " ")
		ch <- gauge(jobsMetric, float64(n), kind, state)
	}
}

// collectKeys tells how far a change of keys has come.
func (c *deskCollector) collectKeys(ctx context.Context, ch chan<- prometheus.Metric) {
	z, err := c.desk.store.Sealing(ctx)
	if err != nil {
		ch <- prometheus.NewInvalidMetric(keysMetric, err)
		return
	}
	failed := int64(0)
	for _, f := range z.Walk.Failed {
		failed += f.Count
	}
	ch <- gauge(keysMetric, float64(len(z.InUse)))
	ch <- gauge(resealMetric, float64(z.Walk.Done), "done")
	ch <- gauge(resealMetric, float64(z.Walk.Of), "of")
	ch <- gauge(resealMetric, float64(failed), "failed")
}

func (c *deskCollector) collectBudget(ch chan<- prometheus.Metric) {
	use := c.desk.budget.Snapshot()
	ch <- gauge(limitMetric, float64(use.PerSecond))
	throttled := 0.0
	if !use.ClosedUntil.IsZero() {
		throttled = 1
	}
	ch <- gauge(throttledMetric, throttled)
	for p, n := range use.LastFiveMinutes {
		ch <- gauge(callsMetric, float64(n), p.String())
	}
	for p, n := range use.Waiting {
		ch <- gauge(waitingMetric, float64(n), p.String())
	}
}

func gauge(desc *prometheus.Desc, value float64, labels ...string) prometheus.Metric {
	return prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value, labels...)
}
