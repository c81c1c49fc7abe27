package views

import (
	"time"

	"identitydesk/internal/access"
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
