package moves_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/moves"
)

// record is Paxos, with one person.
type record struct {
	held    identity.Draft
	status  identity.Status
	unread  error
	refuse  error
	updates []identity.Correction

	refresh identity.RefreshHeld
	told    identity.RefreshTold
	deaf    error
}

func (r *record) HeldRefresh(context.Context, string) (identity.RefreshHeld, error) {
	return r.refresh, r.unread
}

func (r *record) RefreshTold(context.Context, string) (identity.RefreshTold, error) {
	return r.told, r.deaf
}

func (r *record) Held(context.Context, string) (identity.Draft, identity.Status, error) {
	return r.held, r.status, r.unread
}

func (r *record) Update(_ context.Context, _ string, c identity.Correction) (identity.News, error) {
	r.updates = append(r.updates, c)
	return identity.News{}, r.refuse
}

func in(city string) identity.Draft {
	var d identity.Draft
	d.Person.Address.City = city
	return d
}

func TestCorrectLooksBeforeItSends(t *testing.T) {
	t.Parallel()
	city := identity.Correction{Texts: map[string]string{"person_details.address.city": "Dallas"}}
	refreshed := identity.Correction{Texts: city.Texts, RefreshedAt: now}
	seen := func(s identity.Status) identity.CorrectionAsk {
		return identity.CorrectionAsk{Base: new(in("Austin")), Status: s, Send: city}
	}
	tests := map[string]struct {
		ask  identity.CorrectionAsk
		held string // the city, and the status
		lost bool
		err  error
		want string
		code string
		sent []identity.Correction
	}{
		"as the form showed it":              {identity.CorrectionAsk{Base: new(in("Austin")), Send: city}, "Austin", false, nil, "done", "", []identity.Correction{city}},
		"changed since":                      {identity.CorrectionAsk{Base: new(in("Austin")), Send: city}, "Boston", false, nil, "failed", identity.ChangedAtPaxos, nil},
		"changed to the same by others":      {identity.CorrectionAsk{Base: new(in("Austin")), Send: city}, "Dallas", false, nil, "failed", identity.ChangedAtPaxos, nil},
		"a lost call had worked":             {identity.CorrectionAsk{Base: new(in("Austin")), Send: city}, "Dallas", true, nil, "done", "", nil},
		"a lost call had not":                {identity.CorrectionAsk{Base: new(in("Austin")), Send: city}, "Austin", true, nil, "done", "", []identity.Correction{city}},
		"a lost call, and something else":    {identity.CorrectionAsk{Base: new(in("Austin")), Send: city}, "Boston", true, nil, "failed", identity.ChangedAfter, nil},
		"a lost refresh with changes":        {identity.CorrectionAsk{Base: new(in("Austin")), Send: refreshed}, "Dallas", true, nil, "done", "", []identity.Correction{{RefreshedAt: now}}},
		"a refresh at which nobody looked":   {identity.CorrectionAsk{Send: identity.Correction{RefreshedAt: now}}, "Boston", true, nil, "done", "", []identity.Correction{{RefreshedAt: now}}},
		"decided since":                      {seen("APPROVED"), "Austin DENIED", false, nil, "failed", identity.ChangedAtPaxos, nil},
		"set back by somebody else":          {seen("APPROVED"), "Austin PENDING", false, nil, "failed", identity.ChangedAtPaxos, nil},
		"undecided as it was":                {seen("PENDING"), "Austin PENDING", false, nil, "done", "", []identity.Correction{city}},
		"a lost call has set it back":        {seen("APPROVED"), "Dallas PENDING", true, nil, "done", "", nil},
		"it came, and was decided on":        {seen("PENDING"), "Dallas APPROVED", true, nil, "done", "", nil},
		"set back, and no details yet":       {seen("APPROVED"), "Austin PENDING", true, nil, "done", "", []identity.Correction{city}},
		"a lost call, and decided since":     {seen("PENDING"), "Austin DENIED", true, nil, "failed", identity.ChangedAfter, nil},
		"asked before statuses were kept":    {seen(""), "Austin DENIED", false, nil, "done", "", []identity.Correction{city}},
		"the look is lost: nothing was sent": {identity.CorrectionAsk{Base: new(in("Austin")), Send: city}, "", false, fault.New(fault.Lost, ""), "missed", "", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			payload, err := json.Marshal(tt.ask)
			require.NoError(t, err)
			held, status, _ := strings.Cut(tt.held, " ")
			l, r := &line{payload: string(payload)}, &record{held: in(held), status: identity.Status(status), unread: tt.err}
			if tt.lost {
				l.move.LostSince = new(now.Add(-time.Minute))
			}
			require.NoError(t, l.run(t.Context(), moves.Correct(r, r)))
			require.Equal(t, []string{"begin", tt.want}, l.calls)
			require.Equal(t, tt.code, l.failed.Code)
			require.False(t, l.kept, "the person must look again")
			require.Equal(t, tt.sent, r.updates)
		})
	}
}

// A refresh whose answer was lost is told again only where neither Paxos' record nor an event shows that it has come.
func TestALostRefreshIsLookedFor(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	alone := identity.CorrectionAsk{Send: identity.Correction{RefreshedAt: day}}
	city := identity.Correction{Texts: map[string]string{"person_details.address.city": "Dallas"}, RefreshedAt: day}
	both := identity.CorrectionAsk{Base: new(in("Austin")), Send: city}
	onRecord := identity.RefreshHeld{LastAt: day, UpdatedAt: now}
	event := identity.RefreshTold{Type: identity.EventRefreshCompleted, At: now, LastAt: &day}
	earlier := event
	earlier.At = now.Add(-time.Hour)
	nameless := earlier
	nameless.LastAt = nil
	of := func(r record) *record { return &r }
	again := []identity.Correction{{RefreshedAt: day}}
	tests := map[string]struct {
		ask   identity.CorrectionAsk
		paxos *record
		want  string
		sent  []identity.Correction
	}{
		"the record shows it":                {alone, of(record{refresh: onRecord}), "done", nil},
		"the record shows it, with changes":  {both, of(record{held: in("Dallas"), refresh: onRecord}), "done", nil},
		"an event told of it":                {alone, of(record{told: event}), "done", nil},
		"an event told of it, with changes":  {both, of(record{held: in("Dallas"), told: event}), "done", nil},
		"an event told of an earlier one":    {alone, of(record{told: earlier}), "done", again},
		"an earlier event without a day":     {alone, of(record{told: nameless}), "done", again},
		"the changes came by somebody else":  {both, of(record{held: in("Dallas")}), "done", again},
		"nothing came of either":             {both, of(record{held: in("Austin"), refresh: onRecord}), "done", []identity.Correction{city}},
		"the record shows another day":       {alone, of(record{refresh: identity.RefreshHeld{LastAt: day.AddDate(-2, 0, 0), UpdatedAt: now}}), "done", again},
		"of that day, and asked for anew":    {alone, of(record{refresh: identity.RefreshHeld{LastAt: day, Asked: true, UpdatedAt: now.Add(-time.Hour)}}), "done", again},
		"nothing tells":                      {alone, of(record{}), "done", again},
		"the look is lost: nothing was sent": {alone, of(record{unread: fault.New(fault.Lost, "")}), "missed", nil},
		"the events cannot be read":          {alone, of(record{deaf: fault.New(fault.Unavailable, "")}), "missed", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			payload, err := json.Marshal(tt.ask)
			require.NoError(t, err)
			l := &line{payload: string(payload)}
			l.move.LostSince = new(now.Add(-time.Minute))
			require.NoError(t, l.run(t.Context(), moves.Correct(tt.paxos, tt.paxos)))
			require.Equal(t, []string{"begin", tt.want}, l.calls)
			require.Equal(t, tt.sent, tt.paxos.updates)
		})
	}
}
