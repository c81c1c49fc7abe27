package identity

// paxosWorks is a requirement that Paxos itself must resolve.
func paxosWorks(r Requirement, b Blocking) block {
	label := Label(r.Type)
	if r.Status == RequirementFailed {
		b.Text = label + ": not passed, Paxos is deciding"
		b.Sentence = label + " was not passed; Paxos decides what follows."
		if r.Type == Members || r.Type == TaxDetailsVerification { // of which there are several
			b.Text = label + ": not accepted, Paxos is deciding"
			b.Sentence = label + " were not accepted; Paxos decides what follows."
		}
		return block{Blocking: b}
	}
	b.Text, b.Sentence = underWay(r.Type)
	if b.Text == "" {
		b.Text, b.Sentence = label+": Paxos is reviewing", "Paxos is reviewing: "+lower(label)+"."
	}
	return block{Blocking: b}
}

// underWay says what Paxos is doing, short and as a sentence; empty for what the desk does not know.
func underWay(requirement string) (text, sentence string) {
	switch requirement {
	case IDVerification:
		return "ID verification is under way at Paxos", "Paxos is checking the ID verification."
	case DocumentVerification:
		return "Documents are under review at Paxos", "Paxos is reviewing the documents."
	case ScreeningCheck:
		return "Screening is under way at Paxos", "Paxos is screening this identity."
	case ComplianceCheck:
		return "Compliance review is under way at Paxos", "Paxos' compliance team is reviewing this identity."
	case EnhancedDueDiligence:
		return "Enhanced due diligence is under way at Paxos",
			"Paxos has what it needs and is doing enhanced due diligence, which takes up to one full business day."
	case RiskAwarenessAssessment:
		return "Risk awareness assessment is under review at Paxos", "Paxos is reviewing the risk awareness assessment."
	case KYCRefresh:
		return "KYC refresh is under review at Paxos", "Paxos is reviewing the KYC refresh."
	case TaxDetailsVerification:
		return "Tax details are being checked at Paxos", "Paxos is checking the tax details."
	case Members:
		return "Members are being verified at Paxos", "Paxos is verifying members of the institution."
	}
	return "", ""
}
