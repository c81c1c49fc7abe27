package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
)

// fails ends the waiting submission of a case with a failure.
func (d *desk) fails(id string, f identity.Failure, existing *identity.Record) {
	d.t.Helper()
	jobs, err := d.store.ClaimJobs(d.t.Context(), []string{"submit"}, 1, time.Minute)
	require.NoError(d.t, err)
	require.Len(d.t, jobs, 1)
	_, _, err = d.store.BeginAttempt(d.t.Context(), jobs[0])
	require.NoError(d.t, err)
	require.NoError(d.t, d.store.SubmissionFailed(d.t.Context(), id, jobs[0], f, existing))
}

// refusedCase is a submission of b's that Paxos has refused.
func (d *desk) refusedCase(b *browser, f identity.Failure) (place string) {
	d.t.Helper()
	place = b.post("/identities", example()).header.Get("Location")
	d.fails(strings.TrimPrefix(place, "/identities/"), f, nil)
	return place
}

var badBirth = identity.Failure{
	Code: identity.Refused, Text: "Paxos refuses the details: check the birth.",
	Fields: map[string]string{"person_details.date_of_birth": "is in the future, says Paxos"},
}

func why() url.Values {
	return url.Values{"reason_code": {"correction"}, "reason": {"The customer sent the right one"}}
}

func (d *desk) actsOf(action audit.Action) []audit.Entry {
	d.t.Helper()
	entries, err := d.store.AuditEntries(d.t.Context(), audit.Filter{Action: action, Reasons: true})
	require.NoError(d.t, err)
	return entries
}

// The author opens what they have just typed without a reason, mends it, and sends it. The page that asks holds nothing of it.
func TestAuthorMendsAndResubmits(t *testing.T) {
	t.Parallel()
	d := boot(t)
	b := d.as(access.Analyst)
	place := d.refusedCase(b, badBirth)
	require.Equal(t, 1, b.get(place).page(http.StatusOK).Find(`[data-testid=mend]`).Length())

	asked := b.get(place + "/resubmit")
	doc := asked.page(http.StatusOK)
	for _, personal := range []string{"Duncan", "073-05-1120", "123 Main St", "1960-01-01"} {
		require.NotContains(t, asked.body, personal, "an address that is got holds nothing personal")
	}
	require.Contains(t, doc.Find(`[data-testid=failure]`).Text(), "is in the future, says Paxos")
	require.Equal(t, 1, doc.Find(`[data-testid=free]`).Length())
	require.Zero(t, doc.Find(`[name=reason]`).Length())
	require.Zero(t, doc.Find(`[data-testid=new-ref]`).Length(), "its ref_id does not clash")

	opened := b.post(place+"/draft", nil)
	doc = opened.page(http.StatusOK)
	require.Contains(t, opened.header.Get("Cache-Control"), "no-store")
	require.Equal(t, "false", doc.Find("body").AttrOr("hx-history", ""))
	require.Equal(t, "Duncan", doc.Find(`[name="person_details.last_name"]`).AttrOr("value", ""))
	require.Contains(t, doc.Find("#f-person_details-date_of_birth-error").Text(), "is in the future, says Paxos")
	require.Equal(t, "true", doc.Find(`[name="person_details.date_of_birth"]`).AttrOr("aria-invalid", ""))
	require.Contains(t, opened.body, "900;url="+place+"/resubmit", "a browser without scripts leaves the page")
	require.Len(t, d.actsOf(audit.OpenedDraft), 1)
	require.Empty(t, d.reveals(), "no reveal: they have just typed it")

	form := example()
	form.Set("attempts", doc.Find(`[data-testid=mend] [name=attempts]`).AttrOr("value", ""))
	form.Set("opened_at", doc.Find(`[data-testid=mend] [name=opened_at]`).AttrOr("value", ""))
	form.Set("person_details.date_of_birth", "3000-01-01")
	d.clock.Advance(5 * time.Minute)
	refused := b.post(place+"/resubmit", form)
	doc = refused.page(http.StatusUnprocessableEntity)
	require.Equal(t, "600", doc.Find(`[data-testid=mend][data-patient]`).AttrOr("data-revealed", ""), "a refused form keeps them no longer")
	require.Contains(t, refused.body, "600;url="+place+"/resubmit")
	require.Equal(t, 1, doc.Find(`[data-testid=hide]`).Length())
	require.Equal(t, form.Get("opened_at"), doc.Find(`[data-testid=mend] [name=opened_at]`).AttrOr("value", ""))
	d.clock.Advance(20 * time.Minute)
	require.Equal(t, "60", b.post(place+"/resubmit", form).page(http.StatusUnprocessableEntity).Find(`[data-testid=mend]`).AttrOr("data-revealed", ""), "time to see what is wrong")
	require.Equal(t, "3000-01-01", doc.Find(`[name="person_details.date_of_birth"]`).AttrOr("value", ""))
	require.NotEmpty(t, doc.Find("#f-person_details-date_of_birth-error").Text())
	form.Set("person_details.date_of_birth", "1961-01-01")
	form.Set("ref_id", "user-4712")
	doc = b.post(place+"/resubmit", form).page(http.StatusUnprocessableEntity)
	require.Contains(t, doc.Find("#f-ref_id-error").Text(), "Keep user-4711")
	form.Set("ref_id", "user-4711")
	require.Equal(t, http.StatusSeeOther, b.post(place+"/resubmit", form).status)
	require.Contains(t, b.get(place).page(http.StatusOK).Text(), "queued again, with the details and the ref_id that you gave.")
	require.Equal(t, "queued", b.json(place).object(http.StatusOK)["submission"])
	kept, _, err := d.store.Draft(t.Context(), strings.TrimPrefix(place, "/identities/"))
	require.NoError(t, err)
	require.Equal(t, "1961-01-01", kept.Person.DateOfBirth)

	require.Equal(t, place, b.get(place+"/resubmit").header.Get("Location"))
	b.post(place+"/draft", why()).page(http.StatusConflict)
	require.NotContains(t, d.log.String(), "Duncan")
}

// Others, and the author later, have to say why, and it is a reveal.
func TestDraftOfOthersIsRevealed(t *testing.T) {
	t.Parallel()
	d := boot(t)
	b := d.as(access.Analyst)
	place := d.refusedCase(b, badBirth)
	lead := d.as(access.Lead)
	doc := lead.get(place + "/resubmit").page(http.StatusOK)
	require.Zero(t, doc.Find(`[data-testid=free]`).Length())
	require.Equal(t, 1, doc.Find(`[name=reason]`).Length())
	a := lead.post(place+"/draft", url.Values{"reason_code": {"other"}, "reason": {"so"}})
	doc = a.page(http.StatusUnprocessableEntity)
	require.NotContains(t, a.body, "Duncan")
	require.Contains(t, doc.Find("#draft-reason-error").Text(), "at least 10 characters")
	require.Empty(t, d.reveals())
	doc = lead.post(place+"/draft", why()).page(http.StatusOK)
	require.Equal(t, "Duncan", doc.Find(`[name="person_details.last_name"]`).AttrOr("value", ""))
	shown := d.actsOf(audit.Revealed)
	require.Len(t, shown, 1)
	require.Equal(t, []string{"everything", "shown from our draft", "correction", "The customer sent the right one"},
		[]string{shown[0].Object, shown[0].Detail, shown[0].ReasonCode, shown[0].Reason})

	d.clock.Advance(time.Hour)
	b = d.as(access.Analyst)
	b.post(place+"/draft", nil).page(http.StatusUnprocessableEntity)
	o := b.post(place+"/draft", why(), "Accept", "application/json").object(http.StatusOK)
	require.Contains(t, o["fields"], "person_details.date_of_birth")
	for range 19 {
		require.Equal(t, http.StatusOK, b.post(place+"/draft", why()).status)
	}
	require.Equal(t, http.StatusTooManyRequests, b.post(place+"/draft", why()).status, "it counts as a reveal")

	for _, role := range []access.Role{access.Viewer, access.Auditor, access.Admin} {
		other := d.as(role)
		require.NotContains(t, other.get(place).body, place+"/resubmit", role)
		require.Equal(t, http.StatusForbidden, other.get(place+"/resubmit").status, role)
		a := other.post(place+"/draft", why())
		require.Equal(t, http.StatusForbidden, a.status, role)
		require.NotContains(t, a.body, "Duncan", role)
	}
}

// A ref_id that is somebody else's is exchanged without opening anything; both find the case.
func TestResubmitUnderAnotherRefID(t *testing.T) {
	t.Parallel()
	d := boot(t)
	b := d.as(access.Analyst)
	d.learn(func(r *identity.Record) { r.RefID = "user-9" })
	place := d.refusedCase(b, identity.Failure{Code: identity.RefIDTaken})
	require.Zero(t, b.get(place).page(http.StatusOK).Find(`[data-testid=resubmit]`).Length(), "the same cannot help while the other record stands")
	doc := b.get(place + "/resubmit").page(http.StatusOK)
	require.Equal(t, 1, doc.Find(`[data-testid=resubmit-new-ref]`).Length())
	require.Zero(t, doc.Find(`[data-testid=resubmit-same]`).Length())
	doc = b.post(place+"/resubmit", url.Values{"ref_id": {"user-9"}}).page(http.StatusUnprocessableEntity)
	require.Contains(t, doc.Find("#new-ref-id-error").Text(), "already here")
	require.Equal(t, "user-9", doc.Find("#new-ref-id").AttrOr("value", ""))
	doc = b.post(place+"/resubmit", url.Values{"ref_id": {"someone@example.org"}}).page(http.StatusUnprocessableEntity)
	require.NotEmpty(t, doc.Find("#new-ref-id-error").Text())
	a := b.post(place+"/resubmit", url.Values{"ref_id": {"user-4712"}, "attempts": {"1"}})
	require.Equal(t, http.StatusSeeOther, a.status, a.body)
	require.Equal(t, "user-4712", b.json(place).object(http.StatusOK)["ref_id"])
	for _, refID := range []string{"user-4711", "user-4712"} {
		require.Equal(t, place, b.get("/lookup?q="+refID).header.Get("Location"), refID)
	}
	require.Empty(t, d.reveals())
}

// A second act with other content is not taken for a second click: it is told that it was not sent.
func TestSecondResubmissionWithOtherContent(t *testing.T) {
	t.Parallel()
	d := boot(t)
	b := d.as(access.Analyst)
	first := func(a answer) string {
		return a.page(http.StatusConflict).Find(`[data-testid=problem]`).Text()
	}
	place := d.refusedCase(b, identity.Failure{Code: identity.RefIDTaken})
	ask := url.Values{"ref_id": {"user-4712"}, "attempts": {"1"}}
	for range 2 {
		require.Equal(t, http.StatusSeeOther, b.post(place+"/resubmit", ask).status)
		require.Contains(t, b.get(place).page(http.StatusOK).Text(), "queued again, under the ref_id that you gave.")
	}
	ask.Set("ref_id", "user-4713")
	require.Contains(t, first(b.post(place+"/resubmit", ask)), "some analyst was first with this submission, and resubmitted at ")
	require.Equal(t, "user-4712", b.json(place).object(http.StatusOK)["ref_id"])
	ask.Set("ref_id", "user-4712")
	require.NotEmpty(t, first(d.person("another", access.Analyst).post(place+"/resubmit", ask)))

	form := example()
	form.Set("ref_id", "user-4712")
	form.Set("attempts", "1")
	form.Set("person_details.last_name", "Goodtwo")
	require.Contains(t, first(b.post(place+"/resubmit", form)), "Nothing was sent now")
}

// An institution's details are not mended here: the same is sent again, or it is withdrawn.
func TestInstitutionsAreNotMended(t *testing.T) {
	t.Parallel()
	d := boot(t)
	i, err := d.store.SubmitInstitution(t.Context(), identity.InstitutionDraft{RefID: "inst-1"}, audit.Entry{ActorID: "ana"})
	require.NoError(t, err)
	d.fails(i.ID, badBirth, nil)
	b, place := d.as(access.Lead), "/identities/"+i.ID
	require.Zero(t, b.get(place).page(http.StatusOK).Find(`[data-testid=mend]`).Length())
	doc := b.get(place + "/resubmit").page(http.StatusOK)
	require.Zero(t, doc.Find(`[data-testid=open-draft]`).Length())
	require.Equal(t, 1, doc.Find(`[data-testid=resubmit-same]`).Length())
	b.post(place+"/draft", why()).page(http.StatusConflict)
	b.post(place+"/resubmit", example()).page(http.StatusConflict)
	require.Equal(t, http.StatusSeeOther, b.post(place+"/resubmit", nil).status)
}
