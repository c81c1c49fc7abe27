package onboarding

import (
	"context"
	"fmt"
	"strings"
	"time"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// sleeper is what snoozing needs of the cache.
type sleeper interface {
	Snooze(ctx context.Context, id string, z identity.Snooze, by string, e audit.Entry) (identity.Identity, error)
	Wake(ctx context.Context, id, by string, e audit.Entry) (identity.Identity, error)
	SnoozeReason(ctx context.Context, id string) (string, error)
}

// Snooze puts a case to sleep until a time, or until the next news from Paxos where that comes first and is wished. Invalid with
// fields "until" and "reason"; Conflict where the case is decided.
func (d *Desk) Snooze(ctx context.Context, a access.Actor, id string, z identity.Snooze) error {
	if err := permit(a, access.WorkCases); err != nil {
		return err
	}
	z.Reason = strings.TrimSpace(z.Reason)
	if wrong := d.unfitSnooze(z); len(wrong) > 0 {
		return fault.Fields("The case was not snoozed.", wrong)
	}
	e := entry(a, audit.Snoozed, id)
	e.Detail = "until " + z.Until.UTC().Format("2006-01-02 15:04 UTC")
	if z.UntilEvent {
		e.Detail += " or the next news"
	}
	_, err := d.o.Store.Snooze(ctx, id, z, a.UserID, e)
	return err
}

func (d *Desk) unfitSnooze(z identity.Snooze) map[string]string {
	wrong := map[string]string{}
	now, longest := d.o.Now(), d.Policy().LongestSnooze
	switch {
	case z.Until.IsZero():
		wrong["until"] = "Choose until when the case shall sleep."
	case !z.Until.After(now):
		wrong["until"] = "Choose a time that lies ahead."
	case z.Until.After(now.Add(longest + time.Minute)):
		wrong["until"] = fmt.Sprintf("Choose a time within the next %s; longer is against the desk's policy.", days(longest))
	}
	if text := identity.CheckText(z.Reason, identity.MaxReason); text != "" {
		wrong["reason"] = text
	}
	return wrong
}

func days(d time.Duration) string {
	if d < 48*time.Hour {
		return fmt.Sprintf("%d hours", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}

// Wake ends a snooze.
func (d *Desk) Wake(ctx context.Context, a access.Actor, id string) error {
	if err := permit(a, access.WorkCases); err != nil {
		return err
	}
	_, err := d.o.Store.Wake(ctx, id, a.UserID, entry(a, audit.Woke, id))
	return err
}
