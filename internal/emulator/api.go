package emulator

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
)

const maxBody = 1 << 20

// call answers one API request; what it returns is encoded as the answer.
type call func(*http.Request) (any, error)

// routes is the whole table: token, API, control, page. Each route of the API
// has the kind that faults name it by.
func (e *Emulator) routes() (http.Handler, error) {
	mux := http.NewServeMux()
	route := func(kind, pattern string, perSecond float64, next http.HandlerFunc) {
		mux.HandleFunc(pattern, e.misbehaving(kind, pattern, e.limited(perSecond, next)))
	}
	route(CallToken, "POST /oauth2/token", e.opts.Limits.Token, e.serveToken)

	identity := func(kind, pattern, scope string, c call) {
		route(kind, pattern, e.opts.Limits.Identity, e.authorised(scope, c))
	}
	identity(CallCreate, "POST /v2/identity/identities", scopeWriteIdentity, e.keeping(e.createIdentity))
	identity(CallList, "GET /v2/identity/identities", scopeReadIdentity, e.listIdentities)
	identity(CallGet, "GET /v2/identity/identities/{id}", scopeReadIdentity, e.getIdentity)
	identity(CallUpdate, "PUT /v2/identity/identities/{id}", scopeWriteIdentity, e.keeping(e.updateIdentity))
	identity(CallSandbox, "PUT /v2/identity/identities/{id}/sandbox-status", scopeWriteIdentity, e.keeping(e.setSandboxStatus))

	identity(CallDocuments, "GET /v2/identity/identities/{id}/documents", scopeReadIdentity, e.listDocuments)
	identity(CallAskUpload, "PUT /v2/identity/identities/{id}/documents", scopeWriteIdentity, e.keeping(e.askUpload))
	identity(CallControls, "GET /v2/identity/controls", scopeReadControl, e.listControls)
	identity(CallSetControl, "POST /v2/identity/controls", scopeWriteControl, e.keeping(e.createControl))
	identity(CallEndControl, "DELETE /v2/identity/controls", scopeWriteControl, e.keeping(e.deleteControl))
	identity(CallAccounts, "GET /v2/identity/accounts", scopeReadAccount, e.listAccounts)
	identity(CallAccount, "GET /v2/identity/accounts/{id}", scopeReadAccount, e.getAccount)
	identity(CallCreateAccount, "POST /v2/identity/accounts", scopeWriteAccount, e.keeping(e.createAccount))
	identity(CallUpdateAccount, "PUT /v2/identity/accounts", scopeWriteAccount, e.keeping(e.updateAccount))

	other := func(kind, pattern, scope string, c call) {
		route(kind, pattern, e.opts.Limits.Other, e.authorised(scope, c))
	}
	other(CallEvents, "GET /v2/events", scopeReadEvent, e.keeping(e.listEvents))
	other(CallEvent, "GET /v2/events/{id}", scopeReadEvent, e.keeping(e.getEvent))
	route(CallUpload, "PUT /uploads/{token}", e.opts.Limits.Other, e.takeUpload)
	route(CallOther, "/v2/", e.opts.Limits.Other, e.unknownEndpoint)
	mux.Handle("/control/", e.controlRoutes())

	page, err := e.pageRoutes()
	if err != nil {
		return nil, err
	}
	mux.Handle("/", page)
	return mux, nil
}

// authorised checks the bearer and its scope, then answers with what c gives.
func (e *Emulator) authorised(scope string, c call) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		scopes, err := e.granted(r)
		if err == nil {
			err = allowed(scopes, scope)
		}
		if err != nil {
			e.writeProblem(w, r, err)
			return
		}
		answer, err := c(r)
		if err != nil {
			e.writeProblem(w, r, err)
			return
		}
		writeJSON(w, "application/json", http.StatusOK, answer)
	}
}

func (e *Emulator) unknownEndpoint(w http.ResponseWriter, r *http.Request) {
	e.writeProblem(w, r, refuse(http.StatusNotFound, "the emulator has no %s %s", r.Method, r.URL.Path))
}

// decode reads a JSON body; fields it does not know are ignored, as at Paxos.
func decode(r *http.Request, into any) error {
	body, err := io.ReadAll(r.Body)
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return refuse(http.StatusRequestEntityTooLarge, "the body is larger than %d bytes", tooLarge.Limit)
	}
	if err != nil {
		return badRequest("the body could not be read")
	}
	return unmarshal(body, into)
}

func unmarshal(body []byte, into any) error {
	err := json.Unmarshal(body, into)
	if wrongType, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return badRequest("%s must be a %s", wrongType.Field, wrongType.Type)
	}
	if err != nil {
		return badRequest("the body is not valid JSON")
	}
	return nil
}
