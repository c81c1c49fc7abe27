package paxos_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/budget"
	"identitydesk/internal/fault"
	"identitydesk/internal/paxos"
)

func TestEachFailureIsNamedByWhetherTheCallMayHaveHadItsEffect(t *testing.T) {
	t.Parallel()
	long := strings.Repeat(" ", 2<<20)
	for name, c := range map[string]struct {
		api  http.HandlerFunc
		kind fault.Kind
		code string
	}{
		"cut before any answer":  {cutOff(""), fault.Lost, "cut"},
		"cut within the answer":  {cutOff("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"id\":\"a\""), fault.Lost, "cut"},
		"cut within a refusal":   {cutOff("HTTP/1.1 409 Conflict\r\nContent-Length: 500\r\n\r\n{\"title\""), fault.Lost, "cut"},
		"no HTTP":                {cutOff("something else\r\n\r\n"), fault.Lost, "cut"},
		"garbage":                {answers(200, "<html>busy</html>"), fault.Lost, "unreadable"},
		"half a JSON":            {answers(200, `{"id":"a"`), fault.Lost, "unreadable"},
		"JSON of another form":   {answers(200, `{"id":["a"]}`), fault.Lost, "unreadable"},
		"no id":                  {answers(201, `{"status":"PENDING"}`), fault.Lost, "no_id"},
		"nothing":                {answers(200, `null`), fault.Lost, "no_id"},
		"no body":                {answers(204, ``), fault.Lost, "unreadable"},
		"too large":              {answers(200, `{"id":"a"}`+long), fault.Lost, "too_large"},
		"500":                    {answers(500, `{"type":"about:blank","title":"Internal"}`), fault.Lost, "http_500"},
		"502 that is no problem": {answers(502, `bad gateway`), fault.Lost, "http_502"},
		"redirect":               {answers(302, ``), fault.Lost, "http_302"},
		"403 for a scope": {
			answers(403, `{"type":"about:blank","detail":"insufficient scopes: found 'x', required one of '[y]'"}`), fault.Forbidden, "scope",
		},
		"403 for something else": {answers(403, `{"type":"https://paxos.test/problems/not-enabled"}`), fault.Forbidden, "not_enabled"},
		"404":                    {answers(404, `{"type":"about:blank","title":"Not Found","status":404}`), fault.NotFound, "http_404"},
		"405":                    {answers(405, ``), fault.Invalid, "http_405"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for call, do := range map[string]func(desk) error{
				"create": func(d desk) error { _, err := d.CreateIdentity(t.Context(), draft()); return err },
				"get":    func(d desk) error { _, err := d.Identity(t.Context(), "some-id"); return err },
			} {
				if call == "get" && name == "cut within a refusal" {
					continue
				}
				f := faultOf(t, do(overNetwork(t, &standIn{api: c.api})))
				require.Equal(t, c.kind, f.Kind, call)
				require.Equal(t, c.code, f.Code, call)
				require.NotEmpty(t, f.Text)
				require.Error(t, f.Cause)
			}
		})
	}
}

// cutOff writes bytes and closes the connection.
func cutOff(bytes string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, buf, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		_, _ = io.WriteString(buf, bytes)
		_ = buf.Flush()
		_ = conn.Close()
	}
}

func faultOf(t *testing.T, err error) *fault.Error {
	t.Helper()
	f, ok := errors.AsType[*fault.Error](err)
	require.True(t, ok, "%v", err)
	return f
}

func TestWhatNeverConnectedSurelyHadNoEffect(t *testing.T) {
	t.Parallel()
	s := &standIn{api: answers(200, `{"id":"a"}`)}
	tokens := httptest.NewServer(s)
	t.Cleanup(tokens.Close)
	gone := httptest.NewServer(s)
	gone.Close()
	untrusted := httptest.NewUnstartedServer(s)
	untrusted.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	untrusted.StartTLS()
	t.Cleanup(untrusted.Close)

	for name, api := range map[string]string{"refused": gone.URL, "certificate": untrusted.URL} {
		log := &lockedBuffer{}
		o := options(tokens.URL, log)
		o.APIURL = api + "/v2"
		_, err := open(t, o, log).CreateIdentity(t.Context(), draft())
		f := faultOf(t, err)
		require.Equal(t, fault.Unavailable, f.Kind, name)
		require.Equal(t, "unreachable", f.Code, name)
	}
	require.Zero(t, s.calls())
}

func TestACallWithoutATokenSurelyHadNoEffect(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		token http.HandlerFunc
		code  string
	}{
		"wrong secret": {answers(401, `{"error":"invalid_client"}`), "token_refused"},
		"down":         {answers(503, `no`), "token_http_503"},
		"cut":          {cutOff(""), "token_unreachable"},
		"garbage":      {answers(200, `{"token`), "token_unreachable"},
		"no token":     {answers(200, `{}`), "token_unreachable"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := 0
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/oauth2/token" {
					api++
				}
				c.token(w, r)
			}))
			t.Cleanup(server.Close)
			log := &lockedBuffer{}
			d := open(t, options(server.URL, log), log)
			_, err := d.CreateIdentity(t.Context(), draft())
			f := faultOf(t, err)
			require.Equal(t, fault.Unavailable, f.Kind)
			require.Equal(t, c.code, f.Code)
			require.Zero(t, api)
			require.Equal(t, f.Text, d.Scopes().Error)
			require.False(t, d.Scopes().Known)
			require.NotContains(t, f.Text+f.Cause.Error()+log.String(), secret)
		})
	}
}

func TestACallThatTakesTooLongIsLost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &standIn{api: func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }}
		begun := time.Now()
		_, err := inMemory(t, s).CreateIdentity(t.Context(), draft())
		f := faultOf(t, err)
		require.Equal(t, fault.Lost, f.Kind)
		require.Equal(t, "timeout", f.Code)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Less(t, time.Since(begun), 21*time.Second)
	})
}

func TestACallGivenUpIsLostOnceItWasSentAndMissedBefore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		s := &standIn{api: func(http.ResponseWriter, *http.Request) { cancel() }}
		d := inMemory(t, s)
		_, err := d.CreateIdentity(ctx, draft())
		require.Equal(t, fault.Lost, faultOf(t, err).Kind)
		require.ErrorIs(t, err, context.Canceled)

		_, err = d.CreateIdentity(ctx, draft())
		require.Equal(t, fault.Unavailable, faultOf(t, err).Kind)
		require.Equal(t, 1, s.calls())
	})
}

func TestA429ClosesTheGateForEverybody(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		header string
		pause  time.Duration
	}{
		"no header":   {"", 5 * time.Minute},
		"seconds":     {"90", 90 * time.Second},
		"a date":      {"Sat, 01 Jan 2000 00:02:00 GMT", 2 * time.Minute}, // the test's clock begins with the year 2000
		"nonsense":    {"soon", 5 * time.Minute},
		"at once":     {"0", 5 * time.Minute},
		"in the past": {"Fri, 31 Dec 1999 00:00:00 GMT", 5 * time.Minute},
		"for a year":  {"31536000", time.Hour},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &standIn{api: func(w http.ResponseWriter, _ *http.Request) {
				if c.header != "" {
					w.Header().Set("Retry-After", c.header)
				}
				w.WriteHeader(http.StatusTooManyRequests)
			}}
			d := inMemory(t, s)
			begun := time.Now()
			_, err := d.Identity(t.Context(), "some-id")
			f := faultOf(t, err)
			require.Equal(t, fault.Throttled, f.Kind, name)
			require.WithinDuration(t, begun.Add(c.pause), f.RetryAt, time.Second, name)

			_, err = d.At(budget.Click).CreateIdentity(t.Context(), draft())
			held := faultOf(t, err)
			require.Equal(t, fault.Unavailable, held.Kind, name)
			require.Equal(t, f.RetryAt, held.RetryAt, name)
			require.Equal(t, 1, s.calls())

			time.Sleep(c.pause)
			s.api = answers(200, `{"id":"a"}`)
			_, err = d.Identity(t.Context(), "some-id")
			require.NoError(t, err, name)
		})
	}
}

func TestA429ThatIsCutOffIsOneAllTheSame(t *testing.T) {
	t.Parallel()
	d := overNetwork(t, &standIn{api: cutOff("HTTP/1.1 429 Too Many Requests\r\nContent-Length: 500\r\n\r\n{")})
	_, err := d.Identity(t.Context(), "some-id")
	require.Equal(t, fault.Throttled, faultOf(t, err).Kind)
	require.NotZero(t, d.budget.Snapshot().ClosedUntil)
}

func TestARedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	s := &standIn{api: func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/v2/elsewhere", http.StatusTemporaryRedirect)
	}}
	_, err := overNetwork(t, s).CreateIdentity(t.Context(), draft())
	require.Equal(t, "http_307", faultOf(t, err).Code)
	require.Equal(t, 1, s.calls())
}

func TestA429OfTheTokenClosesTheGateToo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limited := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTooManyRequests) })
		d := inMemory(t, &standIn{}, func(o *paxos.Options) { o.HTTP = &http.Client{Transport: direct{limited}} })
		_, err := d.CreateIdentity(t.Context(), draft())
		require.Equal(t, fault.Throttled, faultOf(t, err).Kind)
		require.NotZero(t, d.budget.Snapshot().ClosedUntil)
	})
}

func TestA503WithRetryAfterSaysWhenToComeAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := inMemory(t, &standIn{api: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "30")
			w.WriteHeader(http.StatusServiceUnavailable)
		}})
		_, err := d.Identity(t.Context(), "some-id")
		f := faultOf(t, err)
		require.Equal(t, fault.Lost, f.Kind)
		require.WithinDuration(t, time.Now().Add(30*time.Second), f.RetryAt, time.Second)
		require.Zero(t, d.budget.Snapshot().ClosedUntil, "only a 429 closes the gate")
	})
}
