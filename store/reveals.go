package store

import (
	"context"
	"database/sql"
	"time"

	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
)

// shownBefore are the moments at which a person was shown personal data since some moment, oldest first.
const shownBefore = `SELECT at FROM audit WHERE actor_id = $1 AND +action = 'revealed' AND at > $2 AND substr(detail, 1, 5) = 'shown'
	ORDER BY at`

// RevealAgain says when a person may reveal again, see [identity.RevealAgain]; zero where they may now.
func (s *Store) RevealAgain(ctx context.Context, userID string) (time.Time, identity.RevealQuota, error) {
	again, quota, err := revealAgain(s.reader(ctx), userID, 1, s.moment())
	return again, quota, s.mask(err)
}

func revealAgain(q querier, userID string, more int, now time.Time) (again time.Time, quota identity.RevealQuota, err error) {
	var longest time.Duration
	for _, one := range identity.RevealQuotas() {
		longest = max(longest, one.Within)
	}
	times, err := all(q, scanValue[int64], shownBefore, userID, now.Add(-longest).UnixMilli())
	if err != nil {
		return again, quota, err
	}
	shown := make([]time.Time, len(times))
	for n, at := range times {
		shown[n] = time.UnixMilli(at).UTC()
	}
	again, quota = identity.RevealAgain(shown, more, now)
	return again, quota, nil
}

// RecordReveal appends the entries of what is about to be shown to one person, each of which counts. Where they have been shown too much
// for all of it, such as by a second page, it appends what refused makes of each, and gives when they may again.
func (s *Store) RecordReveal(
	ctx context.Context, refused func(audit.Entry) audit.Entry, entries ...audit.Entry,
) (again time.Time, quota identity.RevealQuota, err error) {
	err = s.write(ctx, func(t *tx) (err error) {
		if again, quota, err = revealAgain(t, entries[0].ActorID, len(entries), t.now); err != nil {
			return err
		}
		for _, e := range entries {
			if !again.IsZero() {
				e = refused(e)
			}
			if err := t.audit(e); err != nil {
				return err
			}
		}
		return nil
	})
	return again, quota, err
}

const revealCountsQuery = `SELECT actor_id, max(actor_name), object, count(CASE WHEN at > $2 THEN 1 END), count(CASE WHEN at > $3 THEN 1 END), count(*)
	FROM audit WHERE action = 'revealed' AND at > $1 AND substr(detail, 1, 5) = 'shown' GROUP BY actor_id, object`

// RevealCounts gives how often each person was shown each group of fields.
func (s *Store) RevealCounts(ctx context.Context) ([]identity.RevealCount, error) {
	now := s.moment()
	var from [3]any
	for n, span := range identity.RevealSpans() {
		from[n] = now.Add(-span).UnixMilli()
	}
	counts, err := all(s.reader(ctx), scanRevealCount, revealCountsQuery, from[2], from[0], from[1])
	return counts, s.mask(err)
}

func scanRevealCount(rows *sql.Rows) (c identity.RevealCount, err error) {
	return c, rows.Scan(&c.UserID, &c.Name, intoText[identity.Group]{&c.Group}, &c.Day, &c.Week, &c.Month)
}

// Application opens what a submission that Paxos has not accepted sends, be it a person or an institution; found is false where there
// is nothing.
func (s *Store) Application(ctx context.Context, id string) (a identity.Application, found bool, err error) {
	r := s.reader(ctx)
	i, err := findRow(r, id)
	if err == nil {
		a, found, err = s.application(r, i.Identity)
	}
	return a, found, s.mask(err)
}

// Draft opens the draft of a person's submission that Paxos has not accepted; found is false where there is none.
func (s *Store) Draft(ctx context.Context, id string) (d identity.Draft, found bool, err error) {
	r := s.reader(ctx)
	i, err := findRow(r, id)
	if err == nil {
		found, err = s.openSecret(r, i.ID, secretDraft, &d)
	}
	return d, found, s.mask(err)
}
