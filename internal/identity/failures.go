package identity

// failedAdvice says why a submission failed and what helps. Resubmitting is advised only where the same details can succeed.
func failedAdvice(code string) Advice {
	switch code {
	case RefIDTaken:
		return Advice{
			Sentence: "Another identity at Paxos already has this ref_id.",
			Next:     ActResubmit,
			NextText: "Compare with the existing case; if that is somebody else, resubmit under another ref_id, else ask a lead to withdraw this one.",
		}
	case CIPIDTaken:
		return Advice{
			Sentence: "Paxos already holds an identity with this government ID number.",
			Next:     ActCompare,
			NextText: "Compare both: link the same person to the existing identity, decline service, or resubmit if the number was wrong.",
		}
	case AlreadyExists:
		return Advice{
			Sentence: "Paxos says that this identity already exists, without saying by which detail.",
			Next:     ActCompare,
			NextText: "Compare both: link the same person to the existing identity, decline service, or resubmit under another ref_id.",
		}
	case Refused:
		return Advice{
			Sentence: "Paxos refused the details of this submission.",
			Next:     ActResubmit,
			NextText: "Read what Paxos refused, put the details right, and resubmit them under the same ref_id.",
		}
	case ScopeMissing:
		return Advice{
			Sentence: "Our access to Paxos does not allow what this submission needs: a scope is missing.",
			Next:     ActResubmit,
			NextText: "Have Paxos Support enable identity:write_identity and identity:read_identity, then resubmit.",
		}
	case DraftUnread:
		return Advice{
			Sentence: "The stored details can no longer be opened, so they cannot be sent.",
			Next:     ActWithdraw,
			NextText: "Have an admin check the encryption keys; if the old key is lost, ask a lead to withdraw this submission, and enter it again.",
		}
	}
	return Advice{
		Sentence: "The submission failed (" + code + ").",
		Next:     ActLookInto,
		NextText: "Look at the history of this case; resubmit once the cause is gone.",
	}
}

// failedAdvice says why the submission failed and what helps. An institution's details are put right and compared nowhere here: it is
// entered again.
func (i Identity) failedAdvice() Advice {
	a := failedAdvice(i.FailureCode)
	if i.Type != Institution {
		return a
	}
	switch i.FailureCode {
	case RefIDTaken:
		a.Next, a.NextText = ActWithdraw, "Look at the existing case; if that is another institution, ask a lead to withdraw this submission and enter it again under another ref_id; else ask a lead to withdraw it."
	case CIPIDTaken, AlreadyExists:
		a.Next, a.NextText = ActWithdraw, "Look whether Paxos holds this institution already; if so, ask a lead to withdraw this submission; else ask for that, too, and enter it again with the details put right."
	case Refused:
		a.Next, a.NextText = ActWithdraw, "Read what Paxos refused, ask a lead to withdraw this submission, and enter it again with the details put right."
	}
	return a
}

// LinkingAdvice is the advice about a failed submission while the account is on its way that joins it to the case of the same person.
// What else is known of the case stays.
func LinkingAdvice(a Advice, m OurMove) Advice {
	a.Sentence = "Paxos already holds this person. " + m.LinkingText()
	a.Next, a.NextText = ActWait, linkedAfter
	return a
}

const linkedAfter = "Once Paxos has made the account, this submission is linked to the existing identity by itself."

// linkingBlock is a submission that waits for the account that joins it to the case of the same person.
func linkingBlock() block {
	return block{Blocking: Blocking{
		Type: blockSubmission, Status: RequirementPending, Awaiting: AwaitingPaxos, Text: "The account that links it is on its way to Paxos",
		Sentence: "Paxos already holds this person. The same person was confirmed, and the account that links this submission is on its way to Paxos.",
		Move:     TheLine, Next: ActWait, NextText: linkedAfter, Tell: tellNothing,
	}}
}

// failedBlock is a submission that Paxos refused. Only what the customer gave us can be theirs to mend.
func (i Identity) failedBlock() block {
	code, a := i.FailureCode, i.failedAdvice()
	b := Blocking{
		Type: blockSubmission, Status: RequirementFailed, Awaiting: AwaitingClient, Text: failureText(code), Sentence: a.Sentence,
		Move: Ours, Next: a.Next, NextText: a.NextText, Tell: tellNothing,
	}
	switch code {
	case CIPIDTaken:
		b.Tell = "Please check the number of your ID."
		if i.Type == Institution {
			b.Tell = "Please check the number that identifies the institution."
		}
	case Refused:
		b.Tell = "Please check the details that you gave us."
	}
	return block{Blocking: b, ours: true}
}

// failureText is the short form of the reason, for a row of the queue.
func failureText(code string) string {
	switch code {
	case RefIDTaken:
		return "The ref_id is taken"
	case CIPIDTaken:
		return "The government ID number is known to Paxos"
	case AlreadyExists:
		return "Already exists at Paxos"
	case Refused:
		return "Paxos refused the details"
	case ScopeMissing:
		return "Our access lacks a scope"
	case DraftUnread:
		return "The stored details cannot be opened"
	}
	return "Failed: " + code
}
