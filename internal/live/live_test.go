package live_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/live"
)

func TestAChangeIsToldOnce(t *testing.T) {
	t.Parallel()
	h := live.NewHub()
	one, other := h.Subscribe(""), h.Subscribe("")
	defer one.Close()
	defer other.Close()
	h.Publish([]string{"a", "b"})
	h.Publish([]string{"b", "c"})
	h.Publish(nil)
	for _, s := range []*live.Subscription{one, other} {
		hear(t, s)
		ids, many := taken(s)
		require.ElementsMatch(t, []string{"a", "b", "c"}, ids)
		require.False(t, many)
		require.Empty(t, s.Changed(), "told already")
		ids, many = taken(s)
		require.Empty(t, ids)
		require.False(t, many)
	}
	h.Publish([]string{"d"})
	hear(t, one)
	ids, _ := taken(one)
	require.Equal(t, []string{"d"}, ids)
}

func TestNothingIsToldOfTheTimeBefore(t *testing.T) {
	t.Parallel()
	h := live.NewHub()
	h.Publish([]string{"a"})
	s := h.Subscribe("")
	defer s.Close()
	require.Empty(t, s.Changed())
	ids, many := taken(s)
	require.Empty(t, ids)
	require.False(t, many)
}

func TestMoreThanMostIsMany(t *testing.T) {
	t.Parallel()
	h := live.NewHub()
	s := h.Subscribe("")
	defer s.Close()
	h.Publish(numbered(live.Most))
	ids, many := taken(s)
	require.Len(t, ids, live.Most)
	require.False(t, many)
	h.Publish(numbered(live.Most))
	h.Publish([]string{"one more"})
	h.Publish([]string{"and another"})
	ids, many = taken(s)
	require.Empty(t, ids)
	require.True(t, many)
	h.Publish([]string{"a"})
	ids, many = taken(s)
	require.Equal(t, []string{"a"}, ids, "many is told once")
	require.False(t, many)
}

func TestTheEndIsHeard(t *testing.T) {
	t.Parallel()
	h := live.NewHub()
	mine, theirs := h.Subscribe(""), h.Subscribe("")
	mine.Close()
	mine.Close()
	require.True(t, over(mine))
	h.Publish([]string{"a"})
	hear(t, theirs)
	h.Close()
	h.Close()
	require.True(t, over(theirs))
	theirs.Close()
	late := h.Subscribe("")
	require.True(t, over(late), "a closed hub has nothing to tell")
	h.Publish([]string{"b"})
	late.Close()
}

// Publishers do not wait for subscribers who never listen, and nobody who comes, listens and goes meanwhile misses a change.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	h := live.NewHub()
	deaf := h.Subscribe("")
	defer deaf.Close()
	var group sync.WaitGroup
	for n := range 8 {
		s := h.Subscribe("")
		group.Go(func() { listenFor(s, fmt.Sprintf("last-%d", n)) })
	}
	for n := range 8 {
		group.Go(func() {
			for _, id := range numbered(1000) {
				h.Publish([]string{id})
			}
			h.Publish([]string{fmt.Sprintf("last-%d", n)})
			h.Subscribe("").Close()
		})
	}
	done := make(chan struct{})
	go func() { group.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(30 * time.Second):
		t.Fatal("somebody waits")
	}
}

// listenFor listens until it hears of a case, or of too many to be told.
func listenFor(s *live.Subscription, id string) {
	defer s.Close()
	for range s.Changed() {
		if n := s.Take(); n.Many || slices.Contains(n.IDs, id) {
			return
		}
	}
}

// Whoever comes back is told that something happened meanwhile, and whoever missed nothing is not.
func TestWhatWasMissed(t *testing.T) {
	t.Parallel()
	h := live.NewHub()
	drawn := h.At()
	s := h.Subscribe(drawn)
	defer s.Close()
	require.Empty(t, s.Changed())
	h.Publish([]string{"a"})
	require.NotEqual(t, drawn, h.At())
	last := s.Take().At
	require.Equal(t, h.At(), last)
	for since, missed := range map[string]bool{drawn: true, last: false, live.NewHub().At(): true, "": false} {
		again := h.Subscribe(since)
		require.Len(t, again.Changed(), map[bool]int{true: 1}[missed], since)
		n := again.Take()
		require.Equal(t, missed, n.Many, since)
		require.Empty(t, n.IDs)
		again.Close()
	}
	another := live.NewHub()
	require.NotEqual(t, drawn, another.At(), "a desk that was started anew knows nothing of the time before")
}

func taken(s *live.Subscription) (ids []string, many bool) {
	n := s.Take()
	return n.IDs, n.Many
}

func hear(t *testing.T, s *live.Subscription) {
	t.Helper()
	select {
	case _, open := <-s.Changed():
		require.True(t, open)
	case <-time.After(10 * time.Second):
		t.Fatal("nothing was told")
	}
}

func over(s *live.Subscription) bool {
	for {
		select {
		case _, open := <-s.Changed():
			if !open {
				return true
			}
		default:
			return false
		}
	}
}

func numbered(n int) []string {
	ids := make([]string, n)
	for k := range ids {
		ids[k] = fmt.Sprintf("id-%d", k)
	}
	return ids
}
