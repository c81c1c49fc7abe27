package views

import (
	"time"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
	"identitydesk/internal/markdown"
)

// staff are the people of the stories.
func (b book) staff() map[string]access.User {
	return map[string]access.User{
		"robin": {ID: "robin", Name: "Robin Vance", Handle: "robin.vance", Role: access.Analyst},
		"kim":   {ID: "kim", Name: "Kim Osei", Handle: "kim.osei", Role: access.Lead},
		"dana":  {ID: "dana", Name: "Dana Maximiliane Featherstonehaugh", Handle: "dana.maximiliane.featherstonehaugh", Role: access.Analyst},
		"vera":  {ID: "vera", Name: "Vera Lund", Handle: "vera.lund", Role: access.Viewer},
	}
}

// work is casework as a role may do it, about a case that Robin looks at.
func (b book) work(r access.Role, i identity.Identity) Work {
	works, leads := access.May(r, access.WorkCases), access.May(r, access.Assign)
	mine := i.Assignee == "robin"
	people := b.staff()
	w := Work{
		Me: "robin", People: people, LongestSnooze: 14 * day, Tomorrow: b.now.AddDate(0, 0, 1).Format("2006-01-02") + "T09:00",
		TagsInUse: []string{"bank", "urgent", "vip"}, Colleagues: []access.User{people["dana"], people["kim"]},
		CanWork: works, CanClaim: works && !mine && (i.Assignee == "" || leads), CanRelease: works && (mine || i.Assignee != "" && leads),
		CanAssign: works && (mine || leads),
	}
	if i.PaxosID != "" && !i.Decided() {
		w.Turns = []identity.Turn{{Move: identity.TheLine, From: i.CreatedAt.Add(-40 * time.Second), To: &i.CreatedAt}, {Move: i.Move, From: i.CreatedAt}}
		w.Times, w.Limit = identity.TimesOf(w.Turns, b.policy(), b.now), identity.LimitNow(i, b.policy(), b.now)
	}
	return w
}

// held is a case that somebody has.
func (b book) heldBy(i identity.Identity, who string) identity.Identity {
	i.Assignee, i.AssignedAt, i.ActiveAt = who, b.at(2*time.Hour), b.at(time.Hour)
	return i
}

func (b book) note(id int64, who string, age time.Duration, text string) Note {
	names := map[string]string{}
	for _, u := range b.staff() {
		names[u.Handle] = u.Name
	}
	return Note{
		ID: id, Author: b.staff()[who].Name, At: b.ago(age), Names: names,
		Body: markdown.Parse(text, func(h string) bool { return names[h] != "" }),
	}
}

func (b book) noteList() []Note {
	return []Note{
		b.note(1, "kim", 26*time.Hour, "Called the bank. They need **two more days**; see `ticket 4411`.\nMay I have a look from you, @robin.vance?"),
		b.note(2, "robin", 20*time.Hour, "## What I found\n\n- the statement is *not* signed\n- ~~the address is wrong~~ fixed\n\n1. ask again\n2. wait\n\n> We send it on Monday.\n\n```\nref 12-90\n```\n\n---\n\nSee <https://example.com/statements> and [the rules](https://example.com/rules). <b>No markup</b> of ours."),
	}
}

// act is something that somebody did about a case.
func (b book) act(age time.Duration, who string, a audit.Action, object, detail string) audit.Entry {
	u := b.staff()[who]
	return audit.Entry{Seq: 9, At: b.ago(age), ActorID: who, ActorName: u.Name, Role: string(u.Role), Action: a, Object: object, Detail: detail}
}

// worked are cases that people work.
func (b book) worked() []Story {
	mine := b.page(access.Analyst, b.heldBy(b.screening(), "robin"), b.submitted(41*time.Hour)...)
	mine.Mine, mine.Tags, mine.Notes, mine.NoteCount = true, []string{"bank", "vip"}, b.noteList(), 2
	mine.Row.Ageing = &identity.Ageing{Kind: identity.ScreeningCheck, Of: 212, Median: time.Hour, Within: 6 * time.Hour}
	mine.Work.Ageing = mine.Row.Ageing
	tagged := b.act(25*time.Hour, "robin", audit.Tagged, "", "")
	tagged.Before, tagged.After = "0 tags", "2 tags"
	mine.Acts = append(mine.Acts,
		b.act(40*time.Hour, "kim", audit.Claimed, "", ""), b.act(30*time.Hour, "kim", audit.HandedOver, "robin", ""),
		b.act(26*time.Hour, "kim", audit.Noted, "", "mentions robin"), tagged,
		b.act(24*time.Hour, "robin", audit.Snoozed, "", "until 2026-03-04 15:00 UTC or the next news"),
	)
	woken, idle := b.entry(identity.WasWoken, 3*time.Hour, ""), b.entry(identity.WasReleased, 2*time.Hour, "")
	woken.Code, idle.Code, idle.Changes = string(identity.WokeByNews), "idle", []identity.Change{{Field: "assignee", Old: "dana"}}
	mine.History = append(mine.History, woken, idle)
	soon := b.page(access.Analyst, b.nearlyDue())
	soon.Work.Ageing = &identity.Ageing{Of: 64, Median: 3 * time.Hour, Within: 30 * time.Hour}
	woke := b.page(access.Lead, b.heldBy(b.silent(), "dana"), b.submitted(76*time.Hour)...)
	woke.Holder, woke.Identity.WokeAt, woke.Identity.Woke = b.staff()["dana"].Name, b.at(20*time.Minute), identity.WokeByNews
	woke.Escalation = identity.Escalation(woke.Identity, woke.History, woke.Turns, b.policy(), b.now)
	colleagues := b.page(access.Analyst, b.heldBy(b.silent(), "kim"))
	colleagues.Holder, colleagues.Tags = "Kim Osei", []string{"bank"}
	read := b.page(access.Auditor, b.heldBy(b.silent(), "kim"))
	read.Holder, read.Notes, read.NoteCount = "Kim Osei", b.noteList(), 2
	viewer := b.page(access.Viewer, b.heldBy(b.snoozed(), "kim"))
	viewer.Holder, viewer.NoteCount, viewer.Tags = "Kim Osei", 2, []string{"bank"}
	return append(b.refusedWork(),
		Story{"case/mine", access.Analyst, Case(mine)},
		Story{"case/nearly-due", access.Analyst, Case(soon)},
		Story{"case/woke", access.Lead, Case(woke)},
		Story{"case/of-a-colleague", access.Analyst, Case(colleagues)},
		Story{"case/worked-auditor", access.Auditor, Case(read)},
		Story{"case/worked-viewer", access.Viewer, Case(viewer)},
	)
}

// refusedWork are acts on a case that came back.
func (b book) refusedWork() []Story {
	refused := func(act, text string, typed, wrong map[string]string) Story {
		p := b.page(access.Lead, b.heldBy(b.silent(), "robin"))
		p.Mine, p.Refused = true, Refusal{Act: act, Text: text, Typed: typed, Errors: wrong}
		return Story{"case/refused-" + act, access.Lead, Case(p)}
	}
	return []Story{
		refused("claim", "Taken by Kim Osei 4 s ago. Nothing was changed.", nil, nil),
		refused("assign", "The case stays where it is.", map[string]string{"to": "dana"}, map[string]string{"to": "Dana is away. Choose somebody else."}),
		refused("snooze", "The case was not snoozed.", map[string]string{"until": "2026-01-01T09:00", "reason": ""},
			map[string]string{"until": "Choose a time that lies ahead.", "reason": "Write something."}),
		refused("notes", "The note was not saved.", map[string]string{"text": "Ask @vera.lund"},
			map[string]string{"text": "Vera Lund cannot read notes, so that mentioning them would not reach them. Take @vera.lund out."}),
		refused("tags", "The tags stay as they were.", map[string]string{"tags": "073-05-1120"},
			map[string]string{"tags": "A tag looks like personal data. Use words that fit many cases, such as waiting-for-bank."}),
	}
}

func (b book) team() []Story {
	people := b.staff()
	away := people["dana"]
	until := b.now.Add(5 * day)
	away.AwayUntil = &until
	loads := []access.Load{
		{User: away, Claimed: 14, Stuck: 9, Overdue: 3, Snoozed: 2},
		{User: people["kim"], Claimed: 1204, Stuck: 800, Overdue: 12},
		{User: people["robin"], Claimed: 3, Stuck: 1, Snoozed: 1},
	}
	page := func(r access.Role) TeamPage {
		return TeamPage{
			Chrome: b.chrome(r, SectionTeam), Loads: loads, Me: "robin", CanGoAway: access.May(r, access.WorkCases), CanAssign: access.May(r, access.Assign),
		}
	}
	refused, off, noted := page(access.Lead), page(access.Lead), page(access.Analyst)
	refused.Refused = Refusal{
		Act: "rebalance", Text: "No case was moved.", Typed: map[string]string{"n": "0", "from": "kim", "to": "kim"},
		Errors: map[string]string{"n": "Enter a number from 1 to 200.", "to": "Choose somebody else.", "from": "Choose whose cases shall move."},
	}
	off.Refused = Refusal{Act: "away", Text: "Nothing was changed.", Errors: map[string]string{"until": "Choose a day ahead, within a year."}}
	noted.Notice, noted.Me = "Marked as away. New cases cannot be claimed until then.", "dana"
	nobody := page(access.Viewer)
	nobody.Loads = nil
	return []Story{
		{"team/analyst", access.Analyst, Team(page(access.Analyst))},
		{"team/away", access.Analyst, Team(noted)},
		{"team/lead", access.Lead, Team(page(access.Lead))},
		{"team/refused", access.Lead, Team(refused)},
		{"team/refused-away", access.Lead, Team(off)},
		{"team/viewer", access.Viewer, Team(page(access.Viewer))},
		{"team/nobody", access.Viewer, Team(nobody)},
	}
}

func (b book) mentions() []Story {
	page := MentionsPage{Chrome: b.chrome(access.Analyst, SectionMentions)}
	page.Mentions = 1
	full, seen := page, page
	full.Items = []Mention{
		{ID: 4, CaseID: b.silent().ID, RefID: b.silent().RefID, Seen: true, Note: b.noteList()[1]},
		{ID: 3, CaseID: b.institution().ID, Note: b.noteList()[0]},
	}
	seen.Items, seen.Chrome.Mentions = full.Items[:1], 0
	return []Story{
		{"mentions/new", access.Analyst, Mentions(full)},
		{"mentions/seen", access.Analyst, Mentions(seen)},
		{"mentions/none", access.Analyst, Mentions(page)},
	}
}

func (b book) preferences() []Story {
	page := func(r access.Role) PreferencesPage {
		return PreferencesPage{
			Chrome: b.chrome(r, SectionPreferences), DeskZone: "America/New_York", BrowserZone: "Europe/Berlin", This: b.session(1, "", 0, 0).ID(),
			Sessions: []access.Session{b.session(1, "192.0.2.17", time.Hour, time.Second)},
		}
	}
	chosen, wrong := page(access.Analyst), page(access.Viewer)
	chosen.Preferences, chosen.Notice = access.Preferences{Zone: "America/Argentina/ComodRivadavia", NoSingleKeys: true}, "Your preferences are saved."
	chosen.Sessions = append(chosen.Sessions, b.session(2, "2001:db8:85a3:8d3:1319:8a2e:370:7348", 6*time.Hour, 20*time.Minute))
	wrong.Errors, wrong.BrowserZone = map[string]string{"zone": "Choose a time zone from the list."}, ""
	return []Story{
		{"preferences/first", access.Admin, Preferences(page(access.Admin))},
		{"preferences/chosen", access.Analyst, Preferences(chosen)},
		{"preferences/refused", access.Viewer, Preferences(wrong)},
	}
}

func (b book) limits() []Story {
	page := LimitsPage{
		Chrome: b.chrome(access.Lead, SectionSettings), Kinds: identity.LimitKinds(), Default: "1bd", CanChange: true,
		Values: map[string]string{"limit." + identity.ScreeningCheck: "2bd", "idle_release": "1bd", "longest_snooze": "336h"},
	}
	read, wrong := page, page
	read.Chrome, read.CanChange = b.chrome(access.Auditor, SectionSettings), false
	wrong.Problem, wrong.Errors = "The rules stay as they were.", map[string]string{
		"limit." + identity.ScreeningCheck: "Enter business days such as 2bd, or a duration from 1s to 8760h such as 36h.", "longest_snooze": "Enter a duration from 1h to 2160h (90 days).",
	}
	return []Story{
		{"limits/lead", access.Lead, Limits(page)},
		{"limits/refused", access.Lead, Limits(wrong)},
		{"limits/auditor", access.Auditor, Limits(read)},
	}
}
