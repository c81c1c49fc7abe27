package emulator

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"math"
	"net/http"
	"strconv"
	"time"
)

// misbehaving lets a kind of call meet its faults, and counts the calls.
func (e *Emulator) misbehaving(kind, pattern string, next http.HandlerFunc) http.HandlerFunc {
	e.patterns[pattern] = kind
	return func(w http.ResponseWriter, r *http.Request) {
		e.faults.count(kind)
		if !e.faults.any() {
			next(w, r)
			return
		}
		body, err := keptBody(r, kind)
		if err != nil {
			e.writeProblem(w, r, badRequest("the body could not be read"))
			return
		}
		t := e.faults.take(kind, pattern, e.subjects(r, body))
		if t == nil {
			next(w, r)
			return
		}
		e.log.InfoContext(r.Context(), "emulator: fault", "call", kind, "do", t.Do)
		e.inject(w, r, t, kind, next)
	}
}

// keptBody reads the body first: what was asked can then still happen when the
// caller has left. A file that is uploaded is not kept in memory.
func keptBody(r *http.Request, kind string) ([]byte, error) {
	if kind == CallUpload {
		return nil, nil
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	r.Body = io.NopCloser(bytes.NewReader(body))
	return body, err
}

// subjects are the ids that a call is about.
func (e *Emulator) subjects(r *http.Request, body []byte) []string {
	var sent struct {
		RefID      string `json:"ref_id"`
		IdentityID string `json:"identity_id"`
		Account    struct {
			RefID      string `json:"ref_id"`
			IdentityID string `json:"identity_id"`
		} `json:"account"`
	}
	_ = json.Unmarshal(body, &sent) // what is no JSON is about nobody
	id := r.PathValue("id")
	for _, named := range []string{r.URL.Query().Get("identity_id"), sent.IdentityID, sent.Account.IdentityID} {
		id = orElse(id, named)
	}
	about := []string{id, orElse(sent.RefID, sent.Account.RefID)}
	e.mu.Lock()
	defer e.mu.Unlock()
	if rec := e.data.byUpload[hashed(r.PathValue("token"))]; rec != nil {
		id = rec.ID
		about = append(about, id)
	}
	if ended := r.URL.Query().Get("control_id"); ended != "" {
		if rec, _, err := e.activeControl(ended); err == nil {
			id = rec.ID
			about = append(about, id, ended)
		}
	}
	if ev := e.data.byEvent[id]; ev != nil {
		id, _ = ev.Object["identity_id"].(string)
		about = append(about, id)
	}
	if rec := e.data.byID[id]; rec != nil {
		about = append(about, rec.RefID)
	}
	return about
}

// inject makes the fault happen to one call.
func (e *Emulator) inject(w http.ResponseWriter, r *http.Request, t *toldFault, kind string, next http.HandlerFunc) {
	switch {
	case t.Do == DoDelay:
		time.Sleep(t.Delay) // whether the caller is still there or not
		next(w, r)
	case t.Do == DoDropBefore:
		panic(http.ErrAbortHandler)
	case !t.follows():
		e.answerFault(w, r, t, kind)
	default:
		held := &heldAnswer{header: http.Header{}, status: http.StatusOK}
		next(held, r)
		if held.status >= 300 {
			e.faults.giveBack(t, kind)
			held.send(w, held.body.Bytes())
			return
		}
		e.spoil(w, r, t, kind, held)
	}
}

// spoil treats the answer to something that has happened.
func (e *Emulator) spoil(w http.ResponseWriter, r *http.Request, t *toldFault, kind string, held *heldAnswer) {
	body := held.body.Bytes()
	switch t.Do {
	case DoDropAfter:
		panic(http.ErrAbortHandler)
	case DoAnswer:
		e.answerFault(w, r, t, kind)
	case DoGarbage:
		held.header.Set("Content-Type", "text/html")
		held.status = orElse(t.Status, http.StatusOK)
		held.send(w, []byte("<html><body><h1>upstream connect error</h1></body></html>"))
	case DoTruncate:
		held.send(w, body[:len(body)/2])
	case DoCut:
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		held.send(w, body[:len(body)/2])
		flush(w)
		panic(http.ErrAbortHandler)
	case DoNoID:
		held.send(w, withoutIDs(body))
	case DoSlow:
		held.trickle(w, r, t.Delay)
	}
}

// answerFault answers the status asked for, in the words of the endpoint.
func (e *Emulator) answerFault(w http.ResponseWriter, r *http.Request, t *toldFault, kind string) {
	if wait := t.retryAfter(e.opts.Now()); wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	}
	if kind == CallToken && t.Status < 429 {
		writeOAuthError(w, t.Status, "invalid_client", "the emulator was told to answer this")
		return
	}
	e.writeProblem(w, r, faultProblem(kind, t.Status))
}

// heldAnswer keeps an answer back until its fault is done.
type heldAnswer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header is the header to come.
func (h *heldAnswer) Header() http.Header { return h.header }

// WriteHeader notes the status.
func (h *heldAnswer) WriteHeader(status int) { h.status = status }

// Write keeps the body.
func (h *heldAnswer) Write(p []byte) (int, error) { return h.body.Write(p) }

// send gives the answer away, with this body.
func (h *heldAnswer) send(w http.ResponseWriter, body []byte) {
	maps.Copy(w.Header(), h.header)
	w.WriteHeader(h.status)
	_, _ = w.Write(body) // a reader that went away is no fault of ours
}

// trickle sends the body in pieces over a time, while anybody reads.
func (h *heldAnswer) trickle(w http.ResponseWriter, r *http.Request, over time.Duration) {
	const pieces = 8
	body := h.body.Bytes()
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	h.send(w, body[:len(body)/pieces])
	for i := 1; i < pieces; i++ {
		flush(w)
		select {
		case <-r.Context().Done():
			return
		case <-time.After(over / (pieces - 1)):
		}
		_, _ = w.Write(body[len(body)*i/pieces : len(body)*(i+1)/pieces])
	}
}

func flush(w http.ResponseWriter) { _ = http.NewResponseController(w).Flush() }

// withoutIDs takes the id out of an answer, or out of each item of a list.
func withoutIDs(body []byte) []byte {
	var answer map[string]any
	if json.Unmarshal(body, &answer) != nil {
		return body
	}
	delete(answer, "id")
	delete(answer, "access_token")
	for _, field := range []string{"items", "events"} {
		items, _ := answer[field].([]any)
		for _, item := range items {
			if one, is := item.(map[string]any); is {
				delete(one, "id")
			}
		}
	}
	stripped, err := json.Marshal(answer)
	if err != nil {
		return body
	}
	return stripped
}
