package identity

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// The bounds of tags.
const (
	MaxTags = 12 // per case
	maxTag  = 32 // characters
	// maxTagDigits keeps dates of birth, telephone numbers and government ids out.
	maxTagDigits = 6
)

var tagForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// ParseTags reads tags separated by spaces or commas, in lower case, sorted, each once. wrong says what is wrong with the first
// that is none; a tag stands in addresses, so that it must not look like personal data.
func ParseTags(s string) (tags []string, wrong string) {
	for tag := range strings.FieldsFuncSeq(strings.ToLower(s), partsTags) {
		tag = strings.TrimPrefix(tag, "#")
		if wrong := wrongTag(tag); wrong != "" {
			return nil, wrong
		}
		tags = append(tags, tag)
	}
	slices.Sort(tags)
	tags = slices.Compact(tags)
	if len(tags) > MaxTags {
		return nil, fmt.Sprintf("Use at most %d tags; these are %d.", MaxTags, len(tags))
	}
	return tags, ""
}

func partsTags(r rune) bool { return r == ',' || r == ';' || unicode.IsSpace(r) }

// wrongTag wants a letter in each tag too: a number that was typed with spaces in it would be several tags.
func wrongTag(tag string) string {
	switch {
	case LooksPersonal(tag), digits(tag) > maxTagDigits:
		return "A tag looks like personal data. Use words that fit many cases, such as waiting-for-bank."
	case len(tag) > maxTag, !tagForm.MatchString(tag), digits(tag) == len(strings.ReplaceAll(tag, "-", "")):
		return fmt.Sprintf("Use tags of at most %d small letters, digits and hyphens, each with a letter in it, and spaces between them.", maxTag)
	}
	return ""
}

// WrongTags says what is wrong with tags of a person of whom this is known; empty where nothing is. It does not say which, or with what.
func (t Telltale) WrongTags(tags []string) string {
	if !slices.ContainsFunc(tags, t.InTag) {
		return ""
	}
	return "A tag holds a part of what is known of this person: name, address, government ID, phone number or e-mail address. Everybody sees " +
		"tags. Use words that fit many cases, such as waiting-for-bank."
}

func digits(s string) int {
	n := 0
	for _, r := range s {
		if r >= '0' && r <= '9' {
			n++
		}
	}
	return n
}
