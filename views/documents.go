package views

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"identitydesk/internal/identity"
)

// Documents are what Paxos asks for and has of a case, and what is on its way.
type Documents struct {
	Checklist []identity.CheckLine // names are empty unless the reader may see them
	AsOf      time.Time            // of what Paxos holds and waits for; zero where it was not asked
	CanUpload bool
}

// missing are the types that a form offers a field of their own for.
func (d Documents) missing() []identity.CheckLine {
	var out []identity.CheckLine
	for _, l := range d.Checklist {
		if l.Lacks() {
			out = append(out, l)
		}
	}
	return out
}

// anyAsked reports whether a line is one that Paxos asks for. Once a case is settled it asks for none, and did for some.
func (d Documents) anyAsked() bool {
	return slices.ContainsFunc(d.Checklist, func(l identity.CheckLine) bool { return l.Asked })
}

// asked reports whether Paxos waits for something.
func (d Documents) asked() bool { return len(d.missing()) > 0 }

// shows reports whether there is anything to say or to offer.
func (d Documents) shows(i identity.Identity) bool {
	return len(d.Checklist) > 0 || d.CanUpload || i.WantsDocuments()
}

// otherKind is the kind of document that stands chosen for a file of any other: what was chosen where the form was refused.
func (p CasePage) otherKind() string {
	return cmp.Or(p.typed("documents", "document_types", ""), "OTHER_DOCUMENTS")
}

// fileField is the id of the field for a type that is missing: what is dropped on its line of the list goes there, too.
func fileField(typ string) string { return "file-" + typ }

// fileTypes are what an input of a file takes, by ending: what is in the file counts.
const fileTypes = ".pdf,.jpg,.jpeg,.png"

// fileSize is a number of bytes for people.
func fileSize(n int64) string {
	switch {
	case n < 1000:
		return strconv.FormatInt(n, 10) + " bytes"
	case n < 1_000_000:
		return strconv.FormatFloat(float64(n)/1000, 'f', 0, 64) + " KB"
	}
	return strconv.FormatFloat(float64(n)/1_000_000, 'f', 1, 64) + " MB"
}

// fileName names a file for readers who may see its name, and says so to others.
func fileName(u identity.DocumentUpload) string { return cmp.Or(u.Name, "A file") }

// checkText says how a line is, in a word.
func checkText(s identity.CheckState) string { return sentence(string(s)) }

// step is one of the steps that a file goes.
type step struct {
	Text string
	At   *time.Time // when it was done; nil: not yet
	Now  bool       // it is being done
	Bad  bool       // it came to nothing
}

// steps are those of a file, in order.
func steps(u identity.DocumentUpload) []step {
	address := step{Text: "Address from Paxos", At: u.AnnouncedAt}
	content := step{Text: "Content to Paxos"}
	switch u.State {
	case identity.FileDone:
		content.At = u.EndedAt
	case identity.FileQueued:
		address.Now = true
	case identity.FileAnnounced:
		content.Now = true
	case identity.FileFailed:
		address.Bad, content.Bad = u.AnnouncedAt == nil, u.AnnouncedAt != nil
	}
	return []step{{Text: "Taken in", At: &u.At}, address, content}
}

// whyFailed says what became of a file that failed, and what mends it.
func whyFailed(u identity.DocumentUpload) string {
	switch u.Code {
	case identity.FileNameTaken:
		if u.AnswerLost || u.Attempts > 1 {
			return "Paxos uses this name already, perhaps for an earlier try whose answer was lost. Give the file another one."
		}
		return "Paxos holds a file of this name already. Give it another one."
	case identity.FileRefused:
		return "Paxos does not take the file. Check that it opens, and send it again, or choose another one."
	case identity.UploadExpired:
		return "The addresses that Paxos gave did not last until the content was there. Send it again when the line is better."
	case identity.FileGone:
		return "The content is not here any more: it was lost with a restore, or cannot be opened. Take it back, and choose the file again."
	case identity.ScopeMissing:
		return "The desk lacks the scope to send documents. Once an admin has it granted, send the file again."
	case identity.Refused:
		return "Paxos refuses it."
	}
	return "It came to nothing: " + u.Code + "."
}

// resendText says what sending again does.
func resendText(u identity.DocumentUpload) string {
	if u.AnnouncedAt != nil {
		return "Puts the content once more where Paxos wants it."
	}
	return "Asks Paxos for an address again, then puts the content there."
}

// refusedFile reports whether what was just refused is about this file.
func (p CasePage) refusedFile(u identity.DocumentUpload) bool {
	return (p.opened("again") || p.opened("remove")) && p.Refused.Typed["file"] == u.ID
}

// otherName is the name that a form offers for a file whose own is used: what was typed, else one like it.
func (p CasePage) otherName(u identity.DocumentUpload) string {
	if p.refusedFile(u) && p.Refused.Typed["name"] != "" {
		return p.Refused.Typed["name"]
	}
	return identity.OtherFileName(u.Name, 2)
}

// nameField is the id of the field for another name; the refused one has the id that the words above the case lead to.
func (p CasePage) nameField(u identity.DocumentUpload) string {
	if p.refusedFile(u) {
		return "file-name"
	}
	return "file-name-" + u.ID
}

func fileAct(caseID, file, act string) string {
	return caseAct(caseID, "documents") + "/" + file + "/" + act
}

// documentText tells what became of a file, in the history.
func documentText(e identity.Entry) line {
	var types []string
	for _, c := range e.Changes {
		types = append(types, identity.Label(c.New))
	}
	what := strings.Join(types, ", ")
	switch e.Code {
	case "":
		return line{Icon: "upload", Tone: good, Title: "Document at Paxos", Text: what + ". The content is erased here."}
	case string(identity.FileExpired):
		return line{Icon: "trash", Tone: warn, Title: "Document given up by itself", Text: what + ". It had waited here for a day; its content is erased."}
	}
	return line{Icon: "circle-x", Tone: bad, Title: "Document not at Paxos", Text: what + ". " + identity.Label(e.Code) + "."}
}

// documentAct tells which file an act was about: the entry holds types and size.
func documentAct(detail string) string {
	types, size, ok := strings.Cut(detail, ", ")
	if !ok {
		return detail
	}
	var labels []string
	for typ := range strings.FieldsSeq(types) {
		labels = append(labels, identity.Label(typ))
	}
	if n, err := strconv.ParseInt(strings.TrimSuffix(size, " bytes"), 10, 64); err == nil {
		size = fileSize(n)
	}
	return strings.Join(labels, ", ") + ", " + size + "."
}
