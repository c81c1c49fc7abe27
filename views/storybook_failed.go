package views

import (
	"time"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
)

// failures are the pages on which a failed submission is dealt with.
func (b book) failures() []Story {
	page := func(r access.Role, code string) ResubmitPage {
		i := b.failed(code)
		i.Attempts = 1
		return ResubmitPage{
			NewIdentityPage: NewIdentityPage{Chrome: b.chrome(r, "")}, Of: i, MayOpen: true,
			Failure: identity.Failure{Code: code}, FreeUntil: b.now.Add(20 * time.Minute),
		}
	}
	refused := page(access.Lead, identity.Refused)
	refused.Failure.Text = "Paxos refuses the details: the date of birth … is not valid"
	refused.Failure.Fields = map[string]string{"person_details.date_of_birth": "the date of birth … is not valid"}
	unasked := refused
	unasked.Asked = Asked{
		Text: "Nothing was shown.", Errors: map[string]string{"reason_code": "Choose why.", "reason": "Say why in at least 5 characters."},
		Typed: map[string]string{"reason": "so"},
	}
	throttled := refused
	throttled.Asked = Asked{Text: "Nothing was shown: one person may reveal 20 times in 10 minutes.", Again: b.now.Add(4 * time.Minute)}
	opened := refused
	opened.Values, opened.Errors, opened.Text = draft().Values(), refused.Failure.FieldsNamed(), refused.Failure.Text
	opened.Until = b.now.Add(identity.DraftShownFor)
	opened.Leave = Leave{To: caseAct(opened.Of.ID, "resubmit"), After: identity.DraftShownFor}
	clash := page(access.Analyst, identity.RefIDTaken)
	clash.Free = true
	existing := b.row(b.approved()).Identity
	clash.Existing = &existing
	held := clash
	held.NewRefID, held.Errors, held.HeldBy = "user-4712", map[string]string{"ref_id": "is already here: open that case, or choose another ref_id"}, existing.ID
	return named("resubmit", map[string]Story{
		"refused":   {Role: access.Lead, Component: Resubmit(refused)},
		"unasked":   {Role: access.Lead, Component: Resubmit(unasked)},
		"throttled": {Role: access.Lead, Component: Resubmit(throttled)},
		"opened":    {Role: access.Lead, Component: Resubmit(opened)},
		"clash":     {Role: access.Analyst, Component: Resubmit(clash)},
		"held":      {Role: access.Analyst, Component: Resubmit(held)},
	})
}

// duplicates are the pages on which a duplicate is decided on.
func (b book) duplicates() []Story {
	of := b.failed(identity.CIPIDTaken)
	of.Attempts = 1
	existing := b.row(b.approved()).Identity
	page := DuplicatePage{
		Chrome: b.chrome(access.Analyst, ""), Of: of, Failure: identity.Failure{Code: identity.CIPIDTaken}, Existing: &existing, MayOpen: true,
		Account: AccountForm{Profile: true},
	}
	ours, _ := draft().PersonalData()
	theirs, _ := draft().PersonalData()
	theirs["person_details.address.address1"], theirs["person_details.last_name"] = "77 Umbrabarrow Lane, third floor, at the back", "DUNCAN"
	theirs["person_details.passthrough_verification_id"] = "0d9f3c58-6a1e-4c55-8f0f-2f7f4d0b9c11"
	theirs["customer_due_diligence.purpose_of_account"] = "INVESTMENT_TRADING"
	delete(theirs, "person_details.email")
	shown := page
	shown.Comparison = identity.Comparison{Basis: identity.BasisCompared, At: b.now}
	shown.Fields, shown.Until = identity.Compare(ours, theirs), b.now.Add(5*time.Minute)
	shown.Leave = Leave{To: caseAct(of.ID, "compare"), After: 5 * time.Minute}
	before := page
	before.Comparison = identity.Comparison{Basis: identity.BasisCompared, At: b.ago(20 * time.Minute)}
	unread := before
	unread.Comparison.Basis = identity.BasisUnread
	unread.Asked = Asked{Text: "Nothing was shown: Paxos did not answer. Try again in a moment."}
	late := page
	late.Linking = Asked{Text: "Nothing was decided: compare both records first, with a reason. Whoever has compared them can decide for an hour; a token cannot compare."}
	refused := before
	refused.Linking = Asked{
		Text: "Nothing was decided.", Typed: map[string]string{"reason_code": "other"}, Errors: map[string]string{"reason": "Say why in at least 5 characters."},
	}
	refused.Account.Errors = map[string]string{
		"account.ref_id": "Enter a ref_id: your own number for this account.", "account.members.1.identity_id": "The desk knows nobody by this id. Check it, or create the person first.",
	}
	refused.Account.Members = []identity.JointMember{{ID: "user-1300", Roles: []string{"AUTHORIZED_USER"}}, {ID: "user-99", Roles: []string{"AUTHORIZED_USER"}}}
	refused.Account.Found = []FoundMember{{Identity: &existing}, {}}
	undeclined := before
	undeclined.Declining = Asked{Text: "Nothing was decided.", Errors: map[string]string{"reason_code": "Choose why."}}
	unknown := page
	unknown.Existing, unknown.Comparison = nil, identity.Comparison{Basis: identity.BasisUnknown}
	denied := b.row(b.denied()).Identity
	notApproved := page
	notApproved.Existing = &denied
	linked := b.page(access.Analyst, b.unsent(18, "BD", 6*time.Hour, identity.Linked), b.entry(identity.WasLinked, time.Hour, identity.BySubmit))
	linked.Existing = &existing
	confirmed := audit.Entry{
		At: b.ago(2 * time.Hour), ActorID: "robin", ActorName: "Robin Vance", Role: string(access.Analyst), Action: audit.ConfirmedSame,
		Detail: identity.DecidedDetail(existing.ID, identity.BasisCompared), ReasonCode: "details_agree",
	}
	linked.Acts = append(linked.Acts, confirmed)
	declined := b.page(access.Lead, b.unsent(19, "BD", 6*time.Hour, identity.Declined), b.entry(identity.WasDeclined, time.Hour, identity.BySubmit))
	declined.Existing = &existing
	given := confirmed
	given.Action, given.ReasonCode, given.Reason = audit.DeclinedService, "customer_already", "She has an account with us since May."
	declined.Acts = append(declined.Acts, given)
	linking := b.page(access.Analyst, of)
	linking.Existing = &existing
	onItsWay := b.move(existing, identity.MoveAccount, 3*time.Second, "ref_id account-4712", identity.Brokerage, "profile")
	onItsWay.Key, onItsWay.CanWithdraw = of.ID, true
	linking.Moves = []OurMove{onItsWay}
	linking.Advice = identity.LinkingAdvice(linking.Advice, onItsWay.OurMove)
	linking.CanResubmit, linking.CanWithdraw = false, false
	return []Story{
		{"duplicate/linking", access.Analyst, Case(linking)},
		{"duplicate/asked", access.Analyst, Duplicate(page)},
		{"duplicate/compared", access.Analyst, Duplicate(shown)},
		{"duplicate/compared-before", access.Analyst, Duplicate(before)},
		{"duplicate/unread", access.Analyst, Duplicate(unread)},
		{"duplicate/late", access.Analyst, Duplicate(late)},
		{"duplicate/refused", access.Analyst, Duplicate(refused)},
		{"duplicate/undeclined", access.Analyst, Duplicate(undeclined)},
		{"duplicate/unknown", access.Analyst, Duplicate(unknown)},
		{"duplicate/denied", access.Analyst, Duplicate(notApproved)},
		{"duplicate/linked", access.Analyst, Case(linked)},
		{"duplicate/declined", access.Lead, Case(declined)},
	}
}

// accounts are the pages on which accounts are looked at and asked for.
func (b book) accounts() []Story {
	i, member, denied := b.row(b.approved()).Identity, b.row(b.approved()).Identity, b.row(b.denied()).Identity
	member.RefID, member.PaxosID = "user-5008", "7d31b0f4-2c6e-4d55-9a77-000000005008"
	page := AccountsPage{
		Chrome: b.chrome(access.Analyst, ""), Of: i, CanOpen: true, Form: AccountForm{Profile: true},
		Cases: map[string]identity.Identity{member.PaxosID: member},
		Accounts: []identity.Account{
			{
				ID: "f2a1c9d0-3a52-4d2e-9b57-0d6f3b7f1a11", RefID: "account-4711", Type: identity.Brokerage, Status: identity.Approved,
				ProfileID: "0b1e6a64-5b53-4a0b-8d0e-1f0f6f1d2c3b", Members: []identity.AccountMember{
					{PaxosID: "7c3c1c9e-2f58-4c0e-9a4e-6a9f0d6a1b22", Roles: []string{"AUTHORIZED_USER"}},
					{PaxosID: member.PaxosID, Roles: []string{"AUTHORIZED_USER", "BENEFICIAL_OWNER"}},
				},
			},
			{ID: "0c9b7a52-2b10-4c5f-9f0a-7d8e9f0a1b2c", Type: "ROTH_IRA", Status: "DISABLED"},
		},
	}
	none := page
	none.Accounts, none.Form = nil, none.Form.WithLine()
	unread := none
	unread.Unread, unread.Again = "Paxos has asked for a pause: calls are held back.", b.now.Add(4*time.Minute)
	refused := page
	refused.Form = AccountForm{
		RefID: "someone@example.org", Description: "joint", Text: "The account was not asked for.", Members: []identity.JointMember{
			{ID: "user-99", Roles: []string{"AUTHORIZED_USER", "BENEFICIAL_OWNER"}},
			{ID: "user-98", Roles: []string{"FINANCIAL_ADVISOR"}},
			{ID: "user-97"},
			{ID: "user-96", Roles: []string{"BENEFICIAL_OWNER"}},
		},
		Errors: map[string]string{
			"account.ref_id":                "Use a number of your own: this looks like an e-mail address or a government ID.",
			"account.members.1.identity_id": "The desk knows nobody by this id. Check it, or create the person first.",
			"account.members.3.confirmed":   "This member is DENIED at Paxos. Confirm that they are meant, or take them out.",
		},
	}
	refused.Form.Found = []FoundMember{{Identity: &member}, {}, {Wrong: "This id leads to 2 cases. Enter the Paxos id of the one that you mean."}, {Identity: &denied}}
	held := b.row(b.frozen()).Identity
	held.Details.Controls = []identity.Control{{Type: identity.SellOnly}, {Type: identity.Dormant}}
	notYet := none
	notYet.Of = held
	read := page
	read.Chrome, read.CanOpen = b.chrome(access.Auditor, ""), false
	return []Story{
		{"accounts/list", access.Analyst, Accounts(page)},
		{"accounts/read", access.Auditor, Accounts(read)},
		{"accounts/none", access.Analyst, Accounts(none)},
		{"accounts/unread", access.Analyst, Accounts(unread)},
		{"accounts/refused", access.Analyst, Accounts(refused)},
		{"accounts/not-approved", access.Lead, Accounts(notYet)},
	}
}
