package identity

import (
	"cmp"
	"slices"
	"strings"
)

// block is one thing that blocks, with the words to lead with it.
type block struct {
	Blocking
	ours         bool // we must act
	inTime       bool // a KYC refresh whose term is not over
	confidential bool
	sentence     string
	next         Action
	nextText     string
}

// blocks lists what keeps the case where it is, what awaits us first, then a refresh in time, then what awaits Paxos.
func (i Identity) blocks(v Verdict) []block {
	switch {
	case i.Submission == Failed:
		return []block{{ours: true, Blocking: Blocking{
			Type: blockSubmission, Status: RequirementFailed, Awaiting: AwaitingClient, Text: failureText(i.FailureCode),
		}}}
	case i.Submission.Waiting(), v.Lane == LaneDecided:
		return nil
	}
	var out []block
	for _, r := range i.Details.Requirements {
		out = append(out, i.requirementBlock(r))
	}
	out = append(out, i.documentsBlock()...)
	out = append(out, i.refreshBlock()...)
	out = append(out, i.subStatusBlocks()...)
	if len(out) == 0 && i.Status == StatusError {
		out = append(out, block{confidential: true, Blocking: Blocking{
			Type: blockStatus, Status: string(i.Status), Awaiting: AwaitingPaxos, Text: "Frozen at Paxos",
		}})
	}
	slices.SortStableFunc(out, func(a, b block) int { return a.rank() - b.rank() })
	return out
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
	b.Text = why
	if i.Documents != nil && len(i.Documents.Types) > 0 {
		labels := make([]string, len(i.Documents.Types))
		for n, t := range i.Documents.Types {
			labels[n] = Label(t)
		}
		b.Text = why + ": " + join(labels)
		which += ": " + join(labels)
	}
	return block{
		Blocking: b, ours: true, next: ActUpload,
		sentence: sentence(why) + " The decision waits for them.",
		nextText: "Collect " + which + ". Then upload them to Paxos.",
	}
}

func sentence(s string) string { return strings.TrimSuffix(s, ".") + "." }

// refreshBlock is an open KYC refresh that only an event told of.
func (i Identity) refreshBlock() []block {
	if i.Refresh == nil || i.refreshRequirement() != nil {
		return nil
	}
	b := refreshWanted(Blocking{Type: KYCRefresh, Status: RequirementPending, Awaiting: AwaitingClient}, false)
	b.inTime = true
	return []block{b}
}

// refreshWanted awaits us also where Paxos names nobody. It names no date: the case shows its end, in the reader's time zone.
func refreshWanted(b Blocking, overdue bool) block {
	b.Awaiting = cmp.Or(b.Awaiting, AwaitingClient)
	b.Text = "KYC refresh is open"
	out := block{
		Blocking: b, ours: true, next: ActRefreshKYC,
		sentence: "The periodic KYC refresh is open.",
		nextText: "Ask the customer whether the details are still right, then send the KYC refresh to Paxos.",
	}
	if overdue {
		out.Text = "KYC refresh is overdue"
		out.sentence = "The periodic KYC refresh is overdue; Paxos may limit the customer until it is done."
	}
	return out
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

func (i Identity) wants(requirement string) bool {
	return slices.ContainsFunc(i.Details.Requirements, func(r Requirement) bool { return r.Type == requirement })
}

// subStatus is a sub-status that is not settled; what Paxos still works on awaits Paxos.
func subStatus(kind string, s Status) []block {
	if s == StatusNone || s == Approved || s == Disabled {
		return nil
	}
	b := block{
		Blocking:     Blocking{Type: kind, Status: string(s), Awaiting: AwaitingPaxos},
		confidential: kind != IDVerification,
		next:         ActWait,
		nextText:     waitText,
	}
	what := subStatusName(kind)
	switch s {
	case Pending:
		b.Text, b.sentence = capital(what)+" is under way", "Paxos has not finished the "+what+"."
	case StatusError:
		b.Text, b.sentence = capital(what)+" is held for manual review", "Paxos holds the "+what+" for a manual review of a possible hit."
		if kind == IDVerification {
			b.sentence = "Paxos holds the ID verification for a manual review."
		}
	case Denied:
		b.Text, b.sentence = capital(what)+" was not passed", "The "+what+" was not passed; Paxos has still to decide."
	default:
		b.Text, b.sentence = capital(what)+": "+string(s), "The "+what+" has the state "+string(s)+", which the desk does not know."
	}
	return []block{b}
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

const waitText = "Wait: Paxos must act, and the desk hears of it by webhook or re-check."

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// lower begins a label with a small letter, save for one that begins with an abbreviation or is a word of Paxos'.
func lower(s string) string {
	if len(s) > 1 && s[1] >= 'a' && s[1] <= 'z' {
		return strings.ToLower(s[:1]) + s[1:]
	}
	return s
}
