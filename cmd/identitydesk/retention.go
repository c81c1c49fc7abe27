package main

import (
	"context"
	"time"

	"identitydesk/internal/config"
	"identitydesk/internal/onboarding"
	"identitydesk/internal/retention"
	"identitydesk/views"
)

// outlookDays is how far ahead the settings tell of what falls due.
const outlookDays = 30

// keeper erases what has been kept for as long as the environment says.
func (d *desk) keeper() *retention.Keeper {
	return retention.New(retention.Options{
		Store: d.store, Cases: retention.Period(d.cfg.Retention), Drafts: retention.Period(d.cfg.DraftRetention), Now: time.Now, Log: d.log,
	})
}

// keeping is how long cases and drafts stay, for pages that tell of it.
func keeping(cfg *config.Config) onboarding.Keeping {
	return onboarding.Keeping{Case: retention.Period(cfg.Retention).After, Draft: retention.Period(cfg.DraftRetention).After}
}

// retentionFacts tell what falls due soon, and when the desk last looked.
func (d *desk) retentionFacts(ctx context.Context) (views.Retention, error) {
	cases, drafts := retention.Period(d.cfg.Retention), retention.Period(d.cfg.DraftRetention)
	now := time.Now()
	month, week := now.AddDate(0, 0, outlookDays), now.Add(onboarding.DraftWarning)
	soon, err := d.store.Outlook(ctx, cases.Before(month), drafts.Before(week))
	if err != nil {
		return views.Retention{}, err
	}
	return views.Retention{
		Cases: cases.String(), Drafts: drafts.String(), CasesDue: soon.Cases, DraftsDue: soon.Drafts, Most: soon.Most, Held: soon.Held,
		LastRun: optional(soon.LastRun), Days: outlookDays,
	}, nil
}
