package fault

// Describe names an error in a word or two, kind and code, for stored rows and log lines: "throttled", "invalid bad_request".
// It never gives a text or a cause, which may hold personal data. Nil is "".
func Describe(err error) string {
	e := From(err)
	switch {
	case e == nil:
		return ""
	case e.Code == "":
		return string(e.Kind)
	default:
		return string(e.Kind) + " " + e.Code
	}
}
