package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"runtime/pprof"
	"slices"
	"strings"
	"time"

	"identitydesk/internal/identity"
	"identitydesk/store/sample"
)

// load is what one round has measured of a page or a statement.
type load struct {
	cpu, p50, p99 time.Duration
	perSecond     float64
}

// median takes each figure's median over the rounds.
func median(rounds []load) load {
	of := func(get func(load) time.Duration) time.Duration {
		values := make([]time.Duration, len(rounds))
		for n, r := range rounds {
			values[n] = get(r)
		}
		slices.Sort(values)
		return values[len(values)/2]
	}
	rates := make([]float64, len(rounds))
	for n, r := range rounds {
		rates[n] = r.perSecond
	}
	slices.Sort(rates)
	return load{
		cpu:       of(func(l load) time.Duration { return l.cpu }),
		p50:       of(func(l load) time.Duration { return l.p50 }),
		p99:       of(func(l load) time.Duration { return l.p99 }),
		perSecond: rates[len(rates)/2],
	}
}

// queue measures an analyst's own queue: the page, packed and not, each beside a handler that answers the same bytes, and the bare
// statement.
func (t *loadtest) queue(ctx context.Context, s *site, n int) error {
	cookie, err := signIn(ctx, s.origin, sample.PersonID(0))
	if err != nil {
		return err
	}
	if s.constants["/queue"], err = fetch(ctx, s.origin+"/queue", cookie, false); err != nil {
		return err
	}
	if rows := strings.Count(string(s.constants["/queue"]), "<tr"); rows < identity.DefaultLimit {
		return fmt.Errorf("the queue has only %d rows", rows)
	}
	bare, err := s.bareQueue(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = bare.close() }()
	page := func(path string, packed bool) func(context.Context) (load, error) {
		d := drive{URL: s.origin + path, Cookie: cookie, Packed: packed, Connections: t.Connections, For: t.For}
		return func(ctx context.Context) (load, error) { return t.drive(ctx, d) }
	}
	measured, err := t.inTurns(ctx, page("/queue", true), page(constantPath+"/queue", true),
		page("/queue", false), page(constantPath+"/queue", false), func(context.Context) (load, error) { return bare.read(t.For) })
	if err != nil {
		return err
	}
	t.table.queue(n, measured)
	return t.profile(ctx, page("/queue", true))
}

// profile writes what the page costs, where that is asked for.
func (t *loadtest) profile(ctx context.Context, page func(context.Context) (load, error)) (err error) {
	if t.Profile == "" {
		return nil
	}
	f, err := os.Create(t.Profile)
	if err != nil {
		return fmt.Errorf("write the profile: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := pprof.StartCPUProfile(f); err != nil {
		return fmt.Errorf("write the profile: %w", err)
	}
	defer pprof.StopCPUProfile()
	for range t.Rounds {
		if _, err := page(ctx); err != nil {
			return err
		}
	}
	return nil
}

// inTurns measures each, one after the other, as many rounds as are asked for; a first round warms up.
func (t *loadtest) inTurns(ctx context.Context, each ...func(context.Context) (load, error)) ([]load, error) {
	rounds := make([][]load, len(each))
	for round := range t.Rounds + 1 {
		for n, measure := range each {
			l, err := measure(ctx)
			if err != nil {
				return nil, err
			}
			if round > 0 {
				rounds[n] = append(rounds[n], l)
			}
		}
	}
	medians := make([]load, len(each))
	for n := range rounds {
		medians[n] = median(rounds[n])
	}
	return medians, nil
}

// drive asks for a page from beside and tells what an answer cost this process.
func (t *loadtest) drive(ctx context.Context, d drive) (load, error) {
	before, err := usedTime()
	if err != nil {
		return load{}, err
	}
	result, err := d.beside(ctx, t.undesked())
	if err != nil {
		return load{}, err
	}
	after, err := usedTime()
	return load{
		cpu: (after - before) / time.Duration(result.Requests), p50: result.P50, p99: result.P99,
		perSecond: float64(result.Requests) / d.For.Seconds(),
	}, err
}

// bareStatement is a prepared statement on the driver alone.
type bareStatement struct {
	db   *sql.DB
	stmt *sql.Stmt
	args []any
}

// bareQueue is the statement that reads the rows of the page.
func (s *site) bareQueue(ctx context.Context) (*bareStatement, error) {
	query, args, err := s.desk.store.ListQuery(ctx, identity.Filter{Stuck: true, MineOrFree: sample.PersonID(0), Sort: identity.SortDue})
	if err != nil {
		return nil, err
	}
	return s.bare(ctx, query, args...)
}

func (s *site) bare(ctx context.Context, query string, args ...any) (*bareStatement, error) {
	db, err := sql.Open("sqlite", "file:"+s.desk.cfg.DatabaseURL.Path+"?mode=ro&_pragma=cache_size(-16384)")
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	db.SetMaxOpenConns(1)
	stmt, err := db.PrepareContext(ctx, query)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("prepare: %w", err), db.Close())
	}
	return &bareStatement{db: db, stmt: stmt, args: args}, nil
}

func (b *bareStatement) close() error { return errors.Join(b.stmt.Close(), b.db.Close()) }

// read runs the statement for some time.
func (b *bareStatement) read(during time.Duration) (load, error) {
	before, err := usedTime()
	if err != nil {
		return load{}, err
	}
	var took []time.Duration
	for end := time.Now().Add(during); time.Now().Before(end) || len(took) == 0; {
		began := time.Now()
		if _, err := b.once(b.args...); err != nil {
			return load{}, err
		}
		took = append(took, time.Since(began))
	}
	after, err := usedTime()
	slices.Sort(took)
	return load{
		cpu: (after - before) / time.Duration(len(took)), p50: took[len(took)/2], p99: took[len(took)*99/100],
		perSecond: float64(len(took)) / during.Seconds(),
	}, err
}

// once reads every row into nothing and counts them.
func (b *bareStatement) once(args ...any) (n int, err error) {
	rows, err := b.stmt.Query(args...)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	columns, err := rows.Columns()
	if err != nil {
		return 0, err
	}
	values, into := make([]any, len(columns)), make([]any, len(columns))
	for k := range values {
		into[k] = &values[k]
	}
	for ; rows.Next(); n++ {
		if err := rows.Scan(into...); err != nil {
			return n, err
		}
	}
	return n, rows.Err()
}
