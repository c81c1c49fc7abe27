package main

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"identitydesk/internal/budget"
	"identitydesk/internal/identity"
	"identitydesk/views"
)

// facts gathers what the settings page tells.
func (d *desk) facts(ctx context.Context) (views.Facts, error) {
	progress, err := d.syncFacts(ctx)
	if err != nil {
		return views.Facts{}, err
	}
	jobs, err := d.jobFacts(ctx)
	if err != nil {
		return views.Facts{}, err
	}
	parked, err := d.parkedJobs(ctx)
	if err != nil {
		return views.Facts{}, err
	}
	reconciled, err := d.reconciliationFacts(ctx)
	if err != nil {
		return views.Facts{}, err
	}
	keys, err := d.seals.facts(ctx)
	if err != nil {
		return views.Facts{}, err
	}
	kept, err := d.retentionFacts(ctx)
	if err != nil {
		return views.Facts{}, err
	}
	granted := d.paxos.Scopes()
	f := views.Facts{
		Version: versionString(), Environment: string(d.cfg.PaxosEnv), APIURL: d.cfg.APIURL(), TokenURL: d.cfg.TokenURL(),
		ClientID: d.cfg.PaxosClientID, Database: d.cfg.DatabaseURL.String(), BaseURL: d.cfg.Origin(), LogIn: d.signInWay(),
		Scopes: views.Scopes{Known: granted.Known, Granted: granted.Granted, Missing: granted.Missing, Error: granted.Error},
		Budget: d.budgetFacts(), Sync: progress, Reconciliation: reconciled, Retention: kept,
		Webhook: views.Webhook{
			Way: d.webhookWay(), URL: d.cfg.Origin() + "/webhooks/paxos", LastDelivery: optional(d.health.vitals(ctx).pulse.LastDelivery),
		},
		Calendar: views.Calendar{
			TimeZone: d.cfg.TimeZone.String(), BusinessHours: d.cfg.BusinessHours.String(),
			Holidays: string(d.cfg.Holidays), PendingLimit: d.cfg.PendingLimit.String(),
		},
		Jobs: jobs, Parked: parked, EvidenceKey: d.evidenceKey, Keys: keys,
	}
	return f, nil
}

func (d *desk) syncFacts(ctx context.Context) (views.Sync, error) {
	p, err := d.inbox.Progress(ctx)
	if err != nil {
		return views.Sync{}, err
	}
	counts, err := d.store.Counts(ctx)
	if err != nil {
		return views.Sync{}, err
	}
	return views.Sync{
		BackfillDone: p.BackfillDone, BackfillSeen: p.Read, BackfillAt: optional(p.BackfilledAt),
		HistoryDone: p.EventsDone, HistorySeen: p.EventsRead, HistoryAt: optional(p.EventsDoneAt),
		LastPoll: optional(p.LastPoll), LastSync: optional(p.LastSync), Watermark: optional(p.SyncedUpTo),
		PollInterval: d.cfg.PollInterval, SyncInterval: d.cfg.SyncInterval, RecheckAfter: d.cfg.RecheckInterval,
		Identities: counts.Total, LastError: cmp.Or(p.PollError, p.SyncError), EventsAllowed: d.paxos.HasEventsScope(),
	}, nil
}

// budgetFacts tell the use of the budget by priority, the first served first.
func (d *desk) budgetFacts() views.Budget {
	use := d.budget.Snapshot()
	b := views.Budget{
		PerSecond: float64(use.PerSecond), Used: float64(use.LastSecond.Total()), LastFiveMinutes: int64(use.LastFiveMinutes.Total()),
		ThrottledUntil: optional(use.ClosedUntil),
	}
	for _, p := range budget.Priorities() {
		b.Lines = append(b.Lines, views.BudgetLine{
			Name: p.String(), LastFiveMinutes: int64(use.LastFiveMinutes[p]), Waiting: int64(use.Waiting[p]),
		})
	}
	return b
}

// reconciliationFacts tell of the last daily comparison; nil before the first.
func (d *desk) reconciliationFacts(ctx context.Context) (*views.Reconciliation, error) {
	r, err := d.inbox.Reconciliation(ctx)
	if err != nil || r.Ended.IsZero() && r.Error == "" {
		return nil, err
	}
	v := views.Reconciliation{
		Ended: r.Ended, Took: r.Ended.Sub(r.Began), Undecided: int64(r.Undecided), Sampled: int64(r.Sampled),
		EventsListed: int64(r.EventsListed), Missed: int64(r.EventsMissed), Error: r.Error,
	}
	for _, kind := range []identity.Drift{identity.DriftMissing, identity.DriftStatus, identity.DriftRefID, identity.DriftDetails} {
		if n := r.Drift[kind]; n > 0 {
			v.Drift = append(v.Drift, views.DriftCount{Name: string(kind), Count: int64(n)})
		}
	}
	return &v, nil
}

func (d *desk) jobFacts(ctx context.Context) ([]views.JobCount, error) {
	counts, err := d.store.JobCounts(ctx)
	if err != nil {
		return nil, err
	}
	var jobs []views.JobCount
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		kind, state := jobWords(name)
		jobs = append(jobs, views.JobCount{Kind: kind, State: state, Count: counts[name]})
	}
	return jobs, nil
}

func (d *desk) signInWay() string {
	var ways []string
	if d.cfg.OIDCOn() {
		ways = append(ways, d.cfg.OIDCIssuer.String())
	}
	if d.cfg.DevLoginOn() {
		ways = append(ways, "development log-in: any name, any role, no password")
	}
	return strings.Join(ways, "; or ")
}

func (d *desk) webhookWay() string {
	var ways []string
	if len(d.cfg.WebhookKeys) > 0 {
		ways = append(ways, "API key in the header "+string(d.cfg.WebhookHeader))
	}
	if d.cfg.WebhookClientID != "" {
		ways = append(ways, "OAuth client credentials, token URL "+d.cfg.Origin()+"/webhooks/paxos/token")
	}
	return strings.Join(ways, "; or ")
}

// optional is a time where there is one.
func optional(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
