package onboarding_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/onboarding"
)

var toCorrect = identity.RevealAsk{ReasonCode: "correction", Reason: "the street is misspelt"}

// person is what Paxos holds.
func heldPerson() identity.Draft {
	var d identity.Draft
	d.RefID = "user-1"
	d.Person.FirstName, d.Person.Address.City, d.DueDiligence.Aliases = "Mara", "Austin", []string{"Oak, the Elder"}
	return d
}

func TestCorrect(t *testing.T) {
	t.Parallel()
	d, c, paxos := revealing(pending)
	paxos.held, paxos.status = heldPerson(), identity.Approved
	base, err := d.OpenCorrection(t.Context(), as(access.Analyst), "c1", identity.MoveCorrect, toCorrect)
	require.NoError(t, err)
	require.Equal(t, heldPerson(), base.Held)
	require.Equal(t, []any{audit.Revealed, "everything", "correction", "the street is misspelt", "shown live from Paxos"},
		[]any{c.entries[0].Action, c.entries[0].Object, c.entries[0].ReasonCode, c.entries[0].Reason, c.entries[0].Detail})

	change := onboarding.Correction{Base: base, After: heldPerson()}
	_, err = d.PlanCorrection(t.Context(), as(access.Analyst), "c1", identity.MoveCorrect, change)
	require.Equal(t, fault.Invalid, fault.KindOf(err), "nothing is changed")
	change.After.Person.Address.City = "Dallas"
	plan, err := d.PlanCorrection(t.Context(), as(access.Analyst), "c1", identity.MoveCorrect, change)
	require.NoError(t, err)
	require.Equal(t, []identity.Shift{{Field: "person_details.address.city", Before: []string{"Austin"}, After: []string{"Dallas"}}}, plan.Shifts)
	require.True(t, plan.MayVerifyAgain)
	require.Len(t, c.writes, 1, "nothing is sent yet")

	_, err = d.SendCorrection(t.Context(), as(access.Analyst), "c1", identity.MoveCorrect, change)
	require.NoError(t, err)
	require.Equal(t, []any{audit.Corrected, "person_details.address.city"}, []any{c.entries[1].Action, c.entries[1].Detail})
	var ask identity.CorrectionAsk
	require.NoError(t, json.Unmarshal([]byte(c.asked.payloads[0]), &ask))
	require.Equal(t, map[string]string{"person_details.address.city": "Dallas"}, ask.Send.Texts)
	require.True(t, identity.Correct(*ask.Base, heldPerson()).Empty())
	require.Equal(t, identity.Approved, ask.Status)

	paxos.status = identity.Denied
	_, err = d.SendCorrection(t.Context(), as(access.Analyst), "c1", identity.MoveCorrect, change)
	require.Equal(t, identity.ChangedAtPaxos, fault.From(err).Code, "decided meanwhile")
	require.Contains(t, fault.From(err).Text, "from APPROVED to DENIED")
	require.Len(t, c.asked.payloads, 1)
	paxos.status = identity.Approved

	paxos.held.Person.PhoneNumber = "+15550107788"
	_, err = d.SendCorrection(t.Context(), as(access.Analyst), "c1", identity.MoveCorrect, change)
	require.Equal(t, identity.ChangedAtPaxos, fault.From(err).Code)
	paxos.refuse = fault.New(fault.Lost, "")
	_, err = d.SendCorrection(t.Context(), as(access.Analyst), "c1", identity.MoveCorrect, change)
	require.NoError(t, err, "the worker looks again")
	change.After.Person.FirstName = "José"
	_, err = d.PlanCorrection(t.Context(), as(access.Analyst), "c1", identity.MoveCorrect, change)
	require.Contains(t, fault.From(err).Fields, "person_details.first_name")
}

// A form is good for whom it was shown to, for this case, for half an hour, and as it was.
func TestCorrectionFormIsBound(t *testing.T) {
	t.Parallel()
	d, c, paxos := revealing(pending, identity.Identity{ID: "c3", PaxosID: "p3", Type: identity.Person})
	paxos.held = heldPerson()
	base, err := d.OpenCorrection(t.Context(), as(access.Analyst), "c1", identity.MoveCorrect, toCorrect)
	require.NoError(t, err)
	after := heldPerson()
	after.Person.Address.City = "Dallas"
	other := as(access.Analyst)
	other.UserID = "somebody"
	edited, old, risen := base, base, base
	risen.Status = identity.Approved
	edited.Held.Person.FirstName = "Maria"
	old.OpenedAt = now.Add(-31 * time.Minute)
	for name, send := range map[string]struct {
		a    access.Actor
		id   string
		base onboarding.CorrectionBase
	}{"another person": {other, "c1", base}, "another case": {as(access.Analyst), "c3", base}, "edited": {as(access.Analyst), "c1", edited}, "too old": {as(access.Analyst), "c1", old}, "another status": {as(access.Analyst), "c1", risen}} {
		_, err := d.SendCorrection(t.Context(), send.a, send.id, identity.MoveCorrect, onboarding.Correction{Base: send.base, After: after})
		require.Equal(t, "form_expired", fault.From(err).Code, name)
	}
	require.Len(t, c.writes, 1)
}

func TestWhoMayCorrect(t *testing.T) {
	t.Parallel()
	script := as(access.Lead)
	script.Token = "t1"
	actors := []access.Actor{script}
	for _, r := range refusing() {
		actors = append(actors, as(r))
	}
	for _, a := range actors {
		d, c, paxos := revealing(pending)
		_, err := d.OpenCorrection(t.Context(), a, "c1", identity.MoveCorrect, toCorrect)
		require.Equal(t, fault.Forbidden, fault.KindOf(err), a.Role)
		_, err = d.RefreshKYC(t.Context(), a, "c1", now, false)
		require.Equal(t, fault.Forbidden, fault.KindOf(err), a.Role)
		require.False(t, c.touched)
		require.Empty(t, paxos.asked)
	}
	d, _, _ := revealing(failed, identity.Identity{ID: "c4", PaxosID: "p4", Type: identity.Institution})
	for _, id := range []string{"c2", "c4"} {
		_, err := d.OpenCorrection(t.Context(), as(access.Lead), id, identity.MoveCorrect, toCorrect)
		require.Equal(t, fault.Conflict, fault.KindOf(err), id)
	}
	d, c, _ := revealing(pending)
	_, err := d.OpenCorrection(t.Context(), as(access.Lead), "c1", identity.MoveCorrect, identity.RevealAsk{ReasonCode: "correction"})
	require.Contains(t, fault.From(err).Fields, "reason")
	require.Empty(t, c.entries)
}

func TestRefreshKYC(t *testing.T) {
	t.Parallel()
	open := pending
	open.CreatedAt = now.AddDate(-1, 0, 0)
	open.Refresh = &identity.Refresh{StartedAt: now.Add(-48 * time.Hour), EndsAt: now.AddDate(0, 0, 28)}
	d, c, _ := revealing(open)
	_, err := d.RefreshKYC(t.Context(), as(access.Lead), "c1", now.Add(24*time.Hour), false)
	require.Contains(t, fault.From(err).Fields, identity.FieldRefreshedAt, "the future")
	_, err = d.RefreshKYC(t.Context(), as(access.Lead), "c1", time.Time{}, false)
	require.Contains(t, fault.From(err).Fields, identity.FieldRefreshedAt)
	_, err = d.RefreshKYC(t.Context(), as(access.Lead), "c1", now.Add(-72*time.Hour), false)
	require.Contains(t, fault.From(err).Fields, "backdated")
	require.Empty(t, c.writes)
	_, err = d.RefreshKYC(t.Context(), as(access.Lead), "c1", now.Add(-72*time.Hour), true)
	require.NoError(t, err, "it is meant")
	_, err = d.RefreshKYC(t.Context(), as(access.Lead), "c1", now, false)
	require.NoError(t, err)
	require.Equal(t, []string{"queue kyc_refresh", "queue kyc_refresh"}, c.writes)
	require.Equal(t, []string{"last_kyc_refresh_date 2026-02-27, backdated", "last_kyc_refresh_date 2026-03-02"}, []string{c.entries[0].Detail, c.entries[1].Detail})
	require.Equal(t, audit.Refreshed, c.entries[1].Action)
	require.JSONEq(t, `{"send":{"refreshed_at":"2026-03-02T15:00:00Z"}}`, c.asked.payloads[1])
	c.asked.refreshed = new(now.Add(-24 * time.Hour))
	_, err = d.RefreshKYC(t.Context(), as(access.Lead), "c1", now.Add(-72*time.Hour), true)
	require.Contains(t, fault.From(err).Fields[identity.FieldRefreshedAt], "before the last refresh")
}

// A second click is answered as the first was, whatever that one has changed meanwhile; another change is not taken for it.
func TestCorrectingTwiceAtOnce(t *testing.T) {
	t.Parallel()
	d, c, paxos := revealing(pending)
	paxos.held, paxos.status = heldPerson(), identity.Approved
	ana := as(access.Analyst)
	base, err := d.OpenCorrection(t.Context(), ana, "c1", identity.MoveCorrect, toCorrect)
	require.NoError(t, err)
	change := onboarding.Correction{Base: base, After: heldPerson()}
	change.After.Person.Address.City = "Dallas"
	first, err := d.SendCorrection(t.Context(), ana, "c1", identity.MoveCorrect, change)
	require.NoError(t, err)
	c.asked.same = &first
	for name, stands := range map[string]func(){
		"on its way":                func() { c.asked.moves[0].State = identity.MoveQueued },
		"done":                      func() { c.asked.moves[0].State, paxos.held = identity.MoveDone, change.After },
		"done, and decided anew":    func() { paxos.status = identity.Pending },
		"done, and not at Paxos so": func() { paxos.held = identity.Draft{} },
	} {
		stands()
		again, err := d.SendCorrection(t.Context(), ana, "c1", identity.MoveCorrect, change)
		require.NoError(t, err, name)
		require.Equal(t, first.ID, again.ID, name)
		other := change
		other.After.Person.Address.City = "Houston"
		_, err = d.SendCorrection(t.Context(), ana, "c1", identity.MoveCorrect, other)
		require.Equal(t, fault.Conflict, fault.KindOf(err), name)
		_, err = d.SendCorrection(t.Context(), as(access.Viewer), "c1", identity.MoveCorrect, change)
		require.Equal(t, fault.Forbidden, fault.KindOf(err), name)
	}
	require.Len(t, c.asked.payloads, 1)

	c.asked.same = nil
	first, err = d.RefreshKYC(t.Context(), ana, "c1", now, true)
	require.NoError(t, err)
	c.asked.same, c.asked.moves[1].State = &first, identity.MoveQueued
	_, err = d.RefreshKYC(t.Context(), ana, "c1", now, true)
	require.NoError(t, err)
	_, err = d.RefreshKYC(t.Context(), ana, "c1", now.Add(-time.Hour), true)
	require.Equal(t, fault.Conflict, fault.KindOf(err))
	require.Len(t, c.asked.payloads, 2)
}
