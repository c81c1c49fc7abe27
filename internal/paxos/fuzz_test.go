package paxos

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

func FuzzIdentity(f *testing.F) {
	for _, seed := range []string{
		``, `null`, `[]`, `7`, `{}`, `{"id":""}`, `{"id":"a"}`, `{"id":1}`, `{"id":"a","status":1}`, `{"id":"a","status":"NEW"}`,
		`{"id":"a","status_details":{"requirements":[{"type":"MEMBERS","errors":[{"code":"X","description":"y"}]},null]}}`,
		`{"id":"a","pending_requirements":[{"type":"T","message":"m","metadata":{}}],"failed_requirements":null}`,
		`{"id":"a","created_at":"2024-02-03T04:05:06.7+14:00","updated_at":{},"person_details":{"first_name":"F","cip_id":"1"}}`,
		`{"id":"a","person_details":{},"institution_details":{"name":"N"}}`, `{"id":"a"}{"id":"b"}`, "{\"id\":\"\xff\"}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		r, err := readRecord(body)
		if err != nil {
			require.Zero(t, r)
			require.True(t, errors.Is(err, errForm) || errors.Is(err, errNoID))
			return
		}
		require.True(t, json.Valid(body))
		require.NotEmpty(t, r.PaxosID)
		for _, at := range []time.Time{r.CreatedAt, r.UpdatedAt} {
			require.Equal(t, time.UTC, at.Location())
		}
		for _, q := range r.Details.Requirements {
			require.False(t, q.Older && (q.Awaiting != "" || len(q.Errors) > 0))
		}
	})
}

func FuzzEvent(f *testing.F) {
	for _, seed := range []string{
		``, `null`, `{"id":"e"}`, `{"id":"e","object":null}`, `{"id":"e","object":"{}"}`, `{"id":"e","object":[]}`,
		`{"id":"e","object":{"identity_id":7,"new_summary_status":"APPROVED"}}`,
		`{"id":"e","object":{"identity_id":"a","required_documents":[1,"P"]},"is_test":true}`,
		`{"id":"e","object":{"next_kyc_refresh_date":"2024-02-03T04:05:06Z"},"created_at":"x"}`, `{"id":"e","is_test":"no"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		e, err := readEvent(body)
		if err != nil {
			require.Zero(t, e)
			return
		}
		require.NotEmpty(t, e.ID)
		require.Equal(t, time.UTC, e.RefreshNext.Location())
	})
}

func FuzzProblem(f *testing.F) {
	for _, seed := range [][2]string{
		{`{"detail":"Wilhelmina is wrong","meta":{"existing":{"id":"a","ref_id":"user-0042"}}}`, "Wilhelmina"},
		{`{"detail":"1971/03/29","meta":{"fields":{"cip_id":"078051121"}}}`, "078-05-1121"},
		{`{"type":"https://x/../","title":7}`, "abc"},
		{`{"meta":{"errors":[{"field":"city","message":"ſam"}]}}`, "Sam"},
		{`null`, ""},
		{`{"meta":[]}`, "..."},
		{`busy`, "(["},
		{`{"detail":"aaaa a-a-a aaaaa"}`, "aaaaa"},
	} {
		f.Add([]byte(seed[0]), seed[1])
	}
	f.Fuzz(func(t *testing.T, body []byte, value string) {
		d := identity.Draft{RefID: "user-0042", Person: identity.PersonDraft{FirstName: value}}
		c := &Client{tokens: &tokens{}}
		fault := c.refused(submission{sent: d, form: formOf[identity.Draft]()}, answer{status: 400, body: body})
		require.Error(t, conflict(d.RefID, answer{status: 409, body: body}))
		require.NotEmpty(t, fault.Text)
		require.Regexp(t, `^[a-z][a-z0-9_]{0,63}$`, fault.Code)
		value = strings.TrimSpace(value)
		// The sentence and the mark are ours: a value that is part of them was not let through.
		if len([]rune(value)) < cutFrom || strings.ContainsAny(value, "[…]") || strings.ContainsFunc(value, notWord) {
			return
		}
		words := strings.TrimPrefix(fault.Text, "Paxos refuses the details: ")
		if words == fault.Text {
			return
		}
		require.NotContains(t, words, value)
		for path, text := range fault.Fields {
			known, ok := formOf[identity.Draft]().fieldPath(path)
			require.True(t, ok)
			require.Equal(t, path, known)
			if text != "Paxos refuses this value." {
				require.NotContains(t, text, value)
			}
		}
	})
}

func notWord(r rune) bool { return r == '\uFFFD' || r < ' ' }
