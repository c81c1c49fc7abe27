package views

import (
	"bytes"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

func drawn(t *testing.T, f rowFrame, r Row) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, drawnRow(f, r).Render(t.Context(), &b))
	return b.String()
}

// Whatever a row shows, what is kept of another row must not stand in its place.
func TestRowsAreKeptByAllThatTheyShow(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	at := func(d time.Duration) *time.Time { m := now.Add(d); return &m }
	begun := func() (rowFrame, Row) {
		return rowFrame{begin: "/queue?case=", now: now, loc: time.UTC}, Row{
			Identity: identity.Identity{
				ID: "c1", RefID: "user-1", Rev: 3, Lane: identity.LaneOverdue, Move: identity.Ours, CreatedAt: now.Add(-time.Hour),
				PendingSince: at(-time.Hour), DueAt: at(time.Hour), CheckedAt: at(-time.Minute),
			},
			Advice: identity.Advice{Sentence: "It waits.", Move: identity.Ours},
		}
	}
	kept := &DrawnRows{}
	for name, change := range map[string]func(*rowFrame, *Row){
		"nothing":         func(*rowFrame, *Row) {},
		"filter":          func(f *rowFrame, _ *Row) { f.begin = "/queue?lane=action&case=" },
		"zone":            func(f *rowFrame, _ *Row) { f.loc = time.FixedZone("elsewhere", 7200) },
		"second":          func(f *rowFrame, _ *Row) { f.now = now.Add(time.Second) },
		"open":            func(f *rowFrame, _ *Row) { f.open = "c1" },
		"another case":    func(_ *rowFrame, r *Row) { r.Identity.ID, r.Identity.RefID = "c2", "user-2" },
		"revision":        func(_ *rowFrame, r *Row) { r.Identity.Rev, r.Identity.Initials = 4, "M. Q." },
		"checked":         func(_ *rowFrame, r *Row) { r.Identity.CheckedAt = at(-48 * time.Hour) },
		"never checked":   func(_ *rowFrame, r *Row) { r.Identity.CheckedAt = nil },
		"holder":          func(_ *rowFrame, r *Row) { r.Holder = "Dana Kim" },
		"mine":            func(_ *rowFrame, r *Row) { r.Mine = true },
		"left":            func(_ *rowFrame, r *Row) { r.Left = true },
		"tags":            func(_ *rowFrame, r *Row) { r.Tags = []string{"vip"} },
		"ageing":          func(_ *rowFrame, r *Row) { r.Ageing = &identity.Ageing{Within: time.Hour} },
		"reason":          func(_ *rowFrame, r *Row) { r.Advice.Sentence = "It failed." },
		"move":            func(_ *rowFrame, r *Row) { r.Advice.Move = identity.Paxos },
		"not to be told":  func(_ *rowFrame, r *Row) { r.Advice.Confidential = true },
		"several reasons": func(_ *rowFrame, r *Row) { r.Advice.Blocking = []identity.Blocking{{Text: "It waits."}, {Text: "b"}} },
	} {
		f, r := begun()
		change(&f, &r)
		plain := drawn(t, f, r)
		f.drawn = kept
		f2, r2 := begun()
		f2.drawn = kept
		drawn(t, f2, r2) // what another row might be taken for
		for range 2 {
			require.Equal(t, plain, drawn(t, f, r), name)
		}
	}
}

func TestRowsAreKeptForASecondAndNotWithoutEnd(t *testing.T) {
	t.Parallel()
	kept := &DrawnRows{}
	f := rowFrame{now: time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC), loc: time.UTC, drawn: kept}
	var all sync.WaitGroup
	for n := range mostDrawn + 50 {
		all.Go(func() { drawn(t, f, Row{Identity: identity.Identity{ID: fmt.Sprint(n)}}) })
	}
	all.Wait()
	require.Len(t, kept.rows, mostDrawn)
	f.now = f.now.Add(time.Second)
	drawn(t, f, Row{Identity: identity.Identity{ID: "1"}})
	require.Len(t, kept.rows, 1)
}
