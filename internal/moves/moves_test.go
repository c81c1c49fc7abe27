package moves_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/moves"
	"identitydesk/internal/queue"
)

var (
	now   = time.Date(2026, 3, 2, 15, 0, 0, 0, time.UTC)
	pause = 4 * time.Second
)

// line is a store that notes what becomes of a move.
type line struct {
	move     identity.OurMove
	payload  string
	beginErr error
	storeErr error

	calls  []string
	again  time.Time
	code   string
	failed identity.Failure
	kept   bool
	result map[string]string
}

func (l *line) note(call string) error {
	l.calls = append(l.calls, call)
	return l.storeErr
}

func (l *line) BeginMove(context.Context, queue.Job) (identity.OurMove, []byte, string, error) {
	l.calls = append(l.calls, "begin")
	return l.move, []byte(l.payload), "p1", l.beginErr
}

func (l *line) MoveDone(ctx context.Context, _ queue.Job, result map[string]string) error {
	l.result = result
	return errors.Join(ctx.Err(), l.note("done"))
}

func (l *line) MoveFailed(ctx context.Context, _ queue.Job, f identity.Failure, again bool) error {
	l.failed, l.kept = f, again
	return errors.Join(ctx.Err(), l.note("failed"))
}

func (l *line) MoveLost(ctx context.Context, _ queue.Job, again time.Time, code string) error {
	l.again, l.code = again, code
	return errors.Join(ctx.Err(), l.note("lost"))
}

func (l *line) MoveMissed(ctx context.Context, _ queue.Job, again time.Time, code string) error {
	l.again, l.code = again, code
	return errors.Join(ctx.Err(), l.note("missed"))
}

func (l *line) PutOffMove(ctx context.Context, _ queue.Job, again time.Time, code string) error {
	l.again, l.code = again, code
	return errors.Join(ctx.Err(), l.note("put off"))
}

func (l *line) run(ctx context.Context, h moves.Handler) error {
	s := moves.New(moves.Options{
		Store: l, Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler),
		Backoff: func(int) time.Duration { return pause },
	})
	return s.Job(h)(ctx, queue.Job{ID: 7, Kind: moves.JobKind(identity.MoveCorrect), Subject: "m1", Attempts: 3})
}

// answers gives an error, as a handler whose call ended so.
func answers(err error) moves.Handler {
	return func(context.Context, *moves.Attempt) (moves.Result, error) { return moves.Result{"id": "x"}, err }
}

func TestWhatAnAnswerMeans(t *testing.T) {
	t.Parallel()
	words := map[string]string{"person_details.first_name": "Only Latin letters."}
	tests := map[string]struct {
		err    error
		want   string
		code   string
		again  time.Time
		failed identity.Failure
		kept   bool
	}{
		"it worked":                         {nil, "done", "", time.Time{}, identity.Failure{}, false},
		"a lost answer":                     {fault.New(fault.Lost, ""), "lost", "lost", now.Add(pause), identity.Failure{}, false},
		"a look whose answer was lost":      {moves.Harmless(fault.New(fault.Lost, "")), "missed", "lost", now.Add(pause), identity.Failure{}, false},
		"a defect may have had its effect":  {errors.New("boom"), "lost", "internal", now.Add(pause), identity.Failure{}, false},
		"unavailable had none":              {&fault.Error{Kind: fault.Unavailable, Code: "dial"}, "missed", "unavailable dial", now.Add(pause), identity.Failure{}, false},
		"throttled until a time":            {&fault.Error{Kind: fault.Throttled, RetryAt: now.Add(time.Hour)}, "put off", "throttled", now.Add(time.Hour), identity.Failure{}, false},
		"throttled at a look":               {moves.Harmless(&fault.Error{Kind: fault.Throttled, RetryAt: now.Add(time.Hour)}), "put off", "throttled", now.Add(time.Hour), identity.Failure{}, false},
		"not made: the gate has closed":     {&fault.Error{Kind: fault.Unavailable, Code: fault.HeldBack, RetryAt: now.Add(time.Minute)}, "put off", "unavailable held_back", now.Add(time.Minute), identity.Failure{}, false},
		"a refused token is our trouble":    {fault.New(fault.Unauthenticated, ""), "missed", "unauthenticated", now.Add(5 * time.Minute), identity.Failure{}, false},
		"invalid fails with Paxos' words":   {fault.Fields("Latin letters.", words), "failed", "", time.Time{}, identity.Failure{Code: identity.Refused, Text: "Latin letters.", Fields: words}, false},
		"a refusal that may be overcome":    {moves.TryLater(fault.Fields("Later.", nil)), "failed", "", time.Time{}, identity.Failure{Code: identity.Refused, Text: "Later."}, true},
		"the status does not allow it":      {&fault.Error{Kind: fault.Conflict, Code: identity.WrongStatus, Text: "No."}, "failed", "", time.Time{}, identity.Failure{Code: identity.WrongStatus, Text: "No."}, true},
		"a missing scope can be granted":    {fault.New(fault.Forbidden, "No scope."), "failed", "", time.Time{}, identity.Failure{Code: identity.ScopeMissing, Text: "No scope."}, true},
		"Paxos does not know the identity":  {fault.New(fault.NotFound, ""), "failed", "", time.Time{}, identity.Failure{Code: identity.MoveGone}, true},
		"a government id that is another's": {&fault.Error{Kind: fault.Conflict, Cause: &identity.Exists{Field: "cip_id"}}, "failed", "", time.Time{}, identity.Failure{Code: identity.CIPIDTaken}, false},
		"a ref_id that is another's":        {&fault.Error{Kind: fault.Conflict, Cause: &identity.Exists{Field: "ref_id"}}, "failed", "", time.Time{}, identity.Failure{Code: identity.RefIDTaken}, false},
		"some clash":                        {fault.New(fault.Conflict, "Exists."), "failed", "", time.Time{}, identity.Failure{Code: identity.AlreadyExists, Text: "Exists."}, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := &line{}
			require.NoError(t, l.run(t.Context(), answers(tt.err)))
			require.Equal(t, []string{"begin", tt.want}, l.calls)
			require.Equal(t, tt.code, l.code)
			require.Equal(t, tt.again, l.again)
			require.Equal(t, tt.failed, l.failed)
			require.Equal(t, tt.kept, l.kept)
			if tt.err == nil {
				require.Equal(t, map[string]string{"id": "x"}, l.result)
			}
		})
	}
}

func TestHandlerReads(t *testing.T) {
	t.Parallel()
	l := &line{payload: `{"a":"b"}`}
	require.NoError(t, l.run(t.Context(), func(_ context.Context, a *moves.Attempt) (moves.Result, error) {
		var got map[string]string
		require.NoError(t, a.Decode(&got))
		require.Equal(t, "b", got["a"])
		require.Equal(t, "p1", a.PaxosID)
		return nil, nil
	}))
	require.Equal(t, []string{"begin", "done"}, l.calls)

	l = &line{payload: `no JSON`}
	require.NoError(t, l.run(t.Context(), func(_ context.Context, a *moves.Attempt) (moves.Result, error) {
		return nil, a.Decode(&struct{}{})
	}))
	require.Equal(t, identity.MoveUnread, l.failed.Code)
}

func TestUnreadablePayloadFails(t *testing.T) {
	t.Parallel()
	l := &line{beginErr: &fault.Error{Kind: fault.Internal, Code: identity.MoveUnread}}
	require.NoError(t, l.run(t.Context(), answers(nil)))
	require.Equal(t, []string{"begin", "failed"}, l.calls)
	require.Equal(t, identity.MoveUnread, l.failed.Code)
	require.True(t, l.kept, "the key may come back")
}

func TestStoreErrorsLeaveTheJob(t *testing.T) {
	t.Parallel()
	gone := fault.New(fault.Conflict, "The lease is not held.")
	l := &line{beginErr: gone}
	require.ErrorIs(t, l.run(t.Context(), answers(nil)), gone)
	require.Equal(t, []string{"begin"}, l.calls, "nothing is sent without a stored attempt")
	for _, err := range []error{nil, fault.New(fault.Lost, ""), fault.New(fault.Unavailable, ""), fault.New(fault.Invalid, ""), fault.New(fault.Throttled, "")} {
		l := &line{storeErr: gone}
		require.ErrorIs(t, l.run(t.Context(), answers(err)), gone)
	}
}

func TestAnswerIsStoredWhileStopping(t *testing.T) {
	t.Parallel()
	for _, err := range []error{nil, fault.New(fault.Lost, ""), fault.New(fault.Unavailable, ""), fault.New(fault.Invalid, "")} {
		ctx, cancel := context.WithCancel(t.Context())
		l := &line{}
		require.NoError(t, l.run(ctx, func(context.Context, *moves.Attempt) (moves.Result, error) {
			cancel()
			return nil, err
		}))
		require.Len(t, l.calls, 2)
	}
}
