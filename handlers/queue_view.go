package handlers

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"identitydesk/internal/access"
	"identitydesk/internal/identity"
	"identitydesk/internal/onboarding"
	"identitydesk/views"
)

// view is what somebody sees of the queue.
type view struct {
	spot   views.Spot
	usual  views.Whose // whose cases are shown where the address does not say it
	of     views.Whose // whose are shown
	filter identity.Filter
	shown  []string // our ids of the rows that an open page has; empty for the list as it is now
}

// readView reads the address of the queue. Whoever works cases sees their own and those that nobody has, unless the address says
// otherwise; scripts and all others see everyone's.
func readView(q url.Values, a access.Actor, form format) (view, map[string]string) {
	p := parse(q)
	w := view{usual: views.WhoseAll}
	if form == asHTML && a.Can(access.WorkCases) {
		w.usual = views.WhoseMine
	}
	w.spot = views.Spot{
		Lane:  identity.Lane(p.oneOf("lane", lanes(identity.QueueLanes()))),
		Whose: views.Whose(p.oneOf("whose", whoses())),
		Tag:   p.tag("tag"),
		Sort:  identity.Sort(p.oneOf("sort", sorts())),
		Case:  p.free("case"),
	}
	w.of = cmp.Or(w.spot.Whose, w.usual)
	w.filter = identity.Filter{Lane: w.spot.Lane, Tag: w.spot.Tag, Sort: w.spot.Sort}
	w.filter.After, w.filter.Limit = p.place()
	w.spot.After = w.filter.After
	if q.Get("limit") != "" {
		w.spot.Limit = w.filter.Limit
	}
	switch w.of {
	case views.WhoseMine:
		w.filter.MineOrFree = a.UserID
	case views.WhoseMe:
		w.filter.Assignee = a.UserID
	case views.WhoseFree:
		w.filter.Free = true
	}
	w.shown = p.ids("shown")
	return w, p.errors
}

// counts are the numbers of the tabs.
func (w view) counts(q onboarding.Queue) identity.Counts {
	switch w.of {
	case views.WhoseMine:
		return onboarding.Sum(q.Mine, q.Free)
	case views.WhoseMe:
		return q.Mine
	case views.WhoseFree:
		return q.Free
	default:
		return q.All
	}
}

func whoses() []string {
	var words []string
	for _, w := range views.Everyone() {
		words = append(words, string(w))
	}
	return words
}

// tag is one tag.
func (p *parser) tag(name string) string {
	tags, wrong := identity.ParseTags(p.query.Get(name))
	switch {
	case wrong != "":
		p.errors[name] = wrong
	case len(tags) > 1:
		p.errors[name] = "Filter by one tag at a time."
	case len(tags) == 1:
		return tags[0]
	}
	return ""
}

// ids are several ids with commas between them.
func (p *parser) ids(name string) []string {
	given := p.query.Get(name)
	if given == "" {
		return nil
	}
	ids := strings.Split(given, ",")
	tooLong := func(id string) bool { return id == "" || len(id) > maxParam }
	if len(ids) > identity.MaxLimit || slices.ContainsFunc(ids, tooLong) {
		p.errors[name] = "Must be ids of the rows that are shown, with commas between them."
		return nil
	}
	return ids
}
