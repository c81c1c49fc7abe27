package paxos_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/fault"
	"identitydesk/internal/paxos"
)

func TestManyCallsShareOneToken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &standIn{api: answers(200, `{"id":"a"}`)}
		d := inMemory(t, s)
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				_, err := d.Identity(t.Context(), "some-id")
				require.NoError(t, err)
			})
		}
		all.Wait()
		require.Len(t, s.tokenCalls(), 1)
		require.Equal(t, 50, s.calls())
		require.Equal(t, "Bearer token-1", s.requests[49].Header.Get("Authorization"))

		time.Sleep(3599*time.Second - 70*time.Second)
		_, err := d.Identity(t.Context(), "some-id")
		require.NoError(t, err)
		require.Len(t, s.tokenCalls(), 1)
		time.Sleep(15 * time.Second)
		_, err = d.Identity(t.Context(), "some-id")
		require.NoError(t, err)
		require.Len(t, s.tokenCalls(), 2, "renewed within the last minute")
	})
}

func TestManyCallsShareOneFailure(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &standIn{}
		slow := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(time.Second)
			s.ServeHTTP(w, r)
		})
		d := inMemory(t, s, func(o *paxos.Options) {
			o.ClientSecret = "wrong"
			o.HTTP = &http.Client{Transport: direct{slow}}
		})
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				_, err := d.Identity(t.Context(), "some-id")
				require.Equal(t, "token_refused", faultOf(t, err).Code)
			})
		}
		all.Wait()
		require.Len(t, s.tokenCalls(), 1)
	})
}

func TestACallerThatGivesUpDoesNotFailTheOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &standIn{api: answers(200, `{"id":"a"}`)}
		slow := &slowFirst{standIn: s}
		d := inMemory(t, s, func(o *paxos.Options) { o.HTTP = &http.Client{Transport: direct{slow}} })
		ctx, cancel := context.WithCancel(t.Context())
		var first, second error
		go func() { _, first = d.Identity(ctx, "some-id") }()
		synctest.Wait()
		go func() { _, second = d.Identity(t.Context(), "some-id") }()
		synctest.Wait()
		cancel()
		time.Sleep(5 * time.Second)
		synctest.Wait()
		require.ErrorIs(t, first, context.Canceled)
		require.Equal(t, fault.Unavailable, faultOf(t, first).Kind)
		require.NoError(t, second)
	})
}

// slowFirst answers the first request only when its caller has gone.
type slowFirst struct {
	*standIn
	once sync.Once
}

func (s *slowFirst) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.once.Do(func() { <-r.Context().Done() })
	s.standIn.ServeHTTP(w, r)
}

func TestARefusedTokenIsReplacedOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &standIn{}
		s.api = func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") == "Bearer token-1" {
				answers(401, `{}`)(w, r)
				return
			}
			answers(200, `{"id":"a"}`)(w, r)
		}
		d := inMemory(t, s)
		n, err := d.CreateIdentity(t.Context(), draft())
		require.NoError(t, err)
		require.Equal(t, "a", n.Record.PaxosID)
		require.Equal(t, s.bodies[0], s.bodies[1], "the second try sends the same")
		require.Len(t, s.tokenCalls(), 2)
		require.Equal(t, time.Now(), n.AskedAt, "asked at the second try, a second after the first")

		s.api = answers(401, `{"type":"about:blank","detail":"token token-2 expired"}`)
		_, err = d.CreateIdentity(t.Context(), draft())
		f := faultOf(t, err)
		require.Equal(t, fault.Unauthenticated, f.Kind)
		require.NotContains(t, f.Text, "token-2")
		require.Equal(t, 4, s.calls(), "once again and no more")
	})
}

func TestManyRefusedCallsShareTheNextToken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &standIn{}
		s.api = func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != "Bearer token-1" {
				answers(200, `{"id":"a"}`)(w, r)
				return
			}
			if strings.HasSuffix(r.URL.Path, "/slow") {
				time.Sleep(3 * time.Second) // the other call has a fresh token by then
			}
			answers(401, `{}`)(w, r)
		}
		d := inMemory(t, s)
		var all sync.WaitGroup
		for _, id := range []string{"quick", "slow"} {
			all.Go(func() {
				_, err := d.Identity(t.Context(), id)
				require.NoError(t, err)
			})
		}
		all.Wait()
		require.Len(t, s.tokenCalls(), 2)
	})
}

func TestAFailedRenewalDoesNotHurtWhileTheOldTokenLives(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &standIn{api: answers(200, `{"id":"a"}`)}
		down, tries := false, 0
		gate := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if down && r.URL.Path == "/oauth2/token" {
				tries++
				w.WriteHeader(http.StatusBadGateway)
				return
			}
			s.ServeHTTP(w, r)
		})
		d := inMemory(t, s, func(o *paxos.Options) { o.HTTP = &http.Client{Transport: direct{gate}} })
		_, err := d.Identity(t.Context(), "some-id")
		require.NoError(t, err)
		down = true
		time.Sleep(3570 * time.Second)
		_, err = d.Identity(t.Context(), "some-id")
		require.NoError(t, err)
		require.NotEmpty(t, d.Scopes().Error, "the settings page tells")
		tried := tries
		_, err = d.Identity(t.Context(), "some-id")
		require.NoError(t, err)
		require.Equal(t, tried, tries, "not with every call")
		time.Sleep(11 * time.Second)
		_, err = d.Identity(t.Context(), "some-id")
		require.NoError(t, err)
		require.Equal(t, tried+1, tries)
		time.Sleep(40 * time.Second)
		_, err = d.Identity(t.Context(), "some-id")
		require.Equal(t, fault.Unavailable, faultOf(t, err).Kind)
		down = false
		_, err = d.Identity(t.Context(), "some-id")
		require.NoError(t, err)
		require.Empty(t, d.Scopes().Error)
	})
}

// While Paxos throttles the desk no token is asked for: that is one trouble, not two.
func TestAPauseIsNoTroubleWithTheToken(t *testing.T) {
	t.Parallel()
	s := &standIn{api: answers(200, `{"id":"some-id","status":"PENDING"}`)}
	d := overNetwork(t, s)
	require.NoError(t, d.budget.Throttle(t.Context(), time.Now().Add(time.Minute)))
	_, err := d.Identity(t.Context(), "some-id")
	require.Equal(t, fault.HeldBack, faultOf(t, err).Code)
	require.Empty(t, d.Scopes().Error)
}

// notebook remembers scopes.
type notebook struct{ asked, granted []string }

func (n *notebook) LoadScopes(context.Context) (asked, granted []string, err error) {
	return n.asked, n.granted, nil
}

func (n *notebook) SaveScopes(_ context.Context, asked, granted []string) error {
	n.asked, n.granted = asked, granted
	return nil
}

func TestTheLadderFindsWhatIsGrantedAndTheNextStartNeedsNone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &standIn{api: answers(200, `{"id":"a"}`), grants: []string{"identity:read_identity", "events:read_event"}}
		book := &notebook{}
		with := func(o *paxos.Options) {
			o.ScopeStore = book
			o.Scopes = []string{"identity:write_identity", "events:read_event", "identity:read_identity"}
		}
		begun := time.Now()
		d := inMemory(t, s, with)
		require.False(t, d.Scopes().Known)
		require.True(t, d.HasEventsScope(), "asked for, and nothing else is known yet")
		_, err := d.Identity(t.Context(), "some-id")
		require.NoError(t, err)
		require.Equal(t, []string{
			"identity:read_identity identity:write_identity events:read_event",
			"identity:read_identity",
			"identity:read_identity identity:write_identity",
			"identity:read_identity events:read_event",
		}, s.tokenCalls())
		require.GreaterOrEqual(t, time.Since(begun), 3*time.Second, "one a second")
		require.Equal(t, paxos.Scopes{
			Asked:   []string{"identity:read_identity", "identity:write_identity", "events:read_event"},
			Granted: []string{"identity:read_identity", "events:read_event"},
			Missing: []string{"identity:write_identity"},
			Known:   true,
		}, d.Scopes())
		require.True(t, d.HasEventsScope())

		time.Sleep(time.Hour)
		_, err = d.Identity(t.Context(), "some-id")
		require.NoError(t, err)
		require.Equal(t, "identity:read_identity events:read_event", s.tokenCalls()[4])
		require.Len(t, s.tokenCalls(), 5)

		again := inMemory(t, s, with)
		_, err = again.Identity(t.Context(), "some-id")
		require.NoError(t, err)
		require.Equal(t, d.Scopes(), again.Scopes())
		require.Len(t, s.tokenCalls(), 7, "all at once, then those that were granted")

		s.grants = nil // Paxos Support has enabled the rest
		more := inMemory(t, s, with)
		_, err = more.Identity(t.Context(), "some-id")
		require.NoError(t, err)
		require.Empty(t, more.Scopes().Missing)
		require.Len(t, s.tokenCalls(), 8)
	})
}

func TestWhatWasRememberedForOtherScopesIsFoundOutAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &standIn{api: answers(200, `{"id":"a"}`), grants: []string{"identity:read_identity", "event:read_event"}}
		book := &notebook{asked: []string{"identity:read_identity"}, granted: []string{"identity:read_identity"}}
		d := inMemory(t, s, func(o *paxos.Options) {
			o.ScopeStore = book
			o.Scopes = []string{"identity:read_identity", "event:read_event", "identity:write_identity"}
		})
		_, err := d.Identity(t.Context(), "some-id")
		require.NoError(t, err)
		require.True(t, d.HasEventsScope(), "the other spelling")
		require.Equal(t, []string{"identity:read_identity", "event:read_event"}, book.granted)
		require.Equal(t, d.Scopes().Asked, book.asked)
	})
}

func TestNoScopeAtAllIsSaid(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := inMemory(t, &standIn{grants: []string{}})
		_, err := d.Identity(t.Context(), "some-id")
		f := faultOf(t, err)
		require.Equal(t, fault.Unavailable, f.Kind)
		require.Equal(t, "no_scope", f.Code)
		require.Contains(t, f.Text, "PAXOS_SCOPES")
		require.False(t, d.Scopes().Known)
	})
}

func TestFewerScopesThanAskedForAreMissing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			answers(200, `{"id":"a","access_token":"t","expires_in":60,"scope":"identity:read_identity"}`)(w, r)
		})
		d := inMemory(t, &standIn{}, func(o *paxos.Options) { o.HTTP = &http.Client{Transport: direct{s}} })
		_, err := d.Identity(t.Context(), "some-id")
		require.NoError(t, err)
		require.Equal(t, []string{"identity:write_identity", "events:read_event"}, d.Scopes().Missing)
		require.False(t, d.HasEventsScope())
	})
}

func TestAWrongAddressIsRefusedAtTheStart(t *testing.T) {
	t.Parallel()
	good := options("https://api.paxos.test", &lockedBuffer{})
	for name, change := range map[string]func(*paxos.Options){
		"plain http":       func(o *paxos.Options) { o.APIURL = "http://api.paxos.test/v2" },
		"plain http token": func(o *paxos.Options) { o.TokenURL = "http://api.paxos.test/oauth2/token" },
		"no host":          func(o *paxos.Options) { o.APIURL = "https:///v2" },
		"a user":           func(o *paxos.Options) { o.TokenURL = "https://me:" + secret + "@api.paxos.test/" },
		"a query":          func(o *paxos.Options) { o.APIURL = "https://api.paxos.test/v2?key=" + secret },
		"no scopes":        func(o *paxos.Options) { o.Scopes = nil },
		"no budget":        func(o *paxos.Options) { o.Budget = nil },
	} {
		o := good
		change(&o)
		_, err := paxos.New(o)
		require.Error(t, err, name)
		require.NotContains(t, err.Error(), secret)
	}
	for _, base := range []string{"http://127.0.0.1:8081", "http://[::1]:8081", "http://localhost:8081"} {
		_, err := paxos.New(options(base, &lockedBuffer{}))
		require.NoError(t, err, base)
	}
}
