package identity

import "slices"

// Filed is what is known of a case's documents.
type Filed struct {
	List    DocumentList     // what Paxos said last
	Uploads []DocumentUpload // that people gave the desk; in lists without their names
}

// AsksForDocuments reports whether somebody is to collect documents, so that it matters which have come.
func (a Advice) AsksForDocuments() bool {
	return slices.ContainsFunc(a.Blocking, func(b Blocking) bool { return b.Next == ActUpload })
}

// AfterUploads is the advice that the checklist gives: what has been uploaded, or is on its way, is not to be collected, nor asked of the customer,
// again. Whose move it is stays what Paxos says.
func (a Advice) AfterUploads(list []CheckLine) Advice {
	var lacking []string
	there := false
	for _, l := range list {
		if l.Lacks() {
			lacking = append(lacking, l.Type)
		} else if l.Asked {
			there = true
		}
	}
	if !there && len(lacking) == 0 {
		return a
	}
	leads := a.Next == ActUpload
	a.Blocking = slices.Clone(a.Blocking)
	for n := range a.Blocking {
		if a.Blocking[n].Next == ActUpload {
			a.Blocking[n].lack(lacking, there)
			a.Blocking[n].collect(lacking)
		}
	}
	if len(a.Blocking) > 0 {
		a.Tell = a.Blocking[0].Tell
	}
	if leads {
		a.Next, a.NextText = a.nextOurs()
	}
	return a
}

// lack names what of the documents has still to come; some says that others have.
func (b *Blocking) lack(types []string, some bool) {
	switch {
	case len(types) == 0:
		b.Text = b.Ask + ": all uploaded, or on their way"
	case some:
		b.Text = b.Ask + ", still to bring: " + labels(types)
	default:
		b.Text = b.Ask + ": " + labels(types)
	}
}

// collect asks for documents of these types, or for none.
func (b *Blocking) collect(types []string) {
	if len(types) == 0 {
		b.Next, b.NextText, b.Tell = ActWait, "Wait: all that Paxos asks for is uploaded, or on its way. The desk shows the answer by itself.", tellNothing
		return
	}
	which := labels(types)
	b.NextText = "Collect the documents that Paxos asks for: " + which + ". Then upload them to Paxos."
	b.Tell = "We need these documents from you: " + which + "."
}

// nextOurs is the first thing that we can do, else what the first block says, or what was advised where nothing blocks.
func (a Advice) nextOurs() (Action, string) {
	for _, b := range a.Blocking {
		if b.Move == Ours && b.Next != ActWait {
			return b.Next, b.NextText
		}
	}
	if len(a.Blocking) == 0 {
		return a.Next, a.NextText
	}
	return a.Blocking[0].Next, a.Blocking[0].NextText
}

// labels are types of documents in words.
func labels(types []string) string {
	out := make([]string, len(types))
	for n, t := range types {
		out[n] = Label(t)
	}
	return join(out)
}
