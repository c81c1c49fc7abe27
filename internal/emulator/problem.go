package emulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
)

// problem is an error answer of the API, and the error value inside.
type problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"`
	Meta   any    `json:"meta,omitempty"`
}

func (p *problem) Error() string { return fmt.Sprintf("%d %s: %s", p.Status, p.Title, p.Detail) }

func refuse(status int, format string, args ...any) *problem {
	return &problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: fmt.Sprintf(format, args...)}
}

func badRequest(format string, args ...any) error {
	return refuse(http.StatusBadRequest, format, args...)
}

func notFound(what string) error { return refuse(http.StatusNotFound, "%s not found", what) }

const alreadyExistsType = "https://developer.paxos.com/docs/v2/problems/already-exists"

// alreadyExists is the 409 that names the record in the way.
func alreadyExists(what string, r *record) error {
	return &problem{
		Type: alreadyExistsType, Title: "Already Exists",
		Status: http.StatusConflict, Detail: "duplicate " + what + " provided",
		Meta: map[string]any{"existing": existing{ID: r.ID, RefID: r.RefID, SummaryStatus: r.Status, CreatedAt: r.CreatedAt}},
	}
}

func (e *Emulator) writeProblem(w http.ResponseWriter, r *http.Request, err error) {
	p, ok := errors.AsType[*problem](err)
	if !ok {
		e.log.ErrorContext(r.Context(), "emulator: request failed", "route", r.Pattern, "err", err)
		p = refuse(http.StatusInternalServerError, "the emulator failed, see its log")
	}
	writeJSON(w, "application/problem+json", p.Status, p)
}

func writeJSON(w http.ResponseWriter, contentType string, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		http.Error(w, "the answer could not be encoded", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	_, _ = w.Write(body) // a reader that went away is no fault of ours
}
