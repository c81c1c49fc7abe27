package views

import (
	"maps"
	"slices"
	"time"

	"github.com/a-h/templ"

	"identitydesk/internal/access"
	"identitydesk/internal/identity"
)

// Story is one page in one state, with invented data.
type Story struct {
	Name      string // such as "queue/stuck"; fit for an address and a file name
	Role      access.Role
	Component templ.Component
}

// Stories are all pages in every state that matters: for tests, and for looking at them. asset gives the address of a built
// file as in [Chrome]; ages are told for now, times of day for loc.
func Stories(asset func(name string) string, now time.Time, loc *time.Location) []Story {
	b := book{asset: asset, now: now, loc: loc}
	var all []Story
	for _, chapter := range [][]Story{
		b.entrance(), b.doors(), b.queue(), b.identities(), b.newIdentity(), b.institutions(), b.cases(), b.documentStories(), b.reveals(), b.revealReports(), b.worked(), b.moved(), b.changed(), b.refreshes(), b.controlled(), b.kept(),
		b.failures(), b.duplicates(), b.accounts(),
		b.proposals(), b.lookups(), b.events(), b.team(),
		b.mentions(), b.audit(), b.evidence(), b.settings(), b.limits(), b.preferences(), b.people(), b.tokens(), b.imports(), b.errors(),
	} {
		all = append(all, chapter...)
	}
	return all
}

// book is what the stories share.
type book struct {
	asset func(name string) string
	now   time.Time
	loc   *time.Location
}

// chrome is the frame around a page for a role.
func (b book) chrome(r access.Role, s Section) Chrome {
	return Chrome{
		Asset: b.asset, Now: b.now, Location: b.loc, UserName: "Robin Vance", Role: r, Active: s, Stuck: 24, May: MayOf(r),
		Banners: Banners{Emulator: true},
	}
}

// named gives the stories of a page their names, in the order of these.
func named(page string, stories map[string]Story) []Story {
	var out []Story
	for _, name := range slices.Sorted(maps.Keys(stories)) {
		s := stories[name]
		s.Name = page + "/" + name
		out = append(out, s)
	}
	return out
}

func (b book) ago(d time.Duration) time.Time { return b.now.Add(-d) }

func (b book) at(d time.Duration) *time.Time {
	t := b.ago(d)
	return &t
}

// policy gives every move a day, around the clock: the stories need no calendar.
func (b book) policy() identity.Policy {
	return identity.Policy{Limit: identity.Limit{Plain: day}, Ours: everyHour{}, Paxos: everyHour{}}
}

// everyHour is a calendar without nights and weekends.
type everyHour struct{}

func (everyHour) AddWork(t time.Time, d time.Duration) time.Time { return t.Add(d) }

func (everyHour) Day() time.Duration { return day }

func (everyHour) AddBusinessDays(t time.Time, n int) time.Time { return t.Add(time.Duration(n) * day) }

func (everyHour) WorkingBetween(a, b time.Time) time.Duration { return b.Sub(a) }

// row assesses and explains a case as the desk would.
func (b book) row(i identity.Identity) Row {
	i = i.Assessed(b.policy(), b.now)
	return Row{Identity: i, Advice: identity.Explain(i, b.policy(), b.now, 4*day)}
}

func (b book) rows(is ...identity.Identity) []Row {
	out := make([]Row, len(is))
	for n, i := range is {
		out[n] = b.row(i)
	}
	return out
}
