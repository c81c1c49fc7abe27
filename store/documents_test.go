package store_test

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// upload gives the desk a file for a case; its content is somewhere else.
func (d desk) upload(caseID, name string) identity.DocumentUpload {
	d.t.Helper()
	u, err := d.tryUpload(caseID, name)
	require.NoError(d.t, err)
	return u
}

func (d desk) tryUpload(caseID, name string) (identity.DocumentUpload, error) {
	u := identity.DocumentUpload{IdentityID: caseID, Name: name, Types: []string{"PROOF_OF_FUNDS"}, ContentType: "application/pdf", By: "ana"}
	return d.AddUpload(d.t.Context(), u, identity.SpooledFile{ID: rand.Text(), Key: identity.SpoolKey("the key of " + name), Size: 8}, ana(audit.Uploaded))
}

func (d desk) uploads(id string) []identity.DocumentUpload {
	d.t.Helper()
	all, err := d.Uploads(d.t.Context(), id)
	require.NoError(d.t, err)
	return all
}

func (d desk) only(id string) identity.DocumentUpload {
	d.t.Helper()
	all := d.uploads(id)
	require.Len(d.t, all, 1)
	return all[0]
}

func (d desk) held() []string {
	d.t.Helper()
	ids, err := d.HeldUploads(d.t.Context())
	require.NoError(d.t, err)
	return ids
}

// asked is a pending case of which an event has asked for documents.
func (d desk) asked(n string) identity.Identity {
	d.t.Helper()
	news := d.news("px-"+n, "user-"+n, identity.Pending)
	news.Record.Details.Requirements = []identity.Requirement{{Type: identity.EnhancedDueDiligence, Status: identity.RequirementPending, Awaiting: identity.AwaitingPaxos}}
	_, err := d.ApplyIdentity(d.t.Context(), news, nil)
	require.NoError(d.t, err)
	event := identity.Event{ID: "ask-" + n, Type: identity.EventDocumentsRequired, PaxosID: "px-" + n, Documents: []string{"PROOF_OF_FUNDS", "PROOF_OF_RESIDENCY"}, OccurredAt: d.clock.Now()}
	require.NoError(d.t, d.Receive(d.t.Context(), identity.Delivery{EventID: event.ID, Type: event.Type, Time: d.clock.Now(), ReceivedAt: d.clock.Now()}))
	news.Event = &event
	job := d.claim("event")
	i, err := d.ApplyIdentity(d.t.Context(), news, &job)
	require.NoError(d.t, err)
	require.Equal(d.t, identity.Ours, i.Move)
	return i
}

// A file goes both steps; then nothing of it is held, its name aside, and Paxos is asked how things stand.
func TestUploadGoesItsWay(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		ctx, i := t.Context(), d.asked("1")
		u := d.upload(i.ID, "Bill of May.pdf")
		require.Equal(t, []string{u.ID}, d.held())
		require.Contains(t, d.acts(i.ID), audit.Uploaded)
		require.Greater(t, d.get(i.ID).Rev, i.Rev, "open pages are told")

		job := d.claim("upload")
		task, err := d.BeginUpload(ctx, job)
		require.NoError(t, err)
		require.Equal(t, "px-1", task.PaxosID)
		require.Equal(t, "Bill of May.pdf", task.Name)
		require.Equal(t, identity.SpooledFile{ID: u.ID, Key: identity.SpoolKey("the key of Bill of May.pdf"), Size: 8}, task.File)
		require.Empty(t, task.URL)
		require.Equal(t, 1, d.only(i.ID).Attempts)

		d.clock.Advance(time.Second)
		require.NoError(t, d.UploadAnnounced(ctx, job, identity.Upload{FileID: "f-1", URL: "https://storage.example/1"}))
		task, err = d.BeginUpload(ctx, job)
		require.NoError(t, err)
		require.Equal(t, identity.UploadURL("https://storage.example/1"), task.URL)
		require.Equal(t, identity.FileAnnounced, task.State)
		require.Equal(t, 1, task.Addresses)

		d.clock.Advance(time.Second)
		require.NoError(t, d.UploadDone(ctx, job))
		done := d.only(i.ID)
		require.Equal(t, identity.FileDone, done.State)
		require.Equal(t, "Bill of May.pdf", done.Name)
		require.Equal(t, "f-1", done.FileID)
		require.NotNil(t, done.EndedAt)
		require.Empty(t, d.held())
		d.noJob("upload")
		require.Contains(t, d.kinds(i.ID), identity.DocumentEnded)
		require.Equal(t, i.ID, d.claim("documents").Subject)
		require.Equal(t, i.ID, d.claim("recheck").Subject)
		require.Equal(t, fault.Conflict, fault.KindOf(d.UploadDone(ctx, job)), "once")
	})
}

// The move changes hands when the last file has come, and history tells so.
func TestMoveChangesHandsOnceAllIsThere(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		ctx, i := t.Context(), d.asked("1")
		d.clock.Advance(time.Hour)
		d.upload(i.ID, "a.pdf")
		job := d.claim("upload")
		require.NoError(t, d.UploadDone(ctx, job))
		sent := d.clock.Now()
		list := func(pending ...string) identity.DocumentList {
			return identity.ListOf([]identity.Document{{FileID: "f", Types: []string{"PROOF_OF_FUNDS"}, CreatedAt: sent}}, pending, d.clock.Now())
		}
		d.clock.Advance(time.Second)
		require.NoError(t, d.ApplyDocuments(ctx, d.claim("documents"), list("PROOF_OF_RESIDENCY")))
		require.Equal(t, identity.Ours, d.get(i.ID).Move, "one is missing")

		require.NoError(t, d.LookAtDocuments(ctx, i.ID))
		late := list("PROOF_OF_FUNDS", "PROOF_OF_RESIDENCY")
		late.AsOf = sent.Add(-time.Minute)
		require.NoError(t, d.ApplyDocuments(ctx, d.claim("documents"), late))
		kept, err := d.DocumentList(ctx, i.ID)
		require.NoError(t, err)
		require.Equal(t, []string{"PROOF_OF_RESIDENCY"}, kept.Pending, "older news changes nothing")

		d.clock.Advance(time.Second)
		require.NoError(t, d.LookAtDocuments(ctx, i.ID))
		require.NoError(t, d.ApplyDocuments(ctx, d.claim("documents"), list()))
		now := d.get(i.ID)
		require.Nil(t, now.Documents)
		require.Equal(t, identity.Paxos, now.Move)
		require.Equal(t, identity.LaneWaiting, now.Lane)
		require.Equal(t, sent, now.MoveSince)
		require.Equal(t, sent.Add(24*time.Hour), *now.DueAt, "one business day")
		turns := d.turns(i.ID)
		require.Equal(t, identity.Paxos, turns[len(turns)-1].Move)
		history, err := d.History(ctx, i.ID)
		require.NoError(t, err)
		require.Contains(t, history[len(history)-1].Changes, identity.Change{Field: "documents", Old: "PROOF_OF_FUNDS, PROOF_OF_RESIDENCY", New: "all there"})
	})
}

func TestUploadThatFails(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		ctx, i := t.Context(), d.asked("1")
		u := d.upload(i.ID, "a.pdf")
		job := d.claim("upload")
		require.NoError(t, d.UploadAnnounced(ctx, job, identity.Upload{FileID: "f-1", URL: "https://storage.example/1"}))
		require.NoError(t, d.UploadRefused(ctx, job, identity.FileRefused, "their words"))
		failed := d.only(i.ID)
		require.Equal(t, identity.FileFailed, failed.State)
		require.Equal(t, "their words", failed.Text)
		require.Equal(t, []string{u.ID}, d.held(), "it can be sent again")
		d.noJob("upload")

		other := d.asked("2")
		require.Equal(t, fault.NotFound, fault.KindOf(d.UploadAgain(ctx, other.ID, u.ID, "", ana(audit.UploadedAgain))), "of another case")
		require.NoError(t, d.UploadAgain(ctx, i.ID, u.ID, "", ana(audit.UploadedAgain)))
		require.Equal(t, identity.FileAnnounced, d.only(i.ID).State, "the second step alone")
		require.Contains(t, d.acts(i.ID), audit.UploadedAgain)
		acts := d.acts(i.ID)
		require.NoError(t, d.UploadAgain(ctx, i.ID, u.ID, "", ana(audit.UploadedAgain)), "a second click")
		require.Equal(t, acts, d.acts(i.ID), "is no second act")
		kindIs(t, fault.Conflict, d.UploadAgain(ctx, i.ID, u.ID, "b.pdf", ana(audit.UploadedAgain))) // another name is another act
		kindIs(t, fault.Conflict, d.UploadAgain(ctx, i.ID, u.ID, "", by("ben", audit.UploadedAgain)))

		job = d.claim("upload")
		require.NoError(t, d.UploadAddressGone(ctx, job, d.clock.Now()))
		job = d.claim("upload")
		require.NoError(t, d.UploadMissed(ctx, job, d.clock.Now(), true, "lost"))
		require.True(t, d.only(i.ID).AnswerLost)
		job = d.claim("upload")
		require.NoError(t, d.UploadRefused(ctx, job, identity.FileNameTaken, ""))
		err := d.UploadAgain(ctx, i.ID, u.ID, "", ana(audit.UploadedAgain))
		require.Equal(t, identity.FileNameTaken, fault.From(err).Code, "it needs another name")
		require.NoError(t, d.UploadAgain(ctx, i.ID, u.ID, "a (2).pdf", ana(audit.UploadedAgain)))
		again := d.only(i.ID)
		require.Equal(t, "a (2).pdf", again.Name)
		require.Equal(t, identity.FileQueued, again.State)
		require.False(t, again.AnswerLost)

		require.NoError(t, d.RemoveUpload(ctx, i.ID, u.ID, ana(audit.TookUploadBack)))
		require.Equal(t, identity.FileRemoved, d.only(i.ID).State)
		require.Empty(t, d.held())
		d.noJob("upload")
		require.Contains(t, d.acts(i.ID), audit.TookUploadBack)
		acts = d.acts(i.ID)
		require.NoError(t, d.RemoveUpload(ctx, i.ID, u.ID, ana(audit.TookUploadBack)), "a second click")
		require.Equal(t, acts, d.acts(i.ID), "is no second act")
		kindIs(t, fault.Conflict, d.RemoveUpload(ctx, i.ID, u.ID, by("ben", audit.TookUploadBack)))
		kindIs(t, fault.Conflict, d.UploadAgain(ctx, i.ID, u.ID, "", ana(audit.UploadedAgain))) // after it was taken back
		d.clock.Advance(time.Minute)
		kindIs(t, fault.Conflict, d.RemoveUpload(ctx, i.ID, u.ID, ana(audit.TookUploadBack)))
	})
}

// A worker whose file was taken back meanwhile learns it and changes nothing.
func TestUploadTakenBackWhileItIsSent(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		ctx, i := t.Context(), d.asked("1")
		u := d.upload(i.ID, "a.pdf")
		job := d.claim("upload")
		require.NoError(t, d.RemoveUpload(ctx, i.ID, u.ID, ana(audit.TookUploadBack)))
		for name, err := range map[string]error{
			"announced": d.UploadAnnounced(ctx, job, identity.Upload{FileID: "f", URL: "https://storage.example/1"}), "done": d.UploadDone(ctx, job),
			"refused": d.UploadRefused(ctx, job, identity.FileRefused, ""), "missed": d.UploadMissed(ctx, job, d.clock.Now(), false, "x"),
			"put off": d.UploadPutOff(ctx, job, d.clock.Now(), "x"), "address": d.UploadAddressGone(ctx, job, d.clock.Now()),
		} {
			require.Equal(t, fault.Conflict, fault.KindOf(err), name)
		}
		_, err := d.BeginUpload(ctx, job)
		require.Equal(t, fault.Conflict, fault.KindOf(err))
		require.Equal(t, identity.FileRemoved, d.only(i.ID).State)
	})
}

func TestUploadIsPutOff(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		ctx, i := t.Context(), d.asked("1")
		d.upload(i.ID, "a.pdf")
		job := d.claim("upload")
		_, err := d.BeginUpload(ctx, job)
		require.NoError(t, err)
		require.NoError(t, d.UploadPutOff(ctx, job, d.clock.Now().Add(time.Minute), "throttled"))
		require.Zero(t, d.only(i.ID).Attempts)
		d.noJob("upload")
		d.clock.Advance(time.Minute)
		require.Equal(t, 1, d.claim("upload").Attempts)
	})
}

func TestUploadsAreRefused(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		waiting := d.submit("user-1")
		_, err := d.tryUpload(waiting.ID, "a.pdf")
		require.Equal(t, fault.Conflict, fault.KindOf(err), "Paxos does not hold the identity")
		i := d.asked("2")
		d.upload(i.ID, "a.pdf")
		_, err = d.tryUpload(i.ID, "a.pdf")
		require.Equal(t, identity.FileNameTaken, fault.From(err).Code)
		require.Contains(t, fault.From(err).Fields, "name")
		require.Len(t, d.uploads(i.ID), 1)
		require.Len(t, d.held(), 1)
		d.upload(d.asked("3").ID, "a.pdf")
		_, err = d.tryUpload("nobody", "a.pdf")
		require.Equal(t, fault.NotFound, fault.KindOf(err))
	})
}

func TestUploadExpires(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		ctx, i := t.Context(), d.asked("1")
		d.upload(i.ID, "old.pdf")
		d.clock.Advance(time.Hour)
		young := d.upload(i.ID, "young.pdf")
		n, err := d.ExpireUploads(ctx, d.clock.Now().Add(-time.Minute), 50)
		require.NoError(t, err)
		require.Equal(t, 1, n)
		require.Equal(t, []string{young.ID}, d.held())
		require.Equal(t, young.ID, d.claim("upload").Subject, "the job of the other is gone")
		history, err := d.History(ctx, i.ID)
		require.NoError(t, err)
		require.Equal(t, "expired", history[len(history)-1].Code)
		n, err = d.ExpireUploads(ctx, d.clock.Now().Add(-time.Minute), 50)
		require.NoError(t, err)
		require.Zero(t, n)
	})
}

// The twin of a submission brings its files along.
func TestUploadsMoveWithTheirCase(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		ctx := t.Context()
		twin := d.asked("1")
		d.upload(twin.ID, "a.pdf")
		require.NoError(t, d.LookAtDocuments(ctx, twin.ID))
		require.NoError(t, d.ApplyDocuments(ctx, d.claim("documents"), identity.ListOf(nil, []string{"PROOF_OF_FUNDS"}, d.clock.Now())))
		i := d.submit("user-other")
		_, job := d.begin()
		_, err := d.Accepted(ctx, i.ID, d.news("px-1", "user-other", identity.Pending), &job)
		require.NoError(t, err)
		require.Equal(t, "a.pdf", d.only(i.ID).Name)
		list, err := d.DocumentList(ctx, i.ID)
		require.NoError(t, err)
		require.Equal(t, []string{"PROOF_OF_FUNDS"}, list.Pending)
		task, err := d.BeginUpload(ctx, d.claim("upload"))
		require.NoError(t, err)
		require.Equal(t, i.ID, task.IdentityID)
	})
}
