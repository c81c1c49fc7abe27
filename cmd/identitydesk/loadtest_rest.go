package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"identitydesk/store"
	"identitydesk/store/sample"
)

// lookups measures the exact look-up in the store beside the same statement on the bare driver, one after the other in turns.
func (t *loadtest) lookups(ctx context.Context, s *site) error {
	bare, err := s.bare(ctx, store.LookupQuery())
	if err != nil {
		return err
	}
	defer func() { _ = bare.close() }()
	for _, kind := range []struct {
		name string
		idOf func(int) string
	}{{"ref_id", sample.RefID}, {"Paxos id", sample.PaxosID}} {
		var desk, driver []time.Duration
		for n := range 2 * lookupsEach {
			id := kind.idOf((n * 7919) % t.Identities)
			began := time.Now()
			found, err := s.desk.store.Lookup(ctx, id)
			between := time.Now()
			if err == nil && len(found) != 1 {
				err = fmt.Errorf("%s finds %d cases", id, len(found))
			}
			if err != nil {
				return err
			}
			id = kind.idOf((n*7919 + t.Identities/2) % t.Identities) // another one, so that neither warms up for the other
			restart := time.Now()
			rows, err := bare.once(id)
			if err == nil && rows != 1 {
				err = fmt.Errorf("%s finds %d rows", id, rows)
			}
			if err != nil {
				return err
			}
			if n >= lookupsEach { // the first half warms up
				desk, driver = append(desk, between.Sub(began)), append(driver, time.Since(restart))
			}
		}
		slices.Sort(desk)
		slices.Sort(driver)
		t.table.lookup(kind.name, t.Identities, desk, driver)
	}
	return nil
}

// lookupsEach is how many look-ups count.
const lookupsEach = 5000

var builtFile = regexp.MustCompile(`(?:href|src)="(/(?:static/[^"#]+|favicon\.ico))`)

// weight measures what a browser loads for the queue page, compressed, the first time and later.
func (t *loadtest) weight(ctx context.Context, s *site) error {
	cookie, err := signIn(ctx, s.origin, sample.PersonID(0))
	if err != nil {
		return err
	}
	plain, err := fetch(ctx, s.origin+"/queue", cookie, false)
	if err != nil {
		return err
	}
	packed, err := fetch(ctx, s.origin+"/queue", cookie, true)
	if err != nil {
		return err
	}
	var files []string
	for _, m := range builtFile.FindAllSubmatch(plain, -1) {
		files = append(files, string(m[1]))
	}
	slices.Sort(files)
	first := len(packed)
	for _, file := range slices.Compact(files) {
		body, err := fetch(ctx, s.origin+file, cookie, true)
		if err != nil {
			return err
		}
		first += len(body)
	}
	if len(files) == 0 {
		err = errors.New("the page names no files")
	}
	t.table.weight(len(plain), len(packed), first)
	return err
}
