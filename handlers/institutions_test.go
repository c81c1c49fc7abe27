package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
)

// companyForm is an LLC with two members, as the form sends it.
func companyForm(members ...string) url.Values {
	form := url.Values{"ref_id": {"client-0077"}}
	for name, value := range map[string]string{
		"institution_type": "LLC", "institution_sub_type": "CONSTRUCTION", "name": "Zarathorn Holdings", "cip_id_type": "EIN",
		"cip_id": "12-3456789", "cip_id_country": "USA", "govt_registration_date": "2009-06-16",
		"regulation_status": "NON_REGULATED", "trading_type": "PRIVATE", "email": "desk@zarathorn.example",
	} {
		form.Set("institution_details."+name, value)
	}
	for _, address := range []string{"business_address", "incorporation_address"} {
		for name, value := range map[string]string{"address1": "1 Fern Lane", "city": "Austin", "province": "TX", "country": "USA", "zip_code": "78701"} {
			form.Set("institution_details."+address+"."+name, value)
		}
	}
	for n, id := range members {
		form.Set(identity.MemberField(n, "identity_id"), id)
		form[identity.MemberField(n, "roles")] = []string{"BENEFICIAL_OWNER", "MANAGEMENT_CONTROL_PERSON"}
		form.Set(identity.MemberField(n, "ownership"), "50")
	}
	return form
}

// belonging lets Paxos hold two persons and an institution.
func (d *desk) belonging() (one, two, institution identity.Identity) {
	d.t.Helper()
	one = d.learn(nil)
	two = d.learn(func(r *identity.Record) {
		r.PaxosID, r.RefID, r.Status = "px-2", "user-2", identity.Approved
	})
	institution = d.learn(func(r *identity.Record) {
		r.PaxosID, r.RefID, r.Type = "px-9", "client-9", identity.Institution
		r.Details = identity.Details{
			Requirements: []identity.Requirement{{Type: identity.Members, Status: identity.RequirementPending}},
			Institution:  &identity.InstitutionFacts{LegalForm: "TRUST", Regulation: "US_REGULATED", Trading: "MOON_TRADED"},
		}
		r.Members = []identity.InstitutionMember{
			{PaxosID: one.PaxosID, Roles: []string{"TRUSTEE"}, Status: identity.Pending},
			{PaxosID: "px-2", Roles: []string{"GRANTOR"}, Status: identity.Pending},
			{PaxosID: "px-unknown", Roles: []string{"JESTER"}, Status: identity.Pending},
		}
	})
	return one, two, institution
}

func TestInstitutionCase(t *testing.T) {
	t.Parallel()
	d := boot(t)
	one, two, institution := d.belonging()
	b := d.as(access.Viewer)
	doc := b.get("/identities/" + institution.ID).page(http.StatusOK)
	members := doc.Find(`[data-testid=member]`)
	require.Equal(t, 3, members.Length())
	require.Equal(t, 1, members.Eq(0).Find(`a[href="/identities/`+one.ID+`"]`).Length())
	require.Contains(t, members.Eq(1).Text(), "APPROVED", "the case's word, not the one that came with the institution")
	require.Zero(t, members.Eq(1).Find(`[data-testid=member-why]`).Length())
	require.Contains(t, members.Eq(2).Text(), "px-unknown")
	require.Contains(t, members.Eq(2).Text(), "JESTER", "an unknown word stands as it is")
	require.Equal(t, 1, members.Eq(2).Find(`a[href="/lookup?q=px-unknown"]`).Length())
	require.Contains(t, doc.Find(`[data-testid=why]`).Text(), "waits for its member user-4711")
	require.Equal(t, 1, doc.Find(`[data-testid=next-action] a[href="/identities/`+one.ID+`"]`).Length())
	facts := doc.Find(`[data-testid=institution]`).Text()
	require.Contains(t, facts, "Regulated in the USA")
	require.Contains(t, facts, "MOON_TRADED")

	o := b.json("/identities/" + institution.ID).object(http.StatusOK)
	require.Equal(t, one.ID, o["blocking_member"])
	require.Len(t, o["members"], 3)
	require.Equal(t, "US_REGULATED", o["regulation_status"])
	o = b.json("/identities/" + two.ID).object(http.StatusOK)
	require.Equal(t, []any{institution.ID}, o["belongs_to"])
	require.Empty(t, o["members"])
	require.Equal(t, 1, b.get("/identities/"+two.ID).page(http.StatusOK).Find(`[data-testid=belongs-to] a[href="/identities/`+institution.ID+`"]`).Length())
	require.Zero(t, b.get("/identities/"+two.ID).page(http.StatusOK).Find(`[data-testid=members]`).Length())
}

// Neither a correction nor a KYC refresh is offered for an institution, whatever it waits for: both would be refused.
func TestInstitutionIsOfferedWhatThereIs(t *testing.T) {
	t.Parallel()
	d := boot(t)
	for _, r := range []identity.Requirement{
		{Type: identity.KYCRefresh, Status: identity.RequirementPending, Awaiting: identity.AwaitingClient},
		{Type: identity.TaxDetailsVerification, Status: identity.RequirementFailed, Awaiting: identity.AwaitingClient},
		{Type: identity.IDVerification, Status: identity.RequirementFailed, Awaiting: identity.AwaitingClient},
	} {
		place := func(kind identity.Type) string {
			return "/identities/" + d.learn(func(rec *identity.Record) {
				rec.PaxosID, rec.RefID, rec.Type = "px-"+string(kind)+r.Type, "client-"+string(kind)+r.Type, kind
				rec.Details = identity.Details{Requirements: []identity.Requirement{r}}
			}).ID
		}
		b := d.as(access.Lead)
		const offers = `a[href*="/correct"], a[href*="/kyc-refresh"], form[action*="/correct"], form[action*="/kyc-refresh"]`
		require.NotZero(t, b.get(place(identity.Person)).page(http.StatusOK).Find(offers).Length(), r.Type)
		here := place(identity.Institution)
		doc := b.get(here).page(http.StatusOK)
		require.Zero(t, doc.Find(offers).Length(), r.Type)
		require.Contains(t, doc.Find("main").Text(), "have Paxos Support", r.Type)
		require.NotContains(t, doc.Find("main").Text(), "send the", r.Type)
		o := b.json(here).object(http.StatusOK)
		require.Equal(t, []any{false, false}, []any{o["can_correct"], o["can_refresh"]}, r.Type)
		for _, way := range []string{"/correct", "/kyc-refresh"} {
			require.Equal(t, http.StatusConflict, b.get(here+way).status, way)
		}
	}
}

func TestListInstitutions(t *testing.T) {
	t.Parallel()
	d := boot(t)
	one, _, institution := d.belonging()
	b := d.as(access.Viewer)
	doc := b.get("/institutions").page(http.StatusOK)
	rows := doc.Find(`[data-testid=institution-row]`)
	require.Equal(t, 1, rows.Length(), "no persons")
	require.Contains(t, rows.Text(), "1 of 3 approved")
	require.Equal(t, 1, rows.Find(`a[href="/identities/`+one.ID+`"]`).Length())
	require.Zero(t, doc.Find(`a[href="/institutions/new"]`).Length(), "viewers create none")
	require.NotContains(t, doc.Find("main").Text(), family)
	items := b.json("/institutions").object(http.StatusOK)["items"].([]any)
	require.Len(t, items, 1)
	require.Equal(t, institution.ID, items[0].(map[string]any)["id"])
	sheet := b.get("/institutions?format=csv")
	require.Equal(t, http.StatusOK, sheet.status)
	require.Contains(t, sheet.body, "user-4711 PENDING; user-2 APPROVED; px-unknown PENDING,user-4711; px-unknown")
	require.Equal(t, 1, strings.Count(sheet.body, "client-9"))
	require.Zero(t, b.get("/institutions?status=DENIED").page(http.StatusOK).Find(`[data-testid=institution-row]`).Length())
	b.get("/institutions?lane=nowhere").page(http.StatusUnprocessableEntity)
}

func TestNewInstitution(t *testing.T) {
	t.Parallel()
	d := boot(t)
	one, two, institution := d.belonging()
	b := d.as(access.Analyst)
	empty := b.get("/institutions/new").page(http.StatusOK)
	for name := range companyForm("user-4711") {
		require.NotZero(t, empty.Find(`form [name="`+name+`"]`).Length(), "the form has no field %s", name)
	}

	// A row more, with whom the rows so far have led to; nothing typed is lost.
	form := companyForm("user-4711")
	form.Set("act", "add-member")
	doc := b.post("/institutions", form).page(http.StatusOK)
	require.Equal(t, 2, doc.Find(`[data-testid=member-row]`).Length())
	require.Equal(t, 1, doc.Find(`[data-testid=found-member]`).Length())
	require.Contains(t, doc.Find(`[data-testid=found-member]`).Text(), "PENDING")
	value, _ := doc.Find(`[name="institution_details.name"]`).Attr("value")
	require.Equal(t, "Zarathorn Holdings", value)
	form = companyForm("user-4711", "px-2")
	form.Set("act", "remove-member.0")
	doc = b.post("/institutions", form).page(http.StatusOK)
	require.Equal(t, 1, doc.Find(`[data-testid=member-row]`).Length())
	value, _ = doc.Find(`[name="institution_members.0.identity_id"]`).Attr("value")
	require.Equal(t, "px-2", value)

	// What is wrong stands beside its field.
	wrong := companyForm("user-4711", "nobody", institution.ID, one.PaxosID)
	wrong.Set("institution_details.trading_type", "PUBLIC")
	doc = b.post("/institutions", wrong).page(http.StatusUnprocessableEntity)
	for field, says := range map[string]string{
		"institution_details-ticker_symbol": "ticker symbol", "institution_members-1-identity_id": "knows nobody",
		"institution_members-2-identity_id": "is an institution", "institution_members-3-identity_id": "same person as member 1",
	} {
		require.Contains(t, doc.Find(`[id="f-`+field+`-error"]`).Text(), says)
	}
	value, _ = doc.Find(`[name="institution_members.1.identity_id"]`).Attr("value")
	require.Equal(t, "nobody", value)
	f := b.post("/institutions", wrong, "Accept", "application/json").failure(http.StatusUnprocessableEntity)
	require.Contains(t, f["fields"], "institution_members.1.identity_id")

	// The review shows what will be sent, and carries it on.
	form = companyForm("user-4711", two.ID)
	form.Set("act", "review")
	doc = b.post("/institutions", form).page(http.StatusOK)
	require.Contains(t, doc.Find(`[data-testid=review-members]`).Text(), "px-2")
	require.Contains(t, doc.Find(`[data-testid=review-data]`).Text(), "Zarathorn Holdings")
	carried := url.Values{}
	doc.Find(`form[action="/institutions"] input[type=hidden]`).Each(func(_ int, in *goquery.Selection) {
		carried.Add(in.AttrOr("name", ""), in.AttrOr("value", ""))
	})
	require.Empty(t, d.submitted(), "nothing is stored yet")
	require.NotContains(t, doc.Find(`[data-testid=doubts]`).Text(), "Paxos Support", "who is PENDING or APPROVED is no doubt")
	d.learn(func(r *identity.Record) { r.PaxosID, r.RefID, r.Status = "px-denied", "user-denied", identity.Denied })
	form = companyForm("user-4711", "px-denied")
	form.Set("act", "review")
	doubts := b.post("/institutions", form).page(http.StatusOK).Find(`[data-testid=doubts]`).Text()
	require.Contains(t, doubts, "Member user-denied is DENIED at Paxos")
	require.Contains(t, doubts, "only Paxos Support can help")
	require.NotContains(t, doubts, "user-4711")

	a := b.post("/institutions", carried)
	require.Equal(t, http.StatusSeeOther, a.status, a.body)
	place := a.header.Get("Location")
	o := b.json(place).object(http.StatusOK)
	require.Equal(t, "INSTITUTION", o["type"])
	require.Equal(t, "queued", o["submission"])
	require.Equal(t, "NON_REGULATED", o["regulation_status"])
	require.Len(t, o["members"], 2)
	require.Len(t, d.submitted(), 1)
	require.Contains(t, b.get(place).page(http.StatusOK).Find(`[data-testid=name]`).Text(), "Zarathorn Holdings")
	require.NotContains(t, d.as(access.Viewer).get(place).body, "Zarathorn")
	require.NotContains(t, d.log.String(), "Zarathorn")

	// A second click leads to the case that the first has made; anything else under its ref_id is told whose it is.
	again := b.post("/institutions", carried)
	require.Equal(t, http.StatusSeeOther, again.status, again.body)
	require.Equal(t, place, again.header.Get("Location"))
	b.post("/institutions", carried, "Accept", "application/json").object(http.StatusAccepted)
	require.Len(t, d.submitted(), 1)
	other := changedForm(carried, "institution_details.business_description", "Other works")
	doc = b.post("/institutions", other).page(http.StatusUnprocessableEntity)
	require.NotZero(t, doc.Find(`a[href="`+place+`"]`).Length())

	// It is revealed from the draft, in words.
	shown := b.post(place+"/reveal", url.Values{"group": {"cdd"}, "reason_code": {"audit_question"}, "reason": {"who regulates it"}}).page(http.StatusOK)
	require.Contains(t, shown.Find(`[data-testid=personal-data]`).Text(), "Not regulated")
}

func (d *desk) submitted() []audit.Entry {
	d.t.Helper()
	entries, err := d.store.AuditEntries(d.t.Context(), audit.Filter{Action: audit.Submitted})
	require.NoError(d.t, err)
	return entries
}
