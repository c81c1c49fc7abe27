package identity

import (
	"fmt"
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
	Unread     Unread   // why Text cannot be read
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
