package identity

import (
	"bytes"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Document is one file that Paxos holds of an identity. Its name counts as personal data.
type Document struct {
	FileID    string
	Name      string
	Types     []string // Paxos' words, see [DocumentTypes]
	CreatedAt time.Time
}

// Upload is where the bytes of one file go.
type Upload struct {
	FileID string
	URL    UploadURL
}

// UploadURL is the address for the bytes of one file. Whoever holds it can write that file: it is never logged and never shown.
type UploadURL string

const hiddenURL = "[an upload address]"

// String hides the address.
func (UploadURL) String() string { return hiddenURL }

// GoString hides the address.
func (UploadURL) GoString() string { return hiddenURL }

// LogValue hides the address.
func (UploadURL) LogValue() slog.Value { return slog.StringValue(hiddenURL) }

// The bounds of a document: what Paxos takes.
const (
	LongestFileName = 260         // characters
	LargestDocument = 100_000_000 // bytes; a file must be smaller
	// SniffedBytes is how many of a file's first bytes [Sniff] looks at.
	SniffedBytes = 8
)

// DocumentTypes are what a file can be, in the order in which a form shows them.
func DocumentTypes() []Choice {
	return labelled(
		"PROOF_OF_FUNDS", "PROOF_OF_RESIDENCY", "IDENTITY_VERIFICATION", "TAX_IDENTIFICATION", "CURP", "AML_DOCUMENTS",
		"INVESTMENT_DOCUMENTS", "SAMPLE_INVOICE", "APPLICATION", "ORGANIZATIONAL_DOCUMENTS", "CERTIFICATE_OF_GOOD_STANDING",
		"OPERATING_AGREEMENT", "TRUST_DOCUMENTS", "MONEY_SERVICE_DOCUMENTS", "FUND_STRUCTURE_CHART", "FUND_MANAGER_REGISTRATION",
		"MEMORANDUM_OF_ASSOCIATION", "ORGANIZATIONAL_CHART", "FOUNDATION_BY_LAWS", "APPOINTMENT_OF_GUARDIAN_EVIDENCE",
		"LEGAL_DOMICILE_OF_BENEFICIAL_OWNERS", "GOVERNING_BODY_MEMBER_NAMES", "OTHER_DOCUMENTS",
	)
}

// fileKind is a kind of file that Paxos takes.
type fileKind struct {
	contentType string
	magic       string // what such a file begins with
	extensions  []string
}

func fileKinds() []fileKind {
	return []fileKind{
		{"application/pdf", "%PDF-", []string{".pdf"}},
		{"image/jpeg", "\xff\xd8\xff", []string{".jpg", ".jpeg"}},
		{"image/png", "\x89PNG\r\n\x1a\n", []string{".png"}},
	}
}

// Sniff tells by the first bytes what a file is: its content type, or empty where it is nothing that Paxos takes.
func Sniff(head []byte) (contentType string) {
	for _, k := range fileKinds() {
		if bytes.HasPrefix(head, []byte(k.magic)) {
			return k.contentType
		}
	}
	return ""
}

// File is what is known of a file before it is sent.
type File struct {
	Name  string
	Types []string
	Size  int64
	Head  []byte // its first [SniffedBytes], or fewer where it is shorter
}

// The fields of a document, as forms name them.
const (
	fieldFileName  = "name"
	fieldFileTypes = "document_types"
	fieldFile      = "file"
)

// Check finds everything that Paxos would refuse about a file: what is wrong and how to mend it, by field (name, document_types,
// file). No text repeats the name.
func (f File) Check() map[string]string {
	c := checks{errs: map[string]string{}}
	c.fileName(f.Name)
	c.fileTypes(f.Types)
	kind := Sniff(f.Head)
	switch {
	case f.Size == 0:
		c.fail(fieldFile, "Choose a file: this one is empty.")
	case f.Size >= LargestDocument:
		c.fail(fieldFile, "Make it smaller: a file must be under 100 MB.")
	case kind == "":
		c.fail(fieldFile, "Paxos takes PDF, JPG and PNG, and this file is none of them: save it as one of these.")
	case !hasExtension(f.Name, kind):
		c.fail(fieldFileName, "The name's ending does not fit what is in the file: end it in "+endings(kind)+".")
	}
	return c.errs
}

// CheckFileName says what is wrong with the name of a file of a kind, and how to mend it; empty for nothing.
func CheckFileName(name, contentType string) string {
	c := checks{errs: map[string]string{}}
	c.fileName(name)
	if wrong := c.errs[fieldFileName]; wrong != "" || hasExtension(name, contentType) {
		return wrong
	}
	return "The name's ending does not fit what is in the file: end it in " + endings(contentType) + "."
}

// fileName takes names of one line without folders.
func (c *checks) fileName(name string) {
	switch {
	case strings.TrimSpace(name) == "":
		c.fail(fieldFileName, "Enter a name for the file.")
	case name != strings.TrimSpace(name):
		c.fail(fieldFileName, "Take the spaces at its beginning and end away.")
	case strings.ContainsAny(name, `/\`):
		c.fail(fieldFileName, `Use a name without / and \.`)
	case strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) || r == unicode.ReplacementChar }):
		c.fail(fieldFileName, "Use only signs that can be seen, and spaces.")
	case LooksPersonal(name):
		c.fail(fieldFileName, "Use another name: this looks like an e-mail address or a government ID.")
	default:
		c.length(fieldFileName, name, LongestFileName)
	}
}

func (c *checks) fileTypes(types []string) {
	if len(types) == 0 {
		c.fail(fieldFileTypes, "Choose what the file is.")
	}
	for _, typ := range types {
		known := slices.ContainsFunc(DocumentTypes(), func(k Choice) bool { return k.Value == typ })
		if !known && (typ == "" || !isCode(typ)) { // Paxos asks for types that are newer than this list
			c.fail(fieldFileTypes, "Choose from the list, or a type that Paxos asks for.")
		}
	}
}

func hasExtension(name, contentType string) bool {
	return slices.ContainsFunc(extensionsOf(contentType), func(e string) bool { return strings.HasSuffix(strings.ToLower(name), e) })
}

func extensionsOf(contentType string) []string {
	for _, k := range fileKinds() {
		if k.contentType == contentType {
			return k.extensions
		}
	}
	return nil
}

func endings(contentType string) string { return strings.Join(extensionsOf(contentType), " or ") }

// OtherFileName offers a name for a file whose own is used at Paxos: "funds.pdf" becomes "funds (2).pdf".
func OtherFileName(name string, try int) string {
	dot := strings.LastIndex(name, ".")
	if dot < 0 {
		dot = len(name)
	}
	number := fmt.Sprintf(" (%d)", try)
	stem := []rune(name[:dot])
	stem = stem[:min(len(stem), LongestFileName-len([]rune(number+name[dot:])))]
	return string(stem) + number + name[dot:]
}

// labelled are choices with the words of [Label].
func labelled(values ...string) []Choice {
	out := make([]Choice, 0, len(values))
	for _, v := range values {
		out = append(out, Choice{Value: v, Text: Label(v)})
	}
	return out
}
