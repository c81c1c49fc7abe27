package handlers_test

import (
	"database/sql"
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

// tamper changes the database behind the desk's back.
func (d *desk) tamper(statements ...string) {
	d.t.Helper()
	db, err := sql.Open("sqlite", strings.TrimPrefix(d.db, "sqlite:")+"?_pragma=busy_timeout(5000)")
	require.NoError(d.t, err)
	for _, s := range statements {
		_, err := db.ExecContext(d.t.Context(), s)
		require.NoError(d.t, err, s)
	}
	require.NoError(d.t, db.Close())
}

// Whatever sealed value of a case was altered, moved, or sealed with a key that is gone: the pages stand and say so in its place, the
// acts work, and the log tells of it once without what it held.
func TestPagesStandWithoutWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ change, why string }{
		"altered":     {`x'00000001' || zeroblob(40)`, "it was altered in the database, or moved from elsewhere"},
		"key missing": {`x'00000009' || substr(COLUMN, 5)`, "its key is missing from ENCRYPTION_KEYS"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := boot(t)
			i := d.denied()
			path := "/identities/" + i.ID
			ana, lea := d.person("Ana", access.Analyst), d.person("Lea", access.Lead)
			require.Equal(t, http.StatusSeeOther, ana.post(path+"/notes", url.Values{"text": {"Zinnober called @lea"}}).status)
			entry := audit.Entry{ActorID: "x", ActorName: "X", Role: "lead", Action: audit.Held, IdentityID: i.ID}
			alter := func(table, column string) {
				d.tamper(`UPDATE ` + table + ` SET ` + column + ` = ` + strings.ReplaceAll(tc.change, "COLUMN", column) + ` WHERE ` + column + ` IS NOT NULL`)
			}
			alter("secrets", "sealed")
			alter("notes", "sealed")

			doc := ana.get(path).page(http.StatusOK)
			require.Contains(t, doc.Find(`.case-who [data-testid=unread]`).Text(), "the name cannot be read: "+tc.why)
			require.Contains(t, doc.Find(`[data-testid=note] [data-testid=unread]`).Text(), "the note cannot be read: "+tc.why)
			require.NotContains(t, doc.Text(), family)
			require.NotContains(t, doc.Text(), "Zinnober")
			require.Contains(t, ana.json(path).object(http.StatusOK)["unread"], "name")
			require.Contains(t, lea.get("/mentions").page(http.StatusOK).Text(), "cannot be read: "+tc.why)
			for _, list := range []string{"/queue", "/identities", "/identities?format=csv", "/proposals"} {
				require.Equal(t, http.StatusOK, lea.get(list).status, list)
			}
			require.Contains(t, ana.post("/lookup", url.Values{"name": {"Quillon " + family}}).page(http.StatusOK).Text(), "user-4711", "its index is whole")

			a := ana.post(path+"/tags", url.Values{"tags": {"escalated"}})
			require.Equal(t, http.StatusSeeOther, a.status, a.body)
			a = ana.post(path+"/erase", erasure(), "Accept", "application/json")
			require.Equal(t, http.StatusAccepted, a.status, a.body)
			id := ana.proposal(i.ID)
			alter("proposals", "asked")
			page := lea.get("/proposals/" + id).page(http.StatusOK)
			require.Contains(t, page.Find(`[data-testid=change] [data-testid=unread]`).Text(), tc.why)
			require.Zero(t, page.Find(`[data-testid=approve]`).Length())
			require.Equal(t, http.StatusConflict, lea.post("/proposals/"+id+"/approve", url.Values{"confirmed": {"on"}}).status)
			require.Equal(t, http.StatusSeeOther, lea.post("/proposals/"+id+"/decline", url.Values{"reason": {"no"}}).status)

			require.NoError(t, d.store.Hold(t.Context(), i.ID, identity.Hold{ByID: "x", ByName: "X", ReasonCode: "audit", Reason: "Zinnober"}, entry))
			alter("holds", "sealed")
			require.Contains(t, lea.get(path).page(http.StatusOK).Find(`[data-testid=hold] [data-testid=unread]`).Text(), tc.why)

			require.Equal(t, 1, strings.Count(d.log.String(), "value=secrets/name/"+i.ID), d.log.String())
			require.NotContains(t, d.log.String(), "request failed")
			for _, personal := range []string{family, "Zinnober"} {
				require.NotContains(t, d.log.String(), personal)
			}
		})
	}
}

// The same of a submission that Paxos has refused and that sleeps: what Paxos wrote, why it sleeps, and its details.
func TestAFailedSubmissionStandsUnread(t *testing.T) {
	t.Parallel()
	d := boot(t)
	ana := d.person("Ana", access.Analyst)
	path := d.failed(ana)
	id := strings.TrimPrefix(path, "/identities/")
	until := d.clock.Now().Add(time.Hour)
	_, err := d.store.Snooze(t.Context(), id, identity.Snooze{Until: until, Reason: "Zinnober"}, "ana", audit.Entry{
		ActorID: "x", ActorName: "X", Role: "lead", Action: audit.Snoozed, IdentityID: id,
	})
	require.NoError(t, err)
	d.tamper(`UPDATE secrets SET sealed = x'00'`)
	doc := ana.get(path).page(http.StatusOK)
	require.Equal(t, 3, doc.Find(`[data-testid=unread]`).Length(), doc.Find(`[data-testid=unread]`).Text())
	require.Contains(t, doc.Text(), "what Paxos wrote cannot be read: it was altered")
	a := ana.post(path+"/reveal", url.Values{"group": {"name"}, "reason_code": {identity.RevealReasons()[0].Value}, "reason": {"asked"}})
	require.Contains(t, a.page(http.StatusConflict).Text(), "the stored details cannot be read, for it was altered")
}
