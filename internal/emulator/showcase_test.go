package emulator

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestShowcase(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "emulator.json")
	show := func(o *Options) { o.Showcase, o.SeedCount = true, 40 }
	r := kept(t, path, show)
	r.pass(time.Minute)
	require.NoError(t, r.save())
	require.Len(t, r.data.records, 40+len(exhibits())+len(showcaseCompanies()))
	told := map[string]TrueRecord{}
	for _, rec := range r.Truth() {
		told[rec.RefID] = rec
	}
	for ref, want := range map[string]string{
		"demo-documents-asked": "PENDING", "demo-documents-at-paxos": "PENDING", "demo-documents-refused": "PENDING",
		"demo-refresh-open": "APPROVED", "demo-refresh-expired": "APPROVED", "demo-control-by-us": "APPROVED", "demo-account": "APPROVED",
		"demo-llc": "APPROVED", "demo-trust": "PENDING", "demo-partnership": "PENDING", "demo-corporation": "PENDING",
	} {
		require.Equal(t, want, told[ref].Status, ref)
	}
	require.Len(t, told["demo-documents-asked"].Pending, 2)
	require.Equal(t, []string{"PROOF_OF_RESIDENCY"}, told["demo-documents-half"].Pending)
	require.Len(t, told["demo-documents-refused"].Pending, 2)
	require.Equal(t, "PAXOS", told["demo-documents-at-paxos"].Requirements[0].Awaiting)
	require.Equal(t, "SET_BY_PAXOS", told["demo-control-by-paxos"].Controls[0].SetBy)
	require.Equal(t, "DORMANT", told["demo-control-by-us"].Controls[0].Type)
	require.Len(t, told["demo-account-joint"].Accounts, 2)
	require.Equal(t, []TrueRequirement{{Type: reqMembers, Status: "PENDING"}}, told["demo-trust"].Requirements)
	require.Equal(t, []TrueRequirement{{Type: reqMembers, Status: "FAILED"}}, told["demo-partnership"].Requirements)

	trust := r.get("/identity/identities/" + told["demo-trust"].ID + "?include_institution_members=true")
	require.Len(t, list(trust, "institution_members"), 2)
	require.NotContains(t, r.get("/identity/identities/"+told["demo-trust"].ID), "institution_members", "only when asked for")
	require.Len(t, list(r.get("/identity/identities?identity_type=INSTITUTION&limit=1000&created_at.gte="+
		r.now().Add(-3*date).Format(time.RFC3339)), "items"), 4)
	doc, _ := r.open("/identities/" + told["demo-documents-half"].ID)
	require.Contains(t, doc.Text(), "missing")
	require.NotContains(t, doc.Text(), "bank-statement", "no names on the page")

	require.NoError(t, r.Act("demo-member-pending", actApprove))
	r.pass(time.Minute)
	require.Equal(t, "APPROVED", r.statusOf(told["demo-trust"].ID), "its member does not block it any more")
	require.Len(t, kept(t, path, show).data.records, len(told), "a state file is not added to")
}
