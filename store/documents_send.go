package store

import (
	"context"
	"time"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/queue"
)

// BeginUpload stores that a step of sending a file is about to be made, and gives all that it takes. Where the file is not on its way
// any more the job ends, and the task says so by its state. What cannot be opened of it is an Internal fault of code
// [identity.FileGone], and nothing has begun.
func (s *Store) BeginUpload(ctx context.Context, job queue.Job) (task identity.UploadTask, err error) {
	err = s.write(ctx, func(t *tx) error {
		task = identity.UploadTask{}
		if err := t.hold(job); err != nil {
			return err
		}
		found, is, err := maybe(t, scanUpload, selectUpload+` WHERE id = $1`, job.Subject)
		if err != nil {
			return err
		}
		if !is || !found.State.Open() {
			return t.finish(job)
		}
		u, h, err := s.openUpload(found)
		if err != nil || len(h.Key) == 0 {
			return &fault.Error{Kind: fault.Internal, Code: identity.FileGone, Text: "What is kept of this file cannot be opened.", Cause: err}
		}
		r, err := findRow(t, u.IdentityID)
		if err != nil {
			return err
		}
		u.Attempts++
		task = identity.UploadTask{
			DocumentUpload: u, PaxosID: r.PaxosID, File: identity.SpooledFile{ID: u.ID, Key: h.Key, Size: u.Size}, URL: h.URL, Addresses: found.addresses,
		}
		t.changes(u.IdentityID)
		return t.exec(`UPDATE documents SET attempts = attempts + 1 WHERE id = $1`, u.ID)
	})
	return task, err
}

// sending finds a file that is on its way, for the worker that holds its job.
func (t *tx) sending(job queue.Job) (identity.DocumentUpload, held, error) {
	if err := t.hold(job); err != nil {
		return identity.DocumentUpload{}, held{}, err
	}
	u, h, err := t.findUpload(job.Subject)
	if err == nil && !u.State.Open() {
		err = fault.New(fault.Conflict, "This file is not on its way any more.")
	}
	return u, h, err
}

// UploadAnnounced stores that the first step is done: where the content goes.
func (s *Store) UploadAnnounced(ctx context.Context, job queue.Job, to identity.Upload) error {
	return s.write(ctx, func(t *tx) error {
		u, h, err := t.sending(job)
		if err != nil {
			return err
		}
		u.State, u.AnnouncedAt, u.FileID, u.AnswerLost, h.URL = identity.FileAnnounced, &t.now, to.FileID, false, to.URL
		if err := t.saveUpload(u, &h); err != nil {
			return err
		}
		t.changes(u.IdentityID)
		return t.exec(`UPDATE documents SET addresses = addresses + 1 WHERE id = $1`, u.ID)
	})
}

// UploadAddressGone stores that the content needs another address: the job comes again, from the first step on.
func (s *Store) UploadAddressGone(ctx context.Context, job queue.Job, again time.Time) error {
	return s.write(ctx, func(t *tx) error {
		u, h, err := t.sending(job)
		if err != nil {
			return err
		}
		u.State, u.AnnouncedAt, u.FileID, h.URL = identity.FileQueued, nil, "", ""
		if err := t.saveUpload(u, &h); err != nil {
			return err
		}
		t.changes(u.IdentityID)
		return t.retry(job, again, identity.UploadExpired)
	})
}

// UploadMissed stores that a step came to nothing that is known; the job comes again at a time. lost says that an address was asked
// for and the answer not understood, so that Paxos may hold the name. code is a short word of ours.
func (s *Store) UploadMissed(ctx context.Context, job queue.Job, again time.Time, lost bool, code string) error {
	return s.write(ctx, func(t *tx) error {
		u, h, err := t.sending(job)
		if err != nil {
			return err
		}
		u.AnswerLost = u.AnswerLost || lost
		if err := t.saveUpload(u, &h); err != nil {
			return err
		}
		return t.retry(job, again, code)
	})
}

// UploadPutOff undoes [Store.BeginUpload] where Paxos throttles the desk, so that the step was not made or not taken in.
func (s *Store) UploadPutOff(ctx context.Context, job queue.Job, until time.Time, why string) error {
	return s.write(ctx, func(t *tx) error {
		if _, _, err := t.sending(job); err != nil {
			return err
		}
		if err := t.exec(`UPDATE documents SET attempts = attempts - 1 WHERE id = $1`, job.Subject); err != nil {
			return err
		}
		return t.putOff(job, until, why)
	})
}

// UploadRefused stores that a file came to nothing, and why; it stays here for a person to act on, unless it cannot be opened. text is
// Paxos' own.
func (s *Store) UploadRefused(ctx context.Context, job queue.Job, code, text string) error {
	return s.write(ctx, func(t *tx) error {
		if err := t.hold(job); err != nil {
			return err
		}
		found, is, err := maybe(t, scanUpload, selectUpload+` WHERE id = $1`, job.Subject)
		if err != nil {
			return err
		}
		if !is || !found.State.Open() {
			return t.finish(job)
		}
		u, h, err := s.openUpload(found)
		keep := &h
		if err != nil || len(h.Key) == 0 {
			keep = nil
		}
		u.State, u.Code, u.EndedAt, h.Text = identity.FileFailed, code, &t.now, text
		if err := t.saveUpload(u, keep); err != nil {
			return err
		}
		if err := t.tellUpload(u, code); err != nil {
			return err
		}
		t.changes(u.IdentityID)
		return t.finish(job)
	})
}

// UploadDone stores that Paxos has a file: what was held of it is erased here, and Paxos is asked how the case and its documents
// stand.
func (s *Store) UploadDone(ctx context.Context, job queue.Job) error {
	return s.write(ctx, func(t *tx) error {
		u, _, err := t.sending(job)
		if err != nil {
			return err
		}
		u.AnswerLost = false
		if err := t.endUpload(u, identity.FileDone, ""); err != nil {
			return err
		}
		if err := t.tellUpload(u, ""); err != nil {
			return err
		}
		for _, kind := range []string{jobDocuments, jobRecheck} {
			if err := t.enqueue(kind, u.IdentityID, queue.Submission, ""); err != nil {
				return err
			}
		}
		return nil
	})
}
