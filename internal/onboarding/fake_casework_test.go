package onboarding_test

import (
	"context"
	"time"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// desks' people: one who is away, and one of each role.
func people() []access.User {
	all := []access.User{{ID: "u-away", Name: "Alex Away", Handle: "alex.away", Role: access.Analyst, AwayUntil: new(now.Add(time.Hour))}}
	for _, r := range access.Roles() {
		all = append(all, access.User{ID: "u-" + string(r), Name: "Robin " + string(r), Handle: "robin." + string(r), Role: r})
	}
	return all
}

func (c *cache) Claim(_ context.Context, id, by, expected string, e audit.Entry) (identity.Identity, error) {
	i, ok := c.cases[id]
	if !ok {
		return i, fault.New(fault.NotFound, "No such case.")
	}
	if i.Assignee != expected {
		return i, &fault.Error{Kind: fault.Conflict, Code: "taken"}
	}
	i.Casework = i.Claim(by, now)
	c.cases[id] = i
	return i, c.write("claim for "+by, e)
}

func (c *cache) Release(_ context.Context, id, expected string, e audit.Entry) (identity.Identity, error) {
	i := c.cases[id]
	if i.Assignee != expected {
		return i, &fault.Error{Kind: fault.Conflict, Code: "taken"}
	}
	i.Casework = i.Release()
	c.cases[id] = i
	return i, c.write("release", e)
}

func (c *cache) Reassign(_ context.Context, from, to string, _ int, e audit.Entry) (int, error) {
	return 3, c.write("reassign "+from+" "+to, e)
}

func (c *cache) Snooze(_ context.Context, id string, z identity.Snooze, by string, e audit.Entry) (identity.Identity, error) {
	c.reason = z.Reason
	return c.cases[id], c.write("snooze by "+by, e)
}

func (c *cache) Wake(_ context.Context, id, _ string, e audit.Entry) (identity.Identity, error) {
	return c.cases[id], c.write("wake", e)
}

func (c *cache) SnoozeReason(context.Context, string) (string, error) {
	return "waits for the bank", nil
}

func (c *cache) AddNote(_ context.Context, n identity.Note, e audit.Entry) (identity.Note, error) {
	c.notes = append(c.notes, n)
	return n, c.write("note", e)
}

func (c *cache) Notes(context.Context, string) ([]identity.Note, error) { return c.notes, nil }

func (c *cache) NoteCount(context.Context, string) (int64, error) { return int64(len(c.notes)), nil }

func (c *cache) Mentions(context.Context, string, int) ([]identity.Mention, error) {
	c.touched = true
	return nil, nil
}
func (c *cache) UnseenMentions(context.Context, string) (int64, error) { return 2, nil }

func (c *cache) SeeMentions(context.Context, string, int64) error {
	return c.write("see", audit.Entry{})
}

func (c *cache) SetTags(_ context.Context, _ string, _ []string, _ string, e audit.Entry) error {
	return c.write("tag", e)
}
func (c *cache) Tags(context.Context, string) ([]string, error) { return []string{"bank"}, nil }
func (c *cache) TagsOf(context.Context, []string) (map[string][]string, error) {
	return map[string][]string{"c1": {"bank"}}, nil
}
func (c *cache) TagNames(context.Context) ([]string, error)    { return []string{"bank"}, nil }
func (c *cache) People(context.Context) ([]access.User, error) { return people(), nil }
func (c *cache) Loads(context.Context) ([]access.Load, error) {
	c.touched = true
	var loads []access.Load
	for _, p := range people() {
		loads = append(loads, access.Load{User: p})
	}
	return loads, nil
}

func (c *cache) SetAway(_ context.Context, userID string, _ *time.Time, _ bool, e audit.Entry) (int, error) {
	return 1, c.write("away "+userID, e)
}

func (c *cache) SetPreferences(_ context.Context, userID string, _ access.Preferences) error {
	return c.write("prefer "+userID, audit.Entry{})
}

func (c *cache) Settings(context.Context) (identity.Settings, error) {
	c.touched = true
	return identity.DefaultSettings(), nil
}

func (c *cache) SetSettings(_ context.Context, _ identity.Settings, e audit.Entry) error {
	return c.write("settings", e)
}

func (c *cache) Turns(context.Context, string) ([]identity.Turn, error) {
	return []identity.Turn{{Move: identity.Paxos, From: now.Add(-time.Hour)}}, nil
}

func (c *cache) Ageings(context.Context) (map[string]identity.Ageing, error) {
	return map[string]identity.Ageing{identity.AgeingNothing: {Kind: identity.AgeingNothing, Of: 100, Within: 30 * time.Minute}}, nil
}
