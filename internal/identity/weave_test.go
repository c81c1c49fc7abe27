package identity_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

// decision is one of three within a second, each with an event; sawOnly is a look at Paxos without one.
type decision struct {
	event  func(*identity.News)
	status identity.Status // at Paxos from then on
	at     string
}

const sawOnly = -1

// thereAndBack are three decisions so many microseconds after 11:00, the event of each dated by lag after the record's change.
func thereAndBack(first, second, third, lag time.Duration) []decision {
	at := func(after time.Duration) string {
		return at("2026-03-02 11:00:00").Add(after * time.Microsecond).Format("2006-01-02 15:04:05.000000")
	}
	return []decision{
		{told("e1", identity.EventDenied, "PENDING", "DENIED", at(first+lag)), "DENIED", at(first)},
		{told("e2", identity.EventApproved, "DENIED", "APPROVED", at(second+lag)), "APPROVED", at(second)},
		{told("e3", identity.EventDenied, "APPROVED", "DENIED", at(third+lag)), "DENIED", at(third)},
	}
}

// looks are all ways in which three events can be acted on: in any order, perhaps with a look without an event before, between or
// after them, the answers showing the state of any decision from the event's own on, never an older one than before.
func looks() (out [][][2]int) { // pairs of an event and the decision that the answer shows
	for _, order := range [][]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}} {
		out = append(out, answers(order, 0)...)
		for n := range 4 {
			out = append(out, answers(slices.Insert(slices.Clone(order), n, sawOnly), 0)...)
		}
	}
	return out
}

func answers(order []int, from int) (out [][][2]int) {
	if len(order) == 0 {
		return [][][2]int{nil}
	}
	for shows := max(from, order[0]); shows < 3; shows++ {
		for _, rest := range answers(order[1:], shows) {
			out = append(out, append([][2]int{{order[0], shows}}, rest...))
		}
	}
	return out
}

// Three decisions within a second are three lines in their order, each with its event, whatever was heard and seen first, however
// close they are.
func TestThereAndBackAgain(t *testing.T) {
	t.Parallel()
	all := looks()
	require.Greater(t, len(all), 100)
	for name, ds := range map[string][]decision{
		"within a second":                thereAndBack(100_000, 400_000, 700_000, 0),
		"microseconds apart":             thereAndBack(100, 400, 700, 0),
		"microseconds apart, dated late": thereAndBack(100, 300, 500, 150),
		"two in one millisecond":         thereAndBack(100, 700, 1100, 0),
		"the last two in one":            thereAndBack(900, 1100, 1700, 0),
		"at one moment":                  thereAndBack(100, 100, 100, 0),
	} {
		for _, look := range all {
			if name == "the last two in one" && slices.Equal(look, [][2]int{{sawOnly, 0}, {2, 2}, {1, 2}, {0, 2}}) {
				continue // what was seen, and two changes at one moment since: A>D, D>A may as well have followed each other
			}
			var ns []identity.News
			for n, l := range look {
				shown := ds[l[1]]
				answer := news(shown.status, shown.at, identity.BySync)
				if l[0] != sawOnly {
					answer = news(shown.status, shown.at, identity.ByWebhook, ds[l[0]].event)
				}
				answer.AskedAt = answer.AskedAt.Add(time.Duration(n) * time.Second)
				ns = append(ns, answer)
			}
			i, entries := learnt(identity.Identity{}, append([]identity.News{news("PENDING", created, identity.BySubmit)}, ns...)...)
			require.Equal(t, identity.Denied, i.Status, "%s %v", name, look)
			require.Equal(t, []string{
				"found >PENDING 10:00:00",
				"status PENDING>DENIED e1 11:00:00", "status DENIED>APPROVED e2 11:00:00", "status APPROVED>DENIED e3 11:00:00",
			}, lines(entries), "%s %v", name, look)
			_, again := i.Learn(ns[len(ns)-1], policy(), at("2026-03-02 12:00"))
			require.Empty(t, identity.Weave(entries, again), "what an event told is told once")
		}
	}
}

// The event of the middle comes first: what came before and after it is known from the record alone, until its events come.
func TestMiddleDecisionFirst(t *testing.T) {
	t.Parallel()
	_, entries := learnt(identity.Identity{}, news("PENDING", created, identity.BySubmit), news("DENIED", "2026-03-02 11:00:05", identity.ByWebhook,
		told("e2", identity.EventApproved, "DENIED", "APPROVED", "2026-03-02 11:00:04")))
	require.Equal(t, []string{
		"found >PENDING 10:00:00",
		"status PENDING>DENIED 11:00:04", "status DENIED>APPROVED e2 11:00:04", "status APPROVED>DENIED 11:00:05",
	}, lines(entries))
}

func TestEventCompletesWhatARecordTold(t *testing.T) {
	t.Parallel()
	seen := news("APPROVED", "2026-03-02 12:00:00", identity.BySync, func(n *identity.News) {
		n.Unannounced = true
		n.Record.Details.Sanctions = "APPROVED"
	})
	start := []identity.News{news("PENDING", created, identity.BySubmit), seen}
	event := func(occurred string) identity.News {
		n := news("APPROVED", "2026-03-02 12:00:00", identity.ByWebhook, told("e1", identity.EventApproved, "PENDING", "APPROVED", occurred))
		n.AskedAt = at(changed)
		n.Record.Details.Sanctions = "APPROVED"
		return n
	}
	for occurred, want := range map[string][]string{
		"2026-03-02 11:00:00": {"found >PENDING 10:00:00", "status PENDING>APPROVED e1 11:00:00"},
		"2026-03-02 12:04:59": {"found >PENDING 10:00:00", "status PENDING>APPROVED e1 12:04:59"},
		"2026-03-02 12:05:01": {"found >PENDING 10:00:00", "status PENDING>APPROVED 12:00:00", "status PENDING>APPROVED e1 12:05:01"},
	} {
		_, entries := learnt(identity.Identity{}, append(slices.Clone(start), event(occurred))...)
		require.Equal(t, want, lines(entries))
	}
	_, entries := learnt(identity.Identity{}, append(slices.Clone(start), event("2026-03-02 11:00:00"))...)
	require.False(t, entries[1].Unannounced, "a webhook told of it after all")
	require.Equal(t, identity.BySync, entries[1].By, "who told first")
	require.Equal(t, []identity.Change{{Field: "sanctions", New: "APPROVED"}}, entries[1].Changes)
}

// A later change is none that a gap hides, however near.
func TestLaterDecisionIsNoPartOfAGap(t *testing.T) {
	t.Parallel()
	_, entries := learnt(identity.Identity{}, news("PENDING", created, identity.BySubmit), news("DENIED", "2026-03-02 11:00:00", identity.BySync),
		news("APPROVED", "2026-03-02 11:01:00", identity.ByWebhook, told("e2", identity.EventApproved, "DENIED", "APPROVED", "2026-03-02 11:01:00")),
		news("APPROVED", "2026-03-02 11:01:00", identity.ByWebhook, told("e1", identity.EventDenied, "PENDING", "DENIED", "2026-03-02 10:59:59")))
	require.Equal(t, []string{
		"found >PENDING 10:00:00", "status PENDING>DENIED e1 10:59:59", "status DENIED>APPROVED e2 11:01:00",
	}, lines(entries))
}

// What a list showed first had a past: its events complete it, and are no changes that the desk saw.
func TestEventsBeforeFirstSight(t *testing.T) {
	t.Parallel()
	late := told("e1", identity.EventApproved, "PENDING", "APPROVED", "2026-03-02 11:00")
	frozen := news("ERROR", changed, identity.BySync)
	_, entries := learnt(identity.Identity{}, frozen, news("ERROR", changed, identity.ByPoll, late))
	require.Equal(t, []string{"event PENDING>APPROVED e1 11:00:00", "found >ERROR 10:00:00"}, lines(entries))
}
