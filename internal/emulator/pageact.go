package emulator

import (
	"net/http"
	"slices"
)

// identityPage is what the page of one identity shows.
type identityPage struct {
	Row                  identityRow
	IDLabel              string
	IDVerification       string
	Sanctions, Screening string
	UserDisabled, Older  bool
	Requirements         []requirement
	Controls, Past       []control
	Documents            []document
	Missing              []string
	Accounts             []accountAnswer
	Members              []member
	Plan                 []step
	Events               []eventRow
	Acts                 []pageAct
	Next, Webhooks       string
}

// pageAct is one button.
type pageAct struct{ Do, Says string }

// pageActs are what a user may do to a case, in the order of the buttons.
func pageActs() []pageAct {
	return []pageAct{
		{actApprove, "Approve"},
		{actDeny, "Deny"},
		{actFreeze, "Freeze (ERROR)"},
		{actDisable, "Disable"},
		{actDocuments, "Require documents"},
		{actRefuseDocuments, "Refuse the documents"},
		{actHold, "Hold for screening"},
		{actCompliance, "Compliance review"},
		{actTax, "Tax number not found"},
		{actRefresh, "Start KYC refresh"},
		{actCompleteRefresh, "Complete KYC refresh"},
		{actExpire, "Expire KYC refresh"},
		{actSellOnly, "Control: sell only"},
		{actDormant, "Control: dormant"},
		{actEndControls, "End all controls"},
		{actSilence, "Fall silent"},
	}
}

func (p *pages) identity(w http.ResponseWriter, r *http.Request) {
	p.e.mu.Lock()
	rec := p.e.data.byID[r.PathValue("id")]
	if rec == nil {
		p.e.mu.Unlock()
		http.NotFound(w, r)
		return
	}
	v := p.fillIdentity(rec)
	p.e.mu.Unlock()
	p.render(w, "identity", v)
}

// fillIdentity copies what the page shows. The caller holds the lock.
func (p *pages) fillIdentity(rec *record) identityPage {
	v := identityPage{
		Row: rowOf(rec), IDLabel: "id_verification_status", IDVerification: rec.IDVerification,
		Sanctions: rec.Sanctions, Screening: rec.Screening, UserDisabled: rec.UserDisabled, Older: rec.Older,
		Requirements: slices.Clone(rec.Requirements), Controls: slices.Clone(rec.Controls), Plan: slices.Clone(rec.Plan),
		Acts: pageActs(), Next: p.e.faults.nextWebhook(), Webhooks: p.e.opts.WebhookURL,
	}
	v.Past, v.Documents, v.Missing = slices.Clone(rec.PastControls), slices.Clone(rec.details.Documents), rec.pendingDocuments()
	for _, a := range p.e.data.accounts {
		if a.IdentityID == rec.ID {
			v.Accounts = append(v.Accounts, p.e.answerAccount(a))
		}
	}
	if rec.Type == typeInstitution {
		v.Members = p.e.membersOf(rec)
		v.IDLabel, v.IDVerification = "document_verification_status", rec.Document
	}
	for _, ev := range slices.Backward(p.e.data.events) {
		if ev.Object["identity_id"] == rec.ID {
			v.Events = append(v.Events, p.e.eventRow(ev))
		}
	}
	return v
}

// act does one act of the page's buttons at once, in place of what was planned.
func (p *pages) act(w http.ResponseWriter, r *http.Request) {
	do := r.PostFormValue("do")
	if !slices.ContainsFunc(pageActs(), func(a pageAct) bool { return a.Do == do }) {
		http.Error(w, "unknown act", http.StatusUnprocessableEntity)
		return
	}
	p.e.mu.Lock()
	defer p.e.mu.Unlock()
	rec := p.e.data.byID[r.PathValue("id")]
	if rec == nil {
		http.NotFound(w, r)
		return
	}
	p.e.actNow(rec, do)
	http.Redirect(w, r, "/identities/"+rec.ID, http.StatusSeeOther)
}

func (p *pages) testWebhook(w http.ResponseWriter, r *http.Request) {
	p.e.mu.Lock()
	p.e.emitTest(p.e.now())
	p.e.changed()
	p.e.mu.Unlock()
	http.Redirect(w, r, "/", http.StatusSeeOther)
}
