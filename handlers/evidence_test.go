package handlers_test

import (
	"crypto/sha256"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/evidence"
	"identitydesk/internal/identity"
)

// checked verifies the pack of an answer as an auditor would, and gives the report.
func (a answer) checked() string {
	a.t.Helper()
	require.Equal(a.t, http.StatusOK, a.status, a.body)
	require.Equal(a.t, "application/zip", a.header.Get("Content-Type"))
	require.Equal(a.t, "no-store", a.header.Get("Cache-Control"))
	require.Contains(a.t, a.header.Get("Content-Disposition"), `filename="evidence-`)
	key, err := evidence.ParseKey(notary().Public())
	require.NoError(a.t, err)
	report, err := evidence.Verify([]byte(a.body), key, nil)
	require.NoError(a.t, err)
	return report.String()
}

func TestEvidence(t *testing.T) {
	t.Parallel()
	d := boot(t)
	i := d.learn(nil)
	d.learn(func(r *identity.Record) { r.PaxosID, r.RefID, r.Status = "paxos-2", "user-2", identity.Approved })
	d.as(access.Analyst).get("/identities/" + i.ID)
	b := d.as(access.Lead)
	doc := b.get("/identities/" + i.ID).page(http.StatusOK)
	to := doc.Find("[data-testid=evidence]").AttrOr("href", "")
	require.Equal(t, "/evidence?id="+i.ID, to)
	doc = b.get(to).page(http.StatusOK)
	require.Equal(t, i.ID, doc.Find(`[name=id]`).AttrOr("value", ""))
	require.Equal(t, notary().Public(), doc.Find("[data-testid=evidence-key]").Text())

	one := b.post("/evidence", url.Values{"id": {i.ID}})
	require.Contains(t, one.checked(), "2 audit entries of 1 case.")
	require.NotContains(t, one.body, family, "no name")
	require.NotContains(t, one.body, "Quillon")
	entries, err := d.store.AuditEntries(t.Context(), audit.Filter{Action: audit.TookEvidence})
	require.NoError(t, err)
	require.Len(t, entries, 1)
	require.Equal(t, i.ID, entries[0].IdentityID)
	require.Equal(t, "1 case, 0 not found", entries[0].Detail)
	begin := strings.Index(one.body, "{\n  \"format\"")
	manifest := one.body[begin : begin+strings.Index(one.body[begin:], "\n}\n")+3]
	sum := sha256.Sum256([]byte(manifest))
	require.Equal(t, "sha256:"+evidence.Sum(sum), entries[0].Object)

	many := b.post("/evidence", url.Values{"ref_ids": {"user-4711\nuser-2\nuser-none"}, "at": {"2026-03-01"}})
	report := many.checked()
	require.Contains(t, report, "of 2 cases")
	require.Contains(t, report, "Not found: user-none")
	require.Contains(t, many.body, "not known before")
	require.Contains(t, b.post("/evidence", url.Values{"status": {"APPROVED"}}).checked(), "the filter status=APPROVED")
	require.Contains(t, b.post("/evidence", url.Values{"status": {"DENIED"}}).checked(), "0 audit entries of 0 cases")

	for name, form := range map[string]url.Values{
		"nothing":       {},
		"personal data": {"ref_ids": {"user-1\n073-05-1120"}},
		"too many":      {"ref_ids": {strings.Repeat("x,", 3) + manyIDs(501)}},
		"the future":    {"ref_ids": {"user-1"}, "at": {"2030-01-01"}},
	} {
		doc = b.post("/evidence", form).page(http.StatusUnprocessableEntity)
		require.Equal(t, 1, doc.Find("[data-testid=refused]").Length(), name)
		require.NotEmpty(t, b.post("/evidence", form, "Accept", "application/json").failure(http.StatusUnprocessableEntity)["fields"], name)
	}
	require.Zero(t, d.as(access.Analyst).get("/identities/"+i.ID).page(http.StatusOK).Find("[data-testid=evidence]").Length())
	require.Zero(t, d.as(access.Admin).get("/audit").page(http.StatusOK).Find("[data-testid=to-evidence]").Length())
	doc = b.get("/identities?status=APPROVED").page(http.StatusOK)
	require.Equal(t, "/evidence?status=APPROVED", doc.Find("[data-testid=evidence]").AttrOr("href", ""))
	require.Contains(t, b.get("/evidence?status=APPROVED").page(http.StatusOK).Find("[data-testid=of]").Text(), "status = APPROVED")
	doc = b.post("/lookup", url.Values{"ref_ids": {"user-2"}}).page(http.StatusOK)
	require.Equal(t, "user-2", doc.Find(`form[action="/evidence"] [name=ref_ids]`).AttrOr("value", ""))
}

// Who knows the ref_id of a case that was erased gets what is left of it, and reads that it was erased and when.
func TestEvidenceOfAnErasedCase(t *testing.T) {
	t.Parallel()
	d := boot(t)
	i := d.denied()
	ana, lea := d.person("Ana", access.Analyst), d.person("Lea", access.Lead)
	require.Equal(t, http.StatusSeeOther, ana.post("/identities/"+i.ID+"/erase", erasure()).status)
	approval := url.Values{"confirmed": {"on"}}
	require.Equal(t, http.StatusSeeOther, lea.post("/proposals/"+ana.proposal(i.ID)+"/approve", approval).status)
	at := d.clock.Now().UTC().Format("2006-01-02 15:04:05")

	pack := lea.post("/evidence", url.Values{"ref_ids": {"user-4711\nuser-none"}})
	report := pack.checked()
	require.Contains(t, report, "of 1 case.")
	require.Contains(t, report, "Not found: user-none")
	require.NotContains(t, report, "Not found: user-4711")
	require.Contains(t, pack.body, "erased; a keyed hash is left, and fits user-4711")
	require.Contains(t, pack.body, "<dt>Erased</dt><dd>"+at)
	require.Contains(t, pack.body, `"asked_ref_ids": [
        "user-4711"
      ]`)
	require.Contains(t, pack.body, "DENIED")
	byID := lea.post("/evidence", url.Values{"id": {i.ID}})
	require.Contains(t, byID.checked(), "of 1 case.")
	require.NotContains(t, byID.body, "user-4711", "the desk does not know it any more")
}

func manyIDs(n int) string {
	var ids []string
	for k := range n {
		ids = append(ids, "user-"+time.Unix(int64(k), 0).UTC().Format("150405"))
	}
	return strings.Join(ids, "\n")
}

func TestVerifyTheLog(t *testing.T) {
	t.Parallel()
	d := boot(t)
	b := d.as(access.Auditor)
	require.Contains(t, b.get("/audit").page(http.StatusOK).Find("[data-testid=log-state]").Text(), "Nobody has verified")
	a := b.post("/audit/verify", nil)
	require.Equal(t, http.StatusSeeOther, a.status)
	state := b.get(a.header.Get("Location")).page(http.StatusOK).Find("[data-testid=log-state]")
	require.Contains(t, state.Text(), "1 entry holds")
	require.Contains(t, state.Text(), "not pinned yet")
	_, err := d.store.PinAudit(t.Context())
	require.NoError(t, err)
	o := b.post("/audit/verify", nil, "Accept", "application/json").object(http.StatusOK)
	require.Equal(t, true, o["holds"])
	require.EqualValues(t, 2, o["entries"], "the first verification is an entry itself")
	require.Contains(t, b.get("/audit").page(http.StatusOK).Find("[data-testid=pinned]").Text(), "Last pinned")
	items := b.json("/audit?action=verified_log").items(http.StatusOK)
	require.Equal(t, []any{"2 entries hold", "1 entries hold"}, []any{items[0]["detail"], items[1]["detail"]})
}

// What an act replaced and why stands on the page, for those who see names; files and scripts learn the code of the reason alone.
func TestReasonsInTheLog(t *testing.T) {
	t.Parallel()
	d := boot(t)
	i := d.learn(nil)
	require.NoError(t, d.store.Record(t.Context(), audit.Entry{
		ActorID: "=lea", ActorName: "Lea", Role: "lead", Action: audit.Revealed, Object: "address", IdentityID: i.ID, RequestID: "req-77",
		Before: "hidden", After: "shown", ReasonCode: "customer_request", Reason: "Zinnober rang about it",
	}))
	lead, admin := d.as(access.Lead), d.as(access.Admin)
	row := lead.get("/audit?request_id=req-77").page(http.StatusOK).Find("[data-testid=audit] tbody tr").Text()
	for _, words := range []string{"revealed personal data: address", "hidden → shown", "Reason: The customer asked.", "Zinnober rang"} {
		require.Contains(t, row, words)
	}
	page := admin.get("/audit?role=lead&action=revealed").page(http.StatusOK)
	require.NotContains(t, page.Text(), "Zinnober")
	require.Contains(t, page.Find("[data-testid=reason]").Text(), "hidden")
	for _, id := range []string{i.ID, "user-4711", "paxos-4711"} {
		items := lead.json("/audit?action=revealed&identity=" + id).items(http.StatusOK)
		require.Len(t, items, 1, id)
		require.Equal(t, []any{"hidden", "shown", "customer_request", nil, true},
			[]any{items[0]["before"], items[0]["after"], items[0]["reason_code"], items[0]["reason"], items[0]["reason_given"]})
		require.Len(t, items[0]["hash"], 64)
	}
	require.Empty(t, lead.json("/audit?action=revealed&to=2026-03-01").items(http.StatusOK))
	require.Len(t, lead.json("/audit?action=revealed&from=2026-03-02").items(http.StatusOK), 1)
	require.Contains(t, lead.json("/audit?from=2026-03-02&to=2026-03-01").failure(http.StatusUnprocessableEntity)["fields"], "to")
	require.Contains(t, lead.json("/audit?role=boss").failure(http.StatusUnprocessableEntity)["fields"], "role")

	csv := lead.get("/audit?action=revealed&format=csv")
	require.NotContains(t, csv.body, "Zinnober")
	rows := csv.rows()
	require.Len(t, rows, 2)
	require.Equal(t, "'=lea", rows[1][2], "no cell begins a formula")
	lines := lead.get("/audit?identity=user-4711&format=jsonl")
	require.Equal(t, "application/jsonl; charset=utf-8", lines.header.Get("Content-Type"))
	require.Equal(t, 1, strings.Count(lines.body, "\n"))
	require.NotContains(t, lines.body, "Zinnober")
	exports := lead.json("/audit?action=exported").items(http.StatusOK)
	require.Equal(t, "every entry that fits: case="+i.ID, exports[0]["detail"])
	require.Equal(t, "every entry that fits: action=revealed", exports[1]["detail"])
}
