package views

import "strings"

// bannerClass is written out so that the styles of each tone are kept.
func bannerClass(tone string) string {
	switch tone {
	case "red":
		return "banner banner-red"
	case "emulator":
		return "banner banner-emulator"
	default:
		return "banner banner-amber"
	}
}

// text says what waits for Paxos.
func (w Waiting) text() string {
	var parts []string
	for _, part := range []struct {
		n         int64
		one, many string
	}{{w.Submissions, "submission", "submissions"}, {w.Moves, "move", "moves"}, {w.Documents, "document", "documents"}, {w.Rechecks, "re-check", "re-checks"}, {w.Events, "event", "events"}} {
		if part.n > 0 {
			parts = append(parts, counted(part.n, false, part.one, part.many))
		}
	}
	switch len(parts) {
	case 0:
		return "Nothing waits at the moment; what comes goes out by itself."
	case 1:
		return "Waiting: " + parts[0] + ". They go out by themselves."
	}
	return "Waiting: " + strings.Join(parts[:len(parts)-1], ", ") + " and " + parts[len(parts)-1] + ". They go out by themselves."
}
