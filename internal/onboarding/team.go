package onboarding

import (
	"context"
	"fmt"
	"time"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
)

// team is what the people of the desk need of the cache.
type team interface {
	People(ctx context.Context) ([]access.User, error)
	Loads(ctx context.Context) ([]access.Load, error)
	SetAway(ctx context.Context, userID string, until *time.Time, release bool, e audit.Entry) (released int, err error)
	SetPreferences(ctx context.Context, userID string, p access.Preferences) error
}

// The bounds of team work.
const (
	longestAway   = 366 * 24 * time.Hour
	mostRebalance = 200 // cases moved at once
)

// People gives everybody who has ever signed in, by user id.
func (d *Desk) People(ctx context.Context) (map[string]access.User, error) { return d.people(ctx) }

func (d *Desk) people(ctx context.Context) (map[string]access.User, error) {
	all, err := d.o.Store.People(ctx)
	if err != nil {
		return nil, err
	}
	people := make(map[string]access.User, len(all))
	for _, p := range all {
		people[p.ID] = p
	}
	return people, nil
}

// Team gives everybody who works cases, with how much they have claimed.
func (d *Desk) Team(ctx context.Context, a access.Actor) ([]access.Load, error) {
	if err := permit(a, access.ReadCases); err != nil {
		return nil, err
	}
	loads, err := d.o.Store.Loads(ctx)
	if err != nil {
		return nil, err
	}
	var workers []access.Load
	for _, l := range loads {
		if access.May(l.Role, access.WorkCases) && l.DisabledAt == nil || l.Claimed > 0 {
			workers = append(workers, l)
		}
	}
	return workers, nil
}

// Rebalance moves up to n undecided cases from one person to another, the oldest due first; to nobody frees them.
func (d *Desk) Rebalance(ctx context.Context, a access.Actor, from, to string, n int) (int, error) {
	if err := permit(a, access.Assign); err != nil {
		return 0, err
	}
	people, err := d.people(ctx)
	if err != nil {
		return 0, err
	}
	wrong := map[string]string{}
	if _, ok := people[from]; !ok {
		wrong["from"] = "Choose whose cases shall move."
	}
	if from == to {
		wrong["to"] = "Choose somebody else."
	}
	if n < 1 || n > mostRebalance {
		wrong["n"] = fmt.Sprintf("Enter a number from 1 to %d.", mostRebalance)
	}
	if len(wrong) > 0 {
		return 0, fault.Fields("No case was moved.", wrong)
	}
	e := entry(a, audit.Released, "")
	if to != "" {
		if _, err := d.colleague(ctx, to); err != nil {
			return 0, err
		}
		e = entry(a, audit.HandedOver, "")
		e.Object = to
	}
	e.Detail = "from " + from
	return d.o.Store.Reassign(ctx, from, to, n, e)
}

// Away marks a person as away until a time, nil for back; release frees what they have claimed. Everybody marks themselves, who
// may assign also others. Invalid with field "until".
func (d *Desk) Away(ctx context.Context, a access.Actor, who string, until *time.Time, release bool) (released int, err error) {
	may := access.WorkCases
	if who != a.UserID {
		may = access.Assign
	}
	if err := permit(a, may); err != nil {
		return 0, err
	}
	people, err := d.people(ctx)
	if err != nil {
		return 0, err
	}
	if _, ok := people[who]; !ok {
		return 0, fault.New(fault.NotFound, "Nobody with this id has ever signed in.")
	}
	e := entry(a, audit.CameBack, "")
	if until != nil {
		if now := d.o.Now(); !until.After(now) || until.After(now.Add(longestAway)) {
			return 0, fault.Fields("Nothing was changed.", map[string]string{"until": "Choose a day ahead, within a year."})
		}
		e = entry(a, audit.WentAway, "")
		e.Detail = "until " + until.UTC().Format("2006-01-02 15:04 UTC")
	}
	e.Object = who
	return d.o.Store.SetAway(ctx, who, until, release && until != nil, e)
}

// Prefer sets how the actor wants the desk to be. Invalid with field "zone".
func (d *Desk) Prefer(ctx context.Context, a access.Actor, p access.Preferences) error {
	if p.Zone != "" {
		if _, err := time.LoadLocation(p.Zone); err != nil || p.Zone == "Local" {
			return fault.Fields("Your preferences stay as they were.", map[string]string{"zone": "Choose a time zone from the list."})
		}
	}
	return d.o.Store.SetPreferences(ctx, a.UserID, p)
}
