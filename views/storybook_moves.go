package views

import (
	"time"

	"identitydesk/internal/access"
	"identitydesk/internal/identity"
)

// move is something that Robin asked of Paxos about a case some time ago.
func (b book) move(i identity.Identity, k identity.MoveKind, age time.Duration, about ...string) OurMove {
	m := identity.OurMove{IdentityID: i.ID, Kind: k, About: about, AskedBy: "robin", AskedByName: "Robin Vance"}.Ask(b.ago(age))
	m.ID = "018f2c1e-0000-7000-8000-00000000aaaa"
	return OurMove{OurMove: m}
}

// moved are cases about which something was asked of Paxos.
func (b book) moved() []Story {
	i := b.silent()
	queued := b.move(i, identity.MoveCorrect, 3*time.Second, "person_details.address.city", "person_details.address.zip_code")
	queued.CanWithdraw = true
	lost := b.move(i, identity.MoveRefresh, 2*time.Minute, identity.FieldRefreshedAt)
	lost.OurMove = lost.Begin(b.ago(2*time.Minute)).Lose("lost timeout", b.ago(90*time.Second))
	soon := b.now.Add(20 * time.Second)
	lost.NextAt = &soon
	failed := b.move(i, identity.MoveCorrect, time.Hour, "person_details.date_of_birth")
	failed.OurMove = failed.Begin(b.ago(59*time.Minute)).Fail(identity.ScopeMissing, true, b.ago(58*time.Minute))
	failed.Refusal = identity.MoveRefusal{Failure: identity.Failure{Code: identity.ScopeMissing, Text: "identity:write_identity is not granted"}}
	failed.CanTryAgain, failed.CanWithdraw = true, true
	refused := b.move(i, identity.MoveCorrect, 26*time.Hour, "person_details.cip_id")
	refused.OurMove = refused.Begin(b.ago(26*time.Hour)).Fail(identity.Refused, false, b.ago(26*time.Hour))
	unread := b.move(i, identity.MoveCorrect, 27*time.Hour, "person_details.cip_id")
	unread.OurMove = unread.Begin(b.ago(27*time.Hour)).Fail(identity.Refused, false, b.ago(27*time.Hour))
	unread.Refusal.Unread = identity.KeyMissing
	refused.Refusal.Failure = identity.Failure{Code: identity.Refused, Text: "The number … is not valid.", Fields: map[string]string{"person_details.cip_id": "is not valid"}}
	done := b.move(i, identity.MoveCorrect, 3*day, "person_details.email")
	done.OurMove = done.Begin(b.ago(3*day)).Do(nil, b.ago(3*day))

	worked := b.page(access.Analyst, i, b.submitted(76*time.Hour)...)
	worked.Moves = []OurMove{queued, lost, failed, refused, unread, done}
	for n, step := range []string{identity.StepAsked, identity.StepDone, identity.StepFailed, identity.StepAgain} {
		e := b.entry(identity.MoveStepped, time.Duration(n+1)*time.Minute, "")
		e.Code, e.Changes = identity.MoveTold(identity.MoveCorrect, step), []identity.Change{{Field: "why", New: identity.ChangedAtPaxos}}
		worked.History = append(worked.History, e)
	}
	held := b.page(access.Viewer, i)
	held.Banners = Banners{ThrottledUntil: b.at(-5 * time.Minute)}
	waits := b.move(i, identity.MoveCorrect, 3*time.Second, "person_details.address.city")
	waits.NextAt = held.Banners.ThrottledUntil
	held.Moves = []OurMove{waits}
	return []Story{
		{"case/moves", access.Analyst, Case(worked)},
		{"case/moves-held", access.Viewer, Case(held)},
	}
}
