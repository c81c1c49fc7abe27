package store

import (
	"context"
	"maps"
	"math"
	"slices"
	"time"

	"identitydesk/internal/identity"
)

// What is learned from decided cases: the latest so many of each kind count, they are looked through again after so long, and with
// one in so many that come in, those of its kind that count no more go.
const (
	agesCounted = 1000
	agesKept    = time.Minute
	agesPruned  = 100
)

// saveAge notes how long a case had been undecided when it is decided.
func (t *tx) saveAge(old row, next identity.Identity) error {
	kind := old.AgeingKind()
	if kind == "" || old.PendingSince == nil || next.Status.Undecided() {
		return nil
	}
	decided := next.UpdatedAt
	if next.DecidedAt != nil {
		decided = *next.DecidedAt
	}
	id, err := one(t, scanValue[int64], `INSERT INTO decided_ages (kind, decided_at, took) VALUES ($1, $2, $3) RETURNING id`,
		kind, msAlways(decided), max(0, decided.Sub(*old.PendingSince).Milliseconds()))
	if err != nil || id%agesPruned != 0 {
		return err
	}
	return t.exec(pruneAges, kind, int64(math.MaxInt32), int64(agesCounted))
}

// ageings is what was learned at a moment.
type ageings struct {
	at     time.Time
	byKind map[string]identity.Ageing
}

// Ageings gives, by [identity.Identity.AgeingKind], how long the latest decided cases took. It is asked for with every page, so
// that the answer may be a minute old.
func (s *Store) Ageings(ctx context.Context) (map[string]identity.Ageing, error) {
	now := s.now()
	if known := s.ageings.Load(); known != nil && now.Sub(known.at).Abs() < agesKept {
		return maps.Clone(known.byKind), nil
	}
	byKind, err := learnAgeings(s.reader(ctx))
	if err != nil {
		return nil, s.mask(err)
	}
	s.ageings.Store(&ageings{now, byKind})
	return maps.Clone(byKind), nil
}

// learnAgeings goes from kind to kind, since to look for all of them would read the whole table.
func learnAgeings(q querier) (map[string]identity.Ageing, error) {
	byKind := map[string]identity.Ageing{}
	for kind := ""; ; {
		next, found, err := maybe(q, scanValue[string], nextKindQuery, kind)
		if err != nil || !found {
			return byKind, err
		}
		kind = next
		took, err := some(q, agesCounted, scanValue[int64], agesQuery, kind, int64(agesCounted))
		if err != nil {
			return nil, err
		}
		slices.Sort(took)
		byKind[kind] = identity.Ageing{Kind: kind, Of: len(took), Median: share(took, 50), Within: share(took, 95)}
	}
}

const (
	pruneAges = `DELETE FROM decided_ages WHERE id IN (
		SELECT id FROM decided_ages WHERE kind = $1 ORDER BY decided_at DESC, id DESC LIMIT $2 OFFSET $3)`
	nextKindQuery = `SELECT kind FROM decided_ages WHERE kind > $1 ORDER BY kind LIMIT 1`
	agesQuery     = `SELECT took FROM decided_ages WHERE kind = $1 ORDER BY decided_at DESC, id DESC LIMIT $2`
)

// share is the time within which so many of a hundred were decided; took is sorted, in milliseconds, and not empty.
func share(took []int64, of100 int) time.Duration {
	return time.Duration(took[(len(took)*of100+99)/100-1]) * time.Millisecond
}
