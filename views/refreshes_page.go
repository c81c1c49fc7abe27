package views

import (
	"net/url"

	"identitydesk/internal/identity"
)

// RefreshesPage is the calendar of the KYC refreshes that fall due.
type RefreshesPage struct {
	Chrome
	Show         identity.RefreshShow
	Within       string // days ahead; empty for all
	Assignee     string // "me", "nobody", a user id, or empty for anybody
	Me           string // the reader's user id
	Groups       []identity.RefreshGroup
	Holders      map[string]string // names by user id: of whoever has claimed a case that is shown, and of the workers
	Workers      []string          // user ids of those who can be chosen
	After, Next  string
	Total        int64
	TotalAtLeast bool
}

// address shows some of the refreshes, from a place on.
func (p RefreshesPage) address(show identity.RefreshShow, after string) string {
	return p.link(show, "after", after)
}

func (p RefreshesPage) csv() string { return p.link(p.Show, "format", "csv") }

// everything is the list without the filters of the form.
func (p RefreshesPage) everything() string {
	p.Within, p.Assignee = "", ""
	return p.address(p.Show, "")
}

func (p RefreshesPage) link(show identity.RefreshShow, name, value string) string {
	return link("/refreshes", url.Values{"show": {string(show)}, "within": {p.Within}, "assignee": {p.Assignee}, name: {value}})
}

func (p RefreshesPage) filtered() bool { return p.Within != "" || p.Assignee != "" }

// holder names who has claimed a case.
func (p RefreshesPage) holder(i identity.Identity) string {
	return firstOf(p.Holders[i.Assignee], i.Assignee)
}

func (p RefreshesPage) withinChoices() []identity.Choice {
	choices := []identity.Choice{{Value: "", Text: "Any time"}, {Value: "30", Text: "In 30 days"}, {Value: "90", Text: "In 90 days"}, {Value: "365", Text: "In a year"}}
	if all := choicesWith(choices, p.Within); len(all) > len(choices) {
		return append(choices, identity.Choice{Value: p.Within, Text: "In " + p.Within + " days"})
	}
	return choices
}

// assigneeChoices offer whoever works cases themselves first.
func (p RefreshesPage) assigneeChoices() []identity.Choice {
	choices := []identity.Choice{{Value: "", Text: "Anybody"}}
	if p.May.Work {
		choices = append(choices, identity.Choice{Value: "me", Text: "Me"})
	}
	choices = append(choices, identity.Choice{Value: "nobody", Text: "Nobody"})
	for _, id := range p.Workers {
		if id != p.Me || !p.May.Work || p.Assignee == id {
			choices = append(choices, identity.Choice{Value: id, Text: p.Holders[id]})
		}
	}
	if all := choicesWith(choices, p.Assignee); len(all) > len(choices) {
		return append(choices, identity.Choice{Value: p.Assignee, Text: firstOf(p.Holders[p.Assignee], p.Assignee)})
	}
	return choices
}

func refreshShowName(s identity.RefreshShow) string {
	switch s {
	case identity.RefreshesOpen:
		return "Open"
	case identity.RefreshesNext:
		return "Later"
	default:
		return "All"
	}
}

func (p RefreshesPage) emptyText() string {
	switch {
	case p.filtered():
		return "No refresh fits these filters."
	case p.Show == identity.RefreshesNext:
		return "Paxos names the next date when a refresh is completed."
	}
	return "Paxos asks by an event; what is open then stands here, by the day on which it ends."
}

// spanName names a part of the calendar.
func spanName(s identity.RefreshSpan) string {
	const month = "January 2006"
	switch s.Kind {
	case identity.SpanPast:
		return "Past due"
	case identity.SpanThisWeek:
		return "This week"
	case identity.SpanNextWeek:
		return "Next week"
	case identity.SpanRestOfMonth:
		return "Later in " + s.From.Format(month)
	default:
		return s.From.Format(month)
	}
}

// spanDays tells the days of a week; empty for other spans, whose names say them.
func spanDays(s identity.RefreshSpan) string {
	switch s.Kind {
	case identity.SpanThisWeek, identity.SpanNextWeek:
		return dateOf(s.From) + " to " + dateOf(s.To.AddDate(0, 0, -1))
	default:
		return ""
	}
}

// spanCount tells how many refreshes a span has, and where a page shows only some of them, that it does.
func spanCount(g identity.RefreshGroup) string {
	n := counted(g.Total, g.TotalAtLeast, "refresh", "refreshes")
	if g.TotalAtLeast || g.Total > int64(len(g.Items)) {
		return n + ", " + grouped(int64(len(g.Items))) + " on this page"
	}
	return n
}
