package identity

import (
	"strings"
	"unicode"
)

// Initials are the first letters of the first and the last name in capitals, such as "BD"; empty where no name is known.
func Initials(n Name) string {
	return initial(n.First) + initial(n.Last)
}

func initial(s string) string {
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return string(unicode.ToUpper(r))
		}
	}
	return ""
}

// NormalizeCIP is what the blind index of a government id is made of: type, country, and the letters and digits of the id in
// capitals, so that dashes, spaces and case do not hide a duplicate.
func NormalizeCIP(id, idType, country string) string {
	plain := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToUpper(r)
		}
		return -1
	}, id)
	return strings.ToUpper(trimmed(idType)) + "/" + strings.ToUpper(trimmed(country)) + "/" + plain
}

// LooksPersonal reports whether a text looks like a government id or an e-mail address, neither of which may stand in a URL
// or a ref_id: something with an @, nine digits like those of an SSN or ITIN, or such a number with its dashes inside other text.
func LooksPersonal(q string) bool {
	return strings.Contains(q, "@") || isNineDigits(q) || holdsDashedNumber(q)
}

func isNineDigits(s string) bool {
	plain := strings.NewReplacer("-", "", " ", "", ".", "", "–", "").Replace(s)
	return len(plain) == 9 && onlyDigits(plain)
}

// holdsDashedNumber finds groups of three, two and four digits in a row.
func holdsDashedNumber(s string) bool {
	words := strings.FieldsFunc(s, func(r rune) bool { return r != '-' && (r < '0' || r > '9') })
	for _, w := range words {
		groups := strings.Split(w, "-")
		for n := range len(groups) - 2 {
			if len(groups[n]) == 3 && len(groups[n+1]) == 2 && len(groups[n+2]) == 4 {
				return true
			}
		}
	}
	return false
}
