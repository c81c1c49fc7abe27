package identity

import (
	"strings"
	"unicode"
)

// Names are what a name that was typed is compared by: case, spaces and marks on letters do not count, so that "  José  DUNCAN" is
// "jose duncan". A name with one comma may also be the last name with the others behind it. None where nothing was typed.
func Names(typed string) []string {
	var names []string
	if name := fold(typed); name != "" {
		names = append(names, name)
	}
	if last, first, ok := strings.Cut(typed, ","); ok && !strings.Contains(first, ",") {
		if name := fold(first + " " + last); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// fold is a name without what does not count; empty where it has no letter.
func fold(name string) string {
	if !strings.ContainsFunc(name, unicode.IsLetter) {
		return ""
	}
	return strings.ToLower(strings.Join(strings.Fields(Transliterate(name)), " "))
}

// Folded are the names under which a person is found: the first with the last name, and the same with the middle name. None where no
// name is known.
func (n Name) Folded() []string {
	short, long := fold(n.First+" "+n.Last), fold(n.First+" "+n.Middle+" "+n.Last)
	switch short {
	case "":
		return nil
	case long:
		return []string{short}
	}
	return []string{short, long}
}
