package store_test

import (
	"context"
	"database/sql"
	"flag"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"identitydesk/internal/identity"
	"identitydesk/store"
	"identitydesk/store/sample"
	"identitydesk/store/storetest"
)

var benchIdentities = flag.Int("identities", 100_000, "how many identities the benchmarks' database holds")

// filled opens a store with identities in it, and the bare driver on the same file.
func filled(b *testing.B) (*store.Store, *sql.DB) {
	b.Helper()
	url := storetest.Dialects()[0].URL(b)
	s := storetest.New(b, storetest.WithURL(url))
	if err := (&sample.Data{Store: s, URL: url, Now: storetest.Start()}).Grow(b.Context(), *benchIdentities); err != nil {
		b.Fatal(err)
	}
	bare, err := sql.Open("sqlite", "file:"+strings.TrimPrefix(url, "sqlite:")+"?mode=ro&_pragma=cache_size(-16384)")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = bare.Close() })
	return s, bare
}

// bareRows runs a prepared statement on the driver and reads its rows into nothing.
func bareRows(b *testing.B, stmt *sql.Stmt, want int, args ...any) {
	rows, err := stmt.Query(args...)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if err != nil {
		b.Fatal(err)
	}
	values, dest := make([]any, len(columns)), make([]any, len(columns))
	for n := range dest {
		dest[n] = &values[n]
	}
	got := 0
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			b.Fatal(err)
		}
		got++
	}
	if err := rows.Err(); err != nil || got != want {
		b.Fatalf("%d rows, want %d: %v", got, want, err)
	}
}

func prepare(b *testing.B, db *sql.DB, query string) *sql.Stmt {
	b.Helper()
	stmt, err := db.Prepare(query)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = stmt.Close() })
	return stmt
}

// BenchmarkLookup finds a case by an exact id, beside the same statement on the bare driver.
func BenchmarkLookup(b *testing.B) {
	s, bare := filled(b)
	for kind, idOf := range map[string]func(int) string{"ref_id": sample.RefID, "paxos_id": sample.PaxosID} {
		id := func(n int) string { return idOf((n * 7919) % *benchIdentities) }
		b.Run(kind+"/store", func(b *testing.B) {
			for n := 0; b.Loop(); n++ {
				found, err := s.Lookup(b.Context(), id(n))
				if err != nil || len(found) != 1 {
					b.Fatal(found, err)
				}
			}
		})
		b.Run(kind+"/bare", func(b *testing.B) {
			stmt := prepare(b, bare, store.LookupQuery())
			for n := 0; b.Loop(); n++ {
				bareRows(b, stmt, 1, id(n))
			}
		})
	}
}

// BenchmarkQueuePage reads 50 rows of the queue, the first page and a later one, beside the same statement on the bare driver.
func BenchmarkQueuePage(b *testing.B) {
	s, bare := filled(b)
	stuck := identity.Filter{Stuck: true, Sort: identity.SortDue}
	first, err := s.List(b.Context(), stuck)
	if err != nil {
		b.Fatal(err)
	}
	later := stuck
	later.After = first.Next
	for name, f := range map[string]identity.Filter{
		"first": stuck, "later": later, "lane": {Lane: identity.LaneWaiting, Sort: identity.SortDue},
		"mine and free": {Stuck: true, MineOrFree: sample.PersonID(0), Sort: identity.SortDue},
	} {
		b.Run(name+"/store", func(b *testing.B) {
			for b.Loop() {
				page, err := s.List(b.Context(), f)
				if err != nil || len(page.Items) != identity.DefaultLimit {
					b.Fatal(len(page.Items), err)
				}
			}
		})
		b.Run(name+"/bare", func(b *testing.B) {
			query, args, err := s.ListQuery(b.Context(), f)
			if err != nil {
				b.Fatal(err)
			}
			stmt := prepare(b, bare, query)
			for b.Loop() {
				bareRows(b, stmt, identity.DefaultLimit+1, args...)
			}
		})
	}
}

// arriving is a delivery that comes in now, with an id as Paxos gives them.
func arriving() identity.Delivery {
	d := delivery(uuid.NewString(), identity.EventApproved)
	d.Time, d.ReceivedAt = time.Now(), time.Now()
	return d
}

// BenchmarkReceive stores webhook deliveries durably from 64 goroutines, beside the same with one delivery in a transaction.
func BenchmarkReceive(b *testing.B) {
	for _, way := range []string{"together", "one-by-one"} {
		b.Run(way, func(b *testing.B) {
			s := storetest.New(b, storetest.WithOptions(func(o *store.Options) { o.Now = time.Now }))
			if way == "one-by-one" {
				s.OneByOne()
			}
			var n, commits atomic.Int64
			s.OnJobs(func() { commits.Add(1) }) // each delivery makes a job
			b.SetParallelism(64 / runtime.GOMAXPROCS(0))
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					n.Add(1)
					if err := s.Receive(context.Background(), arriving()); err != nil {
						b.Error(err)
						return
					}
				}
			})
			b.ReportMetric(float64(n.Load())/b.Elapsed().Seconds(), "deliveries/s")
			b.ReportMetric(float64(n.Load())/float64(commits.Load()), "deliveries/commit")
		})
	}
}
