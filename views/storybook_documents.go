package views

import (
	"time"

	"identitydesk/internal/access"
	"identitydesk/internal/identity"
)

// sent is a file that somebody gave the desk.
func (b book) sent(id, name, typ string, state identity.FileState, age time.Duration) identity.DocumentUpload {
	u := identity.DocumentUpload{
		ID: id, Name: name, Types: []string{typ}, ContentType: "application/pdf", Size: 2_400_000, State: state, By: "robin", At: b.ago(age), Attempts: 1,
	}
	if state == identity.FileAnnounced || state == identity.FileDone {
		u.AnnouncedAt = b.at(age - time.Second)
	}
	if !state.Open() {
		u.EndedAt = b.at(age - 20*time.Second)
	}
	return u
}

// documentStories are cases with documents in every state.
func (b book) documentStories() []Story {
	const funds, home = "PROOF_OF_FUNDS", "PROOF_OF_RESIDENCY"
	asked := b.documents()
	page := func(r access.Role, i identity.Identity, list identity.DocumentList, uploads ...identity.DocumentUpload) CasePage {
		p := b.page(r, i, b.submitted(30*time.Hour)...)
		if !access.May(r, access.ReadNames) {
			for n := range uploads {
				uploads[n].Name = ""
			}
		}
		p.Documents = Documents{
			Checklist: identity.Checklist(i, list, uploads), AsOf: list.AsOf, CanUpload: access.May(r, access.Upload) && i.PaxosID != "",
		}
		return p
	}
	list := identity.DocumentList{AsOf: b.ago(time.Hour), Pending: []string{home, funds}}
	arrived := identity.DocumentList{AsOf: b.ago(time.Minute), Held: []identity.HeldDocument{{FileID: "f", Types: []string{funds}, At: b.ago(5 * time.Hour)}}}
	clash := b.sent("u-1", "Bank statement of an account with a rather long name, May 2026.pdf", funds, identity.FileFailed, 10*time.Minute)
	clash.Code = identity.FileNameTaken
	refused := b.sent("u-2", "bill.pdf", home, identity.FileFailed, 10*time.Minute)
	refused.Code, refused.AnnouncedAt = identity.FileRefused, b.at(9*time.Minute)
	gone := b.sent("u-3", "bill (2).pdf", home, identity.FileFailed, 10*time.Minute)
	gone.Code = identity.FileGone
	failed := page(access.Analyst, asked, list, clash, refused, gone)
	retyped := page(access.Analyst, asked, list, clash)
	retyped.Refused = Refusal{
		Act: "again", Text: "The file was not sent again.", Errors: map[string]string{"name": "A file of this name is there already: use another name."},
		Typed: map[string]string{"name": clash.Name, "file": clash.ID},
	}
	wrong := page(access.Analyst, asked, list, b.sent("u-4", "May.pdf", funds, identity.FileQueued, time.Second))
	wrong.Refused = Refusal{Act: "documents", Text: "1 file was taken in, 2 files were not.", Errors: map[string]string{
		"holiday.gif": "Paxos takes PDF, JPG and PNG, and this file is none of them: save it as one of these.", "scan of everything.pdf": "Make it smaller: a file must be under 100 MB.",
	}}
	sent, waits := b.sent("u-5", "May.pdf", funds, identity.FileDone, 5*time.Minute), b.sent("u-6", "bill.pdf", home, identity.FileAnnounced, 30*time.Second)
	return []Story{
		{"case/documents-missing", access.Analyst, Case(page(access.Analyst, asked, list))},
		{"case/documents-uploading", access.Lead, Case(page(access.Lead, asked, list, waits, sent))},
		{"case/documents-uploaded", access.Analyst, Case(page(access.Analyst, b.waiting(), arrived, b.sent("u-7", "bill.pdf", home, identity.FileDone, time.Hour)))},
		{"case/documents-failed", access.Analyst, Case(failed)},
		{"case/documents-name-refused", access.Analyst, Case(retyped)},
		{"case/documents-files-refused", access.Analyst, Case(wrong)},
		{"case/documents-none", access.Analyst, Case(page(access.Analyst, b.waiting(), identity.DocumentList{}))},
		{"case/documents-viewer", access.Viewer, Case(page(access.Viewer, asked, list, waits, sent))},
	}
}
