package handlers

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/fault"
	"identitydesk/internal/live"
)

const (
	livePath = "/live"
	// heartbeat is how often a stream shows that it lives, and looks whether its session does.
	heartbeat = 20 * time.Second
	// writeWithin is how long one write to a stream may take: the server's own limit is for whole answers.
	writeWithin = 10 * time.Second
	// maxStreams is how many streams a session may have: a page has one while it can be seen.
	maxStreams = 8
	// reconnectAfter is what a browser is told to wait before it comes back.
	reconnectAfter = 3 * time.Second
)

// changedJSON is what an event tells: our ids of cases, or only that there were too many to name.
type changedJSON struct {
	IDs  []string `json:"ids"`
	Many bool     `json:"many"`
}

// streamLive tells an open page which cases change, for as long as it is open and its session lives. The page says since when it
// knows everything: a browser that comes back names the last event, a page that begins the moment it was drawn at.
func (s *server) streamLive(c echo.Context) error {
	key := credential(c)
	if !s.streams.enter(key) {
		return fault.New(fault.Throttled, "Too many pages are open. Close some, or load this one again by hand.")
	}
	defer s.streams.leave(key)
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, "text/event-stream")
	h.Set("X-Accel-Buffering", "no") // a proxy must pass each event on at once
	if c.Request().Method == http.MethodHead {
		return c.NoContent(http.StatusOK)
	}
	heard := s.Live.Subscribe(cmp.Or(c.Request().Header.Get("Last-Event-ID"), c.QueryParam("since")))
	defer heard.Close()
	to := stream{c.Response(), http.NewResponseController(c.Response())}
	if !to.write("retry: %d\n\n", reconnectAfter.Milliseconds()) {
		return nil
	}
	s.tell(c, heard, to)
	return nil
}

// tell writes what is heard until the page or the session goes, or the desk stops.
func (s *server) tell(c echo.Context, heard *live.Subscription, to stream) {
	beat := time.NewTicker(s.heartbeat)
	defer beat.Stop()
	gone := c.Request().Context().Done()
	for on := true; on; {
		select {
		case <-gone:
			return
		case <-beat.C:
			on = s.stillIn(c) && to.write(": still here\n\n")
		case _, on = <-heard.Changed():
			if on {
				on = to.changed(heard.Take())
			}
		}
	}
}

// stream writes events to a page.
type stream struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

func (s stream) changed(n live.News) bool {
	data, err := json.Marshal(changedJSON{IDs: n.IDs, Many: n.Many})
	return err == nil && s.write("id: %s\nevent: changed\ndata: %s\n\n", n.At, data)
}

// write sends at once; false says that the page has gone.
func (s stream) write(format string, args ...any) bool {
	if err := s.control.SetWriteDeadline(time.Now().Add(writeWithin)); err != nil {
		return false
	}
	if _, err := fmt.Fprintf(s.w, format, args...); err != nil {
		return false
	}
	return s.control.Flush() == nil
}

// streams counts what each session has open.
type streams struct {
	mu   sync.Mutex
	open map[string]int
}

func newStreams() *streams { return &streams{open: map[string]int{}} }

// enter counts one more, unless the session has enough.
func (s *streams) enter(token string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[token] >= maxStreams {
		return false
	}
	s.open[token]++
	return true
}

func (s *streams) leave(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[token]--; s.open[token] == 0 {
		delete(s.open, token)
	}
}
