package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"identitydesk/store"
	"identitydesk/views"
)

const (
	// vitalsFor is how long what was found of the desk's health is told again, since every page asks.
	vitalsFor = 2 * time.Second
	// pulseFor is the same of how often events come, which reads a week of them.
	pulseFor = time.Minute
	// readyWithin is how long the database may take for one write before it counts as unwritable.
	readyWithin = 2 * time.Second
)

// A silence is told of where the last event is further back than twice the longest pause of the week that ended with it, an hour
// at least, and where that week had enough events to tell.
const (
	pulseSpan     = 7 * 24 * time.Hour
	silenceLeast  = time.Hour
	silenceEvents = 20
)

// vitals are what the store tells of the desk's health.
type vitals struct {
	jobs  map[string]int64 // as [store.Store.JobCounts] gives them
	pulse store.Pulse
}

// healthSource is what health asks.
type healthSource interface {
	JobCounts(ctx context.Context) (map[string]int64, error)
	Pulse(ctx context.Context, span time.Duration) (store.Pulse, error)
}

// health looks after the desk's vitals at most every vitalsFor. While one caller looks, the others get what was found before.
type health struct {
	source healthSource
	now    func() time.Time

	unwritable atomic.Bool // the last write of the desk's own rounds failed

	looking          sync.Mutex
	looked, measured time.Time
	found            atomic.Pointer[vitals]
}

func newHealth(source healthSource, now func() time.Time) *health {
	h := &health{source: source, now: now}
	h.found.Store(&vitals{})
	return h
}

// wrote notes how a write of the desk's own rounds ended.
func (h *health) wrote(err error) { h.unwritable.Store(err != nil) }

// vitals never fails: what cannot be read stays as it was.
func (h *health) vitals(ctx context.Context) vitals {
	if !h.looking.TryLock() {
		return *h.found.Load()
	}
	defer h.looking.Unlock()
	now := h.now()
	if now.Sub(h.looked) < vitalsFor {
		return *h.found.Load()
	}
	v := *h.found.Load()
	if jobs, err := h.source.JobCounts(ctx); err == nil {
		v.jobs = jobs
	}
	if now.Sub(h.measured) >= pulseFor {
		if pulse, err := h.source.Pulse(ctx, pulseSpan); err == nil {
			v.pulse, h.measured = pulse, now
		}
	}
	h.looked = now
	h.found.Store(&v)
	return v
}

// silence is the pause since the last event where it is longer than it should be.
func (v vitals) silence(now time.Time) *views.Silence {
	p := v.pulse
	if p.Events < silenceEvents || now.Sub(p.Last) <= max(2*p.LongestPause, silenceLeast) {
		return nil
	}
	return &views.Silence{Since: p.Last, Usual: p.LongestPause}
}

// The words in which the store counts jobs: a kind and a state.
func jobWords(name string) (kind, state string) {
	kind, state, _ = strings.Cut(name, " ")
	return kind, state
}

func (v vitals) parked() (p views.Parked) {
	for name, n := range v.jobs {
		switch kind, state := jobWords(name); {
		case state != "parked":
		case kind == "event":
			p.Events += n
		default:
			p.Others += n
		}
	}
	return p
}

func (v vitals) waiting() (w views.Waiting) {
	for name, n := range v.jobs {
		kind, state := jobWords(name)
		if state == "parked" {
			continue
		}
		switch {
		case kind == "submit":
			w.Submissions += n
		case strings.HasPrefix(kind, "move:"):
			w.Moves += n
		case kind == "upload":
			w.Documents += n
		case kind == "recheck":
			w.Rechecks += n
		case kind == "event":
			w.Events += n
		}
	}
	return w
}

// ready reports whether the database takes a durable write now.
func (d *desk) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	err := d.store.Writable(ctx)
	d.health.wrote(err)
	return err
}

// banners are what every page tells: they must cost nothing, since every page asks.
func (d *desk) banners(ctx context.Context) views.Banners {
	granted, v, now := d.paxos.Scopes(), d.health.vitals(ctx), time.Now()
	return views.Banners{
		Emulator:       d.cfg.PaxosEnv == "emulator",
		Unwritable:     d.health.unwritable.Load(),
		TokenError:     granted.Error,
		ThrottledUntil: optional(d.budget.ClosedUntil()),
		Waiting:        v.waiting(),
		Silence:        v.silence(now),
		Parked:         v.parked(),
		PollingOnly:    !d.cfg.WebhooksOn(),
		Unpinned:       d.unpinned(),
		NoEventsScope:  granted.Known && !d.paxos.HasEventsScope(),
		EventsNotAsked: !slices.ContainsFunc(granted.Asked, func(scope string) bool { return strings.HasSuffix(scope, ":read_event") }),
	}
}

// warnings are the lines of /readyz about what does not keep the desk from its work.
func (d *desk) warnings(ctx context.Context) (lines []string) {
	b := d.banners(ctx)
	add := func(is bool, format string, args ...any) {
		if is {
			lines = append(lines, fmt.Sprintf(format, args...))
		}
	}
	add(b.TokenError != "", "Paxos gives no token: %s", b.TokenError)
	if b.ThrottledUntil != nil {
		w := b.Waiting
		add(true, "Paxos throttles until %s; waiting: %d submissions, %d moves, %d documents, %d re-checks, %d events",
			b.ThrottledUntil.UTC().Format(time.RFC3339), w.Submissions, w.Moves, w.Documents, w.Rechecks, w.Events)
	}
	if b.Silence != nil {
		add(true, "no event heard since %s; the longest pause of the last week was %s",
			b.Silence.Since.UTC().Format(time.RFC3339), b.Silence.Usual.Round(time.Second))
	}
	add(b.Parked != views.Parked{}, "jobs are parked: %s", d.parkedWords(ctx))
	if b.Unpinned != nil {
		add(true, "AUDIT_PIN_URL has not taken the end of the audit log since %s", b.Unpinned.UTC().Format(time.RFC3339))
	}
	add(b.NoEventsScope, "the events scope is missing")
	add(b.PollingOnly, "no webhooks are set up")
	return lines
}

// parkedWords name what is parked: "2 event, 1 recheck".
func (d *desk) parkedWords(ctx context.Context) string {
	jobs := d.health.vitals(ctx).jobs
	var words []string
	for _, name := range slices.Sorted(maps.Keys(jobs)) {
		if kind, state := jobWords(name); state == "parked" {
			words = append(words, fmt.Sprintf("%d %s", jobs[name], kind))
		}
	}
	return strings.Join(words, ", ")
}

// unpinned is since when AUDIT_PIN_URL does not take the end of the audit log; nil where it does.
func (d *desk) unpinned() *time.Time {
	if d.pinner == nil { // a sync has none
		return nil
	}
	return d.pinner.failing.Load()
}
