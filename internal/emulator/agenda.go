package emulator

import (
	"container/heap"
	"time"
)

// dated is anything that waits for its time.
type dated interface{ due() time.Time }

// timeline orders dated things, the earliest first. It is a container/heap.
type timeline[T dated] []T

func (t timeline[T]) Len() int           { return len(t) }
func (t timeline[T]) Less(i, j int) bool { return t[i].due().Before(t[j].due()) }
func (t timeline[T]) Swap(i, j int)      { t[i], t[j] = t[j], t[i] }
func (t *timeline[T]) Push(v any)        { *t = append(*t, v.(T)) }

func (t *timeline[T]) Pop() any {
	old := *t
	last := old[len(old)-1]
	var zero T
	old[len(old)-1] = zero
	*t = old[:len(old)-1]
	return last
}

// pop takes the earliest that is due by now.
func (t *timeline[T]) pop(now time.Time) (T, bool) {
	var zero T
	if len(*t) == 0 || (*t)[0].due().After(now) {
		return zero, false
	}
	return heap.Pop(t).(T), true
}

// wait is the time until the earliest is due; an hour when there is none.
func (t timeline[T]) wait(now time.Time) time.Duration {
	if len(t) == 0 {
		return time.Hour
	}
	return t[0].due().Sub(now)
}

// appointment says when to look at an identity's plan again.
type appointment struct {
	at time.Time
	id string
}

func (a appointment) due() time.Time { return a.at }

type agenda struct{ timeline[appointment] }

func (a *agenda) add(v appointment) { heap.Push(&a.timeline, v) }

// delivery is one webhook on its way: an event, the next attempt, and when to
// give up.
type delivery struct {
	EventID string    `json:"event_id"`
	At      time.Time `json:"at"`
	Until   time.Time `json:"until"`
	Attempt int       `json:"attempt"`
	twin    bool      // sent twice at the same moment
}

func (d *delivery) due() time.Time { return d.At }

// deliveries are those waiting and those in flight; both are saved, so that a
// delivery cut off by the end of the process is made again.
type deliveries struct {
	waiting timeline[*delivery]
	known   map[*delivery]struct{}
}

func (q *deliveries) push(d *delivery) {
	if q.known == nil {
		q.known = map[*delivery]struct{}{}
	}
	q.known[d] = struct{}{}
	heap.Push(&q.waiting, d)
}

// take hands out a due delivery; done or push must follow.
func (q *deliveries) take(now time.Time) (*delivery, bool) { return q.waiting.pop(now) }

// hasten makes waiting deliveries due at a time.
func (q *deliveries) hasten(which map[*delivery]struct{}, at time.Time) {
	for d := range which {
		d.At = at
	}
	heap.Init(&q.waiting)
}

func (q *deliveries) done(d *delivery) { delete(q.known, d) }

func (q *deliveries) all() []delivery {
	out := make([]delivery, 0, len(q.known))
	for d := range q.known {
		out = append(out, *d)
	}
	return out
}
