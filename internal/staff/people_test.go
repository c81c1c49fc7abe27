package staff_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/staff"
)

var (
	admin   = access.Actor{UserID: "root", Name: "Root", Role: access.Admin, RequestID: "r1", Address: "192.0.2.7"}
	because = staff.Reason{Code: "left"}
)

func TestRoleOfAnArrival(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		groups []string
		want   access.Role
	}{
		{[]string{"desk-analysts"}, access.Analyst},
		{[]string{"canteen", "desk-analysts"}, access.Analyst},
		{[]string{"desk-analysts", "desk-leads"}, access.Lead},
		{[]string{"desk-leads", "desk-analysts", "all"}, access.Lead},
		{[]string{"all", "desk-admins", "desk-leads"}, access.Admin},
		{[]string{"all"}, access.Viewer},
	} {
		f := open()
		token, err := f.Arrive(t.Context(), staff.Arrival{Subject: "s-1", Name: "Ada", Groups: c.groups, Session: "sid", IDToken: "raw"}, access.Actor{})
		require.NoError(t, err)
		u, session, err := f.Session(t.Context(), token)
		require.NoError(t, err)
		require.Equal(t, c.want, u.Role, "%v", c.groups)
		require.Equal(t, "s-1", u.ID)
		require.Equal(t, "sid", session.ProviderSession)
		raw, err := f.SignOut(t.Context(), token, access.Actor{})
		require.NoError(t, err)
		require.Equal(t, "raw", raw)
	}
}

func TestRefusedArrivals(t *testing.T) {
	t.Parallel()
	f := open()
	from := access.Actor{RequestID: "r1", Address: "192.0.2.7"}
	for _, groups := range [][]string{nil, {"canteen"}, {"Desk-Analysts"}, {"admin"}, {""}} {
		_, err := f.Arrive(t.Context(), staff.Arrival{Subject: "s-1", Name: "Ada", Groups: groups}, from)
		require.Equal(t, staff.NoRole, fault.From(err).Code, "%v", groups)
	}
	require.Equal(t, audit.Entry{
		At: f.now, ActorID: "s-1", ActorName: "Ada", Action: audit.SignInRefused, Detail: "no group with a role", RequestID: "r1", Address: "192.0.2.7",
	}, f.ledger.entries[0])
	require.Len(t, f.ledger.entries, 5)

	f.ledger.users["s-1"] = access.User{ID: "s-1", DisabledAt: &f.now}
	_, err := f.Arrive(t.Context(), staff.Arrival{Subject: "s-1", Name: "Ada", Groups: []string{"all"}}, from)
	require.Equal(t, fault.Forbidden, fault.KindOf(err))
	require.Equal(t, audit.SignInRefused, f.ledger.entries[5].Action)
	require.Equal(t, "disabled", f.ledger.entries[5].Detail)
	require.Empty(t, f.ledger.sessions)

	f.ledger.err = errors.New("disk gone")
	_, err = f.Arrive(t.Context(), staff.Arrival{Subject: "s-1", Name: "Ada"}, from)
	require.ErrorIs(t, err, f.ledger.err, "a refusal that cannot be recorded says so")
}

// A person's session ends with the person: whoever is disabled has none, even where the row were still there.
func TestDisabledPersonHasNoSession(t *testing.T) {
	t.Parallel()
	f := open()
	token := f.signIn(t, ada)
	f.ledger.users["ada"] = access.User{ID: "ada", Name: "Ada", DisabledAt: &f.now}
	_, _, err := f.Session(t.Context(), token)
	require.Equal(t, fault.Unauthenticated, fault.KindOf(err))
}

func TestWhoMayManagePeople(t *testing.T) {
	t.Parallel()
	f := open()
	f.signIn(t, ada)
	script := admin
	script.Token = "token-1"
	for _, a := range []access.Actor{{UserID: "x", Role: access.Lead}, {UserID: "x", Role: access.Auditor}, script, {}} {
		_, err := f.Disable(t.Context(), a, "ada", because)
		require.Equal(t, fault.Forbidden, fault.KindOf(err))
		require.Equal(t, fault.Forbidden, fault.KindOf(f.Enable(t.Context(), a, "ada", because)))
		require.Equal(t, fault.Forbidden, fault.KindOf(f.EndSession(t.Context(), a, "ada", "", because)))
		_, _, err = f.MakeToken(t.Context(), a, "nightly", access.Viewer, 30)
		require.Equal(t, fault.Forbidden, fault.KindOf(err))
		require.Equal(t, fault.Forbidden, fault.KindOf(f.RevokeToken(t.Context(), a, "token-1")))
	}
	_, err := f.People(t.Context(), access.Actor{Role: access.Lead})
	require.Equal(t, fault.Forbidden, fault.KindOf(err))
	all, err := f.People(t.Context(), access.Actor{Role: access.Auditor})
	require.NoError(t, err)
	require.Len(t, all, 1)
	require.Len(t, all[0].Sessions, 1)
	require.Len(t, f.ledger.entries, 1, "what was refused left nothing")
}

func TestDisable(t *testing.T) {
	t.Parallel()
	f := open()
	_, err := f.Disable(t.Context(), admin, "root", because)
	require.Equal(t, fault.Conflict, fault.KindOf(err), "nobody disables themselves")
	for field, why := range map[string]staff.Reason{
		"reason_code": {}, "reason": {Code: "other"},
	} {
		_, err := f.Disable(t.Context(), admin, "ada", why)
		require.Contains(t, fault.From(err).Fields, field)
		require.Contains(t, fault.From(f.Enable(t.Context(), admin, "ada", why)).Fields, field)
		require.Contains(t, fault.From(f.EndSession(t.Context(), admin, "ada", "", why)).Fields, field)
	}
	_, err = f.Disable(t.Context(), admin, "ada", staff.Reason{Code: "left", Text: strings.Repeat("a", 501)})
	require.Contains(t, fault.From(err).Fields, "reason")

	_, err = f.Disable(t.Context(), admin, "ada", staff.Reason{Code: "other", Text: "gone for good"})
	require.NoError(t, err)
	require.NoError(t, f.Enable(t.Context(), admin, "ada", staff.Reason{Code: "back"}))
	require.Equal(t, []audit.Entry{
		{
			At: f.now, ActorID: "root", ActorName: "Root", Role: "admin", Action: audit.DisabledPerson, Object: "ada", Before: "enabled",
			After: "disabled", ReasonCode: "other", Reason: "gone for good", RequestID: "r1", Address: "192.0.2.7",
		},
		{
			At: f.now, ActorID: "root", ActorName: "Root", Role: "admin", Action: audit.EnabledPerson, Object: "ada", Before: "disabled",
			After: "enabled", ReasonCode: "back", RequestID: "r1", Address: "192.0.2.7",
		},
	}, f.ledger.entries)
}

func TestEndSessions(t *testing.T) {
	t.Parallel()
	f := open()
	here, there, third := f.signIn(t, ada), f.signIn(t, ada), f.signIn(t, ada)
	bo := f.signIn(t, access.User{ID: "bo", Name: "Bo", Role: access.Viewer})
	self := access.Actor{UserID: "ada", Name: "Ada", Role: access.Analyst}
	lives := func(token string) bool {
		_, _, err := f.Look(t.Context(), token)
		return err == nil
	}
	id := func(token string) string {
		_, session, err := f.Look(t.Context(), token)
		require.NoError(t, err)
		return session.ID()
	}
	require.Equal(t, fault.NotFound, fault.KindOf(f.EndOwn(t.Context(), self, here, id(bo))), "another's is none of mine")
	require.True(t, lives(bo))
	require.NoError(t, f.EndOwn(t.Context(), self, here, id(there)))
	require.False(t, lives(there))
	require.NoError(t, f.EndOwn(t.Context(), self, here, ""))
	require.False(t, lives(third))
	require.True(t, lives(here))
	require.NoError(t, f.EndOwn(t.Context(), self, here, ""), "nothing else to end")
	require.Equal(t, fault.Forbidden, fault.KindOf(f.EndOwn(t.Context(), access.Actor{UserID: "ada", Token: "token-1"}, "", "")))

	require.NoError(t, f.EndSession(t.Context(), admin, "bo", id(bo), because))
	require.False(t, lives(bo))
	require.Equal(t, fault.NotFound, fault.KindOf(f.EndSession(t.Context(), admin, "bo", "", because)))
	last := f.ledger.entries[len(f.ledger.entries)-1]
	require.Equal(t, audit.EndedSession, last.Action)
	require.Equal(t, "bo", last.Object)
	require.Equal(t, "1 session", last.Detail)
	require.Equal(t, "left", last.ReasonCode)
}

func TestDepart(t *testing.T) {
	t.Parallel()
	f := open()
	token, err := f.Arrive(t.Context(), staff.Arrival{Subject: "s-1", Name: "Ada", Groups: []string{"all"}, Session: "sid-1"}, access.Actor{})
	require.NoError(t, err)
	word := staff.Departure{Session: "sid-1", ID: "jti-1", Until: f.now.Add(time.Minute)}
	ended, err := f.Depart(t.Context(), word, access.Actor{RequestID: "r2"})
	require.NoError(t, err)
	require.Equal(t, 1, ended)
	_, _, err = f.Look(t.Context(), token)
	require.Equal(t, fault.Unauthenticated, fault.KindOf(err))
	_, err = f.Depart(t.Context(), word, access.Actor{})
	require.Equal(t, fault.Conflict, fault.KindOf(err), "the same word twice")
	last := f.ledger.entries[len(f.ledger.entries)-1]
	require.Equal(t, "identity provider", last.ActorName)
	require.Empty(t, last.ActorID)
}
