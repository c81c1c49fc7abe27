package views

import (
	"fmt"
	"net/url"
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

// whoseName names whose cases are shown.
func whoseName(w Whose) string {
	switch w {
	case WhoseMine:
		return "Mine and free"
	case WhoseMe:
		return "Mine"
	case WhoseFree:
		return "Free"
	default:
		return "Everyone’s"
	}
}

// numbered reports whether the tabs can be given numbers: with a tag nobody has counted.
func (p QueuePage) numbered() bool { return p.Tag == "" }

// number is how many cases of the lane are somebody's.
func (p QueuePage) number(w Whose) (n int64, known bool) {
	counts, known := p.Held[w]
	if !known || !p.numbered() {
		return 0, false
	}
	if p.Lane == "" {
		return counts.Stuck(), true
	}
	return counts.Lanes[p.Lane], true
}

// elsewhere is how many cases of the lane colleagues have, which the page leaves out.
func (p QueuePage) elsewhere() int64 {
	mine, known := p.number(WhoseMine)
	all, knownToo := p.number(WhoseAll)
	if p.Of != WhoseMine || !known || !knownToo {
		return 0
	}
	return max(0, all-mine)
}

// whose is the address of the lane with other people's cases.
func (p QueuePage) whose(w Whose) string {
	if w == p.Usual {
		w = ""
	}
	return p.Spot.of(w).Path()
}

// title names the page: the case where one is open.
func (p QueuePage) title() string {
	if p.Pane != nil {
		return p.Pane.title()
	}
	return laneName(p.Lane)
}

// rowLink begins the address of the spot with a case open; our id ends it. It is made once for all rows.
func (p QueuePage) rowLink() string {
	path := p.List().Path()
	if strings.Contains(path, "?") {
		return path + "&case="
	}
	return path + "?case="
}

func rowHref(begin, id string) string { return begin + url.QueryEscape(id) }

// emptyText says why the list has nothing to show.
func (p QueuePage) emptyText() string {
	switch {
	case p.Tag != "":
		return "No case of this list has the tag " + p.Tag + "."
	case p.elsewhere() > 0:
		return "What is here, colleagues have claimed."
	default:
		return laneEmpty(p.Lane)
	}
}

func queueSorts() []identity.Choice {
	return []identity.Choice{
		{Value: "", Text: "Due first"},
		{Value: string(identity.SortCreated), Text: "Oldest"},
		{Value: string(identity.SortCreatedDesc), Text: "Newest"},
		{Value: string(identity.SortUpdatedDesc), Text: "Last changed"},
	}
}
