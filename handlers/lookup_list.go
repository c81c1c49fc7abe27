package handlers

import (
	"fmt"
	"strings"

	"identitydesk/internal/fault"
)

// maxMany is how many ids one list may hold.
const maxMany = 500

// listed gives the ids of a list, each once, in their order: one a line, or cells as a spreadsheet copies or writes them.
func listed(typed string) ([]string, error) {
	var asked []string
	seen := map[string]bool{}
	for cell := range strings.FieldsFuncSeq(typed, func(r rune) bool { return strings.ContainsRune("\n\r\t,;", r) }) {
		id := cellText(cell)
		if id == "" || seen[id] {
			continue
		}
		seen[id] = true
		asked = append(asked, id)
	}
	switch {
	case len(asked) == 0:
		return nil, listWrong("Enter ref_ids, one per line.")
	case len(asked) > maxMany:
		return nil, listWrong(fmt.Sprintf("Enter at most %d ref_ids; these are %d.", maxMany, len(asked)))
	}
	return asked, nil
}

// cellText is a cell without what spreadsheets put around it: blanks, also those without width, quotes, and the sign that this desk
// itself puts before what could be taken for a formula.
func cellText(cell string) string {
	text := strings.TrimSpace(strings.Trim(strings.TrimSpace(cell), "\"\ufeff\u200b"))
	if plain, marked := strings.CutPrefix(text, "'"); marked && harmless(plain) == text {
		return plain
	}
	return text
}

func listWrong(text string) *fault.Error {
	return fault.Fields("The list cannot be looked up.", map[string]string{"ref_ids": text})
}
