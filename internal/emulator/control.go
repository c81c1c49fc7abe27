package emulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"
)

// chanceBody is what POST /control/chance takes.
type chanceBody struct {
	Seed   uint64  `json:"seed"`
	Faults []Fault `json:"faults"`
}

// skewBody is what POST /control/skew takes, as in {"ahead": "-90s"}.
type skewBody struct {
	Ahead lasting `json:"ahead"`
}

// actBody is what POST /control/act takes.
type actBody struct {
	ID string `json:"id"`
	Do string `json:"do"`
}

// controlRoutes is the exported API of the faults as JSON, for tests that run
// the emulator as a process of its own.
func (e *Emulator) controlRoutes() http.Handler {
	mux := http.NewServeMux()
	done := func(err error) (any, error) { return struct{}{}, err }
	mux.HandleFunc("GET /control/report", e.told(func() any { return e.Report() }))
	mux.HandleFunc("GET /control/truth", e.told(func() any { return map[string]any{"identities": e.Truth()} }))
	mux.HandleFunc("GET /control/deliveries", e.told(func() any { return map[string]any{"deliveries": e.Deliveries()} }))
	mux.HandleFunc("POST /control/faults", commanded(e, func(f []Fault) (any, error) { return done(e.Misbehave(f...)) }))
	mux.HandleFunc("POST /control/chance", commanded(e, func(c chanceBody) (any, error) {
		return done(e.MisbehaveByChance(c.Seed, c.Faults...))
	}))
	mux.HandleFunc("POST /control/behave", commanded(e, func(struct{}) (any, error) { e.Behave(); return done(nil) }))
	mux.HandleFunc("POST /control/expire-tokens", commanded(e, func(struct{}) (any, error) { e.ExpireTokens(); return done(nil) }))
	mux.HandleFunc("POST /control/skew", commanded(e, func(s skewBody) (any, error) { e.Skew(time.Duration(s.Ahead)); return done(nil) }))
	mux.HandleFunc("POST /control/foreign", commanded(e, func(f Foreign) (any, error) {
		id, err := e.HoldForeign(f)
		return map[string]string{"id": id}, err
	}))
	mux.HandleFunc("POST /control/set", commanded(e, func(c Change) (any, error) { return done(e.Set(c)) }))
	mux.HandleFunc("POST /control/act", commanded(e, func(a actBody) (any, error) { return done(e.Act(a.ID, a.Do)) }))
	mux.HandleFunc("POST /control/events", commanded(e, func(n NewEvents) (any, error) {
		ids, err := e.LogEvents(n)
		return map[string][]string{"ids": ids}, err
	}))
	mux.HandleFunc("/control/", func(w http.ResponseWriter, r *http.Request) {
		e.writeProblem(w, r, refuse(http.StatusNotFound, "the emulator has no control %s %s", r.Method, r.URL.Path))
	})
	return e.fromThisMachine(http.NewCrossOriginProtection().Handler(mux))
}

// fromThisMachine refuses everybody else, RemotePage or not: both the name that
// was asked for and the address that asks must be loopback.
func (e *Emulator) fromThisMachine(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isLoopback(r.Host) || !isLoopback(r.RemoteAddr) {
			e.writeProblem(w, r, refuse(http.StatusForbidden, "the control endpoints answer on loopback only"))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// told answers a question.
func (e *Emulator) told(answer func() any) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, "application/json", http.StatusOK, answer())
	}
}

// commanded reads a command, strictly, and carries it out. An empty body is an
// empty command.
func commanded[T any](e *Emulator, do func(T) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var command T
		err := decodeStrictly(w, r, &command)
		if err != nil {
			e.writeProblem(w, r, badRequest("%s", err))
			return
		}
		answer, err := do(command)
		if _, known := errors.AsType[*problem](err); err != nil && !known {
			err = badRequest("%s", err)
		}
		if err != nil {
			e.writeProblem(w, r, err)
			return
		}
		writeJSON(w, "application/json", http.StatusOK, answer)
	}
}

func decodeStrictly(w http.ResponseWriter, r *http.Request, into any) error {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil || len(bytes.TrimSpace(body)) == 0 {
		return err
	}
	strict := json.NewDecoder(bytes.NewReader(body))
	strict.DisallowUnknownFields()
	return strict.Decode(into)
}
