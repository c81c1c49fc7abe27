package outbox_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/outbox"
	"identitydesk/internal/queue"
)

// line is a store and a Paxos that note what the outbox does, in order.
type line struct {
	begun    identity.Identity
	beginErr error
	answer   identity.News
	refusal  error
	existing identity.News
	unread   error
	cached   []identity.Identity
	storeErr error
	stopping context.CancelFunc // called during the create call

	calls  []string
	news   identity.News
	again  time.Time
	code   string
	failed identity.Failure
	linked *identity.Record
}

func (l *line) note(ctx context.Context, call string) error {
	l.calls = append(l.calls, call)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return l.storeErr
}

func (l *line) BeginAttempt(_ context.Context, _ queue.Job) (identity.Identity, identity.Application, error) {
	l.calls = append(l.calls, "begin")
	if l.begun.Type == identity.Institution {
		return l.begun, identity.Application{Institution: &identity.InstitutionDraft{RefID: l.begun.RefID}}, l.beginErr
	}
	return l.begun, identity.Application{Person: &identity.Draft{RefID: l.begun.RefID}}, l.beginErr
}

func (l *line) Accepted(ctx context.Context, id string, n identity.News, job *queue.Job) (identity.Identity, error) {
	l.news = n
	return identity.Identity{ID: id}, l.note(ctx, "accepted")
}

func (l *line) AnswerLost(ctx context.Context, _ string, _ queue.Job, again time.Time, code string) error {
	l.again, l.code = again, code
	return l.note(ctx, "lost")
}

func (l *line) AttemptMissed(ctx context.Context, _ string, _ queue.Job, again time.Time, code string) error {
	l.again, l.code = again, code
	return l.note(ctx, "missed")
}

func (l *line) PutOffAttempt(ctx context.Context, _ string, _ queue.Job, again time.Time, code string) error {
	l.again, l.code = again, code
	return l.note(ctx, "put off")
}

func (l *line) SubmissionFailed(ctx context.Context, _ string, _ queue.Job, f identity.Failure, existing *identity.Record) error {
	l.failed, l.linked = f, existing
	return l.note(ctx, "failed")
}

func (l *line) Lookup(_ context.Context, q string) ([]identity.Identity, error) {
	l.calls = append(l.calls, "lookup "+q)
	return l.cached, nil
}

func (l *line) CreateIdentity(_ context.Context, d identity.Draft) (identity.News, error) {
	l.calls = append(l.calls, "create "+d.RefID)
	if l.stopping != nil {
		l.stopping()
	}
	return l.answer, l.refusal
}

func (l *line) CreateInstitution(_ context.Context, d identity.InstitutionDraft) (identity.News, error) {
	l.calls = append(l.calls, "create institution "+d.RefID)
	return l.answer, l.refusal
}

func (l *line) Identity(_ context.Context, paxosID string) (identity.News, error) {
	l.calls = append(l.calls, "get "+paxosID)
	return l.existing, l.unread
}

var (
	now   = time.Date(2026, 3, 2, 15, 0, 0, 0, time.UTC)
	pause = 4 * time.Second
)

func (l *line) handle(ctx context.Context) error {
	began := true // the desk has run for a day
	clock := func() time.Time {
		if began {
			began = false
			return now.Add(-24 * time.Hour)
		}
		return now
	}
	o := outbox.New(outbox.Options{
		Store: l, Paxos: l, Now: clock, Log: slog.New(slog.DiscardHandler),
		Backoff: func(int) time.Duration { return pause },
	})
	return o.Handle(ctx, queue.Job{ID: 7, Kind: outbox.Kind, Subject: "c1", Attempts: 3})
}

func submission(lostAgo time.Duration) identity.Identity {
	i := identity.Identity{ID: "c1", RefID: "user-1", Submission: identity.Sent, AttemptedAt: new(now), Attempts: 3}
	if lostAgo > 0 {
		i.LostSince = new(now.Add(-lostAgo))
	}
	return i
}

func record(refID string, created time.Time) identity.News {
	return identity.News{Record: identity.Record{PaxosID: "p1", RefID: refID, Status: identity.Pending, CreatedAt: created}}
}

func exists(field, paxosID string) error {
	return &fault.Error{Kind: fault.Conflict, Cause: &identity.Exists{Field: field, Record: identity.Record{PaxosID: paxosID}}}
}

func TestAccepted(t *testing.T) {
	t.Parallel()
	l := &line{begun: submission(0), answer: record("user-1", now)}
	require.NoError(t, l.handle(t.Context()))
	require.Equal(t, []string{"begin", "create user-1", "accepted"}, l.calls, "the attempt is stored before the call")
	require.Equal(t, identity.BySubmit, l.news.By)
}

func TestInstitutionsGoOut(t *testing.T) {
	t.Parallel()
	i := submission(0)
	i.Type = identity.Institution
	l := &line{begun: i, answer: record("user-1", now)}
	require.NoError(t, l.handle(t.Context()))
	require.Equal(t, []string{"begin", "create institution user-1", "accepted"}, l.calls)
	l = &line{begun: i, refusal: fault.New(fault.Lost, "")}
	require.NoError(t, l.handle(t.Context()))
	require.Equal(t, []string{"begin", "create institution user-1", "lost"}, l.calls)
}

func TestFaults(t *testing.T) {
	t.Parallel()
	words := map[string]string{"person_details.first_name": "Only Latin letters."}
	tests := map[string]struct {
		refusal error
		want    string
		code    string
		again   time.Time
		failed  identity.Failure
	}{
		"a lost answer is asked for again":   {refusal: fault.New(fault.Lost, ""), want: "lost", code: "lost", again: now.Add(pause)},
		"a defect may have had its effect":   {refusal: errors.New("boom"), want: "lost", code: "internal", again: now.Add(pause)},
		"unavailable had none":               {refusal: &fault.Error{Kind: fault.Unavailable, Code: "dial"}, want: "missed", code: "unavailable dial", again: now.Add(pause)},
		"unavailable until a time":           {refusal: &fault.Error{Kind: fault.Unavailable, RetryAt: now.Add(time.Hour)}, want: "missed", code: "unavailable", again: now.Add(time.Hour)},
		"throttled until a time":             {refusal: &fault.Error{Kind: fault.Throttled, RetryAt: now.Add(5 * time.Minute)}, want: "put off", code: "throttled", again: now.Add(5 * time.Minute)},
		"throttled until now still pauses":   {refusal: &fault.Error{Kind: fault.Throttled, RetryAt: now}, want: "put off", code: "throttled", again: now.Add(pause)},
		"not made: the gate has closed":      {refusal: &fault.Error{Kind: fault.Unavailable, Code: fault.HeldBack, RetryAt: now.Add(time.Minute)}, want: "put off", code: "unavailable held_back", again: now.Add(time.Minute)},
		"a refused token is our trouble":     {refusal: fault.New(fault.Unauthenticated, ""), want: "missed", code: "unauthenticated", again: now.Add(5 * time.Minute)},
		"a wrong address is our trouble":     {refusal: fault.New(fault.NotFound, ""), want: "missed", code: "not_found", again: now.Add(pause)},
		"invalid fails with Paxos' words":    {refusal: fault.Fields("Names take Latin letters.", words), want: "failed", failed: identity.Failure{Code: identity.Refused, Text: "Names take Latin letters.", Fields: words}},
		"too large fails":                    {refusal: fault.New(fault.TooLarge, "Too large."), want: "failed", failed: identity.Failure{Code: identity.Refused, Text: "Too large."}},
		"a missing scope fails":              {refusal: fault.New(fault.Forbidden, "No scope."), want: "failed", failed: identity.Failure{Code: identity.ScopeMissing, Text: "No scope."}},
		"a conflict without a cause fails":   {refusal: fault.New(fault.Conflict, "Already Exists"), want: "failed", failed: identity.Failure{Code: identity.AlreadyExists}},
		"a conflict without an id: ref_id":   {refusal: exists("ref_id", ""), want: "failed", failed: identity.Failure{Code: identity.RefIDTaken}},
		"a conflict without an id: cip_id":   {refusal: exists("cip_id", ""), want: "failed", failed: identity.Failure{Code: identity.CIPIDTaken}},
		"a conflict without an id or a name": {refusal: exists("", ""), want: "failed", failed: identity.Failure{Code: identity.AlreadyExists}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := &line{begun: submission(0), refusal: tt.refusal}
			require.NoError(t, l.handle(t.Context()))
			require.Equal(t, []string{"begin", "create user-1", tt.want}, l.calls)
			require.Equal(t, tt.code, l.code)
			require.Equal(t, tt.again, l.again)
			require.Equal(t, tt.failed, l.failed)
			require.Nil(t, l.linked)
		})
	}
}

func TestClash(t *testing.T) {
	t.Parallel()
	lost := 10 * time.Minute // ago
	tests := map[string]struct {
		lostAgo  time.Duration
		field    string
		existing identity.News
		unread   error
		want     string
		code     string
		linked   bool
	}{
		"created after the lost attempt":          {lostAgo: lost, field: "ref_id", existing: record("user-1", now.Add(-9*time.Minute)), want: "accepted"},
		"created within the grace before it":      {lostAgo: lost, field: "ref_id", existing: record("user-1", now.Add(-15*time.Minute)), want: "accepted"},
		"created before that":                     {lostAgo: lost, field: "ref_id", existing: record("user-1", now.Add(-15*time.Minute-time.Millisecond)), want: "failed", code: identity.RefIDTaken, linked: true},
		"first try, created just now":             {field: "ref_id", existing: record("user-1", now), want: "failed", code: identity.RefIDTaken, linked: true},
		"Paxos names no field, ours":              {lostAgo: lost, existing: record("user-1", now), want: "accepted"},
		"Paxos names cip_id, ours nevertheless":   {lostAgo: lost, field: "cip_id", existing: record("user-1", now), want: "accepted"},
		"Paxos names cip_id, another's":           {lostAgo: lost, field: "cip_id", existing: record("user-2", now), want: "failed", code: identity.CIPIDTaken, linked: true},
		"cip_id on a first try":                   {field: "cip_id", existing: record("user-2", now), want: "failed", code: identity.CIPIDTaken, linked: true},
		"no field, the ref_id is the same":        {existing: record("user-1", now), want: "failed", code: identity.RefIDTaken, linked: true},
		"no field, the ref_id is another":         {lostAgo: lost, existing: record("user-2", now), want: "failed", code: identity.AlreadyExists, linked: true},
		"the record cannot be read now":           {lostAgo: lost, field: "ref_id", unread: fault.New(fault.Lost, ""), want: "missed", code: "lost"},
		"the token is refused":                    {lostAgo: lost, field: "ref_id", unread: fault.New(fault.Unauthenticated, ""), want: "missed", code: "unauthenticated"},
		"throttled, on a first try":               {field: "ref_id", unread: fault.New(fault.Throttled, ""), want: "missed", code: "throttled"},
		"it may not be read, on a first try":      {field: "ref_id", unread: fault.New(fault.Forbidden, ""), want: "failed", code: identity.RefIDTaken},
		"it may not be read, after a lost answer": {lostAgo: lost, field: "ref_id", unread: fault.New(fault.Forbidden, ""), want: "failed", code: identity.ScopeMissing},
		"Paxos' reading side is behind":           {lostAgo: lost, field: "ref_id", unread: fault.New(fault.NotFound, ""), want: "missed", code: "not_found"},
		"it is gone":                              {lostAgo: time.Hour, field: "cip_id", unread: fault.New(fault.NotFound, ""), want: "failed", code: identity.CIPIDTaken},
		"it is gone, on a first try":              {field: "ref_id", unread: fault.New(fault.NotFound, ""), want: "failed", code: identity.RefIDTaken},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := &line{begun: submission(tt.lostAgo), refusal: exists(tt.field, "p1"), existing: tt.existing, unread: tt.unread}
			require.NoError(t, l.handle(t.Context()))
			require.Equal(t, []string{"begin", "create user-1", "get p1", tt.want}, l.calls)
			switch tt.want {
			case "accepted":
				require.Equal(t, "p1", l.news.Record.PaxosID)
				require.Equal(t, identity.BySubmit, l.news.By)
			case "failed":
				require.Equal(t, tt.code, l.failed.Code)
				require.Equal(t, tt.linked, l.linked != nil)
			case "missed":
				require.Equal(t, tt.code, l.code)
				require.True(t, l.again.After(now))
			}
		})
	}
}

// A 409 that names no record, after a lost answer: the desk looks among what it has heard of, and waits for the list.
func TestClashWithoutAnId(t *testing.T) {
	t.Parallel()
	heard := []identity.Identity{{ID: "c1", RefID: "user-1"}, {ID: "c2", PaxosID: "p2", RefID: "user-one"}, {ID: "c3", PaxosID: "p1", RefID: "user-1"}}
	tests := map[string]struct {
		lostAgo  time.Duration
		cached   []identity.Identity
		existing identity.News
		unread   error
		calls    []string
		code     string
	}{
		"the list may yet show it":      {lostAgo: 29 * time.Minute, calls: []string{"missed"}, code: "conflict unnamed"},
		"the list has shown nothing":    {lostAgo: 30 * time.Minute, calls: []string{"failed"}},
		"the list has shown it":         {lostAgo: 2 * time.Hour, cached: heard, existing: record("user-1", now.Add(-2*time.Hour)), calls: []string{"get p1", "accepted"}},
		"the list has shown another":    {lostAgo: 2 * time.Hour, cached: heard, existing: record("user-1", now.Add(-3*time.Hour)), calls: []string{"get p1", "failed"}},
		"what it showed cannot be read": {lostAgo: 2 * time.Hour, cached: heard, unread: fault.New(fault.Lost, ""), calls: []string{"get p1", "missed"}, code: "lost"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := &line{begun: submission(tt.lostAgo), refusal: exists("ref_id", ""), cached: tt.cached, existing: tt.existing, unread: tt.unread}
			require.NoError(t, l.handle(t.Context()))
			require.Equal(t, append([]string{"begin", "create user-1", "lookup user-1"}, tt.calls...), l.calls)
			require.Equal(t, tt.code, l.code)
			if tt.calls[len(tt.calls)-1] == "failed" {
				require.Equal(t, identity.RefIDTaken, l.failed.Code)
			}
		})
	}
}

// What an import submits never goes at a person's priority, also where its record has to be looked for.
func TestClashOfAnImportKeepsItsPlace(t *testing.T) {
	t.Parallel()
	heard := []identity.Identity{{ID: "c3", PaxosID: "p1", RefID: "user-1"}}
	for name, paxosID := range map[string]string{"named": "p1", "unnamed": ""} {
		people := &line{}
		l := &line{begun: submission(2 * time.Hour), refusal: exists("ref_id", paxosID), cached: heard, existing: record("user-1", now.Add(-2*time.Hour))}
		o := outbox.New(outbox.Options{Store: l, Paxos: people, Slow: l, Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler)})
		require.NoError(t, o.Handle(t.Context(), queue.Job{ID: 7, Kind: outbox.Kind, Subject: "c1", Priority: queue.Background}))
		require.Empty(t, people.calls, name)
		require.Equal(t, "accepted", l.calls[len(l.calls)-1], name)
	}
}

// What happened while the desk was down is read only when it has started, so that it waits from then on.
func TestClashWithoutAnIdAfterADowntime(t *testing.T) {
	t.Parallel()
	l := &line{begun: submission(5 * time.Hour), refusal: exists("ref_id", "")}
	o := outbox.New(outbox.Options{
		Store: l, Paxos: l, Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler),
		Backoff: func(int) time.Duration { return pause },
	})
	require.NoError(t, o.Handle(t.Context(), queue.Job{ID: 7, Kind: outbox.Kind, Subject: "c1", Attempts: 3}))
	require.Equal(t, "missed", l.calls[len(l.calls)-1])
}

func TestUnreadableDraftFails(t *testing.T) {
	t.Parallel()
	l := &line{beginErr: &fault.Error{Kind: fault.Internal, Code: identity.DraftUnread}}
	require.NoError(t, l.handle(t.Context()))
	require.Equal(t, []string{"begin", "failed"}, l.calls)
	require.Equal(t, identity.DraftUnread, l.failed.Code)
}

func TestStoreErrorsLeaveTheJob(t *testing.T) {
	t.Parallel()
	gone := fault.New(fault.Conflict, "The lease is not held.")

	l := &line{beginErr: gone}
	require.ErrorIs(t, l.handle(t.Context()), gone)
	require.Equal(t, []string{"begin"}, l.calls, "nothing is sent without a stored attempt")

	for _, refusal := range []error{nil, fault.New(fault.Lost, ""), fault.New(fault.Unavailable, ""), fault.New(fault.Invalid, "")} {
		l = &line{begun: submission(0), refusal: refusal, storeErr: gone}
		require.ErrorIs(t, l.handle(t.Context()), gone)
	}
}

func TestAnswerIsStoredWhileStopping(t *testing.T) {
	t.Parallel()
	for _, refusal := range []error{nil, fault.New(fault.Lost, ""), fault.New(fault.Unavailable, ""), fault.New(fault.Invalid, "")} {
		ctx, cancel := context.WithCancel(t.Context())
		l := &line{begun: submission(0), refusal: refusal, stopping: cancel}
		require.NoError(t, l.handle(ctx))
		require.Len(t, l.calls, 3)
	}
}
