package views

import (
	"fmt"
	"net/http"
	"net/url"
	"time"

	"identitydesk/internal/access"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

func (b book) event(id, kind string, s identity.EventState, age time.Duration) identity.Event {
	return identity.Event{
		ID: id, Type: kind, OccurredAt: b.ago(age + time.Second), PaxosID: b.approved().PaxosID, OldStatus: identity.Pending, NewStatus: identity.Approved,
		State: s, HeardBy: identity.ByWebhook, ReceivedAt: b.ago(age), ProcessedAt: b.at(age - 200*time.Millisecond), Attempts: 1, Deliveries: 1,
		IdentityID: b.approved().ID, RefID: b.approved().RefID,
	}
}

func (b book) inbox() []identity.Event {
	waiting := b.event("9e107d9d-372b-4826-81d3-542a419d6000", identity.EventDocumentsRequired, identity.EventQueued, 2*time.Second)
	waiting.ProcessedAt, waiting.IdentityID, waiting.PaxosID, waiting.RefID, waiting.Attempts, waiting.OccurredAt = nil, "", "", "", 0, time.Time{}
	parked := b.event("9e107d9d-372b-4826-81d3-542a419d6001", identity.EventDenied, identity.EventParked, 3*time.Hour)
	parked.LastError, parked.Attempts, parked.Deliveries, parked.IdentityID = "not_found identity", 12, 3, ""
	parked.RefID = ""
	other := b.event("evt-transfer-1", "transfer.completed", identity.EventIgnored, 26*time.Hour)
	other.IdentityID, other.PaxosID, other.RefID = "", "", ""
	strange := b.event("evt-strange", "identity.something_new", "odd", 40*time.Hour)
	strange.RefID = ""
	return []identity.Event{
		waiting, b.event("9e107d9d-372b-4826-81d3-542a419d6002", identity.EventApproved, identity.EventDone, time.Minute), parked,
		b.event("9e107d9d-372b-4826-81d3-542a419d6003", identity.EventApproved, identity.EventTest, 5*time.Hour), other,
		strange,
	}
}

func (b book) events() []Story {
	list := func(es []identity.Event) EventsPage {
		return EventsPage{Chrome: b.chrome(access.Analyst, SectionEvents), Events: es, Total: int64(len(es))}
	}
	full := list(b.inbox())
	full.Total, full.TotalAtLeast, full.Next = 10000, true, "next"
	filtered, end := list(nil), list(nil)
	filtered.Filter, end.After = url.Values{"state": {"parked"}, "from": {"2026-03-01"}, "to": {"2026-03-04T17:00:00Z"}}, "abc"
	chosen := list(b.inbox()[2:3])
	chosen.Filter, chosen.CanReprocess, chosen.Notice = filtered.Filter, true, "The events are queued to be handled again."
	one := func(e identity.Event, may bool, ds ...identity.Delivery) EventPage {
		return EventPage{Chrome: b.chrome(access.Analyst, SectionEvents), Event: e, Deliveries: ds, CanReprocess: may}
	}
	delivery := identity.Delivery{
		ID: 1, Body: []byte(`{"id":"9e107d9d-372b-4826-81d3-542a419d6002","type":"identity.approved","source":"com.paxos","object":"event"}`),
		Address: "127.0.0.1", RequestID: "req-51ac0f1e22", ReceivedAt: b.ago(time.Minute),
		Headers: map[string][]string{"Content-Type": {"application/json"}, "User-Agent": {"Paxos/1.0"}, "X-Api-Key": {"[removed]"}},
	}
	done := one(b.inbox()[1], true, delivery, delivery)
	approved := b.row(b.approved()).Identity
	done.Attempts = []identity.Attempt{{At: b.ago(time.Minute), Outcome: identity.EventQueued, Error: "lost timeout"}, {At: b.ago(50 * time.Second), Outcome: identity.EventDone}}
	done.Case, done.Notice = &approved, "The event is queued to be handled again."
	broken := delivery
	broken.Body = []byte("<not json>")
	asked := one(b.inbox()[0], false)
	asked.Event.Documents, asked.Event.RefreshLast, asked.Event.RefreshNext = []string{"PROOF_OF_RESIDENCY"}, b.ago(365*day), b.now.Add(30*day)
	stories := []Story{
		{"events/full", access.Analyst, Events(full)},
		{"events/chosen", access.Analyst, Events(chosen)},
		{"events/none-yet", access.Analyst, Events(list(nil))},
		{"events/nothing-fits", access.Analyst, Events(filtered)},
		{"events/past-the-end", access.Analyst, Events(end)},
		{"event/done", access.Analyst, Event(done)},
		{"event/parked", access.Analyst, Event(one(b.inbox()[2], true, broken))},
		{"event/queued", access.Analyst, Event(asked)},
	}
	return append(stories, b.manyEvents(filtered.Filter)...)
}

// manyEvents are the pages about many events at once.
func (b book) manyEvents(filter url.Values) []Story {
	again := func(n int64) ReprocessPage {
		return ReprocessPage{Chrome: b.chrome(access.Lead, SectionEvents), Filter: filter, Total: n}
	}
	check := MissingPage{Chrome: b.chrome(access.Lead, SectionEvents), From: "2026-03-03T12:03", To: "2026-03-04T12:03"}
	refused, whole, lacking := check, check, check
	refused.Text, refused.From, refused.Errors = "The lists cannot be compared over this time.", "then", map[string]string{"from": "Must be a date."}
	whole.Report = &MissingReport{From: b.ago(day), To: b.now, Listed: 412}
	lacking.Report = &MissingReport{From: b.ago(day), To: b.ago(time.Hour), Listed: 5000, Truncated: true, Crowds: []time.Time{b.ago(2 * time.Hour)}}
	for n := range 60 {
		lacking.Report.Missing = append(lacking.Report.Missing, fmt.Sprintf("9e107d9d-372b-4826-81d3-%012d", n))
	}
	return []Story{
		{"events/reprocess", access.Lead, Reprocess(again(1204))},
		{"events/reprocess-none", access.Lead, Reprocess(again(0))},
		{"events/missing", access.Lead, Missing(check)},
		{"events/missing-refused", access.Lead, Missing(refused)},
		{"events/missing-nothing", access.Lead, Missing(whole)},
		{"events/missing-many", access.Lead, Missing(lacking)},
	}
}

func (b book) settings() []Story {
	facts := Facts{
		Version: "v0.1.0", Environment: "emulator", APIURL: "http://127.0.0.1:8081/v2", TokenURL: "http://127.0.0.1:8081/oauth2/token",
		ClientID: "emulator", Database: "sqlite:data/emulator-desk.db", BaseURL: "http://127.0.0.1:8080", LogIn: "development log-in",
		Scopes: Scopes{Known: true, Granted: []string{"identity:read_identity", "identity:write_identity", "events:read_event"}},
		Budget: Budget{PerSecond: 8, Used: 3, LastFiveMinutes: 412, Lines: []BudgetLine{{"click", 12, 0}, {"event", 100, 2}, {"background", 300, 14}}},
		Reconciliation: &Reconciliation{
			Ended: b.ago(5 * time.Hour), Took: 90 * time.Second, Undecided: 120, Sampled: 200, EventsListed: 412, Missed: 3,
			Drift: []DriftCount{{"status", 1}, {"details", 4}}, Error: "throttled 429",
		},
		Sync: Sync{
			BackfillDone: true, BackfillAt: b.at(3 * time.Hour), HistorySeen: 1200, LastPoll: b.at(12 * time.Second), LastSync: b.at(2 * time.Minute),
			Watermark: b.at(3 * time.Minute), PollInterval: 30 * time.Second, SyncInterval: 5 * time.Minute, RecheckAfter: 15 * time.Minute,
			Identities: 312, EventsAllowed: true,
		},
		Webhook:  Webhook{Way: "API key in the header X-Api-Key", URL: "http://127.0.0.1:8080/webhooks/paxos", LastDelivery: b.at(time.Minute)},
		Calendar: Calendar{TimeZone: "America/New_York", BusinessHours: "09:00-17:00", Holidays: "us", PendingLimit: "1bd"},
		Jobs:     []JobCount{{"event", "ready", 2}, {"recheck", "ready", 14}, {"event", "parked", 1}},
	}
	troubled := Facts{
		Environment: "production", Scopes: Scopes{Known: true, Granted: []string{"identity:read_identity"}, Missing: []string{"identity:write_identity", "events:read_event"}, Error: "Paxos refused a scope (invalid_scope)."},
		Budget: Budget{PerSecond: 8, ThrottledUntil: b.at(-4 * time.Minute)}, Sync: Sync{BackfillSeen: 41200, LastError: "throttled"},
	}
	facts.Retention = Retention{Cases: "5y", Drafts: "30d", CasesDue: 41, DraftsDue: 3, Most: 10000, Days: 30, Held: 2, LastRun: b.at(5 * time.Hour)}
	troubled.Retention = Retention{Cases: "400d", Drafts: "2mo", CasesDue: 10000, Most: 10000, Days: 30}
	facts.Keys = Keys{Primary: 1203348921, Waiting: []uint32{88120441}, Idle: []uint32{3921100432}}
	troubled.Keys = Keys{Primary: 88120441, Needed: []uint32{1203348921}, Failed: 2, Walk: &Resealing{Done: 3120, Of: 10400, Left: 4 * time.Minute}}
	troubled.Jobs = []JobCount{{"recheck", "parked", 3}, {"submit", "parked", 1}}
	troubled.Parked = []ParkedJob{
		{ID: 7, Kind: "recheck", Subject: "018f2c1e-0000-7000-8000-000000000001", RefID: "user-4711", Error: "not_found identity", Since: b.ago(3 * time.Hour)},
		{ID: 9, Kind: "event", Subject: "9e107d9d-372b-4826-81d3-000000000001", Error: "invalid", Since: b.ago(day)},
	}
	first := Facts{Environment: "sandbox", Keys: Keys{Primary: 88120441, Needed: []uint32{1203348921}, Begins: b.at(-20 * time.Second)}}
	var out []Story
	for _, s := range []struct {
		name  string
		facts Facts
	}{{"settings/well", facts}, {"settings/troubled", troubled}, {"settings/first-start", first}} {
		out = append(out, Story{s.name, access.Admin, Settings(SettingsPage{Chrome: b.chrome(access.Admin, SectionSettings), Facts: s.facts})})
	}
	return out
}

func (b book) errors() []Story {
	page := func(status int, k fault.Kind, text string) ErrorPage {
		return ErrorPage{Chrome: b.chrome(access.Viewer, ""), Status: status, Kind: k, Text: text, RequestID: "0f3d7c1e-req"}
	}
	throttled := page(http.StatusTooManyRequests, fault.Throttled, "This case was re-checked a moment ago.")
	throttled.RetryAt = b.now.Add(7 * time.Second)
	out := page(http.StatusUnauthorized, fault.Unauthenticated, "")
	out.UserName, out.May = "", May{}
	return []Story{
		{"error/forbidden", access.Viewer, Error(page(http.StatusForbidden, fault.Forbidden, "Submitting needs the role analyst or lead."))},
		{"error/not-found", access.Viewer, Error(page(http.StatusNotFound, fault.NotFound, "There is no case with this id."))},
		{"error/conflict", access.Viewer, Error(page(http.StatusConflict, fault.Conflict, "Only a failed submission can be withdrawn."))},
		{"error/throttled", access.Viewer, Error(throttled)},
		{"error/unavailable", access.Viewer, Error(page(http.StatusServiceUnavailable, fault.Unavailable, ""))},
		{"error/invalid", access.Viewer, Error(page(http.StatusUnprocessableEntity, fault.Invalid, "lane: Choose one of failed, action."))},
		{"error/malformed", access.Viewer, Error(page(http.StatusBadRequest, fault.Malformed, "The form cannot be read."))},
		{"error/too-large", access.Viewer, Error(page(http.StatusRequestEntityTooLarge, fault.TooLarge, ""))},
		{"error/internal", access.Viewer, Error(page(http.StatusInternalServerError, fault.Internal, "Something went wrong on our side."))},
		{"error/signed-out", "", Error(out)},
	}
}
