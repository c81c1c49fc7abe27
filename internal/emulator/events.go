package emulator

import (
	"net/http"
	"slices"
	"sort"
	"time"

	"github.com/google/uuid"
)

const (
	eventApproved         = "identity.approved"
	eventDenied           = "identity.denied"
	eventDisabled         = "identity.disabled"
	eventDocuments        = "identity.documents_required"
	eventRefreshStarted   = "identity.kyc_refresh.started"
	eventRefreshCompleted = "identity.kyc_refresh.completed"
	eventRefreshExpired   = "identity.kyc_refresh.expired"
	eventControlCreated   = "identity.control.created"
	eventControlDeleted   = "identity.control.deleted"

	objectStatusChange = "identity_summary_status_change"
	objectDocuments    = "identity_documents_required"
	objectRefresh      = "identity_kyc_refresh"
	objectControl      = "identity_control"

	largestEventPage = 100
)

type eventsAnswer struct {
	Events []*event `json:"events"`
}

func (e *Emulator) listEvents(r *http.Request) (any, error) {
	q := r.URL.Query()
	created, err := parseSpan(q, "created_at")
	if err != nil {
		return nil, err
	}
	limit, err := parseLimit(q, largestEventPage, largestEventPage)
	if err != nil {
		return nil, err
	}
	test, err := flag(q, "is_test")
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	log := e.data.events
	if test {
		log = e.data.tests
	}
	out := eventsAnswer{Events: []*event{}}
	for _, ev := range log[created.firstOf(log):] {
		if len(out.Events) == limit {
			break
		}
		if created.has(ev.CreatedAt) && (!q.Has("type") || q.Get("type") == ev.Type) {
			copied := *ev
			out.Events = append(out.Events, &copied)
		}
	}
	return out, nil
}

// firstOf skips what lies before the lower bound, so that a poll for news does
// not walk the whole log.
func (s span) firstOf(log []*event) int {
	from := s["gt"]
	if s["gte"].After(from) {
		from = s["gte"]
	}
	return sort.Search(len(log), func(i int) bool { return !log[i].CreatedAt.Before(from) })
}

func (e *Emulator) getEvent(r *http.Request) (any, error) {
	id, err := uuid.Parse(r.PathValue("id"))
	if err != nil {
		return nil, badRequest("error parsing event id")
	}
	test, err := flag(r.URL.Query(), "is_test")
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	ev := e.data.byEvent[id.String()]
	if ev == nil || ev.Test != test {
		return nil, notFound("event")
	}
	return *ev, nil
}

// emit writes an event to the log and sends it on its way. The caller holds the lock.
func (e *Emulator) emit(rec *record, typ, objectType string, object map[string]any, at time.Time) {
	ev := e.logged(rec.ID, typ, objectType, object, at)
	if e.quiet {
		if rec.Fate == fateLost {
			ev.Undelivered = 1
		}
		return
	}
	how := e.announce(ev, rec, at)
	e.log.Info("emulator: event", "event", ev.ID, "type", typ, "identity", rec.ID, "fate", how)
}

// logged writes an event to the log, nothing more.
func (e *Emulator) logged(identityID, typ, objectType string, object map[string]any, at time.Time) *event {
	object["id"], object["identity_id"] = e.newID(), identityID
	ev := &event{ID: e.newID(), Type: typ, ObjectType: objectType, Object: object, CreatedAt: at}
	e.data.addEvent(ev)
	return ev
}

// addEvent keeps the log in order of time; while running that means at the end.
func (d *dataset) addEvent(ev *event) {
	log := &d.events
	if ev.Test {
		log = &d.tests
	}
	i := sort.Search(len(*log), func(i int) bool { return (*log)[i].CreatedAt.After(ev.CreatedAt) })
	*log = slices.Insert(*log, i, ev)
	d.byEvent[ev.ID] = ev
}

func statusChange(from, to string) map[string]any {
	return map[string]any{"old_summary_status": from, "new_summary_status": to}
}

// emitTest sends a test webhook: an event about nobody, kept apart.
func (e *Emulator) emitTest(at time.Time) {
	object := statusChange(statusPending, statusApproved)
	object["id"], object["identity_id"] = e.newID(), e.newID()
	ev := &event{ID: e.newID(), Type: eventApproved, ObjectType: objectStatusChange, Object: object, CreatedAt: at, Test: true}
	e.data.addEvent(ev)
	e.send(ev, Fault{}, at)
}
