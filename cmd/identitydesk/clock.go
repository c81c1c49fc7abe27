package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"identitydesk/internal/config"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// turnEvery is how often the clock looks for rows whose time has come: time must move a case within a second.
const turnEvery = 400 * time.Millisecond

// reassessBatch is how many rows one transaction recomputes after a changed limit, zone or calendar.
const reassessBatch = 500

// policyKey is where the store remembers under which policy its rows were last assessed.
const policyKey = "policy"

// lanes is what the clock needs of the store.
type lanes interface {
	Turn(ctx context.Context, now time.Time) (moved int, next time.Time, err error)
	Reassess(ctx context.Context, after string, limit int) (last string, err error)
	ReleaseIdle(ctx context.Context, limit int) (released int, err error)
	TurnProposals(ctx context.Context, now time.Time) (ended int, err error)
	Policy() identity.Policy
	State(ctx context.Context, key string) (string, error)
	SetState(ctx context.Context, key, value string) error
}

// clock moves rows that time alone moves, and recomputes them all after the policy changed, be it by the environment before a
// start or by people while the desk runs.
type clock struct {
	store lanes
	base  string // the environment's part of the policy, as words that can be compared
	now   func() time.Time
	log   *slog.Logger

	assessed string // the policy under which every row was last assessed; empty while that is not known
}

// policyWords are the settings of the environment that the stuck rule depends on.
func policyWords(c *config.Config) string {
	return fmt.Sprint(c.PendingLimit, " ", c.TimeZone, " ", c.BusinessHours, " ", c.Holidays)
}

// inForce is the whole policy as words. Of a map the printer sorts the keys.
func (c *clock) inForce() string {
	if limits := c.store.Policy().Limits; len(limits) > 0 {
		return fmt.Sprint(c.base, " ", limits)
	}
	return c.base
}

// run works until ctx ends.
func (c *clock) run(ctx context.Context) error {
	tick := time.NewTicker(turnEvery)
	defer tick.Stop()
	for {
		c.try(ctx, "reassess", c.reassess)
		c.try(ctx, "turn", c.turn)
		c.try(ctx, "release idle claims", c.releaseIdle)
		c.try(ctx, "end proposals", c.endProposals)
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func (c *clock) try(ctx context.Context, what string, f func(context.Context) error) {
	if err := f(ctx); err != nil && ctx.Err() == nil {
		c.log.Error("the clock could not move cases", "step", what, "kind", fault.KindOf(err), "err", describe(err))
	}
}

func (c *clock) turn(ctx context.Context) error {
	_, _, err := c.store.Turn(ctx, c.now())
	return err
}

func (c *clock) releaseIdle(ctx context.Context) error {
	_, err := c.store.ReleaseIdle(ctx, reassessBatch)
	return err
}

// endProposals ends what nobody decided in time, and what was proposed for a case that has changed since.
func (c *clock) endProposals(ctx context.Context) error {
	_, err := c.store.TurnProposals(ctx, c.now())
	return err
}

func (c *clock) reassess(ctx context.Context) (err error) {
	if c.assessed == "" {
		if c.assessed, err = c.store.State(ctx, policyKey); err != nil {
			return err
		}
	}
	words := c.inForce()
	if words == c.assessed {
		return nil
	}
	for after := ""; ; {
		if after, err = c.store.Reassess(ctx, after, reassessBatch); err != nil {
			return err
		}
		if after == "" {
			c.assessed = words
			return c.store.SetState(ctx, policyKey, words)
		}
	}
}
