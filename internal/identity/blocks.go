package identity

import (
	"cmp"
	"slices"
	"strings"
)

// block is one thing that blocks, with what orders it and gives it its limit.
type block struct {
	Blocking
	ours   bool // we must act
	inTime bool // a KYC refresh whose term is not over
}

// blocks lists what keeps the case where it is, what awaits us first, then a refresh in time, then what awaits Paxos.
func (i Identity) blocks(v Verdict) []block {
	switch {
	case i.Submission == Failed && i.LinkingSince != nil:
		return []block{linkingBlock()}
	case i.Submission == Failed:
		return []block{i.failedBlock()}
	case i.Submission.Waiting(), v.Lane == LaneDecided:
		return nil
	}
	out := make([]block, 0, len(i.Details.Requirements)+2)
	for _, r := range i.Details.Requirements {
		out = append(out, i.requirementBlock(r))
	}
	out = append(out, i.documentsBlock()...)
	out = append(out, i.refreshBlock()...)
	out = append(out, i.subStatusBlocks()...)
	if len(out) == 0 && i.Status == StatusError {
		out = append(out, frozenBlock())
	}
	slices.SortStableFunc(out, func(a, b block) int { return a.rank() - b.rank() })
	for n := range out {
		i.settle(&out[n])
		i.withoutForm(&out[n])
	}
	return out
}

// withoutForm advises somebody to ask where the desk has no form for what helps: it changes what Paxos holds of persons alone.
func (i Identity) withoutForm(b *block) {
	if i.Type != Institution {
		return
	}
	switch b.Next {
	case ActCorrect:
		b.Next, b.NextText = ActLookInto, "Find out what is right, and have Paxos Support put it right, naming the Paxos id."
	case ActRefreshKYC:
		b.Next, b.NextText = ActLookInto, "Ask the institution whether its details are still right, then have Paxos Support close the KYC refresh, naming the Paxos id."
	}
}

// settle says whose move a block is. While Paxos looks into a frozen identity, the customer is told nothing of what it looks at.
func (i Identity) settle(b *block) {
	b.Move = Ours
	if b.ours {
		return
	}
	b.Move = Paxos
	if i.Status == StatusError && !b.Confidential {
		b.Tell = tellNothing
	}
}

func (b block) rank() int {
	switch {
	case b.ours && !b.inTime:
		return 0
	case b.ours:
		return 1
	case b.Type == KYCRefresh:
		return 2
	}
	return 3
}

// escalated is a block that awaits Paxos for too long. An institution's members have cases of their own, which may await us.
func (b block) escalated() block {
	b.Next, b.NextText = ActEscalate, escalateText
	if b.Type == Members {
		b.Next, b.NextText = ActLookInto, "Open the cases of its members and clear what blocks them; if none waits for us, ask Paxos Support, with the escalation note."
	}
	return b
}

const (
	waitText     = "Wait: the desk shows the answer by itself."
	escalateText = "Ask Paxos Support, with the escalation note: it takes too long."
)

// frozenBlock is the freeze itself, where nothing else says what is looked at.
func frozenBlock() block {
	return block{Blocking: Blocking{
		Type: blockStatus, Status: string(StatusError), Awaiting: AwaitingPaxos, Text: "Frozen at Paxos",
		Sentence: "Paxos has frozen this identity and reviews it by hand.", Next: ActWait, NextText: waitText, Confidential: true,
	}}
}

// documentsBlock is an ask for documents that no requirement repeats.
func (i Identity) documentsBlock() []block {
	if i.Documents == nil || slices.ContainsFunc(i.Details.Requirements, Requirement.wantsDocuments) {
		return nil
	}
	return []block{i.documentsWanted(Blocking{Type: blockDocuments, Status: RequirementPending, Awaiting: AwaitingClient}, "Paxos asks for documents")}
}

// documentsWanted leads with the documents that Paxos named, if it did.
func (i Identity) documentsWanted(b Blocking, why string) block {
	which := "the documents that Paxos asks for"
	b.Text, b.Ask, b.Tell = why, why, "We need documents from you."
	if i.Documents != nil && len(i.Documents.Types) > 0 {
		b.collect(i.Documents.Types)
		b.Text = why + ": " + labels(i.Documents.Types)
		which += ": " + labels(i.Documents.Types)
	}
	b.Sentence = sentence(why)
	if !i.Status.final() {
		b.Sentence += " The decision waits for them."
	}
	b.Next, b.NextText = ActUpload, "Collect "+which+". Then upload them to Paxos."
	return block{Blocking: b, ours: true}
}

func sentence(s string) string { return strings.TrimSuffix(s, ".") + "." }

// refreshBlock is an open KYC refresh that only an event told of.
func (i Identity) refreshBlock() []block {
	if i.Refresh == nil || i.refreshRequirement() != nil {
		return nil
	}
	b := refreshWanted(Blocking{Type: KYCRefresh, Status: RequirementPending, Awaiting: AwaitingClient}, i.Refresh.Expired)
	b.inTime = !i.Refresh.Expired
	return []block{b}
}

// refreshWanted awaits us also where Paxos names nobody. It names no date: the case shows its end, in the reader's time zone.
func refreshWanted(b Blocking, overdue bool) block {
	b.Awaiting = cmp.Or(b.Awaiting, AwaitingClient)
	b.Text = "KYC refresh is open"
	b.Sentence = "The periodic KYC refresh is open."
	b.Next, b.NextText = ActRefreshKYC, "Ask the customer whether the details are still right, then send the KYC refresh to Paxos."
	b.Tell = "Please confirm that your details are still right."
	if overdue {
		b.Text = "KYC refresh is overdue"
		b.Sentence = "The periodic KYC refresh is overdue; Paxos may limit the customer until it is done."
	}
	return block{Blocking: b, ours: true}
}

// subStatusBlocks reads the sub-statuses where no requirement says the same better.
func (i Identity) subStatusBlocks() []block {
	if !i.Status.Undecided() {
		return nil
	}
	var out []block
	screened := i.wants(ScreeningCheck)
	if !i.wants(IDVerification) {
		out = append(out, subStatus(IDVerification, i.Details.IDVerification)...)
	}
	if !screened {
		out = append(out, subStatus(blockSanctions, i.Details.Sanctions)...)
		out = append(out, subStatus(ScreeningCheck, i.Details.Screening)...)
	}
	return out
}

// Reviewed reports whether somebody at Paxos looks at the case by hand.
func (i Identity) Reviewed() bool {
	d := i.Details
	return i.Status == StatusError || d.IDVerification == StatusError || d.Sanctions == StatusError || d.Screening == StatusError
}

func (i Identity) wants(requirement string) bool {
	return slices.ContainsFunc(i.Details.Requirements, func(r Requirement) bool { return r.Type == requirement })
}

// subStatus is a sub-status that is not settled; what Paxos still works on awaits Paxos.
func subStatus(kind string, s Status) []block {
	if s == StatusNone || s == Approved || s == Disabled {
		return nil
	}
	b := Blocking{Type: kind, Status: string(s), Awaiting: AwaitingPaxos, Next: ActWait, NextText: waitText}
	b.Confidential = discreet(kind)
	if !b.Confidential {
		b.Tell = tellNothing
	}
	what := subStatusName(kind)
	switch s {
	case Pending:
		b.Text, b.Sentence = capital(what)+" is under way", "Paxos has not finished the "+what+"."
	case StatusError:
		b.Text, b.Sentence = capital(what)+" is held for manual review", "Paxos holds the "+what+" for a manual review of a possible hit."
		if kind == IDVerification {
			b.Sentence = "Paxos holds the ID verification for a manual review."
		}
	case Denied:
		b.Text, b.Sentence = capital(what)+" was not passed", "The "+what+" was not passed; Paxos has still to decide."
	default:
		b.Text, b.Sentence = capital(what)+": "+string(s), "The "+what+" has the state "+string(s)+", which the desk does not know."
	}
	return []block{{Blocking: b}}
}

func subStatusName(kind string) string {
	switch kind {
	case IDVerification:
		return "ID verification"
	case blockSanctions:
		return "sanctions screening"
	}
	return "additional screening"
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// lower begins a label with a small letter, save for one that begins with an abbreviation or is a word of Paxos'.
func lower(s string) string {
	if len(s) > 1 && s[1] >= 'a' && s[1] <= 'z' {
		return strings.ToLower(s[:1]) + s[1:]
	}
	return s
}
