package views

import (
	"fmt"
	"strings"

	"identitydesk/internal/identity"
)

// announcement is what a screen reader hears when the counts have changed.
func announcement(p QueuePage) string {
	parts := make([]string, 0, len(identity.StuckLanes()))
	for _, l := range identity.StuckLanes() {
		if n := p.Counts.Lanes[l]; n > 0 {
			parts = append(parts, fmt.Sprintf("%s %s", grouped(n), strings.ToLower(laneName(l))))
		}
	}
	if len(parts) == 0 {
		return "Nothing is stuck."
	}
	return fmt.Sprintf("%s stuck: %s.", grouped(p.Counts.Stuck()), strings.Join(parts, ", "))
}
