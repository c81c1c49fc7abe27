// Package emulator is a local stand-in for Paxos: token endpoint, Identity and
// Events API, webhooks, and people whose cases move on while it runs. It keeps
// its own wire types on purpose, so that a mistake in the desk's client shows
// up against it instead of being shared with it.
package emulator

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
)

// Options sets an emulator up. Only ClientID and ClientSecret are required;
// the zero value of everything else means the behaviour of Paxos.
type Options struct {
	// ClientID and ClientSecret are the one credential the token endpoint knows.
	ClientID, ClientSecret string
	// GrantedScopes are the scopes the credential has; nil means all of them.
	// Asking for any other scope fails the whole token request.
	GrantedScopes []string

	// StatePath is the JSON file that keeps the state across restarts; empty
	// keeps it in memory only. What the emulator answers a write with, and what it
	// tells of by an event, is in the file before; other changes reach it within
	// about a second, and when Run ends.
	StatePath string
	// StateKey (32 bytes) encrypts what clients sent about people and
	// institutions in the state file. Without it these details (names,
	// addresses, ids, due diligence, tax, members, metadata) are not written at
	// all and are gone after a restart; ids, ref_ids and statuses stay.
	StateKey []byte

	// WebhookURL receives the webhooks; empty sends none.
	WebhookURL string
	// WebhookHeader and WebhookKey are the API-key way of authenticating; the
	// header is X-Api-Key unless named.
	WebhookHeader, WebhookKey string
	// WebhookTokenURL, WebhookClientID and WebhookClientSecret are the OAuth way:
	// a token is fetched there and sent as bearer.
	WebhookTokenURL, WebhookClientID, WebhookClientSecret string
	// WebhooksPerSecond is the delivery rate, 10 by default.
	WebhooksPerSecond float64
	// RetryAfter is the pause before the second delivery attempt, 5 s by default;
	// it doubles from there, with jitter, for 24 hours.
	RetryAfter time.Duration

	// Seed makes the invented people repeatable. SeedCount is how many there are
	// on first start: 300 by default, negative for none.
	Seed      uint64
	SeedCount int
	// Showcase adds a case for every move that Paxos lets a client make (ref_ids
	// demo-…): documents, KYC refreshes, controls, accounts, institutions.
	Showcase bool
	// OlderGeneration makes every answer use only the deprecated summary_status,
	// pending_requirements and failed_requirements. By default every tenth seeded
	// identity answers so.
	OlderGeneration bool

	// DecideAfter is how long a new identity stays PENDING, 3 s by default.
	DecideAfter time.Duration
	// LiveSpeed divides every other waiting time of the lives; 1 by default.
	LiveSpeed float64
	// Limits are the request limits, on by default as Paxos has them.
	Limits Limits
	// RemotePage lets the emulator's own page be opened under a host name that is
	// not loopback. The page needs no log-in: only for demonstrations.
	RemotePage bool

	// Now is the clock, time.Now by default.
	Now func() time.Time
	// Log receives ids and kinds, never personal data; slog.Default by default.
	Log *slog.Logger
}

// Emulator is one running stand-in. Build it with New; serve Handler and run Run.
type Emulator struct {
	opts    Options
	log     *slog.Logger
	bearer  []byte // key that signs the tokens
	sealer  *sealer
	limits  *limiter
	faults  *misbehaviour
	skew    atomic.Int64 // nanoseconds the clock is ahead
	hooks   *hookSender
	handler http.Handler

	patterns  map[string]string // routes of the API → their kinds; complete once New is done
	tokenTurn atomic.Int64

	mu     sync.Mutex
	data   *dataset
	agenda agenda
	queue  deliveries
	ids    io.Reader              // where new ids come from
	quiet  bool                   // while seeding: events are history, nothing is delivered
	held   map[*delivery]struct{} // until a later event was delivered
	acked  []Acknowledged

	wakeLives, wakeHooks, dirty chan struct{}

	changes atomic.Int64 // how often something has changed; counted while mu is held
	saving  sync.Mutex
	saved   int64 // the changes that the state file holds; guarded by saving
}

// New checks the options, then loads the state file or, where there is none,
// invents the people. An unreadable state file or a wrong key is an error: the
// emulator never starts over a file it cannot read.
func New(opts Options) (*Emulator, error) {
	opts = withDefaults(opts)
	if err := checkOptions(opts); err != nil {
		return nil, err
	}
	sealer, err := newSealer(opts.StateKey)
	if err != nil {
		return nil, err
	}
	bearer, err := bearerKey(opts.ClientSecret)
	if err != nil {
		return nil, err
	}
	e := &Emulator{
		opts: opts, log: opts.Log, bearer: bearer, sealer: sealer, ids: rand.Reader,
		limits: newLimiter(opts.Limits, opts.Now), faults: newMisbehaviour(opts.Now), hooks: newHookSender(opts), data: newDataset(),
		patterns: map[string]string{}, held: map[*delivery]struct{}{},
		wakeLives: make(chan struct{}, 1), wakeHooks: make(chan struct{}, 1), dirty: make(chan struct{}, 1),
	}
	if err := e.start(); err != nil {
		return nil, err
	}
	e.handler, err = e.routes()
	return e, err
}

// start loads or seeds, and puts everything that is still to happen on the agenda.
func (e *Emulator) start() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	loaded, err := e.load()
	if err != nil {
		return err
	}
	if !loaded && e.opts.SeedCount > 0 {
		if err := e.seed(); err != nil {
			return err
		}
	}
	if !loaded && e.opts.Showcase {
		if err := e.exhibit(); err != nil {
			return err
		}
	}
	for _, rec := range e.data.records {
		e.schedule(rec)
	}
	e.changed()
	return nil
}

func withDefaults(o Options) Options {
	o.WebhookHeader = orElse(o.WebhookHeader, "X-Api-Key")
	o.WebhooksPerSecond = orElse(o.WebhooksPerSecond, 10)
	o.RetryAfter = orElse(o.RetryAfter, 5*time.Second)
	o.SeedCount = orElse(o.SeedCount, 300)
	o.DecideAfter = orElse(o.DecideAfter, 3*time.Second)
	o.LiveSpeed = orElse(o.LiveSpeed, 1)
	o.Limits = o.Limits.withDefaults()
	if o.GrantedScopes == nil {
		o.GrantedScopes = allScopes()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return o
}

func orElse[T comparable](v, fallback T) T {
	var zero T
	if v == zero {
		return fallback
	}
	return v
}

func checkOptions(o Options) error {
	var errs []error
	if o.ClientID == "" || o.ClientSecret == "" {
		errs = append(errs, errors.New("ClientID and ClientSecret are needed: clients fetch their token with them"))
	}
	if o.WebhookTokenURL != "" && o.WebhookClientID == "" {
		errs = append(errs, errors.New("WebhookTokenURL needs WebhookClientID and WebhookClientSecret"))
	}
	if o.LiveSpeed < 0 || o.DecideAfter < 0 || o.RetryAfter < 0 || o.WebhooksPerSecond < 0 {
		errs = append(errs, errors.New("LiveSpeed, DecideAfter, RetryAfter and WebhooksPerSecond cannot be negative"))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("emulator options: %w", err)
	}
	return nil
}

// Handler serves the token endpoint, the API under /v2 and the emulator's page.
func (e *Emulator) Handler() http.Handler { return e.handler }

// Run lets the lives go on, delivers webhooks and saves the state until ctx
// ends, then saves once more. It returns only what that last save reports.
func (e *Emulator) Run(ctx context.Context) error {
	var work sync.WaitGroup
	work.Go(func() { e.live(ctx) })
	work.Go(func() { e.deliver(ctx) })
	work.Go(func() { e.keepSaved(ctx) })
	work.Wait()
	return e.keep()
}

// now is the emulator's time, in the precision the API answers with. Tokens and
// request limits go by opts.Now: Skew does not touch them.
func (e *Emulator) now() time.Time {
	return e.opts.Now().Add(time.Duration(e.skew.Load())).UTC().Truncate(time.Microsecond)
}

func (e *Emulator) newID() string { return uuid.Must(uuid.NewRandomFromReader(e.ids)).String() }

// scaled is a waiting time of the lives at the speed asked for.
func (e *Emulator) scaled(d time.Duration) time.Duration {
	return time.Duration(float64(d) / e.opts.LiveSpeed)
}

// changed tells the saver that the file is behind. The caller holds the lock.
func (e *Emulator) changed() {
	e.changes.Add(1)
	wake(e.dirty)
}

func wake(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// pause waits for a wake-up, at most d, and says whether to go on. The wait is
// capped, so that a clock that is set by hand is looked at again.
func pause(ctx context.Context, d time.Duration, woken <-chan struct{}) bool {
	timer := time.NewTimer(min(max(d, 0), time.Second))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-woken:
	case <-timer.C:
	}
	return ctx.Err() == nil
}
