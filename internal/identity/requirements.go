package identity

import (
	"cmp"
	"slices"
	"strings"
)

// requirementBlock says what a requirement means and what helps. Who must act decides the tone: what awaits Paxos can only be
// waited for, what awaits us has its own remedy.
func (i Identity) requirementBlock(r Requirement) block {
	out := i.requirementWords(r, Blocking{Type: r.Type, Status: r.Status, Awaiting: r.Awaiting})
	out.ours = r.Awaiting == AwaitingClient || r.needsUs() || r.Type == KYCRefresh && r.Awaiting != AwaitingPaxos
	out.inTime = r.Type == KYCRefresh && !r.needsUs()
	out.Sentence += r.unsaid()
	if !out.ours {
		out.Next, out.NextText = ActWait, cmp.Or(out.NextText, waitText)
	}
	out.Tell = cmp.Or(out.Tell, r.tell(out.ours))
	if r.discreet() {
		out.Confidential, out.Tell = true, ""
	}
	return out
}

func (i Identity) requirementWords(r Requirement, b Blocking) block {
	if r.Awaiting == AwaitingPaxos {
		return paxosWorks(r, b)
	}
	if r.wantsDocuments() {
		return i.documentsWanted(b, documentsWhy(r))
	}
	if r.Type == KYCRefresh {
		return refreshWanted(b, r.overdue())
	}
	if r.Type == Members {
		return membersBlock(r, b)
	}
	if r.Awaiting != AwaitingClient {
		return nobodyNamed(r, b)
	}
	return clientWords(r, b)
}

// unsaid are the words of a requirement that no sentence of ours has said: a party or a state that the desk does not know, and
// reasons that are not those of its type.
func (r Requirement) unsaid() string {
	var text string
	if r.awaitsStranger() {
		text = " It awaits " + r.Awaiting + ", a party that the desk does not know."
	}
	if r.Status != "" && r.Status != RequirementPending && r.Status != RequirementFailed {
		text += " Paxos gives it the state " + r.Status + ", which the desk does not know."
	}
	var reasons []string
	for _, code := range slices.Compact(r.codes()) {
		asked := r.wantsDocuments() && (code == codeUploadRequired || code == codeEDDDocuments)
		if code != "" && !asked && !slices.Contains(codesOf(r.Type), code) {
			reasons = append(reasons, lower(Label(code)))
		}
	}
	if len(reasons) > 0 {
		text += " Paxos names a reason: " + strings.Join(reasons, "; ") + "."
	}
	return text
}

// codesOf are the error codes that say nothing which the words for the type do not say.
func codesOf(requirement string) []string {
	switch requirement {
	case IDVerification:
		return []string{codeIDFailed, codeIDRequired}
	case DocumentVerification:
		return []string{codeDocumentFailed, codeUploadRequired}
	case ScreeningCheck:
		return []string{codeScreening, codeScreeningFailed}
	case ComplianceCheck:
		return []string{codeComplianceReview, codeComplianceRefused}
	case EnhancedDueDiligence:
		return []string{codeEDDDocuments, codeUploadRequired, codeDocumentFailed}
	case RiskAwarenessAssessment:
		return []string{codeAssessmentFailed}
	case KYCRefresh:
		return []string{codeRefreshOverdue}
	case TaxDetailsVerification:
		return []string{codeTINUnknown}
	case Members:
		return []string{codeMemberFailed, codeMemberPending}
	}
	return nil
}

func documentsWhy(r Requirement) string {
	switch {
	case r.has(codeDocumentFailed) || r.ofDocuments() && r.Status == RequirementFailed:
		return "Paxos did not accept the documents and asks for others"
	case r.Type == EnhancedDueDiligence:
		return "Paxos asks for documents for enhanced due diligence"
	case r.ofDocuments():
		return "Paxos asks for documents"
	}
	return "Paxos asks for documents for " + lower(Label(r.Type))
}

// membersBlock is an institution that waits for its members: the remedy is in their own cases.
func membersBlock(r Requirement, b Blocking) block {
	b.Text = "A member of the institution is not verified yet"
	b.Sentence = "The institution waits for one or more of its members."
	b.NextText = "Wait for its members: each has a case of its own."
	if r.Status == RequirementFailed || r.has(codeMemberFailed) {
		b.Text = "A member of the institution failed verification"
		b.Sentence = "One or more members of the institution did not pass verification."
	}
	if r.needsUs() {
		b.Next, b.NextText = ActLookInto, "Open the cases of its members and clear what blocks them."
	}
	return block{Blocking: b}
}

func (r Requirement) awaitsStranger() bool {
	return r.Awaiting != "" && r.Awaiting != AwaitingClient && r.Awaiting != AwaitingPaxos
}

// nobodyNamed is a requirement for which Paxos does not say who must act, or names a party that the desk does not know.
func nobodyNamed(r Requirement, b Blocking) block {
	label := Label(r.Type)
	switch {
	case r.awaitsStranger() && r.Status == RequirementFailed:
		b.Text = label + ": awaits " + r.Awaiting
		b.Sentence = label + " failed."
	case r.awaitsStranger():
		b.Text = label + ": awaits " + r.Awaiting
		b.Sentence = "Not finished: " + lower(label) + "."
	case r.Status == RequirementFailed:
		b.Text = label + ": failed"
		b.Sentence = label + " failed, and Paxos does not say who must act."
		b.Next, b.NextText = ActLookInto, "Ask Paxos Support what they need, naming the Paxos id."
	default:
		b.Text = label + ": " + lower(Label(cmp.Or(r.Status, RequirementPending)))
		b.Sentence = "Paxos has not finished: " + lower(label) + "."
	}
	return block{Blocking: b}
}

// clientWords is what awaits us and is mended by better details or an answer from the customer.
func clientWords(r Requirement, b Blocking) block {
	switch r.Type {
	case IDVerification:
		idWords(r, &b)
	case TaxDetailsVerification:
		taxWords(r, &b)
	case RiskAwarenessAssessment:
		assessmentWords(r, &b)
	case ScreeningCheck, ComplianceCheck:
		b.Text = Label(r.Type) + " needs an answer from us"
		b.Sentence = "Paxos needs an answer from us for the " + lower(Label(r.Type)) + "."
		b.Next, b.NextText = ActLookInto, "Ask Paxos Support what they need, naming the Paxos id. Tell the customer nothing of the reason."
	default:
		b.Text = Label(r.Type) + ": Paxos waits for us"
		b.Sentence = "Paxos waits for us: " + Label(r.Type) + ", which the desk does not know."
		b.Next, b.NextText = ActLookInto, "Look the word up in Paxos' documentation, or ask Paxos Support."
	}
	return block{Blocking: b}
}

func idWords(r Requirement, b *Blocking) {
	b.Text = "ID verification must be done again"
	b.Sentence = "Paxos does not accept the ID verification as it was sent."
	b.Next, b.NextText = ActCorrect, "Verify the person again, or put the details right, and send the correction to Paxos."
	if r.idStillNeeded() {
		b.Text = "ID verification is still needed"
		b.Sentence = "Paxos still needs an ID verification."
		b.NextText = "Verify the person, and send the correction to Paxos."
	}
}

// idStillNeeded reports whether no ID verification was refused yet.
func (r Requirement) idStillNeeded() bool {
	return r.has(codeIDRequired) || r.Status == RequirementPending && !r.has(codeIDFailed)
}

func taxWords(r Requirement, b *Blocking) {
	b.Text = "Tax number must be put right"
	b.Sentence = "Paxos could not verify the tax number."
	if r.has(codeTINUnknown) {
		b.Sentence = "The tax number was not found under this name."
	}
	b.Next, b.NextText = ActCorrect, "Check the tax number, its country and the name with the customer, and send the correction to Paxos."
}

func assessmentWords(r Requirement, b *Blocking) {
	b.Text = "Risk awareness assessment is needed"
	b.Sentence = "The customer has to take the risk awareness assessment."
	b.Next, b.NextText = ActLookInto, "Have the customer take the assessment."
	if r.Status == RequirementFailed || r.has(codeAssessmentFailed) {
		b.Sentence = "The customer did not pass the risk awareness assessment."
		b.NextText = "Have the customer take the assessment again."
	}
}
