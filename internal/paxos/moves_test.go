package paxos_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/budget"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// spoken is everything that a call says: its log and its error, causes included.
func spoken(d desk, err error) string {
	text := d.log.String()
	for e := err; e != nil; e = errors.Unwrap(e) {
		text += e.Error() + fmt.Sprintf("%+v", e)
	}
	if f := fault.From(err); f != nil {
		text += f.Text + f.Code + fmt.Sprint(f.Fields)
	}
	return text
}

func TestDocuments(t *testing.T) {
	t.Parallel()
	s := &standIn{api: answers(200, `{"documents": [
		{"file_id": "f-1", "name": "funds.pdf", "document_types": ["PROOF_OF_FUNDS", "NEW_WORD"], "created_at": "2024-02-03 04:05:06.5+00:00"},
		{"file_id": "f-2", "name": "old.pdf", "archived_at": "2024-02-03T04:05:06Z"}, {"name": "no id"}], "pending_documents": ["PROOF_OF_RESIDENCY"]}`)}
	uploaded, pending, err := overNetwork(t, s).Documents(t.Context(), "px-1")
	require.NoError(t, err)
	require.Equal(t, []identity.Document{{
		FileID: "f-1", Name: "funds.pdf", Types: []string{"PROOF_OF_FUNDS", "NEW_WORD"}, CreatedAt: time.Date(2024, 2, 3, 4, 5, 6, 5e8, time.UTC),
	}}, uploaded)
	require.Equal(t, []string{"PROOF_OF_RESIDENCY"}, pending)
	require.Equal(t, "/v2/identity/identities/px-1/documents?include_pending_docs=true", s.requests[0].URL.String())
}

func TestStartUpload(t *testing.T) {
	t.Parallel()
	s := &standIn{api: answers(200, `{"file_id": "f-1", "name": "funds.pdf", "upload_url": "https://storage.test/f-1?signature=very-secret"}`)}
	d := overNetwork(t, s)
	got, err := d.StartUpload(t.Context(), "px-1", "funds.pdf", []string{"PROOF_OF_FUNDS"})
	require.NoError(t, err)
	require.Equal(t, identity.Upload{FileID: "f-1", URL: "https://storage.test/f-1?signature=very-secret"}, got)
	require.Equal(t, "PUT", s.requests[0].Method)
	require.JSONEq(t, `{"name": "funds.pdf", "document_types": ["PROOF_OF_FUNDS"]}`, s.bodies[0])
	require.NotContains(t, d.log.String(), "very-secret")
	require.NotContains(t, fmt.Sprintf("%v %+v %#v %s", got, got, got, got.URL), "very-secret")
	for name, c := range map[string]struct {
		status int
		body   string
		kind   fault.Kind
		code   string
	}{
		"name used":  {409, `{"title": "Already Exists", "detail": "file named \"Wilhelmina.pdf\" already exists"}`, fault.Conflict, identity.FileNameTaken},
		"bad name":   {400, `{"detail": "invalid name 'Wilhelmina.pdf'", "meta": {"field": "name"}}`, fault.Invalid, "http_400"},
		"no scope":   {403, `{"detail": "insufficient scopes: Wilhelmina.pdf"}`, fault.Forbidden, "scope"},
		"unknown":    {404, `{}`, fault.NotFound, "http_404"},
		"no address": {200, `{"file_id": "f-1"}`, fault.Lost, "no_id"},
		"lost":       {502, `Wilhelmina.pdf`, fault.Lost, "http_502"},
	} {
		d := overNetwork(t, &standIn{api: answers(c.status, c.body)})
		_, err := d.StartUpload(t.Context(), "px-1", "Wilhelmina.pdf", nil)
		f := faultOf(t, err)
		require.Equal(t, []any{c.kind, c.code}, []any{f.Kind, f.Code}, name)
		require.NotContains(t, spoken(d, err), "Wilhelmina", name)
	}
}

// storage is where files go: it keeps what came.
type storage struct {
	status int
	header http.Header
	body   string
	url    string
	to     identity.UploadURL
}

func newStorage(t *testing.T, status int) *storage {
	t.Helper()
	s := &storage{status: status}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.header, s.body, s.url = r.Header.Clone(), string(body), r.URL.String()
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(s.status)
		_, _ = io.WriteString(w, "<Error>very-secret</Error>")
	}))
	t.Cleanup(server.Close)
	s.to = identity.UploadURL(server.URL + "/f-1?signature=very-secret")
	return s
}

func TestPutFile(t *testing.T) {
	t.Parallel()
	d := overNetwork(t, &standIn{api: answers(500, "")})
	s := newStorage(t, 200)
	require.NoError(t, d.At(budget.Click).PutFile(t.Context(), s.to, "application/pdf", 4, strings.NewReader("%PDF and more")))
	require.Equal(t, []any{"%PDF", "application/pdf", "/f-1?signature=very-secret"}, []any{s.body, s.header.Get("Content-Type"), s.url})
	require.Empty(t, s.header.Get("Authorization"), "no token leaves for the storage")
	require.Contains(t, d.log.String(), "method=PUT route=upload status=200")
	require.Contains(t, d.log.String(), "priority=click")
	require.NotContains(t, d.log.String(), "very-secret")
	require.NotContains(t, d.log.String(), "127.0.0.1")
}

// endless is a file that tells how much of it was read.
type endless struct{ read atomic.Int64 }

func (e *endless) Read(p []byte) (int, error) {
	e.read.Add(int64(len(p)))
	return len(p), nil
}

func TestPutFileToAnExpiredAddress(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(answers(403, "<Error>very-secret</Error>"))
	t.Cleanup(server.Close)
	d, file := overNetwork(t, &standIn{}), &endless{}
	err := d.PutFile(t.Context(), identity.UploadURL(server.URL), "application/pdf", 90_000_000, file)
	require.Equal(t, identity.UploadExpired, faultOf(t, err).Code)
	require.Zero(t, file.read.Load(), "the bytes stay here")
}

func TestPutFileThatIsNotTaken(t *testing.T) {
	t.Parallel()
	for status, want := range map[int][2]string{
		403: {"conflict", identity.UploadExpired}, 404: {"conflict", identity.UploadExpired}, 413: {"too_large", identity.FileRefused},
		400: {"invalid", identity.FileRefused}, 415: {"invalid", identity.FileRefused}, 429: {"throttled", "http_429"},
		500: {"lost", "http_500"}, 503: {"lost", "http_503"}, 302: {"lost", "http_302"},
	} {
		d, s := overNetwork(t, &standIn{api: answers(200, `{"id":"px-1"}`)}), newStorage(t, status)
		err := d.PutFile(t.Context(), s.to, "application/pdf", 4, strings.NewReader("%PDF"))
		f := faultOf(t, err)
		require.Equal(t, want, [2]string{string(f.Kind), f.Code}, status)
		require.NotContains(t, spoken(d, err), "very-secret")
		require.NotContains(t, s.url, "elsewhere", "no redirect is followed")
		_, err = d.Identity(t.Context(), "px-1")
		require.NoError(t, err, "the storage's limits are not Paxos'")
	}
}

func TestPutFileThatCannotBeSent(t *testing.T) {
	t.Parallel()
	d, s := overNetwork(t, &standIn{}), newStorage(t, 200)
	broken := errors.New("Wilhelmina's disk")
	for name, file := range map[string]io.Reader{
		"short":  strings.NewReader("%P"),
		"broken": io.MultiReader(strings.NewReader("%P"), iotest.ErrReader(broken)),
	} {
		err := d.PutFile(t.Context(), s.to, "application/pdf", 4, file)
		f := faultOf(t, err)
		require.Equal(t, []any{fault.Internal, "file_unreadable"}, []any{f.Kind, f.Code}, name)
		require.NotContains(t, spoken(d, err), "Wilhelmina")
	}
	for _, to := range []identity.UploadURL{
		"http://storage.test/very-secret", "ftp://127.0.0.1/very-secret", "https://user:very-secret@storage.test/", "very-secret", "", "https://%zz",
	} {
		err := d.PutFile(t.Context(), to, "application/pdf", 4, strings.NewReader("%PDF"))
		require.Equal(t, "upload_address", faultOf(t, err).Code)
		require.NotContains(t, spoken(d, err), "very-secret")
	}
	far := inMemory(t, &standIn{})
	require.Equal(t, "upload_address", faultOf(t, far.PutFile(t.Context(), s.to, "application/pdf", 4, strings.NewReader("%PDF"))).Code,
		"a Paxos elsewhere has no business on this machine")

	given, giveUp := context.WithCancel(t.Context())
	giveUp()
	require.Equal(t, fault.Unavailable, faultOf(t, d.PutFile(given, s.to, "application/pdf", 4, strings.NewReader("%PDF"))).Kind)
	gone := httptest.NewServer(nil)
	nowhere := identity.UploadURL(gone.URL + "/very-secret")
	gone.Close()
	err := d.PutFile(t.Context(), nowhere, "application/pdf", 4, strings.NewReader("%PDF"))
	require.Equal(t, []any{fault.Unavailable, "unreachable"}, []any{faultOf(t, err).Kind, faultOf(t, err).Code})
	require.NotContains(t, spoken(d, err), "very-secret")
}

func TestControls(t *testing.T) {
	t.Parallel()
	s := &standIn{api: func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("page_cursor") == "" {
			answers(200, `{"items": [{"id": "c-1", "type": "SELL_ONLY", "set_by": "SET_BY_PAXOS", "is_overridable": true, "reason_code": "OTHER",
				"reason": "why", "created_at": "2024-02-03T04:05:06Z", "deleted_at": "2024-02-04T04:05:06Z"}], "next_page_cursor": "more"}`)(w, r)
			return
		}
		answers(200, `{"items": [{"id": "c-2", "type": "HALF_OPEN"}], "next_page_cursor": ""}`)(w, r)
	}}
	all, err := overNetwork(t, s).Controls(t.Context(), "px-1", true)
	require.NoError(t, err)
	at := time.Date(2024, 2, 3, 4, 5, 6, 0, time.UTC)
	require.Equal(t, []identity.ControlRecord{
		{
			Control: identity.Control{ID: "c-1", Type: "SELL_ONLY", SetBy: "SET_BY_PAXOS", Overridable: true, ReasonCode: "OTHER", CreatedAt: at},
			Reason:  "why", DeletedAt: at.AddDate(0, 0, 1),
		},
		{Control: identity.Control{ID: "c-2", Type: "HALF_OPEN"}},
	}, all)
	require.Equal(t, url.Values{"identity_id": {"px-1"}, "include_deleted": {"true"}, "limit": {"1000"}}, s.requests[0].URL.Query())
	require.Equal(t, "more", s.requests[1].URL.Query().Get("page_cursor"))

	endless := overNetwork(t, &standIn{api: answers(200, `{"items": [], "next_page_cursor": "again"}`)})
	_, err = endless.Controls(t.Context(), "px-1", false)
	require.Equal(t, fault.Lost, faultOf(t, err).Kind, "a list with a gap is none")
}

func TestSetAndRemoveControl(t *testing.T) {
	t.Parallel()
	const why = "Wilhelmina asked for it"
	s := &standIn{api: answers(200, `{"id": "c-1", "type": "CLOSED", "set_by": "SET_BY_CLIENT", "is_overridable": true, "reason": "why"}`)}
	d := overNetwork(t, s)
	ask := identity.ControlAsk{PaxosID: "px-1", Type: identity.Closed, ReasonCode: "END_USER_REQUEST", Reason: why}
	set, err := d.SetControl(t.Context(), ask)
	require.NoError(t, err)
	require.Equal(t, []any{"c-1", true}, []any{set.ID, set.Overridable})
	require.JSONEq(t, `{"identity_id": "px-1", "type": "CLOSED", "reason_code": "END_USER_REQUEST", "reason": "`+why+`"}`, s.bodies[0])

	require.NoError(t, d.RemoveControl(t.Context(), "c-1", why))
	require.Equal(t, "DELETE", s.requests[1].Method)
	require.Equal(t, url.Values{"control_id": {"c-1"}, "reason": {why}}, s.requests[1].URL.Query())
	require.JSONEq(t, `{"id": "c-1", "reason": "`+why+`"}`, s.bodies[1])
	require.NotContains(t, d.log.String(), "Wilhelmina")
	for name, c := range map[string]struct {
		status int
		body   string
		kind   fault.Kind
		code   string
	}{
		"Paxos' own": {400, `{"detail": "the control is not overridable: ` + why + `"}`, fault.Conflict, identity.NotOverridable},
		"refused":    {400, `{"detail": "invalid reason '` + why + `'"}`, fault.Invalid, "http_400"},
		"gone":       {404, `{"detail": "` + why + `"}`, fault.NotFound, "http_404"},
		"no scope":   {403, `{"detail": "insufficient scopes"}`, fault.Forbidden, "scope"},
		"lost":       {500, why, fault.Lost, "http_500"},
	} {
		d := overNetwork(t, &standIn{api: answers(c.status, c.body)})
		_, set := d.SetControl(t.Context(), ask)
		for _, err := range []error{set, d.RemoveControl(t.Context(), "c-1", why)} {
			f := faultOf(t, err)
			require.Equal(t, []any{c.kind, c.code}, []any{f.Kind, f.Code}, name)
			require.NotContains(t, spoken(d, err), "Wilhelmina", name)
		}
	}
	_, err = overNetwork(t, &standIn{api: answers(200, `{}`)}).SetControl(t.Context(), ask)
	require.Equal(t, "no_id", faultOf(t, err).Code)
}

func TestAccounts(t *testing.T) {
	t.Parallel()
	s := &standIn{api: answers(200, `{"items": [{"id": "a-1", "identity_id": "px-1", "ref_id": "account-1", "type": "NEW_KIND", "description": "note",
		"summary_status": "APPROVED", "profile_id": "pr-1", "user_disabled": true, "created_at": "2014-02-20 04:22:22.5+00:00",
		"members": [{"identity_id": "px-2", "roles": ["BENEFICIAL_OWNER"]}, {"identity_id": "px-3", "type": "FINANCIAL_ADVISOR"}]}]}`)}
	all, err := overNetwork(t, s).Accounts(t.Context(), "px-1")
	require.NoError(t, err)
	require.Equal(t, []identity.Account{{
		ID: "a-1", PaxosID: "px-1", RefID: "account-1", Type: "NEW_KIND", Description: "note", Status: identity.Approved, ProfileID: "pr-1",
		UserDisabled: true, CreatedAt: time.Date(2014, 2, 20, 4, 22, 22, 5e8, time.UTC),
		Members: []identity.AccountMember{{PaxosID: "px-2", Roles: []string{"BENEFICIAL_OWNER"}}, {PaxosID: "px-3", Roles: []string{"FINANCIAL_ADVISOR"}}},
	}}, all)
	require.Equal(t, "px-1", s.requests[0].URL.Query().Get("identity_id"))
}

func TestCreateAccount(t *testing.T) {
	t.Parallel()
	draft := identity.AccountDraft{CreateProfile: true, Account: identity.AccountFields{
		PaxosID: "px-1", RefID: "account-1", Type: identity.Brokerage, Description: "For Wilhelmina",
		Members: []identity.AccountMember{{PaxosID: "px-2", Roles: []string{"AUTHORIZED_USER"}}},
	}}
	s := &standIn{api: answers(200, `{"id": "a-1", "identity_id": "px-1", "profile_id": "pr-1"}`)}
	made, err := overNetwork(t, s).CreateAccount(t.Context(), draft)
	require.NoError(t, err)
	require.Equal(t, identity.Account{ID: "a-1", PaxosID: "px-1", ProfileID: "pr-1"}, made)
	require.JSONEq(t, `{"create_profile": true, "account": {"identity_id": "px-1", "ref_id": "account-1", "type": "BROKERAGE",
		"description": "For Wilhelmina", "members": [{"identity_id": "px-2", "roles": ["AUTHORIZED_USER"]}]}}`, s.bodies[0])
	for name, c := range map[string]struct {
		status int
		body   string
		kind   fault.Kind
		code   string
	}{
		"ref_id taken": {409, `{"meta": {"existing": {"id": "a-9", "identity_id": "px-9", "ref_id": "account-1"}}}`, fault.Conflict, identity.AccountRefIDTaken},
		"not approved": {400, `{"detail": "the identity is not APPROVED"}`, fault.Conflict, identity.WrongStatus},
		"refused":      {400, `{"detail": "invalid account.description 'For Wilhelmina'"}`, fault.Invalid, "http_400"},
		"lost":         {200, `For Wilhelmina`, fault.Lost, "unreadable"},
	} {
		d := overNetwork(t, &standIn{api: answers(c.status, c.body)})
		_, err := d.CreateAccount(t.Context(), draft)
		f := faultOf(t, err)
		require.Equal(t, []any{c.kind, c.code}, []any{f.Kind, f.Code}, name)
		require.NotContains(t, spoken(d, err), "Wilhelmina", name)
		if exists, is := errors.AsType[*identity.AccountExists](err); is {
			require.Equal(t, []any{"a-9", "px-9"}, []any{exists.Account.ID, exists.Account.PaxosID})
		}
		require.Equal(t, name == "refused", f.Fields["account.description"] != "", "the field is named")
	}
}

func TestUpdateSendsTheChangesAlone(t *testing.T) {
	t.Parallel()
	s := &standIn{api: answers(200, `{"id": "px-1", "status": "PENDING"}`)}
	d := overNetwork(t, s)
	before, after := draft(), draft()
	after.Person.Address.City, after.Person.Address.Address2 = "Shelbyville", ""
	after.Person.FirstName = "Wilma"
	what := identity.Correct(before, after)
	what.RefreshedAt = time.Date(2024, 2, 3, 4, 5, 6, 0, time.UTC)
	news, err := d.Update(t.Context(), "px-1", what)
	require.NoError(t, err)
	require.Equal(t, identity.Pending, news.Record.Status)
	require.Equal(t, "PUT /v2/identity/identities/px-1", s.requests[0].Method+" "+s.requests[0].URL.String())
	require.JSONEq(t, `{"person_details": {"first_name": "Wilma", "address": {"city": "Shelbyville"}}, "last_kyc_refresh_date": "2024-02-03T04:05:06Z"}`, s.bodies[0])

	d = overNetwork(t, &standIn{api: answers(400, `{"detail": "invalid person_details.address.city 'Shelbyville'"}`)})
	_, err = d.Update(t.Context(), "px-1", what)
	require.Contains(t, faultOf(t, err).Fields, "person_details.address.city")
	require.NotContains(t, spoken(d, err), "Shelbyville")
	d = overNetwork(t, &standIn{api: answers(409, `{"detail": "duplicate (cip_id, cip_id_type) provided", "meta": {"existing": {"id": "px-9"}}}`)})
	_, err = d.Update(t.Context(), "px-1", what)
	require.Equal(t, identity.CIPIDTaken, faultOf(t, err).Code)
	_, err = d.Update(t.Context(), "..", what)
	require.Equal(t, "bad_id", faultOf(t, err).Code)
}

func TestInstitution(t *testing.T) {
	t.Parallel()
	s := &standIn{api: answers(200, `{"id": "px-1", "type": "INSTITUTION", "status": "PENDING", "institution_details": {"institution_type": "TRUST", "regulation_status": "MARS_REGULATED"}, "institution_members": [
		{"roles": ["TRUSTEE"]}, {"id": "m-1", "identity_id": "px-2", "name": "Wilhelmina", "roles": ["TRUSTEE"], "ownership": "12.5", "position": "Chair", "summary_status": "DENIED"}]}`)}
	d := overNetwork(t, s)
	news, err := d.Identity(t.Context(), "px-1")
	require.NoError(t, err)
	require.Equal(t, identity.Institution, news.Record.Type)
	require.Equal(t, []identity.InstitutionMember{{PaxosID: "px-2", Roles: []string{"TRUSTEE"}, Status: "DENIED"}}, news.Record.Members)
	require.Equal(t, &identity.InstitutionFacts{LegalForm: "TRUST", Regulation: "MARS_REGULATED"}, news.Record.Details.Institution)
	require.Equal(t, "include_institution_members=true", s.requests[0].URL.RawQuery)

	company := identity.InstitutionDraft{
		RefID: "company-1", Institution: identity.InstitutionFields{Name: "Quillhaven Holdings", Type: "LLC"},
		Members: []identity.MemberDraft{{PaxosID: "px-2", Roles: []string{"BENEFICIAL_OWNER"}, Ownership: "50"}},
	}
	news, err = d.CreateInstitution(t.Context(), company)
	require.NoError(t, err)
	require.Equal(t, identity.BySubmit, news.By)
	require.Contains(t, s.bodies[1], `"institution_members":[{"identity_id":"px-2","roles":["BENEFICIAL_OWNER"],"ownership":"50"}]`)
	require.NotContains(t, s.bodies[1], "incorporation_address")
	d = overNetwork(t, &standIn{api: answers(400, `{"detail": "invalid institution_details.name 'Quillhaven Holdings'"}`)})
	_, err = d.CreateInstitution(t.Context(), company)
	require.Contains(t, faultOf(t, err).Fields, "institution_details.name")
	require.NotContains(t, spoken(d, err), "Quillhaven")
}

func TestSetSandboxStatus(t *testing.T) {
	t.Parallel()
	s := &standIn{api: answers(200, `{}`)}
	d, no := overNetwork(t, s), false
	require.NoError(t, d.SetSandboxStatus(t.Context(), "px-1", identity.SandboxStatus{Sanctions: "ERROR", AdminDisabled: &no}))
	require.Equal(t, "/v2/identity/identities/px-1/sandbox-status", s.requests[0].URL.Path)
	require.JSONEq(t, `{"sanctions_verification_status": "ERROR", "admin_disabled": {"disabled": false}}`, s.bodies[0])
}
