package views

import (
	"bytes"
	"net/url"
	"time"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
)

func (b book) entrance() []Story {
	page := func(change func(*LoginPage)) LoginPage {
		p := LoginPage{Chrome: b.lone(), Dev: true, Roles: access.Roles(), Role: access.Analyst}
		change(&p)
		return p
	}
	return []Story{
		{"login/development", "", Login(page(func(p *LoginPage) { p.Notice = "You have signed out." }))},
		{"login/refused", "", Login(page(func(p *LoginPage) {
			p.Next = "/queue?lane=frozen"
			p.Errors = map[string]string{"user": "Enter your name.", "role": "Choose a role."}
			p.Role = ""
		}))},
		{"login/provider", "", Login(page(func(p *LoginPage) { p.Dev, p.OIDC = false, true }))},
		{"login/none", "", Login(page(func(p *LoginPage) { p.Dev = false }))},
	}
}

func (b book) queue() []Story {
	page := func(r access.Role, l identity.Lane, rows []Row) QueuePage {
		n := b.counts().Lanes[l]
		if l == "" {
			n = b.counts().Stuck()
		}
		return QueuePage{Chrome: b.chrome(r, SectionQueue), Spot: Spot{Lane: l}, Of: WhoseAll, Usual: WhoseAll, Counts: b.counts(), Rows: Rows{Items: rows, Total: n, AsOf: b.now}}
	}
	full := page(access.Analyst, "", b.rows(b.stuckOnes(24)...))
	later := page(access.Analyst, identity.LaneWaiting, b.rows(b.waiting(), b.nearlyDue(), b.unknownWord(), b.queued()))
	later.Rows.After, later.Rows.Next = "abc", "def"
	nothing := page(access.Analyst, "", nil)
	nothing.Counts = identity.Counts{}
	past := page(access.Analyst, identity.LaneOverdue, nil)
	past.Rows.After = "abc"
	beside := full
	beside.Spot = Spot{Tag: "bank", After: "abc"}
	beside.Rows.After, beside.Rows.Next = "abc", "def"
	beside.Of, beside.Usual, beside.New = WhoseMine, WhoseMine, 4
	beside.Held = map[Whose]identity.Counts{WhoseMine: b.counts(), WhoseAll: b.counts()}
	open := b.page(access.Analyst, b.silent())
	open.Back, open.Onward = beside.Open(open.Identity.ID).Path(), beside.Next("place")
	beside.Case, beside.Pane = open.Identity.ID, &open
	worked := page(access.Analyst, "", b.rows(b.stuckOnes(6)...))
	worked.Of, worked.Usual, worked.Notice = WhoseMine, WhoseMine, "That was the last case of this list."
	all := b.counts()
	all.Lanes[identity.LaneAction] += 12
	worked.Held = map[Whose]identity.Counts{WhoseMine: b.counts(), WhoseMe: {}, WhoseFree: b.counts(), WhoseAll: all}
	worked.Rows.Items[1].Mine = true
	worked.Rows.Items[2].Holder, worked.Rows.Items[2].Identity.Assignee = "Dana Kim", "dana"
	worked.Rows.Items[3].Tags, worked.Rows.Items[3].Ageing = []string{"bank", "vip"}, &identity.Ageing{Of: 212, Within: 6 * time.Hour}
	worked.Rows.Items[4].Left, worked.Rows.Items[5].Identity.Woke = true, identity.WokeByNews
	goes := b.rows(b.failed(identity.RefIDTaken), b.failedAs(16, identity.ScopeMissing))
	goes[1].DraftGoesAt = b.at(-3 * day)
	keyless := page(access.Lead, identity.LaneFrozen, b.rows(b.frozen()))
	keyless.NoSingleKeys = true
	amber := page(access.Viewer, identity.LaneWaiting, b.rows(b.nearlyDue()))
	soonDue := b.page(access.Viewer, b.nearlyDue())
	amber.Case, amber.Pane = soonDue.Identity.ID, &soonDue
	troubled := page(access.Analyst, identity.LaneOverdue, b.rows(b.silent()))
	until := b.now.Add(4 * time.Minute)
	troubled.Banners = Banners{
		Emulator: true, Unwritable: true, TokenError: "The client id or secret is wrong (invalid_client).", ThrottledUntil: &until,
		Waiting: Waiting{Submissions: 3, Rechecks: 14, Events: 1204}, Silence: &Silence{Since: b.ago(9 * time.Hour), Usual: 2 * time.Hour},
		Parked: Parked{Events: 2, Others: 1}, PollingOnly: true, NoEventsScope: true, Unpinned: b.at(3 * time.Hour),
	}
	return []Story{
		{"queue/stuck", access.Analyst, Queue(full)},
		{"queue/beside", access.Analyst, Queue(beside)},
		{"queue/worked", access.Analyst, Queue(worked)},
		{"queue/amber", access.Viewer, Queue(amber)},
		{"queue/without-keys", access.Lead, Queue(keyless)},
		{"queue/failed", access.Lead, Queue(page(access.Lead, identity.LaneFailed, goes))},
		{"queue/action", access.Analyst, Queue(page(access.Analyst, identity.LaneAction, b.rows(b.documents())))},
		{"queue/overdue-troubled", access.Analyst, Queue(troubled)},
		{"queue/frozen", access.Auditor, Queue(page(access.Auditor, identity.LaneFrozen, b.rows(b.frozen())))},
		{"queue/refresh", access.Analyst, Queue(page(access.Analyst, identity.LaneRefresh, b.rows(b.refresh())))},
		{"queue/waiting", access.Analyst, Queue(later)},
		{"queue/snoozed", access.Analyst, Queue(page(access.Analyst, identity.LaneSnoozed, b.rows(b.snoozed())))},
		{"queue/empty", access.Analyst, Queue(nothing)},
		{"queue/past-the-end", access.Analyst, Queue(past)},
		{"queue/viewer", access.Viewer, Queue(page(access.Viewer, "", b.rows(b.silent(), b.screening())))},
	}
}

func (b book) failedAs(n int, code string) identity.Identity {
	i := b.unsent(n, "GL", 26*time.Hour, identity.Failed)
	i.FailureCode = code
	return i
}

func (b book) identities() []Story {
	page := func(filter url.Values, rows []Row) IdentitiesPage {
		return IdentitiesPage{Chrome: b.chrome(access.Analyst, SectionIdentities), Filter: filter, Rows: Rows{Items: rows, Total: int64(len(rows)), AsOf: b.now}}
	}
	full := page(url.Values{"sort": {"-updated_at"}}, b.rows(b.everybody()...))
	full.Rows.Total, full.Rows.TotalAtLeast, full.Rows.Next = 10000, true, "next"
	full.Rows.Items[2].Identity.Assignee, full.Rows.Items[2].Holder = "dana", b.staff()["dana"].Name
	full.Rows.Items[2].Tags, full.Rows.Items[2].Ageing = []string{"bank", "vip"}, &identity.Ageing{Of: 212, Within: 6 * time.Hour}
	full.Rows.Items[4].Identity.Assignee, full.Rows.Items[4].Mine, full.Rows.Items[4].Identity.Woke = "robin", true, identity.WokeByNews
	filtered := page(url.Values{"status": {"UNDER_SECOND_REVIEW"}, "created_from": {"2026-01-01"}}, b.rows(b.unknownWord()))
	filtered.Rows.After = "abc"
	wrong := page(url.Values{"created_from": {"yesterday"}}, nil)
	wrong.Errors = map[string]string{"created_from": "Must be a date such as 2026-03-31."}
	end := page(nil, nil)
	end.Rows.After = "abc"
	return []Story{
		{"identities/all", access.Analyst, Identities(full)},
		{"identities/filtered", access.Analyst, Identities(filtered)},
		{"identities/refused", access.Analyst, Identities(wrong)},
		{"identities/nothing-fits", access.Analyst, Identities(page(url.Values{"q": {"user-99"}}, nil))},
		{"identities/none-yet", access.Analyst, Identities(page(nil, nil))},
		{"identities/past-the-end", access.Analyst, Identities(end)},
	}
}

func (b book) audit() []Story {
	page := func(es ...audit.Entry) AuditPage {
		return AuditPage{Chrome: b.chrome(access.Auditor, SectionAudit), Entries: es, Total: 1207}
	}
	entry := func(seq int64, age time.Duration, who string, r access.Role, a audit.Action, i identity.Identity, detail string) audit.Entry {
		return audit.Entry{
			Seq: seq, At: b.ago(age), ActorID: who, ActorName: who, Role: string(r), Action: a, IdentityID: i.ID, Detail: detail,
			RequestID: "req-9d1f", Address: "127.0.0.1",
		}
	}
	none := identity.Identity{}
	full := page(
		entry(1207, time.Minute, "Robin Vance", access.Analyst, audit.OpenedCase, b.approved(), ""),
		entry(1206, 2*time.Minute, "Robin Vance", access.Analyst, audit.Submitted, b.approved(), ""),
		entry(1205, 9*time.Minute, "Kim Osei", access.Lead, audit.Withdrew, b.failed(identity.Refused), "the draft is erased"),
		entry(1204, time.Hour, "Kim Osei", access.Lead, audit.Exported, none, "identities: 1,204 rows"),
		entry(1203, 26*time.Hour, "Ada Lindt", access.Auditor, audit.LookedUp, none, "nothing found"),
		entry(1202, 27*time.Hour, "", "", audit.SignInRefused, none, "role not known"),
	)
	full.Entries[4].Object, full.Next = "3f9a0c11e0b7d2c5", 1202
	full.Entries[3].Object, full.Entries[3].Detail = "audit", "every entry that fits: person=kim from=2026-03-01T00:00:00Z"
	full.Entries[2].Before, full.Entries[2].After = "failed", "withdrawn"
	full.Entries[1].ReasonCode, full.Entries[1].Words, full.Entries[1].Reason = "customer_request", audit.WordsKept, "She rang and asked what was missing."
	full.Entries[0].ReasonCode, full.Entries[0].Words = "other", audit.WordsErased
	end := audit.Head{Seq: 1207, Hash: bytes.Repeat([]byte{0x3f, 0x9a}, 16)}
	full.Head, full.Pin = end, &audit.Pin{Head: end, At: b.ago(20 * time.Minute), PostedAt: b.at(20 * time.Minute)}
	full.Check = &audit.Check{At: b.ago(time.Hour), By: "Ada Lindt", Entries: 1198, End: end.String()}
	filtered := page()
	filtered.Filter, filtered.Before = url.Values{"action": {"ran_sync"}, "role": {"lead"}, "from": {"2026-03-01"}}, 400
	broken := page(full.Entries[1])
	broken.Check = &audit.Check{At: b.ago(time.Minute), By: "Ada Lindt", Entries: 411, Broken: (&audit.Break{Seq: 412, Damage: audit.Edited, Text: "its fields do not give its hash"}).Error()}
	broken.Pin = &audit.Pin{Head: end, At: b.ago(time.Hour)}
	return []Story{
		{"audit/full", access.Auditor, Audit(full)},
		{"audit/broken", access.Auditor, Audit(broken)},
		{"audit/filtered", access.Auditor, Audit(filtered)},
		{"audit/end", access.Auditor, Audit(page())},
	}
}
