package identity

import "strings"

// ChooseWhy asks for one of some codes of reasons, and names them: a script sees no list to choose from.
func ChooseWhy(codes []string) string { return chooseWhyOf + strings.Join(codes, ", ") + "." }

const chooseWhyOf = "Choose why: "

// OnAList is the text of a problem for a page that has a list to choose from: without the codes that [ChooseWhy] names.
func OnAList(problem string) string {
	if strings.HasPrefix(problem, chooseWhyOf) {
		return "Choose why."
	}
	return problem
}

func chooseWhy(choices []Choice) string {
	codes := make([]string, len(choices))
	for n, c := range choices {
		codes[n] = c.Value
	}
	return ChooseWhy(codes)
}

// ChooseHoldReason asks for a reason to hold a case.
func ChooseHoldReason() string {
	var codes []string
	for _, r := range HoldReasons() {
		codes = append(codes, r.Code)
	}
	return ChooseWhy(codes)
}
