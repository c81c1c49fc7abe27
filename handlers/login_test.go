package handlers

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOwnPath(t *testing.T) {
	t.Parallel()
	for next, want := range map[string]string{
		"":                    "",
		"/queue?lane=overdue": "/queue?lane=overdue",
		"/identities/a%2Fb":   "/identities/a%2Fb", "/a%2F..%2Flogin": "",
		"/identities/abc":                   "/identities/abc",
		"/identities/abc#x":                 "/identities/abc",
		"queue":                             "",
		"//evil.example":                    "",
		"/\\evil.example":                   "",
		"/a/../login":                       "",
		"https://evil.example/queue":        "",
		"javascript:alert(1)":               "",
		"/login":                            "",
		"/login/dev":                        "",
		"/queue\r\nSet-Cookie: a=b":         "",
		"/%zz":                              "",
		"/" + strings.Repeat("a", maxQuery): "",
	} {
		require.Equal(t, want, ownPath(next), next)
	}
}

func TestLoginAnd(t *testing.T) {
	t.Parallel()
	require.Equal(t, "/login", loginAnd("/queue"))
	require.Equal(t, "/login", loginAnd("//evil.example"))
	require.Equal(t, "/login?next=%2Fqueue%3Flane%3Daction", loginAnd("/queue?lane=action"))
}
