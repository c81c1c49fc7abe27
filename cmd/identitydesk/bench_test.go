package main

import (
	"database/sql"
	"flag"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/config"
	"identitydesk/store/sample"
)

var benchIdentities = flag.Int("identities", 100_000, "how many identities the benchmarks' desk holds")

// bench is a whole desk, pages and all, on a full database, without a network between.
type bench struct {
	desk    *desk
	cookies []*http.Cookie
}

func newBench(b *testing.B) *bench {
	b.Helper()
	cfg, err := config.Load(environIn(b.TempDir()))
	require.NoError(b, err)
	keys, err := ensureKeys(&cfg)
	require.NoError(b, err)
	d, err := build(b.Context(), &cfg, keys, slog.New(slog.DiscardHandler))
	require.NoError(b, err)
	b.Cleanup(func() { _ = d.close() })
	data := sample.Data{Store: d.store, URL: cfg.DatabaseURL.String(), Now: time.Now()}
	require.NoError(b, data.Grow(b.Context(), *benchIdentities))
	t := &bench{desk: d}
	signIn := httptest.NewRequest(http.MethodPost, "/login/dev", strings.NewReader("user=ana&role=analyst"))
	signIn.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	t.cookies = t.answer(b, signIn, http.StatusSeeOther).Result().Cookies()
	return t
}

// answer sends one request through the whole edge.
func (t *bench) answer(b *testing.B, r *http.Request, status int) *httptest.ResponseRecorder {
	for _, c := range t.cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	t.desk.handler.ServeHTTP(w, r)
	if w.Code != status {
		b.Fatalf("%s answers %d: %s", r.URL.Path, w.Code, w.Body)
	}
	return w
}

// bare is the driver alone on the desk's database.
func (t *bench) bare(b *testing.B, query string) *sql.Stmt {
	b.Helper()
	db, err := sql.Open("sqlite", "file:"+t.desk.cfg.DatabaseURL.Path+"?mode=ro")
	require.NoError(b, err)
	stmt, err := db.Prepare(query)
	require.NoError(b, err)
	b.Cleanup(func() { _ = stmt.Close(); _ = db.Close() })
	return stmt
}

// read runs a prepared statement and reads its rows into nothing.
func read(b *testing.B, stmt *sql.Stmt, want int, args ...any) {
	rows, err := stmt.QueryContext(b.Context(), args...)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if err != nil {
		b.Fatal(err)
	}
	values, into := make([]any, len(columns)), make([]any, len(columns))
	for n := range values {
		into[n] = &values[n]
	}
	n := 0
	for ; rows.Next(); n++ {
		if err := rows.Scan(into...); err != nil {
			b.Fatal(err)
		}
	}
	if err := rows.Err(); err != nil || n != want {
		b.Fatalf("%d rows, want %d: %v", n, want, err)
	}
}

// constant answers the same bytes without any work: the least that any page can cost.
func constant(b *testing.B, status int, body []byte) {
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(status)
		_, _ = w.Write(body)
	})
	for b.Loop() {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	}
}

// BenchmarkQueuePage draws the queue's first page whole, beside the bare statement and a handler that returns the same bytes.
func BenchmarkQueuePage(b *testing.B) {
	t := newBench(b)
	body := t.answer(b, httptest.NewRequest(http.MethodGet, "/queue", nil), http.StatusOK).Body.Bytes()
	b.Run("page", func(b *testing.B) {
		for b.Loop() {
			t.answer(b, httptest.NewRequest(http.MethodGet, "/queue", nil), http.StatusOK)
		}
		b.ReportMetric(float64(len(body)), "bytes")
	})
	stmt := t.bare(b, "SELECT * FROM identities WHERE stuck = 1 AND due_at > 0 ORDER BY due_at, id LIMIT 50")
	b.Run("bare-sql", func(b *testing.B) {
		for b.Loop() {
			read(b, stmt, 50)
		}
	})
	b.Run("constant-page", func(b *testing.B) { constant(b, http.StatusOK, body) })
}

// BenchmarkLookupPage finds a case by its ref_id, up to the redirect, beside the bare statement and a constant redirect.
// Each look-up writes its line of the audit log, which is most of what it costs: the line is on the disk before the answer.
func BenchmarkLookupPage(b *testing.B) {
	t := newBench(b)
	refID := func(n int) string { return sample.RefID((n * 7919) % *benchIdentities) }
	b.Run("page", func(b *testing.B) {
		for n := 0; b.Loop(); n++ {
			t.answer(b, httptest.NewRequest(http.MethodGet, "/lookup?q="+refID(n), nil), http.StatusSeeOther)
		}
	})
	stmt := t.bare(b, "SELECT * FROM identities WHERE ref_id = $1")
	b.Run("bare-sql", func(b *testing.B) {
		for n := 0; b.Loop(); n++ {
			read(b, stmt, 1, refID(n))
		}
	})
	b.Run("constant-page", func(b *testing.B) { constant(b, http.StatusSeeOther, nil) })
}
