package identity

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// The bounds of tags.
const (
	MaxTags = 12 // per case
	maxTag  = 32 // characters
)

var tagForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// ParseTags reads tags separated by spaces or commas, in lower case, sorted, each once. wrong says what is wrong with the first
// that is none; a tag stands in addresses, so that it must not look like personal data.
func ParseTags(s string) (tags []string, wrong string) {
	for _, tag := range strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return r == ',' || r == ' ' || r == '\t' || r == '\n' || r == '\r' }) {
		tag = strings.TrimPrefix(tag, "#")
		switch {
		case len(tag) > maxTag || !tagForm.MatchString(tag):
			return nil, fmt.Sprintf("Use tags of at most %d small letters, digits and hyphens, with spaces between them.", maxTag)
		case LooksPersonal(tag):
			return nil, "A tag looks like personal data. Use words that fit many cases, such as waiting-for-bank."
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
