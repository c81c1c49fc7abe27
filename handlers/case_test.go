package handlers_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/handlers"
	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
	"identitydesk/views"
)

func TestCasePageByRole(t *testing.T) {
	t.Parallel()
	d := boot(t)
	path := "/identities/" + d.learn(nil).ID
	for role, want := range map[access.Role]struct{ name, recheck int }{
		access.Viewer: {0, 0}, access.Analyst: {1, 1}, access.Lead: {1, 1}, access.Auditor: {1, 0}, access.Admin: {0, 0},
	} {
		doc := d.as(role).get(path).page(http.StatusOK)
		require.Contains(t, doc.Find(`[data-testid=ref]`).Text(), "user-4711", role)
		require.Equal(t, want.name, doc.Find(`[data-testid=name]`).Length(), role)
		require.Equal(t, want.name, strings.Count(doc.Find(`main`).Text(), family), role)
		require.Equal(t, want.recheck, doc.Find(`form[action="`+path+`/recheck"]`).Length(), role)
		require.Zero(t, doc.Find(`form[action="`+path+`/resubmit"], form[action="`+path+`/withdraw"]`).Length(), role)
	}
}

func TestOpeningACaseIsLogged(t *testing.T) {
	t.Parallel()
	d := boot(t)
	i := d.learn(nil)
	b := d.as(access.Auditor)
	opened := func() int {
		entries, err := d.store.AuditEntries(t.Context(), audit.Filter{Action: audit.OpenedCase, IdentityID: i.ID})
		require.NoError(t, err)
		return len(entries)
	}
	b.get("/identities/" + i.ID)
	b.json("/identities/" + i.ID)
	require.Equal(t, 1, opened(), "once in a quarter of an hour")
	d.clock.Advance(20 * time.Minute)
	b.get("/identities/"+i.ID, "HX-Request", "true").page(http.StatusOK)
	require.Equal(t, 1, opened(), "a page that refreshes itself")
	b.get("/identities/" + i.ID)
	require.Equal(t, 2, opened())
	d.as(access.Lead).get("/identities/"+i.ID, "HX-Request", "true")
	require.Equal(t, 3, opened(), "nobody reads a case unseen")
}

// The pages beside the case tell of it too, also a script: nobody reads a case unseen by them.
func TestOpeningAPageOfACaseIsLogged(t *testing.T) {
	t.Parallel()
	d := boot(t)
	place, existing := d.duplicate(d.as(access.Analyst))
	for _, path := range []string{place + "/resubmit", place + "/compare", "/identities/" + existing.ID + "/accounts"} {
		d.clock.Advance(20 * time.Minute)
		b, before := d.as(access.Analyst), len(d.actsOf(audit.OpenedCase))
		b.get(path).page(http.StatusOK)
		b.get(path).page(http.StatusOK)
		opened := d.actsOf(audit.OpenedCase)
		require.Len(t, opened, before+1, "once in a quarter of an hour: %s", path)
		require.Contains(t, path, opened[0].IdentityID)
		d.clock.Advance(20 * time.Minute)
		b.json(path)
		require.Len(t, d.actsOf(audit.OpenedCase), before+2, path)
	}
}

func TestRecheck(t *testing.T) {
	t.Parallel()
	d := boot(t)
	path := "/identities/" + d.learn(nil).ID
	b := d.as(access.Analyst)
	a := b.post(path+"/recheck", nil)
	require.Equal(t, http.StatusSeeOther, a.status, a.body)
	require.Equal(t, path, a.header.Get("Location"))
	require.Equal(t, 1, b.get(path).page(http.StatusOK).Find(`[data-testid=notice]`).Length())
	require.Zero(t, b.get(path).page(http.StatusOK).Find(`[data-testid=notice]`).Length(), "said once")

	a = b.post(path+"/recheck", nil, "Accept", "application/json")
	require.Equal(t, "throttled", a.failure(http.StatusTooManyRequests)["kind"])
	require.Equal(t, "10", a.header.Get("Retry-After"))
	doc := b.post(path+"/recheck", nil).page(http.StatusTooManyRequests)
	require.Equal(t, 1, doc.Find(`[data-testid=case]`).Length(), "the case is there")
	require.Contains(t, doc.Find(`[data-testid=problem]`).Text(), "Possible again at")
	d.clock.Advance(10 * time.Second)
	o := b.post(path+"/recheck", nil, "Accept", "application/json").object(http.StatusAccepted)
	require.Equal(t, path, "/identities/"+o["id"].(string))
}

// example is the quickstart's person, as the form sends it.
func example() url.Values {
	return url.Values{
		"ref_id":                       {"user-4711"},
		"person_details.verifier_type": {"PASSTHROUGH"},
		"person_details.passthrough_verifier_type":          {"JUMIO"},
		"person_details.passthrough_verified_at":            {"2021-06-16T09:28:14Z"},
		"person_details.passthrough_verification_id":        {"775300ef-4edb-47b9-8ec4-f45fe3cbf41f"},
		"person_details.passthrough_verification_status":    {"APPROVED"},
		"person_details.passthrough_verification_fields":    {"FULL_LEGAL_NAME", "DATE_OF_BIRTH"},
		"person_details.first_name":                         {"Billy"},
		"person_details.last_name":                          {"Duncan"},
		"person_details.date_of_birth":                      {"1960-01-01"},
		"person_details.address.address1":                   {"123 Main St"},
		"person_details.address.city":                       {"New York"},
		"person_details.address.province":                   {"NY"},
		"person_details.address.zip_code":                   {"10001"},
		"person_details.address.country":                    {"USA"},
		"person_details.nationality":                        {"USA"},
		"person_details.cip_id":                             {"073-05-1120"},
		"person_details.cip_id_type":                        {"SSN"},
		"person_details.cip_id_country":                     {"USA"},
		"person_details.phone_number":                       {"+1 555 678 1234"},
		"person_details.email":                              {"example@somemail.org"},
		"customer_due_diligence.estimated_yearly_income":    {"INCOME_50K_TO_100K"},
		"customer_due_diligence.expected_transfer_value":    {"TRANSFER_VALUE_25K_TO_50K"},
		"customer_due_diligence.source_of_wealth":           {"EMPLOYMENT_INCOME"},
		"customer_due_diligence.employment_status":          {"FULL_TIME"},
		"customer_due_diligence.employment_industry_sector": {"ARTS_ENTERTAINMENT_RECREATION"},
	}
}

func TestSubmit(t *testing.T) {
	t.Parallel()
	d := boot(t)
	b := d.as(access.Analyst)
	doc := b.get("/identities/new").page(http.StatusOK)
	for name := range example() {
		if name != "person_details.verifier_type" {
			require.NotZero(t, doc.Find(`form [name="`+name+`"]`).Length(), "the form has no field %s", name)
		}
	}
	a := b.post("/identities", example())
	require.Equal(t, http.StatusSeeOther, a.status, a.body)
	place := a.header.Get("Location")
	require.Regexp(t, `^/identities/[^/]+$`, place)
	doc = b.get(place).page(http.StatusOK)
	require.Contains(t, strings.ToLower(doc.Find(`[data-testid=status]`).Text()), "queued")
	require.Contains(t, doc.Find(`[data-testid=name]`).Text(), "Billy Duncan")
	require.NotContains(t, d.as(access.Viewer).get(place).body, "Duncan")

	o := b.json(place).object(http.StatusOK)
	require.Equal(t, "queued", o["submission"])
	for _, field := range []string{"status", "paxos_id", "checked_at", "learned_by"} {
		require.Contains(t, o, field)
		require.Nil(t, o[field], field)
	}
	require.Equal(t, "waiting", o["lane"])
	require.Equal(t, "line", o["move"])

	again := example()
	again.Set("ref_id", "user-4712")
	o = b.post("/identities", again, "Accept", "application/json").object(http.StatusAccepted)
	require.Equal(t, "user-4712", o["ref_id"])
}

func TestASubmissionSaysUntilWhenItWaits(t *testing.T) {
	t.Parallel()
	var until *time.Time
	d := boot(t, func(o *handlers.Options) {
		o.Banners = func(context.Context) views.Banners { return views.Banners{ThrottledUntil: until} }
	})
	b := d.as(access.Analyst)
	place := b.post("/identities", example()).header.Get("Location")
	learned := d.learn(func(r *identity.Record) { r.RefID = "user-1" })
	require.Nil(t, b.json(place).object(http.StatusOK)["waits_until"])
	later := d.clock.Now().Add(5 * time.Minute)
	until = &later
	require.Equal(t, later.Format(time.RFC3339), b.json(place).object(http.StatusOK)["waits_until"])
	require.Equal(t, 1, b.get(place).page(http.StatusOK).Find("[data-testid=waits-until]").Length())
	require.Nil(t, b.json("/identities/" + learned.ID).object(http.StatusOK)["waits_until"], "Paxos has it")
}

func TestSubmitRefuses(t *testing.T) {
	t.Parallel()
	d := boot(t)
	b := d.as(access.Analyst)
	form := example()
	form.Set("person_details.email", "no mail")
	form.Set("person_details.address.country", "US")
	doc := b.post("/identities", form).page(http.StatusUnprocessableEntity)
	require.Equal(t, 1, doc.Find(`[data-testid=errors]`).Length())
	require.Equal(t, "no mail", doc.Find(`[name="person_details.email"]`).AttrOr("value", ""))
	require.Equal(t, "Billy", doc.Find(`[name="person_details.first_name"]`).AttrOr("value", ""))
	require.Equal(t, "true", doc.Find(`[name="person_details.email"]`).AttrOr("aria-invalid", ""))

	e := b.post("/identities", form, "Accept", "application/json").failure(http.StatusUnprocessableEntity)
	require.Contains(t, e["fields"], "person_details.email")
	require.Contains(t, e["fields"], "person_details.address.country")
	require.NotContains(t, e["text"], "no mail")
	require.Empty(t, b.json("/identities").items(http.StatusOK), "nothing was stored")
}

func TestSubmitOfAHeldRefID(t *testing.T) {
	t.Parallel()
	d := boot(t)
	b := d.as(access.Analyst)
	place := b.post("/identities", example()).header.Get("Location")
	doc := b.post("/identities", example()).page(http.StatusUnprocessableEntity)
	require.Equal(t, 1, doc.Find(`[data-testid=errors] a[href="`+place+`"], main a[href="`+place+`"]`).First().Length())
	require.Equal(t, "Billy", doc.Find(`[name="person_details.first_name"]`).AttrOr("value", ""))
	e := b.post("/identities", example(), "Accept", "application/json").failure(http.StatusUnprocessableEntity)
	require.Equal(t, "invalid", e["kind"])
	require.Contains(t, e["fields"], "ref_id")
}

// failed makes a submission that Paxos has refused, and gives its path.
func (d *desk) failed(b *browser) string {
	d.t.Helper()
	place := b.post("/identities", example()).header.Get("Location")
	id := strings.TrimPrefix(place, "/identities/")
	jobs, err := d.store.ClaimJobs(d.t.Context(), []string{"submit"}, 1, time.Minute)
	require.NoError(d.t, err)
	require.Len(d.t, jobs, 1)
	_, _, err = d.store.BeginAttempt(d.t.Context(), jobs[0])
	require.NoError(d.t, err)
	f := identity.Failure{Code: identity.Refused, Text: "Paxos wrote this."}
	require.NoError(d.t, d.store.SubmissionFailed(d.t.Context(), id, jobs[0], f, nil))
	return place
}

func TestFailedSubmission(t *testing.T) {
	t.Parallel()
	d := boot(t)
	b := d.as(access.Analyst)
	place := d.failed(b)
	doc := b.get(place).page(http.StatusOK)
	require.Contains(t, doc.Find(`[data-testid=failure]`).Text(), "Paxos wrote this.")
	require.Equal(t, 1, doc.Find(`form[action="`+place+`/resubmit"]`).Length())
	require.Zero(t, doc.Find(`form[action="`+place+`/withdraw"]`).Length(), "a lead's alone")
	require.False(t, b.json(place).object(http.StatusOK)["can_withdraw"].(bool))
	require.Equal(t, http.StatusForbidden, b.post(place+"/withdraw", nil).status)
	require.Equal(t, "failed", b.json(place).object(http.StatusOK)["submission"])
	lead := d.as(access.Lead)
	require.Equal(t, 1, lead.get(place).page(http.StatusOK).Find(`form[action="`+place+`/withdraw"]`).Length())
	viewer := d.as(access.Viewer)
	doc = viewer.get(place).page(http.StatusOK)
	require.NotContains(t, doc.Text(), "Paxos wrote this.", "it may name the person")
	require.Zero(t, doc.Find(`form[action="`+place+`/resubmit"], form[action="`+place+`/withdraw"]`).Length())
	require.NotContains(t, viewer.json(place).body, "Paxos wrote this.")
	require.Equal(t, "refused", viewer.json(place).object(http.StatusOK)["failure"].(map[string]any)["code"])

	a := b.post(place+"/resubmit", nil)
	require.Equal(t, http.StatusSeeOther, a.status, a.body)
	require.Equal(t, place, a.header.Get("Location"))
	require.Contains(t, b.get(place).page(http.StatusOK).Text(), "The submission is queued again, with the same ref_id.")
	require.Equal(t, "queued", b.json(place).object(http.StatusOK)["submission"])
	require.Equal(t, http.StatusSeeOther, b.post(place+"/resubmit", nil).status, "a double click is no second act")
	require.Contains(t, lead.post(place+"/resubmit", nil).page(http.StatusConflict).Find(`[data-testid=problem]`).Text(),
		"some analyst was first with this submission, and resubmitted at 15:00.")
	require.Equal(t, "conflict", lead.post(place+"/withdraw", nil, "Accept", "application/json").failure(http.StatusConflict)["kind"])
}

func TestWithdraw(t *testing.T) {
	t.Parallel()
	d := boot(t)
	b := d.as(access.Lead)
	place := d.failed(b)
	o := b.post(place+"/withdraw", nil, "Accept", "application/json").object(http.StatusAccepted)
	require.Equal(t, "withdrawn", o["submission"])
	require.Equal(t, "decided", o["lane"])
	require.Equal(t, "none", o["move"])
	doc := d.person("another lead", access.Lead).post(place+"/withdraw", nil).page(http.StatusConflict)
	require.Equal(t, 1, doc.Find(`[data-testid=case]`).Length(), "the case is there")
	require.NotEmpty(t, doc.Find(`[data-testid=problem]`).Text())
}

// Without scripts, a page on which something was typed is not loaded again by itself, and an act has no page that could be.
func TestNothingLoadsAgainOverWhatIsTyped(t *testing.T) {
	t.Parallel()
	d := boot(t)
	b := d.as(access.Analyst)
	const again = `http-equiv="refresh"`
	path := "/identities/" + d.learn(func(r *identity.Record) { r.CreatedAt = d.clock.Now().Add(-time.Minute) }).ID
	require.Contains(t, b.get(path).body, again+` content="30"`, "news is near")
	refused := b.post(path+"/snooze", url.Values{"for": {"until"}, "reason": {"the bank is closed"}})
	require.Equal(t, "the bank is closed", refused.page(http.StatusUnprocessableEntity).Find("#snooze-reason").AttrOr("value", ""))
	require.NotContains(t, refused.body, again)

	moved := d.learn(func(r *identity.Record) { r.PaxosID, r.RefID = "paxos-12", "user-12" }).ID
	d.asked(moved)
	a := b.get("/identities/" + moved)
	require.NotContains(t, a.body, again)
	require.Contains(t, a.page(http.StatusOK).Find("noscript").Text(), "Look again")
}
