package handlers

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/fault"
)

func TestParseNotice(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for body, want := range map[string]struct {
		time   time.Time
		isTest bool
		kept   string // beside id and type
	}{
		`{"id":"e-1","type":"identity.approved"}`: {},
		`{"id":"e-1","type":"identity.approved","source":"com.paxos","time":"2026-03-02T09:00:00Z","object":"event","is_test":true}`: {
			at, true, `,"source":"com.paxos","time":"2026-03-02T09:00:00Z","object":"event","is_test":true`,
		},
		`{"name":"Zoe","id":"e-1","type":"identity.approved","is_test":false,"more":{"a":[1]}}`:    {kept: `,"is_test":false`},
		`{"id":"e-1","type":"identity.approved","object":{"first_name":"Zoe"},"source":73051120}`:  {},
		`{"id":"e-1","type":"identity.approved","source":"` + strings.Repeat("z", 301) + `"}`:      {},
		`{"id":"e-1","type":"identity.approved","is_test":null,"time":null}`:                       {},
		`{"id":"e-1","type":"identity.approved","is_test":"true","time":"noon"}`:                   {kept: `,"time":"noon"`},
		`{"id":"e-1","type":"identity.approved","time":12}`:                                        {},
		`{"id":"e-1","time":1e999,"source":{"n":-1e999},"is_test":[1],"type":"identity.approved"}`: {},
	} {
		d, err := parseNotice([]byte(body))
		require.NoError(t, err, body)
		require.Equal(t, "e-1", d.EventID)
		require.Equal(t, "identity.approved", d.Type)
		require.True(t, want.time.Equal(d.Time), body)
		require.Equal(t, want.isTest, d.IsTest, body)
		require.Equal(t, `{"id":"e-1","type":"identity.approved"`+want.kept+`}`, string(d.Body), "what else came is not kept")
	}
}

func TestParseNoticeRefuses(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		"", "no json", "[]", "null", `"text"`, "{}", `{"id":"e-1"}`, `{"type":"identity.approved"}`, `{"id":1,"type":"a"}`,
		`{"id":"","type":"a"}`, `{"id":"e-1","type":null}`, `{"id":"e-1","type":"a"} trailing`, `{"id":"e\u0000","type":"a"}`,
		`{"id":" e","type":"a"}`, `{"id":"e\n1","type":"a"}`, `{"id":"` + strings.Repeat("e", 201) + `","type":"a"}`,
	} {
		_, err := parseNotice([]byte(body))
		require.Equal(t, fault.Malformed, fault.KindOf(err), body)
	}
}

func TestKnownKey(t *testing.T) {
	t.Parallel()
	s := &server{keys: hashKeys([]string{"new", "old", ""})}
	require.True(t, s.knownKey("new"))
	require.True(t, s.knownKey("old"))
	for _, given := range []string{"", "ne", "newold", "New"} {
		require.False(t, s.knownKey(given), given)
	}
	require.False(t, (&server{keys: hashKeys(nil)}).knownKey(""), "without keys nothing is let in")
	require.False(t, (&server{keys: hashKeys([]string{""})}).knownKey(""))
}
