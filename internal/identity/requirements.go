package identity

// requirementBlock says what a requirement means and what helps. Who must act decides the tone: what awaits Paxos can only be
// waited for, what awaits us has its own remedy.
func (i Identity) requirementBlock(r Requirement) block {
	b := Blocking{Type: r.Type, Status: r.Status, Awaiting: r.Awaiting}
	out := i.requirementWords(r, b)
	out.ours = r.Awaiting == AwaitingClient || r.needsUs() || r.Type == KYCRefresh && r.Awaiting != AwaitingPaxos
	out.inTime = r.Type == KYCRefresh && !r.needsUs()
	out.confidential = r.Type == ScreeningCheck || r.Type == ComplianceCheck
	if !out.ours {
		out.next, out.nextText = ActWait, waitText
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
		return refreshWanted(b, r.Status == RequirementFailed || r.has(codeRefreshOverdue))
	}
	if r.Type == Members {
		return membersBlock(r, b)
	}
	if r.Awaiting != AwaitingClient {
		return nobodyNamed(r, b)
	}
	return clientWords(r, b)
}

func documentsWhy(r Requirement) string {
	switch {
	case r.has(codeDocumentFailed) || r.Type == DocumentVerification && r.Status == RequirementFailed:
		return "Paxos did not accept the documents and asks for others"
	case r.Type == EnhancedDueDiligence:
		return "Paxos asks for documents for enhanced due diligence"
	}
	return "Paxos asks for documents"
}

// paxosWorks is a requirement that Paxos itself must resolve.
func paxosWorks(r Requirement, b Blocking) block {
	label := Label(r.Type)
	b.Text = label + ": Paxos is reviewing"
	out := block{Blocking: b, sentence: "Paxos is reviewing: " + lower(label) + "."}
	switch {
	case r.Status == RequirementFailed:
		out.Text = label + ": not passed, Paxos is deciding"
		out.sentence = capital(lower(label)) + " was not passed; Paxos decides what follows."
	case r.Type == ScreeningCheck:
		out.Text = "Screening is under way at Paxos"
		out.sentence = "Paxos is screening this identity."
	case r.Type == EnhancedDueDiligence:
		out.Text = "Enhanced due diligence is under way at Paxos"
		out.sentence = "Paxos has what it needs and is doing enhanced due diligence, which takes up to one full business day."
	}
	return out
}

// membersBlock is an institution that waits for its members: the remedy is in their own cases.
func membersBlock(r Requirement, b Blocking) block {
	b.Text = "A member of the institution is not verified yet"
	out := block{
		Blocking: b, next: ActLookInto,
		sentence: "The institution waits for one or more of its members.",
		nextText: "Open the cases of its members and clear what blocks them.",
	}
	if r.Status == RequirementFailed || r.has(codeMemberFailed) {
		out.Text = "A member of the institution failed verification"
		out.sentence = "One or more members of the institution did not pass verification."
	}
	return out
}

// nobodyNamed is a requirement for which Paxos does not say who must act.
func nobodyNamed(r Requirement, b Blocking) block {
	label := Label(r.Type)
	if r.Awaiting != "" {
		b.Text = label + ": awaits " + r.Awaiting
		return block{Blocking: b, sentence: label + " awaits " + r.Awaiting + ", a party that the desk does not know."}
	}
	if r.Status != RequirementFailed {
		b.Text = label + ": " + lower(Label(r.Status))
		return block{Blocking: b, sentence: "Paxos has not finished: " + lower(label) + "."}
	}
	b.Text = label + ": failed"
	return block{
		Blocking: b, next: ActLookInto,
		sentence: label + " failed, and Paxos does not say who must act.",
		nextText: "Re-check once; if it stays, ask Paxos' support what they need, naming the Paxos id.",
	}
}

// clientWords is what awaits us and is mended by better details or an answer from the customer.
func clientWords(r Requirement, b Blocking) block {
	out := block{Blocking: b, next: ActCorrect}
	switch r.Type {
	case IDVerification:
		out.Text = "ID verification must be done again"
		out.sentence = "Paxos does not accept the ID verification as it was sent."
		out.nextText = "Verify the person again, or put the details right, and send the correction to Paxos."
		if r.has(codeIDRequired) {
			out.Text = "ID verification is still needed"
			out.sentence = "Paxos still needs an ID verification of this person."
		}
	case TaxDetailsVerification:
		out.Text = "Tax number must be put right"
		out.sentence = "Paxos could not verify the tax number."
		if r.has(codeTINUnknown) {
			out.sentence = "The tax number was not found under this name."
		}
		out.nextText = "Check the tax number, its country and the name with the customer, and send the correction to Paxos."
	case RiskAwarenessAssessment:
		out.next = ActLookInto
		out.Text = "Risk awareness assessment is needed"
		out.sentence = "The customer has to take the risk awareness assessment."
		if r.Status == RequirementFailed || r.has(codeAssessmentFailed) {
			out.sentence = "The customer did not pass the risk awareness assessment."
		}
		out.nextText = "Have the customer take the assessment again."
	case ScreeningCheck, ComplianceCheck:
		out.next = ActLookInto
		out.Text = Label(r.Type) + " needs an answer from us"
		out.sentence = "Paxos needs an answer from us for the " + lower(Label(r.Type)) + "."
		out.nextText = "Ask Paxos' support what they need, naming the Paxos id. Tell the customer nothing of the reason."
	default:
		out.next = ActLookInto
		out.Text = Label(r.Type) + ": Paxos waits for us"
		out.sentence = "Paxos waits for us: " + Label(r.Type) + ", which the desk does not know."
		out.nextText = "Look the word up in Paxos' documentation, or ask Paxos' support."
	}
	return out
}
