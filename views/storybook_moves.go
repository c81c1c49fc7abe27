package views

import (
	"fmt"
	"net/url"
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
	lost.NextAt, lost.CanWithdraw = &soon, true
	given := b.move(i, identity.MoveControl, 2*time.Hour, "SELL_ONLY")
	given.OurMove = given.Begin(b.ago(2*time.Hour)).Lose("lost timeout", b.ago(119*time.Minute)).Withdraw("robin", b.ago(118*time.Minute))
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
	member, denied := b.row(b.approved()).Identity, b.row(b.denied()).Identity
	member.RefID, denied.RefID = "user-5008", "user-5009"
	joint := b.move(i, identity.MoveAccount, 4*day, "ref_id account-4711", identity.Brokerage, "profile", "members 3")
	joint.OurMove = joint.Begin(b.ago(4*day)).Do(nil, b.ago(4*day))
	joint.Joint = identity.JointOf([]identity.AccountMember{
		{PaxosID: member.PaxosID, Roles: []string{"AUTHORIZED_USER", "BENEFICIAL_OWNER"}},
		{PaxosID: denied.PaxosID, Roles: []string{"FINANCIAL_ADVISOR"}},
		{PaxosID: "7c3c1c9e-2f58-4c0e-9a4e-6a9f0d6a1b22", Roles: []string{"AUTHORIZED_USER"}},
	}, map[string]identity.Identity{member.PaxosID: member, denied.PaxosID: denied})

	worked := b.page(access.Analyst, i, b.submitted(76*time.Hour)...)
	worked.Moves = []OurMove{queued, lost, given, failed, refused, unread, done, joint}
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

// changed are the pages of a correction and of a KYC refresh.
func (b book) changed() []Story {
	form := func() url.Values {
		return url.Values{
			"ref_id": {"user-4711"}, "person_details.verifier_type": {"PASSTHROUGH"}, "person_details.first_name": {"Billy"}, "person_details.last_name": {"Duncan"},
			"person_details.date_of_birth": {"1960-01-01"}, "person_details.nationality": {"USA"}, "person_details.address.address1": {"123 Main St."},
			"person_details.address.city": {"New York"}, "person_details.address.province": {"NY"}, "person_details.address.country": {"USA"},
			"person_details.passthrough_verification_fields": {"FULL_LEGAL_NAME", "SHOE_SIZE"}, "customer_due_diligence.aliases": {"Bill, the Kid"},
			"tax_details.tax_payer_id": {"900-11-2222"}, "tax_details.tax_payer_country": {"USA"}, "last_kyc_refresh_date": {"2026-03-01"},
		}
	}
	page := func(k identity.MoveKind, i identity.Identity) ChangePage {
		c := b.chrome(access.Analyst, "")
		return ChangePage{
			Chrome: c, Identity: b.row(i).Identity, Kind: k, Today: b.now.Format("2006-01-02"), Carried: url.Values{"base": {"{}"}, "mark": {"00"}}, Until: b.now.Add(28 * time.Minute),
			Form: NewIdentityPage{Chrome: c, Values: form()},
		}
	}
	ask, refresh := page(identity.MoveCorrect, b.silent()), page(identity.MoveRefresh, b.refresh())
	ask.Form, refresh.Form = NewIdentityPage{}, NewIdentityPage{}
	refused, late, open := ask, refresh, ask
	refused.Text, refused.Typed = "Nothing was shown.", map[string]string{"reason_code": "", "reason": "x"}
	refused.Errors = map[string]string{"reason_code": "Choose why.", "reason": "Say why in at least 5 characters."}
	late.Text, late.Typed = "Nothing was sent to Paxos.", map[string]string{identity.FieldRefreshedAt: "2026-01-01"}
	late.Errors = map[string]string{"backdated": "This day lies before Paxos asked for the refresh. Paxos counts the time to the next one from it: confirm that it is meant."}
	conflict := ask
	conflict.Text = "Paxos' record has changed since you opened the form. Nothing was sent. Open the form again, and look at what it holds now."
	onItsWay := b.move(b.silent(), identity.MoveCorrect, time.Minute, "person_details.address.city")
	open.Open = &onItsWay
	edit, wrong, both := page(identity.MoveCorrect, b.silent()), page(identity.MoveCorrect, b.silent()), page(identity.MoveRefresh, b.refresh())
	edit.Form.Values.Set("person_details.date_of_birth", "01/01/1960")
	wrong.Form.Text, wrong.Form.Errors = "Some fields need another look before this can be sent to Paxos.", map[string]string{"person_details.first_name": "Use Latin letters."}
	plan := page(identity.MoveCorrect, b.silent())
	plan.Plan = ChangePlan{MayVerifyAgain: true, Shifts: []identity.Shift{
		{Field: "person_details.address.city", Before: []string{"New York"}, After: []string{"Ostrava Falls"}},
		{Field: "person_details.address.address2", Before: []string{"Top"}},
		{Field: "customer_due_diligence.aliases", After: []string{"Bill, the Kid", "Bill"}},
	}}
	calm := page(identity.MoveRefresh, b.refresh())
	calm.Plan = ChangePlan{Shifts: []identity.Shift{
		{Field: identity.FieldRefreshedAt, After: []string{"2026-03-02"}}, {Field: "person_details.email", Before: []string{"a@example.org"}, After: []string{"b@example.org"}},
	}}
	return []Story{
		{"correct/ask", access.Analyst, AskChange(ask)},
		{"correct/ask-refused", access.Analyst, AskChange(refused)},
		{"correct/conflict", access.Analyst, AskChange(conflict)},
		{"correct/open", access.Analyst, AskChange(open)},
		{"correct/edit", access.Analyst, EditChange(edit)},
		{"correct/edit-refused", access.Analyst, EditChange(wrong)},
		{"correct/plan", access.Analyst, CheckChange(plan)},
		{"refresh/ask", access.Lead, AskChange(refresh)},
		{"refresh/backdated", access.Lead, AskChange(late)},
		{"refresh/edit", access.Lead, EditChange(both)},
		{"refresh/plan", access.Lead, CheckChange(calm)},
	}
}

// refreshes is the calendar of what falls due.
func (b book) refreshes() []Story {
	page := RefreshesPage{Chrome: b.chrome(access.Analyst, SectionRefreshes), Total: 7, Me: "robin", Workers: []string{"dana", "robin"}}
	page.Holders = map[string]string{"dana": b.staff()["dana"].Name, "robin": "Robin Vance"}
	n := 0
	due := func(in time.Duration, open bool, assignee string) identity.RefreshDue {
		d := identity.RefreshDue{Identity: b.row(b.approved()).Identity, DueAt: b.now.Add(in), LastAt: b.at(65 * day)}
		if open {
			d = identity.RefreshDue{Identity: b.row(b.refresh()).Identity, DueAt: b.now.Add(in), Open: true}
		}
		n++
		d.ID, d.Assignee = fmt.Sprintf("%s-%d", d.ID, n), assignee
		return d
	}
	expired := due(-2*day, true, "robin")
	expired.Refresh = &identity.Refresh{Expired: true}
	all := []identity.RefreshDue{
		expired, due(-time.Hour, true, "dana"), due(time.Hour, true, ""), due(6*day, true, "dana"), due(20*day, false, ""), due(300*day, false, ""), due(300*day, false, ""),
	}
	group := func(p *RefreshesPage, items []identity.RefreshDue) {
		p.Groups = identity.RefreshCalendar{Now: b.now, Location: b.loc}.Group(items)
		for n := range p.Groups {
			p.Groups[n].Total = int64(len(p.Groups[n].Items))
		}
	}
	group(&page, all)
	more, none, narrow := page, page, page
	group(&more, all[4:])
	more.After, more.Next, more.TotalAtLeast, more.Total = "abc", "def", true, 10000
	more.Groups[1].Total, more.Groups[1].TotalAtLeast = 10000, true
	narrow.Show, narrow.Within, narrow.Assignee, narrow.Total = identity.RefreshesOpen, "30", "me", 1
	group(&narrow, all[:1])
	none.Show, none.Groups = identity.RefreshesNext, nil
	misses := none
	misses.Within, misses.Assignee = "45", "somebody"
	return []Story{
		{"refreshes/some", access.Analyst, Refreshes(page)},
		{"refreshes/more", access.Analyst, Refreshes(more)},
		{"refreshes/filtered", access.Analyst, Refreshes(narrow)},
		{"refreshes/none", access.Analyst, Refreshes(none)},
		{"refreshes/none-fits", access.Analyst, Refreshes(misses)},
	}
}
