package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
	"identitydesk/internal/queue"
)

// What Paxos said before renews no page; what it says anew does, and so does what it says after another file has come.
func TestAListThatSaysNothingNewRenewsNoPage(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		ctx, i := t.Context(), d.asked("1")
		look := func(pending ...string) []string {
			d.clock.Advance(time.Second)
			require.NoError(t, d.LookAtDocuments(ctx, i.ID))
			list := identity.ListOf(nil, pending, d.clock.Now())
			return d.changedBy(func() { require.NoError(t, d.ApplyDocuments(ctx, d.claim("documents"), list)) })
		}
		require.Equal(t, []string{i.ID}, look("CURP"))
		require.Empty(t, look("CURP"))
		list, err := d.DocumentList(ctx, i.ID)
		require.NoError(t, err)
		require.Equal(t, d.clock.Now(), list.AsOf, "it is as fresh as it is")
		require.Equal(t, []string{i.ID}, look())
		require.Empty(t, look())

		d.upload(i.ID, "a.pdf")
		require.Equal(t, []string{i.ID}, look("PROOF_OF_FUNDS"))
		job := d.claim("upload")
		d.clock.Advance(time.Second)
		require.NoError(t, d.UploadDone(ctx, job))
		require.Equal(t, []string{i.ID}, look("PROOF_OF_FUNDS"), "Paxos waits for it still")
		require.Empty(t, look("PROOF_OF_FUNDS"))
	})
}

// A page that is opened has Paxos asked again where that was given up.
func TestAParkedLookIsStartedAgain(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		ctx, i := t.Context(), d.asked("1")
		require.NoError(t, d.LookAtDocuments(ctx, i.ID))
		job := d.claim("documents")
		require.NoError(t, d.LookAtDocuments(ctx, i.ID))
		require.NoError(t, d.ParkJob(ctx, job, "internal"))
		d.noJob("documents")
		require.NoError(t, d.LookAtDocuments(ctx, i.ID))
		again := d.claim("documents")
		require.Equal(t, i.ID, again.Subject)
		require.Equal(t, 1, again.Attempts)
	})
}

// Whether Paxos was asked since it wants documents is a matter of our own clock, whatever Paxos' clock says.
func TestAnAskOfAClockThatIsAheadIsSettled(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		ctx, ahead := t.Context(), 3*time.Minute
		n := d.news("px-1", "user-1", identity.Pending)
		n.Event = &identity.Event{
			ID: "ask-1", Type: identity.EventDocumentsRequired, PaxosID: "px-1", Documents: []string{"CURP"}, OccurredAt: d.clock.Now().Add(ahead),
		}
		require.NoError(t, d.Receive(ctx, identity.Delivery{EventID: "ask-1", Type: n.Event.Type, Time: d.clock.Now(), ReceivedAt: d.clock.Now()}))
		job := d.claim("event")
		i, err := d.ApplyIdentity(ctx, n, &job)
		require.NoError(t, err)
		require.NotNil(t, i.Documents)

		d.clock.Advance(time.Minute)
		d.upload(i.ID, "a.pdf")
		require.NoError(t, d.UploadDone(ctx, d.claim("upload")))
		d.clock.Advance(time.Second)
		there := identity.Document{FileID: "f", Types: []string{"CURP"}, CreatedAt: d.clock.Now().Add(ahead)}
		require.NoError(t, d.ApplyDocuments(ctx, d.claim("documents"), identity.ListOf([]identity.Document{there}, nil, d.clock.Now())))
		require.Nil(t, d.get(i.ID).Documents)
		require.Equal(t, identity.Paxos, d.get(i.ID).Move)
	})
}

// A re-check asks for the documents anew, also where it is Paxos' turn, or all of them have come: more reach it in other ways.
func TestARecheckListsTheDocuments(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		ctx, n := t.Context(), 0
		pending := func(requirements ...identity.Requirement) identity.Identity {
			n++
			news := d.news(fmt.Sprint("px-", n), fmt.Sprint("user-", n), identity.Pending)
			news.Record.Details.Requirements = requirements
			i, err := d.ApplyIdentity(ctx, news, nil)
			require.NoError(t, err)
			return i
		}
		recheck := func(i identity.Identity) {
			d.clock.Advance(identity.RecheckCoolDown)
			require.NoError(t, d.RequestRecheck(ctx, i.ID, ana(audit.AskedRecheck)))
			d.claim("recheck")
		}
		recheck(pending(identity.Requirement{Type: identity.ScreeningCheck, Status: identity.RequirementPending, Awaiting: identity.AwaitingPaxos}))
		d.noJob("documents")

		recheck(pending(identity.Requirement{Type: identity.EnhancedDueDiligence, Status: identity.RequirementPending, Awaiting: identity.AwaitingPaxos}))
		require.Equal(t, queue.Click, d.claim("documents").Priority)

		i := pending()
		require.NoError(t, d.LookAtDocuments(ctx, i.ID))
		require.NoError(t, d.ApplyDocuments(ctx, d.claim("documents"), identity.ListOf(nil, nil, d.clock.Now())))
		recheck(i)
		require.Equal(t, i.ID, d.claim("documents").Subject, "it was listed once")
		i = pending()
		d.upload(i.ID, "a.pdf")
		recheck(i)
		require.Equal(t, i.ID, d.claim("documents").Subject, "a file was given for it")
	})
}

// Many cases are told of at once as each tells of itself, the names of files aside.
func TestDocumentsOfMany(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		ctx := t.Context()
		both, listed, none := d.asked("1"), d.asked("2"), d.asked("3")
		d.upload(both.ID, "a.pdf")
		require.NoError(t, d.UploadDone(ctx, d.claim("upload")))
		d.upload(both.ID, "b.pdf")
		list := identity.ListOf([]identity.Document{{FileID: "f", Types: []string{"CURP"}, CreatedAt: d.clock.Now()}}, []string{"PROOF_OF_FUNDS"}, d.clock.Now())
		d.claim("documents") // that the file asked for
		for _, i := range []identity.Identity{listed, both} {
			require.NoError(t, d.LookAtDocuments(ctx, i.ID))
		}
		require.NoError(t, d.ApplyDocuments(ctx, d.claim("documents"), list))
		of, err := d.DocumentsOf(ctx, []string{both.ID, listed.ID, none.ID})
		require.NoError(t, err)
		require.Equal(t, identity.Filed{List: list}, of[listed.ID])
		require.NotContains(t, of, none.ID)
		require.Len(t, of[both.ID].Uploads, 2)
		all := d.uploads(both.ID)
		told := identity.Checklist(both, of[both.ID].List, of[both.ID].Uploads)
		require.NotEmpty(t, told)
		for n, l := range told {
			require.Equal(t, identity.Checklist(both, identity.DocumentList{}, all)[n].State, l.State)
		}
		for _, u := range of[both.ID].Uploads {
			require.Empty(t, u.Name)
		}

		d.upload(listed.ID, "c.pdf")
		of, err = d.DocumentsOf(ctx, []string{both.ID, listed.ID, none.ID})
		require.NoError(t, err)
		require.Len(t, of[listed.ID].Uploads, 1, "what is remembered is so until something changes")
	})
}
