package views

import (
	"maps"
	"time"

	"identitydesk/internal/access"
	"identitydesk/internal/identity"
)

func (b book) lookups() []Story {
	page := func(role access.Role, change func(*LookupPage)) Story {
		p := LookupPage{Chrome: b.chrome(role, ""), AsOf: b.now, MaxMany: 500}
		p.Name.May = access.May(role, access.ReadNames)
		p.Range.May, p.Range.MaxDays = access.May(role, access.WorkCases), 93
		change(&p)
		return Story{Role: role, Component: Lookup(p)}
	}
	stories := map[string]Story{
		"form":    page(access.Viewer, func(*LookupPage) {}),
		"several": page(access.Viewer, func(p *LookupPage) { p.Query, p.Rows = "user-4711", b.rows(b.approved(), b.denied()) }),
		"miss":    page(access.Analyst, func(p *LookupPage) { p.Query = "user-9999" }),
		"refused": page(access.Viewer, func(p *LookupPage) {
			p.Error = "This looks like personal data, which must not stand in an address. Search by an id instead."
		}),
		"erased":      page(access.Viewer, func(p *LookupPage) { p.Query, p.ErasedAt = "user-4702", b.at(9*day) }),
		"many":        page(access.Analyst, b.manyAnswers),
		"many-viewer": page(access.Viewer, b.manyAnswers),
		"many-refused": page(access.Viewer, func(p *LookupPage) {
			p.Many, p.RefIDs = true, "user-4711\nuser-4702"
			p.Then = Then{Date: "2026-05-01", Error: "Must not be in the future."}
			p.Errors = map[string]string{"ref_ids": "Entry 2: this looks like personal data. Look up by ref_id or another id instead."}
		}),
		"then": page(access.Auditor, func(p *LookupPage) {
			b.manyAnswers(p)
			p.Then = Then{Date: "2026-03-03", At: time.Date(2026, 3, 3, 23, 59, 59, 999e6, place(b.loc)), EndOfDay: true}
		}),
		"range-refused": page(access.Lead, func(p *LookupPage) {
			b.manyAnswers(p)
			p.Range.Text, p.Range.From, p.Range.To = "Paxos cannot be asked for these dates.", "2026-03-05", "2026-03-04"
			p.Range.Errors = map[string]string{"from": "Must not be in the future.", "to": "Must not be before the beginning."}
		}),
	}
	maps.Copy(stories, b.nameSearches(page))
	for name, read := range b.ranges() {
		stories[name] = page(access.Analyst, func(p *LookupPage) { p.Many, p.RefIDs, p.Range.Read = true, "user-1\nuser-2", &read })
	}
	return named("lookup", stories)
}

// nameSearches are the answers to a name.
func (b book) nameSearches(page func(access.Role, func(*LookupPage)) Story) map[string]Story {
	searched := func(p *LookupPage) { p.Name.Searched, p.Name.Typed = true, "Billy Duncan" }
	return map[string]Story{
		"name": page(access.Analyst, func(p *LookupPage) {
			searched(p)
			p.Rows, p.Name.More = b.rows(b.approved(), b.denied()), true
		}),
		"name-nobody": page(access.Auditor, func(p *LookupPage) {
			searched(p)
			p.Name.Partial = true
		}),
		"name-refused": page(access.Lead, func(p *LookupPage) { p.Name.Error = "Enter the whole name: first and last." }),
	}
}

// manyAnswers is a list with an answer of each kind.
func (b book) manyAnswers(p *LookupPage) {
	p.Many, p.RefIDs = true, "user-4711\nuser-1\nuser-4702\nuser-4712\nwas-4703\nuser-4714\nuser-2"
	known := func(i identity.Identity, s identity.Status) Answer {
		i = b.row(i).Identity
		return Answer{Asked: i.RefID, Case: &i, Then: identity.Standing{Known: true, Status: s, Since: b.ago(3 * day), KnownFrom: b.ago(5 * day)}}
	}
	decided := b.approved()
	decided.DecidedAt = b.at(time.Minute)
	former := known(b.screening(), identity.Pending)
	former.Asked, former.By = "was-4703", "former ref_id"
	seen := known(b.denied(), identity.Denied)
	seen.DecidedBefore, seen.Then = b.at(5*day), identity.Standing{KnownFrom: b.ago(5 * time.Hour)}
	unknown := known(b.disabled(), "")
	unknown.Then = identity.Standing{}
	p.Answers = []Answer{
		known(decided, identity.Pending),
		{Asked: "user-1"},
		known(b.silent(), identity.Pending), seen, former, known(b.queued(), ""), unknown,
		{Asked: "user-2"},
		{Asked: "user-3", ErasedAt: b.at(9 * day)},
	}
	p.Asked = len(p.Answers)
}

// ranges are readings of a range in each state.
func (b book) ranges() map[string]RangeRead {
	from := time.Date(2026, 2, 1, 0, 0, 0, 0, place(b.loc))
	read := RangeRead{From: from, To: from.AddDate(0, 1, 0), AskedAt: b.ago(2 * time.Minute), AskedBy: "Robin Vance", Read: 1240, Reached: from.AddDate(0, 0, 20)}
	asked, tried, done, changed, old, given := read, read, read, read, read, read
	asked.Read, tried.Error = 0, "unavailable"
	done.New, done.EndedAt = 3, b.ago(time.Minute)
	changed.New, changed.Changed, changed.EndedAt, changed.To = 0, 2, b.ago(time.Minute), from.AddDate(0, 0, 1)
	old.EndedAt = b.ago(3 * day)
	given.EndedAt, given.Error, given.From = b.ago(time.Minute), "forbidden scope", from.AddDate(0, -2, 3)
	return map[string]RangeRead{
		"range-asked": asked, "range-reading": read, "range-tried-again": tried, "range-done": done, "range-changed": changed,
		"range-old": old, "range-given-up": given,
	}
}
