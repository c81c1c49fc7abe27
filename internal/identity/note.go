package identity

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Note is what a person has written about a case. Its text is personal data: sealed at rest, never logged.
type Note struct {
	ID         int64
	IdentityID string
	AuthorID   string
	At         time.Time
	Text       string   // Markdown
	Mentions   []string // user ids
}

// MaxNote is how many characters a note may have, MaxReason a reason.
const (
	MaxNote   = 4_000
	MaxReason = 500
)

// CheckText says what is wrong with a text of so many characters at most; empty where nothing is.
func CheckText(s string, most int) string {
	switch n := utf8.RuneCountInString(s); {
	case strings.TrimSpace(s) == "":
		return "Write something."
	case n > most:
		return fmt.Sprintf("Write at most %d characters; these are %d.", most, n)
	}
	return ""
}

// handles finds "@dana.kim" at the beginning of a word: after white space or what opens or parts words. After anything else an @
// belongs to an e-mail address, a web address or a piece of code.
var handles = regexp.MustCompile(`(?:^|[\s(\[<>"'“‘*~,;:!?–—])@([\pL\pN][\pL\pN._-]*)`)

// Handles gives the handles that a text mentions, in lower case and each once, without the @.
func Handles(text string) []string {
	var found []string
	for _, m := range handles.FindAllStringSubmatchIndex(text, -1) {
		from, to := m[2], m[3]
		if strings.HasPrefix(text[to:], "@") {
			continue
		}
		h := strings.ToLower(strings.TrimRight(text[from:to], "._-"))
		if !slices.Contains(found, h) {
			found = append(found, h)
		}
	}
	return found
}
