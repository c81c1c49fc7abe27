package onboarding_test

import (
	"context"
	"slices"
	"strings"
	"time"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
	"identitydesk/internal/onboarding"
)

// shownTo are the moments at which somebody was shown something.
func (c *cache) shownTo(userID string) (shown []time.Time) {
	for _, e := range c.entries {
		if e.Action == audit.Revealed && e.ActorID == userID && strings.HasPrefix(e.Detail, "shown") {
			shown = append(shown, e.At)
		}
	}
	return shown
}

func (c *cache) RevealAgain(_ context.Context, userID string) (time.Time, identity.RevealQuota, error) {
	c.touched = true
	again, quota := identity.RevealAgain(c.shownTo(userID), 1, now)
	return again, quota, c.refuse
}

func (c *cache) RecordReveal(
	_ context.Context, refused func(audit.Entry) audit.Entry, entries ...audit.Entry,
) (again time.Time, quota identity.RevealQuota, err error) {
	again, quota = identity.RevealAgain(c.shownTo(entries[0].ActorID), len(entries), now)
	for _, e := range entries {
		if !again.IsZero() {
			e = refused(e)
		}
		if err == nil {
			err = c.write("reveal", e)
		}
	}
	return again, quota, err
}

func (c *cache) RevealCounts(context.Context) ([]identity.RevealCount, error) {
	return []identity.RevealCount{{UserID: "ana", Name: "Ana", Group: identity.GroupTax, Day: 1, Week: 2, Month: 3}}, nil
}

func (c *cache) Draft(_ context.Context, id string) (identity.Draft, bool, error) {
	return draft(), c.cases[id].PaxosID == "" && !c.draftGone, nil
}

func (c *cache) Application(ctx context.Context, id string) (identity.Application, bool, error) {
	d, found, err := c.Draft(ctx, id)
	return identity.Application{Person: &d}, found, err
}

func (c *cache) Namesakes(_ context.Context, names []string) (found []identity.Identity, more bool, err error) {
	c.touched = true
	for _, id := range c.named[names[0]] {
		found = append(found, c.cases[id])
	}
	return found, false, nil
}

func (c *cache) NamesIndexed(context.Context) (bool, error) { return !c.unindexed, nil }

// live is Paxos, which is asked for personal data.
type live struct {
	asked  []string
	refuse error
	held   identity.Draft
	status identity.Status
	before func() // what happens while the answer is on its way
}

func (l *live) PersonalData(_ context.Context, paxosID string) (identity.PersonalData, error) {
	l.asked = append(l.asked, paxosID)
	if l.before != nil {
		l.before()
	}
	if l.refuse != nil {
		return nil, l.refuse
	}
	return identity.PersonalData{"person_details.date_of_birth": "1960-01-01", "person_details.email": "billy@somemail.example"}, nil
}

func (l *live) Held(_ context.Context, paxosID string) (identity.Draft, identity.Status, error) {
	l.asked = append(l.asked, paxosID)
	return l.held, l.status, l.refuse
}

func (l *live) Accounts(_ context.Context, paxosID string) ([]identity.Account, error) {
	l.asked = append(l.asked, "accounts "+paxosID)
	return []identity.Account{{ID: "acc-1", PaxosID: paxosID, RefID: "acc-ref", Description: "Anna's own"}}, l.refuse
}

func (c *cache) SameCIP(context.Context, string) ([]identity.Identity, error) { return c.same, nil }

func (c *cache) DeclineDuplicate(_ context.Context, id, _ string, m identity.Mend, e audit.Entry) (identity.Identity, error) {
	c.mend = m
	return c.cases[id], c.write("decline", e)
}

func (c *cache) LinkDuplicate(_ context.Context, _ string, m identity.Mend, mv identity.OurMove, payload []byte, said, asked audit.Entry) (identity.OurMove, error) {
	c.mend, c.asked.moves, c.asked.payloads = m, append(c.asked.moves, mv), append(c.asked.payloads, string(payload))
	if err := c.write("link", said); err != nil {
		return mv, err
	}
	return mv, c.write("ask", asked)
}

// revealing is a desk with its cache and Paxos.
func revealing(is ...identity.Identity) (*onboarding.Desk, *cache, *live) {
	c, l := cacheOf(is...), &live{}
	return onboarding.New(onboarding.Options{
		Store: c, Details: l, Index: hasher{}, Now: func() time.Time { return now }, Policy: policyOf,
	}), c, l
}

func refusing() []access.Role {
	return slices.DeleteFunc(access.Roles(), func(r access.Role) bool { return r == access.Analyst || r == access.Lead })
}
