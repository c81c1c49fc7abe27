package identity

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// The longest texts that Paxos takes, in characters.
const (
	longName    = 200
	longAddress = 35
	longTaxID   = 35
	longRefID   = 255
	longKey     = 100 // ours: Paxos states no limit for metadata
	longValue   = 500
)

// Check finds everything that Paxos would refuse, or that cannot be right, before anything is sent: what is wrong and how to mend
// it by the field's JSON path, empty when the draft is fine. A text never repeats what was typed, save for the plain writing
// that it offers for a name with other letters.
func (d Draft) Check(now time.Time) map[string]string { return d.check(now, inForm) }

// check is Check in the words for a form, or for a row of a file.
func (d Draft) check(now time.Time, file bool) map[string]string {
	c := checks{errs: map[string]string{}, now: now, file: file}
	c.refID(d.RefID)
	c.telltale(d)
	c.verification(d.Person)
	c.who(d.Person)
	c.address(d.Person.Address)
	c.governmentID(d.Person)
	c.contact(d.Person)
	c.dueDiligence(d.DueDiligence)
	c.tax(d)
	c.metadata(d.Metadata)
	return c.errs
}

// checks collects the errors of one draft; the first error of a field stays.
type checks struct {
	errs map[string]string
	now  time.Time
	file bool // it stands in a file, see [checks.say]
}

func (c *checks) fail(field, text string) {
	if _, found := c.errs[field]; !found {
		c.errs[field] = text
	}
}

// required reports whether a field has a value, and notes that it must.
func (c *checks) required(field, value, what string) bool {
	if value != "" {
		return true
	}
	verb := "Enter "
	if len(Choices(field)) > 0 {
		verb = "Choose "
	}
	c.fail(field, c.say(verb+what+".", "Fill in "+field+": "+what+"."+takes(field)))
	return false
}

// plain checks the characters and the length of a text; an empty one is fine.
func (c *checks) plain(field, value string, longest int) {
	if !isPlain(value) {
		c.fail(field, plainText(value))
		return
	}
	c.length(field, value, longest)
}

func (c *checks) length(field, value string, longest int) {
	if n := len([]rune(value)); n > longest {
		c.fail(field, fmt.Sprintf("Shorten it to at most %d characters; it has %d.", longest, n))
	}
}

// isPlain reports whether Paxos takes each character of a text.
func isPlain(s string) bool {
	for _, r := range s {
		plain := r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || strings.ContainsRune(plainSigns, r)
		if !plain {
			return false
		}
	}
	return true
}

const plainSigns = " /?:().,&'+-"

// plainText offers the plain writing where there is one.
func plainText(value string) string {
	const takes = "Paxos takes only letters from A to Z, digits, spaces and / ? : ( ) . , & ' + -"
	if plain := Transliterate(value); isPlain(plain) {
		return takes + "; write " + plain + "?"
	}
	return takes + "; write it with these."
}

// oneOf checks an enumeration; an empty value is fine.
func (c *checks) oneOf(field, value string) {
	if value == "" || slices.Contains(valuesOf(field), value) {
		return
	}
	if !openEnded(field) {
		c.fail(field, c.say("Choose one of the values in the list.", "Put one of its values into "+field+"."+takes(field)))
		return
	}
	if !isCode(value) {
		c.fail(field, c.say("Choose from the list, or type Paxos' own word: capital letters, digits and underscores.",
			"Put one of its values into "+field+"."+takes(field)))
	}
}

func isCode(s string) bool {
	return len(s) <= 64 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == ""
}

// country checks a three-letter code; an empty one is fine.
func (c *checks) country(field, code string) {
	if code != "" && countryName(code) == "" {
		c.fail(field, c.say("Choose a country, or type its three-letter code (ISO 3166-1 alpha-3), such as USA.",
			"Put a country into "+field+"."+takes(field)))
	}
}

// refID checks what the person is known by on our side. It ends up in lists, logs and URLs, so it must not be personal data.
func (c *checks) refID(id string) {
	switch {
	case !c.required(fieldRefID, id, c.say("a ref_id: your own number for this person", "your own number for this person")):
	case strings.TrimSpace(id) != id:
		c.fail(fieldRefID, "Take the spaces at its beginning and end away.")
	case !isPrintable(id):
		c.fail(fieldRefID, "Use only letters from A to Z, digits and common signs.")
	case LooksPersonal(id):
		c.fail(fieldRefID, "Use a number of your own: this looks like an e-mail address or a government ID, and a ref_id must not be personal data.")
	default:
		c.length(fieldRefID, id, longRefID)
	}
}

// telltale refuses a ref_id by which everybody who sees it would learn who the person is.
func (c *checks) telltale(d Draft) {
	if TelltaleOf(Name{}, d).InRefID(d.RefID) {
		c.fail(fieldRefID, "Use a number of your own: this holds a part of the person's name, address, government ID, phone number or e-mail "+
			"address, and a ref_id must not be personal data.")
	}
}

func isPrintable(s string) bool {
	for _, r := range s {
		if r < ' ' || r > '~' {
			return false
		}
	}
	return true
}

// metadata is for the sender's own marks and must not be personal data. What is wrong with a key is told without naming it.
func (c *checks) metadata(m map[string]string) {
	for key, value := range m {
		switch field := prefixMetadata + key; {
		case key == "":
			c.fail(fieldMetadataKey, "Name the value with a key, or take it out.")
		case trimmed(key) == "" || trimmed(key) != key:
			c.fail(fieldMetadataKey, c.say("Use each key once.", "Take the spaces around the key in the name of a column metadata.KEY away."))
		case !isPrintable(key):
			c.fail(fieldMetadataKey, c.say("Use", "Rename a column metadata.KEY: use")+" only letters from A to Z, digits and common signs in a key.")
		case LooksPersonal(key):
			c.fail(fieldMetadataKey, c.say("Use another key: ", "Rename a column metadata.KEY: ")+looksPersonalText)
		case len(key) > longKey:
			c.fail(fieldMetadataKey, c.say("Shorten it", "Shorten the key of a column metadata.KEY")+
				fmt.Sprintf(" to at most %d characters; it has %d.", longKey, len(key)))
		case value == "":
			c.fail(field, c.say("Enter a value for this key, or take the key out.", "Fill in "+field+", or take the column out."))
		case !isPrintable(value):
			c.fail(field, "Use only letters from A to Z, digits and common signs.")
		case LooksPersonal(value):
			c.fail(field, "Take this value out: "+looksPersonalText)
		default:
			c.length(field, value, longValue)
		}
	}
}

const looksPersonalText = "it looks like an e-mail address or a government ID, and metadata must not be personal data."
