package handlers_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/require"

	"identitydesk/handlers"
	"identitydesk/internal/access"
	"identitydesk/internal/evidence"
	"identitydesk/internal/identity"
	"identitydesk/internal/inbox"
	"identitydesk/internal/live"
	"identitydesk/internal/onboarding"
	"identitydesk/internal/staff"
	"identitydesk/static"
	"identitydesk/store"
	"identitydesk/store/storetest"
	"identitydesk/views"
)

const (
	webhookKey = "the-key-of-these-tests"
	family     = "Zarathorn" // a name that no page has by itself
)

// desk is the edge on a real database, served on a port of its own.
type desk struct {
	t     testing.TB
	url   string
	db    string // the URL of its database
	store *store.Store
	spool *store.Spool
	clock *storetest.Clock
	log   *lines
	live  *live.Hub
	paxos *paxosRecord
}

// boot serves the edge, with changed options.
func boot(t testing.TB, changes ...func(*handlers.Options)) *desk {
	t.Helper()
	d := &desk{t: t, clock: storetest.NewClock(), log: &lines{}, live: live.NewHub(), paxos: &paxosRecord{}}
	d.db = storetest.Dialects()[0].URL(t)
	log := slog.New(slog.NewTextHandler(d.log, &slog.HandlerOptions{Level: slog.LevelWarn}))
	d.store = storetest.New(t, storetest.WithURL(d.db), storetest.WithClock(d.clock), storetest.WithOptions(func(o *store.Options) { o.Log = log }))
	spool, err := store.OpenSpool(context.Background(), store.SpoolOptions{URL: d.db, Now: d.clock.Now, Log: log})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, spool.Close()) })
	d.spool = spool
	srv := httptest.NewUnstartedServer(nil)
	d.url = "http://" + srv.Listener.Addr().String()
	o := d.options()
	for _, change := range changes {
		change(&o)
	}
	h, err := handlers.New(o)
	require.NoError(t, err)
	srv.Config.Handler = h
	srv.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	srv.Start()
	t.Cleanup(srv.Close)
	return d
}

func (d *desk) options() handlers.Options {
	assets, err := static.New()
	require.NoError(d.t, err)
	log := slog.New(slog.NewTextHandler(d.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	return handlers.Options{
		Desk: onboarding.New(onboarding.Options{
			Store: d.store, Details: d.paxos, Policy: d.store.Policy, StaleAfter: time.Hour, Now: d.clock.Now, Index: hashes{}, Spool: d.spool,
			Notary: onboarding.Notary{Signer: notary(), Version: "v0", Environment: "sandbox"},
		}),
		Inbox: inbox.New(inbox.Options{Store: d.store, Now: d.clock.Now, Log: log, EventsAllowed: func() bool { return true }}),
		Staff: staff.New(staff.Options{
			Store: d.store, Now: d.clock.Now, Roles: map[string]access.Role{"desk-analysts": access.Analyst, "desk-admins": access.Admin},
		}),
		Live:   d.live,
		Assets: assets, Log: log, Now: d.clock.Now, Location: time.UTC, BaseURL: d.url,
		SessionKeys: [][]byte{bytes.Repeat([]byte{7}, 32)}, DevLogin: true,
		Webhook: handlers.Webhook{Header: "X-Api-Key", Keys: []string{webhookKey}},
		Facts:   func(context.Context) (views.Facts, error) { return views.Facts{Environment: "sandbox"}, nil },
		Banners: func(context.Context) views.Banners { return views.Banners{} },
		Counts:  d.store.Counts,
		ParkedOf: func(ctx context.Context, id string) ([]views.ParkedJob, error) {
			jobs, err := d.store.ParkedOf(ctx, id)
			var out []views.ParkedJob
			for _, j := range jobs {
				out = append(out, views.ParkedJob{ID: j.ID, Kind: j.Kind, Subject: j.Subject, RefID: j.RefID, Error: j.LastError, Since: j.RunAt})
			}
			return out, err
		},
		StartJob: d.store.StartJob,
		Ready:    func(context.Context) error { return nil },
		Warn:     func(context.Context) []string { return nil },
		Metrics:  http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "desk_up 1\n") }),
	}
}

// notary signs the evidence packs of these tests.
func notary() evidence.Signer { return evidence.NewSigner(bytes.Repeat([]byte{9}, 32)) }

type hashes struct{}

func (hashes) Index(kind, value string) []byte {
	sum := sha256.Sum256([]byte(kind + value))
	return sum[:]
}

// lines is a log that a test can read.
type lines struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// browser is somebody's, with a cookie jar; it follows no redirect.
type browser struct {
	d      *desk
	client *http.Client
}

func (d *desk) browser() *browser {
	jar, err := cookiejar.New(nil)
	require.NoError(d.t, err)
	return &browser{d: d, client: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}}
}

// as is the browser of somebody who has signed in with a role.
func (d *desk) as(role access.Role) *browser {
	d.t.Helper()
	b := d.browser()
	a := b.post("/login/dev", url.Values{"user": {"some " + string(role)}, "role": {string(role)}})
	require.Equal(d.t, http.StatusSeeOther, a.status, a.body)
	return b
}

// answer is a whole answer.
type answer struct {
	t      testing.TB
	status int
	header http.Header
	body   string
}

// do sends a request; headers are pairs of a name and a value.
func (b *browser) do(method, path string, body io.Reader, headers ...string) answer {
	t := b.d.t
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, b.d.url+path, body)
	require.NoError(t, err)
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			req.Host = headers[i+1]
			continue
		}
		req.Header.Add(headers[i], headers[i+1])
	}
	resp, err := b.client.Do(req)
	require.NoError(t, err)
	defer func() { require.NoError(t, resp.Body.Close()) }()
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return answer{t: t, status: resp.StatusCode, header: resp.Header, body: string(text)}
}

func (b *browser) get(path string, headers ...string) answer {
	b.d.t.Helper()
	return b.do(http.MethodGet, path, nil, headers...)
}

func (b *browser) json(path string) answer {
	b.d.t.Helper()
	return b.get(path, "Accept", "application/json")
}

func (b *browser) post(path string, form url.Values, headers ...string) answer {
	b.d.t.Helper()
	headers = append([]string{"Content-Type", "application/x-www-form-urlencoded"}, headers...)
	return b.do(http.MethodPost, path, strings.NewReader(form.Encode()), headers...)
}

// page is the answer as a document; the status must be the one given.
func (a answer) page(status int) *goquery.Document {
	a.t.Helper()
	require.Equal(a.t, status, a.status, a.body)
	require.Contains(a.t, a.header.Get("Content-Type"), "text/html")
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(a.body))
	require.NoError(a.t, err)
	return doc
}

// object is the answer as JSON; the status must be the one given.
func (a answer) object(status int) map[string]any {
	a.t.Helper()
	require.Equal(a.t, status, a.status, a.body)
	require.Contains(a.t, a.header.Get("Content-Type"), "application/json")
	var o map[string]any
	require.NoError(a.t, json.Unmarshal([]byte(a.body), &o))
	return o
}

// failure is the error in a JSON answer.
func (a answer) failure(status int) map[string]any {
	a.t.Helper()
	e, ok := a.object(status)["error"].(map[string]any)
	require.True(a.t, ok, a.body)
	require.Equal(a.t, a.header.Get("X-Request-Id"), e["request_id"])
	require.NotEmpty(a.t, e["request_id"])
	require.NotEmpty(a.t, e["text"])
	require.Contains(a.t, e, "fields")
	return e
}

// learn lets the desk know of an identity as a sync would, and gives its case.
func (d *desk) learn(change func(*identity.Record)) identity.Identity {
	d.t.Helper()
	now := d.clock.Now()
	r := identity.Record{
		PaxosID: "paxos-4711", RefID: "user-4711", Type: identity.Person, Status: identity.Pending,
		Details: identity.Details{Requirements: []identity.Requirement{
			{Type: identity.ScreeningCheck, Status: identity.RequirementPending, Awaiting: identity.AwaitingPaxos},
		}},
		Name:      identity.Name{First: "Quillon", Last: family},
		CreatedAt: now.Add(-96 * time.Hour), UpdatedAt: now.Add(-time.Hour),
	}
	if change != nil {
		change(&r)
	}
	i, err := d.store.ApplyIdentity(d.t.Context(), identity.News{Record: r, AskedAt: now, HeardAt: now, By: identity.BySync}, nil)
	require.NoError(d.t, err)
	return i
}

// beside serves another edge on the same database.
func (d *desk) beside(o handlers.Options) *desk {
	d.t.Helper()
	h, err := handlers.New(o)
	require.NoError(d.t, err)
	srv := httptest.NewServer(h)
	d.t.Cleanup(srv.Close)
	return &desk{t: d.t, url: srv.URL, store: d.store, clock: d.clock, log: d.log, live: d.live, paxos: d.paxos}
}

func unready(context.Context) error { return errors.New("disk full") }
