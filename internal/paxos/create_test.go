package paxos_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

func TestCreateSendsTheDraftAndNothingElse(t *testing.T) {
	t.Parallel()
	s := &standIn{api: answers(201, `{
		"id": "px-1", "ref_id": "user-0042", "type": "PERSON", "summary_status": "PENDING", "created_at": "2024-02-03T04:05:07.25Z",
		"person_details": {"first_name": "Wilhelmina", "last_name": "O'Brien-Quux", "cip_id": "078-05-1121", "date_of_birth": "1971-03-29"}}`)}
	d := overNetwork(t, s)
	before := time.Now()
	n, err := d.CreateIdentity(t.Context(), draft())
	require.NoError(t, err)

	require.Equal(t, identity.BySubmit, n.By)
	require.WithinRange(t, n.AskedAt, before, n.HeardAt)
	require.Equal(t, identity.Record{
		PaxosID: "px-1", RefID: "user-0042", Type: identity.Person, Status: identity.Pending,
		Name:      identity.Name{First: "Wilhelmina", Last: "O'Brien-Quux"},
		CreatedAt: time.Date(2024, 2, 3, 4, 5, 7, 250e6, time.UTC), Details: identity.Details{ControlsUnsaid: true},
	}, n.Record, "nothing but the allow-list")

	r := s.requests[0]
	require.Equal(t, "POST", r.Method)
	require.Equal(t, "/v2/identity/identities", r.URL.Path)
	require.Empty(t, r.URL.RawQuery)
	require.Equal(t, "application/json", r.Header.Get("Content-Type"))
	require.Equal(t, "identitydesk/1.2.3", r.Header.Get("User-Agent"))
	require.JSONEq(t, `{
		"ref_id": "user-0042",
		"person_details": {
			"verifier_type": "PASSTHROUGH", "passthrough_verifier_type": "JUMIO", "passthrough_verified_at": "2024-02-03T04:05:06Z",
			"passthrough_verification_id": "ver-90210", "passthrough_verification_status": "APPROVED",
			"passthrough_verification_fields": ["FULL_LEGAL_NAME", "DATE_OF_BIRTH"],
			"first_name": "Wilhelmina", "last_name": "O'Brien-Quux", "date_of_birth": "1971-03-29",
			"address": {"address1": "77 Invented Lane", "city": "Springfield", "province": "IL", "country": "USA", "zip_code": "62704"},
			"nationality": "USA", "cip_id": "078-05-1121", "cip_id_type": "SSN", "cip_id_country": "USA",
			"phone_number": "+1 555 010 4477", "email": "wilhelmina@invented.example"},
		"customer_due_diligence": {"employment_status": "FULL_TIME"}}`, s.bodies[0])

	none := draft()
	none.DueDiligence = identity.DueDiligence{}
	none.IsMerchant, none.Metadata = true, map[string]string{"team": "east"}
	_, err = d.CreateIdentity(t.Context(), none)
	require.NoError(t, err)
	require.NotContains(t, s.bodies[1], "customer_due_diligence")
	require.Contains(t, s.bodies[1], `"is_merchant":true,"metadata":{"team":"east"}`)
}

func TestAClashNamesItsFieldAndTheRecordInTheWay(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		detail, existing string
		field, code      string
	}{
		"same ref_id":         {"", `{"id":"px-9","ref_id":"user-0042","status":"APPROVED"}`, "ref_id", identity.RefIDTaken},
		"other ref_id":        {"", `{"id":"px-9","ref_id":"user-0007","status":"DENIED"}`, "cip_id", identity.CIPIDTaken},
		"words: ref_id":       {"duplicate ref_id provided", `{"id":"px-9"}`, "ref_id", identity.RefIDTaken},
		"words: cip_id":       {"duplicate (cip_id, cip_id_type, cip_id_country) provided", `{"id":"px-9"}`, "cip_id", identity.CIPIDTaken},
		"record before words": {"duplicate (cip_id, cip_id_type) provided", `{"id":"px-9","ref_id":"user-0042"}`, "ref_id", identity.RefIDTaken},
		"words before guess":  {"duplicate ref_id provided", `{"id":"px-9","ref_id":"changed-since"}`, "ref_id", identity.RefIDTaken},
		"nothing said":        {"", `{"id":"px-9"}`, "", identity.AlreadyExists},
		"both said":           {"duplicate ref_id or cip_id", `{"id":"px-9"}`, "", identity.AlreadyExists},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := fmt.Sprintf(`{"type":"https://paxos.test/problems/already-exists","title":"Already Exists","status":409,
				"detail":%q,"meta":{"existing":%s}}`, c.detail, c.existing)
			_, err := overNetwork(t, &standIn{api: answers(409, body)}).CreateIdentity(t.Context(), draft())
			f := faultOf(t, err)
			require.Equal(t, fault.Conflict, f.Kind)
			require.Equal(t, c.code, f.Code)
			exists, ok := errors.AsType[*identity.Exists](err)
			require.True(t, ok)
			require.Equal(t, c.field, exists.Field)
			require.Equal(t, "px-9", exists.Record.PaxosID)
		})
	}
	for _, meta := range []string{`{}`, `null`, `[]`, `"existing"`, `{"existing":null}`, `{"existing":[1]}`} {
		body := `{"title":"Already Exists","detail":"duplicate ref_id provided","meta":` + meta + `}`
		_, err := overNetwork(t, &standIn{api: answers(409, body)}).CreateIdentity(t.Context(), draft())
		exists, ok := errors.AsType[*identity.Exists](err)
		require.True(t, ok, meta)
		require.Equal(t, "ref_id", exists.Field, meta)
		require.Empty(t, exists.Record.PaxosID, meta)
	}
}

func TestARefusalShowsPaxosWordsWithoutTheValues(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		detail, want string
	}{
		"plain":            {"date is in the future", "Paxos refuses the details: date is in the future"},
		"a value":          {"invalid 'Wilhelmina' given", "Paxos refuses the details: invalid '[…]' given"},
		"other case":       {"invalid WILHELMINA o'brien-quux", "Paxos refuses the details: invalid […] […]"},
		"no dashes":        {"078051121 is taken", "Paxos refuses the details: […] is taken"},
		"other separators": {"phone +1-555-010-4477, born 1971/03/29 00:00", "Paxos refuses the details: phone +[…], born […] 00:00"},
		"a field's name":   {"date_of_birth is required", "Paxos refuses the details: date_of_birth is required"},
		"lines":            {"first\nsecond\x00", "Paxos refuses the details: first second"},
		"nothing":          {"", "Paxos refuses the details and does not say why."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body, err := json.Marshal(map[string]any{"type": "https://paxos.test/problems/bad-input", "detail": c.detail})
			require.NoError(t, err)
			_, err = overNetwork(t, &standIn{api: answers(400, string(body))}).CreateIdentity(t.Context(), draft())
			f := faultOf(t, err)
			require.Equal(t, fault.Invalid, f.Kind)
			require.Equal(t, "bad_input", f.Code)
			require.True(t, strings.HasPrefix(f.Text, c.want), "%q", f.Text)
		})
	}
}

func TestARefusalNamesTheFieldWherePaxosDoes(t *testing.T) {
	t.Parallel()
	const city, cip = "person_details.address.city", "person_details.cip_id"
	for name, c := range map[string]struct {
		body string
		want map[string]string
	}{
		"a map":            {`{"detail":"bad","meta":{"fields":{"person_details.address.city":"Springfield is unknown"}}}`, map[string]string{city: "[…] is unknown"}},
		"a list":           {`{"detail":"bad","meta":{"errors":[{"field":"cip_id","message":"wrong"},{"path":"city"}]}}`, map[string]string{cip: "wrong", city: "bad"}},
		"a name":           {`{"detail":"bad","meta":{"field":"cip_id"}}`, map[string]string{cip: "bad"}},
		"in words":         {`{"detail":"invalid person_details.address.city 'Springfield'"}`, map[string]string{city: "invalid person_details.address.city '[…]'"}},
		"no field of ours": {`{"detail":"bad","meta":{"fields":{"Wilhelmina":"no","ref_id":"long"}}}`, map[string]string{"ref_id": "long"}},
		"an everyday word": {`{"detail":"the city is unknown"}`, map[string]string{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := overNetwork(t, &standIn{api: answers(400, c.body)}).CreateIdentity(t.Context(), draft())
			require.Equal(t, c.want, faultOf(t, err).Fields)
		})
	}
}

// personal are the values of the draft that no log and no error may hold.
func personal() []string {
	p := draft().Person
	return []string{
		p.FirstName, p.LastName, p.DateOfBirth, p.Address.Address1, p.Address.City, p.CIPID, p.PhoneNumber, p.Email, secret, "token-1",
	}
}

func TestNoPersonalDataAndNoTokenInLogsAndErrors(t *testing.T) {
	t.Parallel()
	echo := strings.Join(personal(), " / ")
	for status, apis := range map[int][]http.HandlerFunc{
		400: {answers(400, fmt.Sprintf(`{"type":"https://paxos.test/%s","title":%q,"detail":%q}`, personal()[0], echo, echo))},
		403: {answers(403, fmt.Sprintf(`{"detail":"scope %s"}`, echo))},
		404: {answers(404, fmt.Sprintf(`{"title":%q,"detail":%q}`, echo, echo))},
		409: {answers(409, fmt.Sprintf(`{"detail":%q,"meta":{"existing":{"id":"px-9","person_details":{"first_name":"Wilhelmina"}}}}`, echo))},
		500: {answers(500, echo)},
		200: {answers(200, `{"id":12,"x":"`+echo+`"}`), cutOff(echo + "\r\n\r\n"), cutOff("HTTP/1.1 " + echo + "\r\n\r\n")},
	} {
		for i, api := range apis {
			requireSilence(t, status, i, api)
		}
	}
}

func requireSilence(t *testing.T, status, i int, api http.HandlerFunc) {
	t.Helper()
	d := overNetwork(t, &standIn{api: func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Request-Id", "req-77")
		api(w, r)
	}})
	_, err := d.CreateIdentity(t.Context(), draft())
	require.Error(t, err)
	shown := d.log.String()
	for e := err; e != nil; e = errors.Unwrap(e) {
		shown += e.Error()
	}
	f := faultOf(t, err)
	shown += fmt.Sprint(f.Text, f.Code, f.Fields)
	for _, value := range personal() {
		require.NotContains(t, shown, value, "%d/%d", status, i)
	}
	require.Contains(t, d.log.String(), "route=/identity/identities")
}

func TestEachCallIsLoggedByItsRoute(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &standIn{api: func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Request-Id", "req-77")
			time.Sleep(30 * time.Millisecond)
			answers(200, `{"id":"px-1"}`)(w, r)
		}}
		d := inMemory(t, s)
		_, err := d.Identity(t.Context(), "px-1-that-stays-out")
		require.NoError(t, err)
		log := d.log.String()
		require.Contains(t, log, "method=GET route=/identity/identities/{id} status=200 took=30ms priority=background paxos_request_id=req-77")
		require.Contains(t, log, "method=POST route=token status=200")
		require.NotContains(t, log, "stays-out")
		require.Equal(t, 2, strings.Count(log, "\n"))
	})
}
