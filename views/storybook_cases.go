package views

import (
	"time"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
)

// page is a case as a role sees it.
func (b book) page(r access.Role, i identity.Identity, history ...identity.Entry) CasePage {
	p := CasePage{Chrome: b.chrome(r, ""), Row: b.row(i), History: history}
	p.Work = b.work(r, p.Identity)
	p.Stuck = b.counts().Stuck()
	if access.May(r, access.ReadNames) {
		p.Name = identity.Name{First: "Billy", Last: "Duncan"}
		p.Acts = []audit.Entry{{
			Seq: 9, At: b.ago(time.Minute), ActorID: "robin", ActorName: "Robin Vance", Role: string(access.Analyst), Action: audit.OpenedCase, IdentityID: i.ID,
		}}
	}
	p.CanRecheck = access.May(r, access.WorkCases) && i.PaxosID != ""
	p.CanCorrect = access.May(r, access.Correct) && i.PaxosID != "" && i.ErasedAt == nil && i.Type == identity.Person
	p.CanRefresh = p.CanCorrect && i.AwaitsRefresh()
	p.CanResubmit = access.May(r, access.Submit) && i.Submission == identity.Failed
	p.CanWithdraw = access.May(r, access.Withdraw) && i.Submission == identity.Failed
	p.Reveal = Reveal{
		May: access.May(r, access.Reveal), FromPaxos: i.PaxosID != "",
		FromDraft: i.PaxosID == "" && (i.Submission.Waiting() || i.Submission == identity.Failed),
	}
	p.Documents = Documents{Checklist: identity.Checklist(i, identity.DocumentList{}, nil), CanUpload: access.May(r, access.Upload) && i.PaxosID != ""}
	p.Controls = b.controls(r, p.Identity, history)
	if i.Submission.Waiting() {
		p.RefreshWithoutScript = 5 * time.Second
	}
	return p
}

// entry is a piece of history that the desk heard of some time ago.
func (b book) entry(kind identity.EntryKind, age time.Duration, by identity.Source) identity.Entry {
	return identity.Entry{Kind: kind, By: by, OccurredAt: b.ago(age + 2*time.Second), ReceivedAt: b.ago(age + time.Second), ProcessedAt: b.ago(age)}
}

func (b book) submitted(age time.Duration) []identity.Entry {
	e := b.entry(identity.WasSubmitted, age, identity.BySubmit)
	e.ActorID = "robin"
	return []identity.Entry{e, b.entry(identity.WasAttempted, age-time.Second, identity.BySubmit), b.entry(identity.WasAccepted, age-2*time.Second, identity.BySubmit)}
}

func (b book) became(from, to identity.Status, age time.Duration, by identity.Source) identity.Entry {
	e := b.entry(identity.StatusChanged, age, by)
	e.Old, e.New, e.EventID = from, to, "2f1d8f66-91f6-44dc-8c8e-31d6a2a8e7c1"
	return e
}

func (b book) cases() []Story {
	return append(b.openCases(), b.endedCases()...)
}

func (b book) openCases() []Story {
	silent := b.page(access.Analyst, b.silent(), b.submitted(76*time.Hour)...)
	nothing := b.entry(identity.WasRechecked, 6*time.Minute, identity.ByRecheck)
	nothing.ActorID = "robin"
	silent.History = append(silent.History, b.entry(identity.AnswerWasLost, 75*time.Hour, identity.BySubmit), nothing)
	cooling := b.page(access.Analyst, b.screening(), b.submitted(41*time.Hour)...)
	cooling.RecheckAllowedAt, cooling.Notice = b.now.Add(8*time.Second), "Paxos is being asked again. What it answers appears here."
	documents := b.page(access.Lead, b.documents(), b.submitted(30*time.Hour)...)
	asked := b.entry(identity.EventHeard, 26*time.Hour, identity.ByWebhook)
	asked.EventID, asked.Changes = "5b0a7a0e-aaaa-4a0a-9a0a-31d6a2a8e7c1", []identity.Change{{Field: "documents", New: "PROOF_OF_RESIDENCY, PROOF_OF_FUNDS"}}
	documents.History = append(documents.History, asked)
	frozen := b.page(access.Auditor, b.frozen(), b.submitted(9*day)...)
	found := b.became(identity.Approved, identity.StatusError, 2*day, identity.BySync)
	found.Unannounced, found.EventID = true, ""
	found.Changes = []identity.Change{{Field: "sanctions", Old: "APPROVED", New: "ERROR"}, {Field: "control FROZEN", New: "set by Paxos"}}
	frozen.History = append(frozen.History, b.became(identity.Pending, identity.Approved, 8*day, identity.ByWebhook), found)
	held := b.page(access.Analyst, b.queued(), b.submitted(4 * time.Second)[:1]...)
	held.Banners = Banners{ThrottledUntil: b.at(-5 * time.Minute), Waiting: Waiting{Submissions: 1}}
	then := b.page(access.Auditor, b.silent(), b.submitted(76*time.Hour)...)
	then.History[len(then.History)-1].New = identity.Pending
	then.Then = Then{Date: "2026-03-03", At: time.Date(2026, 3, 3, 23, 59, 59, 999e6, place(b.loc)), EndOfDay: true}
	then.Stood = identity.StandingAt(then.History, then.Then.At)
	unknown, future := then, then
	unknown.Then = Then{Date: "2025-03-03", Time: "14:00", At: time.Date(2025, 3, 3, 14, 0, 0, 0, place(b.loc))}
	unknown.Stood = identity.StandingAt(then.History, unknown.Then.At)
	future.Then, future.Stood = Then{Date: "2027-03-03", Error: "Must not be in the future."}, identity.Standing{}
	asleep := b.page(access.Lead, b.snoozed())
	asleep.SnoozeReason = "Waits for the customer’s bank statement"
	unread := b.page(access.Lead, b.snoozed())
	unread.Name, unread.NameUnread, unread.SnoozeUnread = identity.Name{}, identity.Altered, identity.KeyMissing
	unread.CaseKeeping.Hold = b.legalHold()
	unread.CaseKeeping.Hold.Reason, unread.CaseKeeping.Hold.Unread = "", identity.Altered
	unread.Notes, unread.NoteCount = []Note{{ID: 7, Author: "Robin Vance", At: b.ago(time.Hour), Unread: identity.KeyMissing}}, 1
	return []Story{
		{"case/unread", access.Lead, Case(unread)},
		{"case/then", access.Auditor, Case(then)},
		{"case/then-unknown", access.Auditor, Case(unknown)},
		{"case/then-refused", access.Auditor, Case(future)},
		{"case/held", access.Analyst, Case(held)},
		{"case/queued", access.Analyst, Case(b.page(access.Analyst, b.queued(), b.submitted(4 * time.Second)[:1]...))},
		{"case/waiting", access.Analyst, Case(b.page(access.Analyst, b.waiting(), b.submitted(3*time.Hour)...))},
		{"case/overdue", access.Analyst, Case(silent)},
		{"case/screening-cooling", access.Analyst, Case(cooling)},
		{"case/documents", access.Lead, Case(documents)},
		{"case/frozen", access.Auditor, Case(frozen)},
		{"case/refresh", access.Analyst, Case(b.page(access.Analyst, b.refresh()))},
		{"case/unknown-words", access.Analyst, Case(b.page(access.Analyst, b.unknownWord(), b.entry("a_new_kind", time.Hour, "carrier_pigeon")))},
		{"case/tax-number", access.Analyst, Case(b.page(access.Analyst, b.taxNumber()))},
		{"case/snoozed", access.Lead, Case(asleep)},
		{"case/institution", access.Analyst, Case(b.page(access.Analyst, b.institution(), b.entry(identity.WasFound, 50*time.Hour, identity.BySync)))},
		{"case/viewer", access.Viewer, Case(b.page(access.Viewer, b.waiting(), b.submitted(3*time.Hour)...))},
	}
}

func (b book) endedCases() []Story {
	failed := b.page(access.Analyst, b.failed(identity.CIPIDTaken), b.submitted(5 * time.Hour)[:2]...)
	refused := b.entry(identity.HasFailed, 5*time.Hour-3*time.Second, identity.BySubmit)
	refused.Code = identity.CIPIDTaken
	again := b.entry(identity.WasResubmitted, 5*time.Hour-time.Minute, identity.BySubmit)
	again.ActorID = "kim"
	failed.History = append(failed.History, again, refused)
	failed.Failure = identity.Failure{
		Code: identity.CIPIDTaken, Text: "identity with cip_id … already exists", Fields: map[string]string{"person_details.cip_id": "already exists"},
	}
	existing := b.row(b.denied()).Identity
	failed.Existing = &existing
	approved := b.page(access.Analyst, b.approved(), b.submitted(90*time.Second)...)
	changed := b.entry(identity.WasRechecked, 30*time.Second, identity.ByRecheck)
	changed.ActorID, changed.Changes = "robin", []identity.Change{{Field: "sanctions", Old: "PENDING", New: "APPROVED"}}
	detail := b.entry(identity.DetailChanged, 80*time.Second, identity.BySync)
	detail.Changes = []identity.Change{{Field: "requirement SCREENING_CHECK", Old: "PENDING", New: ""}}
	approved.History = append(approved.History, detail, b.became(identity.Pending, identity.Approved, 60*time.Second, identity.ByWebhook), changed)
	approved.Advice = approved.Advice.FirstAccount(approved.Identity, nil)
	approved.CanReadAccounts = true
	denied := b.page(access.Auditor, b.denied(), b.submitted(12*day)...)
	missed := b.became(identity.Pending, identity.Denied, 11*day, identity.ByPoll)
	missed.Unannounced = true
	denied.History = append(denied.History, missed)
	withdrawn := b.unsent(17, "HY", 6*time.Hour, identity.Withdrawn)
	gone := b.entry(identity.WasWithdrawn, time.Hour, identity.BySubmit)
	gone.ActorID = "kim"
	return []Story{
		{"case/failed", access.Analyst, Case(failed)},
		{"case/approved", access.Analyst, Case(approved)},
		{"case/denied", access.Auditor, Case(denied)},
		{"case/disabled", access.Admin, Case(b.page(access.Admin, b.disabled()))},
		{"case/withdrawn", access.Analyst, Case(b.page(access.Analyst, withdrawn, gone))},
	}
}
