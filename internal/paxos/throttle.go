package paxos

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"identitydesk/internal/budget"
	"identitydesk/internal/fault"
)

// The pause after a 429: what Paxos asks for within bounds, so that a nonsensical header neither floods it nor stops the desk
// for days; where it asks for nothing, the five minutes for which it throttles an address.
const (
	usualPause = 5 * time.Minute
	mostPause  = time.Hour
)

// gate closes the budget for all calls after a 429, since Paxos throttles the whole address.
type gate struct {
	budget *budget.Budget
	now    func() time.Time
	log    *slog.Logger
}

// throttle closes the gate for as long as the answer asks, and gives the fault of the call.
func (g gate) throttle(ctx context.Context, h http.Header) *fault.Error {
	until := pauseEnd(h, g.now())
	g.log.LogAttrs(ctx, slog.LevelWarn, "paxos throttles this address: all calls are held back", slog.Time("until", until))
	if err := g.budget.Throttle(ctx, until); err != nil {
		g.log.LogAttrs(ctx, slog.LevelError, "the pause that paxos asked for would not survive a restart", slog.Any("err", err))
	}
	return &fault.Error{
		Kind:    fault.Throttled,
		Text:    "Paxos has had too many calls from this address: all are held back until " + clock(until) + ".",
		Code:    "http_429",
		RetryAt: until,
		Cause:   errors.New("status 429"),
	}
}

// pauseEnd is when calls may be made again: Retry-After in seconds or as a date, else the usual pause.
func pauseEnd(h http.Header, now time.Time) time.Time {
	value := h.Get("Retry-After")
	pause := usualPause
	if seconds, err := strconv.Atoi(value); err == nil {
		pause = time.Duration(min(seconds, int(mostPause/time.Second))) * time.Second
	} else if at, err := http.ParseTime(value); err == nil {
		pause = min(at.Sub(now), mostPause)
	}
	if pause <= 0 {
		pause = usualPause
	}
	return now.Add(pause)
}

func clock(t time.Time) string { return t.UTC().Format("15:04:05 UTC") }
