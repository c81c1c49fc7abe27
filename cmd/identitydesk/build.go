package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"identitydesk/handlers"
	"identitydesk/internal/access"
	"identitydesk/internal/budget"
	"identitydesk/internal/calendar"
	"identitydesk/internal/config"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/inbox"
	"identitydesk/internal/live"
	"identitydesk/internal/login"
	"identitydesk/internal/moves"
	"identitydesk/internal/onboarding"
	"identitydesk/internal/outbox"
	"identitydesk/internal/paxos"
	"identitydesk/internal/queue"
	"identitydesk/internal/staff"
	"identitydesk/static"
	"identitydesk/store"
)

// desk is everything that one process runs, built in order by build and closed by close.
type desk struct {
	cfg    *config.Config
	log    *slog.Logger
	store  *store.Store
	spool  *store.Spool // nil unless the desk serves
	budget *budget.Budget
	paxos  *paxos.Client
	inbox  *inbox.Inbox
	runner *queue.Runner
	clock  *clock

	documents *moves.Documents
	pinner    *pinner

	evidenceKey string // public
	seals       *resealer
	live        *live.Hub
	health      *health
	handler     http.Handler
}

// build opens the database, brings it up to date and joins the rooms.
func build(ctx context.Context, cfg *config.Config, keys keyring, log *slog.Logger) (*desk, error) {
	d, err := openDesk(ctx, cfg, keys, log)
	if err != nil {
		return nil, err
	}
	if err := d.join(ctx, keys); err != nil {
		return nil, errors.Join(err, d.close())
	}
	return d, nil
}

// openDesk makes what every command that touches the data needs: the store, its owner checked, and the way to Paxos.
func openDesk(ctx context.Context, cfg *config.Config, keys keyring, log *slog.Logger) (*desk, error) {
	s, err := openStore(ctx, cfg, keys, log)
	if err != nil {
		return nil, err
	}
	d := &desk{cfg: cfg, log: log, store: s, health: newHealth(s, time.Now)}
	d.budget = budget.New(budget.Options{PerSecond: cfg.PaxosRPS, Store: gate{s}})
	if err := d.budget.Restore(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	d.paxos, err = paxos.New(paxos.Options{
		APIURL: cfg.APIURL(), TokenURL: cfg.TokenURL(),
		ClientID: cfg.PaxosClientID, ClientSecret: cfg.PaxosClientSecret.Value(), Scopes: cfg.PaxosScopes,
		Budget: d.budget, ScopeStore: scopes{s}, Version: versionString(), Log: log,
	})
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	d.inbox = inbox.New(inbox.Options{
		Store: s, Clicks: d.paxos.At(budget.Click), Events: d.paxos.At(budget.Event), Background: d.paxos.At(budget.Background),
		EventsAllowed: d.paxos.HasEventsScope, PollingOnly: !cfg.WebhooksOn(),
		PollInterval: cfg.PollInterval, SyncInterval: cfg.SyncInterval, RecheckInterval: cfg.RecheckInterval,
		Now: time.Now, Log: log,
	})
	return d, nil
}

// openStore opens the database, brings its schema up to date, and makes sure that it is this environment's.
func openStore(ctx context.Context, cfg *config.Config, keys keyring, log *slog.Logger) (*store.Store, error) {
	s, err := store.Open(ctx, store.Options{
		URL: cfg.DatabaseURL.String(), Sealer: keys.sealer, Index: keys.sealer, Policy: policy(cfg), Now: time.Now, Log: log,
	})
	if err != nil {
		return nil, fmt.Errorf("open the database %s: %w", cfg.DatabaseURL, err)
	}
	if err := s.Migrate(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("bring the database %s up to date: %w", cfg.DatabaseURL, err), s.Close())
	}
	if err := s.Own(ctx, string(cfg.PaxosEnv), cfg.PaxosClientID); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// policy is what the stuck rule is told: Paxos' turn always runs on the US calendar, ours on the configured one.
func policy(cfg *config.Config) identity.Policy {
	return identity.Policy{
		Limit: identity.Limit{BusinessDays: cfg.PendingLimit.BusinessDays, Plain: cfg.PendingLimit.Plain},
		Ours: calendar.New(cfg.TimeZone.Location, calendar.Hours{From: cfg.BusinessHours.From, To: cfg.BusinessHours.To},
			string(cfg.Holidays)),
		Paxos: calendar.US(),
	}
}

// join makes the workers and the pages.
func (d *desk) join(ctx context.Context, keys keyring) error {
	assets, err := static.New()
	if err != nil {
		return fmt.Errorf("read the embedded assets: %w", err)
	}
	send := outbox.New(outbox.Options{
		Store: d.store, Paxos: d.paxos.At(budget.Submission), Slow: d.paxos.At(budget.Background), Now: time.Now, Log: d.log,
	})
	d.runner = queue.NewRunner(queue.Options{Store: d.store, Lease: jobLease, ClickWorkers: clickWorkers, Describe: fault.Describe, Log: d.log})
	d.handleGated(outbox.Kind, 0, send.Handle)
	d.sendMoves()
	d.handleGated(outbox.ImportKind, 0, outbox.Imports(d.store))
	d.runner.Handle(inbox.EventKind, eventAttempts, d.inbox.HandleEvent)
	d.runner.Handle(inbox.RecheckKind, recheckAttempts, d.inbox.HandleRecheck)
	d.runner.Handle(inbox.LookKind, 0, d.inbox.HandleLook)
	d.store.OnJobs(d.runner.Wake)
	d.live = live.NewHub()
	d.store.OnChange(d.live.Publish)
	if err := d.joinDocuments(ctx); err != nil {
		return err
	}
	d.pinner, d.evidenceKey = d.newPinner(), signer(keys).Public()
	d.seals = &resealer{store: d.store, now: time.Now, log: d.log}
	d.clock = &clock{store: d.store, base: policyWords(d.cfg), now: time.Now, log: d.log}

	cases := onboarding.New(onboarding.Options{
		Store: d.store, Details: d.paxos.At(budget.Click), Policy: d.store.Policy, StaleAfter: staleAfter(d.cfg), Now: time.Now, Index: keys.sealer,
		Keeps: keeping(d.cfg), Spool: d.spool,
		Notary: onboarding.Notary{Signer: signer(keys), Version: versionString(), Environment: string(d.cfg.PaxosEnv)},
	})
	d.handler, err = handlers.New(handlers.Options{
		Desk: cases, Inbox: d.inbox, Staff: newStaff(d.store, d.cfg), Live: d.live, Assets: assets, Log: d.log, Now: time.Now,
		BaseURL: d.cfg.Origin(), SessionKeys: keys.session, DevLogin: d.cfg.DevLoginOn(), Rehearsals: d.rehearses(), Provider: newProvider(d.cfg, d.log),
		Webhook: handlers.Webhook{
			Header: string(d.cfg.WebhookHeader), Keys: reveal(d.cfg.WebhookKeys),
			ClientID: d.cfg.WebhookClientID, ClientSecret: d.cfg.WebhookClientSecret.Value(),
		},
		TrustedProxies: d.cfg.TrustedProxies, MetricsToken: d.cfg.MetricsToken.Value(), Location: d.cfg.TimeZone.Location,
		Facts: d.facts, ParkedOf: d.parkedOf, StartJob: d.store.StartJob, Banners: d.banners, Counts: d.store.Counts, Ready: d.ready, Warn: d.warnings, Metrics: d.metrics(),
	})
	return err
}

// handleGated has jobs of a kind wait while Paxos throttles the desk.
func (d *desk) handleGated(kind string, maxAttempts int, h queue.Handler) {
	d.runner.Handle(kind, maxAttempts, queue.Gated(d.budget.ClosedUntil, time.Now, fault.Held, h))
}

// newStaff says who may use the desk.
func newStaff(s *store.Store, cfg *config.Config) *staff.Staff {
	roles := map[string]access.Role{}
	for group, role := range cfg.OIDCRoleMap {
		roles[group] = access.Role(role)
	}
	return staff.New(staff.Options{Store: s, Now: time.Now, Idle: cfg.SessionIdle, Roles: roles})
}

// newProvider is the identity provider; nil where none is configured.
func newProvider(cfg *config.Config, log *slog.Logger) *login.Provider {
	if !cfg.OIDCOn() {
		return nil
	}
	return login.New(login.Options{
		Issuer: cfg.OIDCIssuer.String(), ClientID: cfg.OIDCClientID, ClientSecret: cfg.OIDCClientSecret.Value(), Scopes: cfg.OIDCScopes,
		GroupsClaim: cfg.OIDCRolesClaim, CallbackURL: cfg.Origin() + "/login/oidc/callback", Now: time.Now, Log: log,
	})
}

// jobLease is how long a job stays with a process that was killed; a living one extends it.
const jobLease = 15 * time.Second

// clickWorkers is how many workers are kept free for what a person waits for.
const clickWorkers = 2

// How often a job is tried before it is parked, with pauses that grow to five minutes. Trouble of the line or of Paxos parks none, see
// inbox: these are for what should not happen.
const (
	eventAttempts   = 12 // 18 minutes in all
	recheckAttempts = 6  // half a minute
)

// staleAfter is how old an undecided record may be before the desk advises a re-check: two rounds of the desk's own.
func staleAfter(cfg *config.Config) time.Duration { return 2*cfg.RecheckInterval + time.Minute }

// work runs the workers, the loops and the clock until ctx ends and what they were at has come to its end.
func (d *desk) work(ctx context.Context) error {
	me := leaseHolder("desk")
	if err := d.takeLease(ctx, me); err != nil && ctx.Err() == nil {
		return err
	}
	// The lease goes last: until then work that is under way may call Paxos.
	holding, letGo := context.WithCancel(context.WithoutCancel(ctx))
	defer letGo()
	gone := make(chan error, 1)
	go func() { gone <- d.holdLease(holding, me) }()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return d.runner.Run(ctx) })
	group.Go(func() error { return d.inbox.Run(ctx) })
	group.Go(func() error { return d.clock.run(ctx) })
	group.Go(func() error { return d.seals.run(ctx) })
	group.Go(func() error { return d.pinner.run(ctx) })
	group.Go(func() error { return d.keeper().Run(ctx) })
	group.Go(func() error { return d.documents.Keep(ctx) })
	group.Go(func() error { return newStaff(d.store, d.cfg).Run(ctx) })
	group.Go(func() error { return indexNames(ctx, d.store, d.log) })
	err := group.Wait()
	letGo()
	return errors.Join(err, <-gone)
}

// close closes the database, and what stands beside it.
func (d *desk) close() error {
	var spool error
	if d.spool != nil {
		spool = d.spool.Close()
	}
	if err := errors.Join(spool, d.store.Close()); err != nil {
		return fmt.Errorf("close the database: %w", err)
	}
	return nil
}
