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
		"HTTPS://evil.example":              "",
		"http:evil.example":                 "",
		"http:/evil.example":                "",
		"///evil.example":                   "",
		"////evil.example":                  "",
		"/\\/evil.example":                  "",
		"/\\\\evil.example":                 "",
		"\\\\evil.example":                  "",
		"/%2F/evil.example":                 "",
		"/%5Cevil.example":                  "",
		"/%09/evil.example":                 "",
		"/\t/evil.example":                  "",
		" //evil.example":                   "",
		"\x00//evil.example":                "",
		"//evil.example@desk.example":       "",
		"https:desk.example@evil.example":   "",
		"data:text/html,x":                  "",
		"JavaScript://%0aalert(1)":          "",
		"?next=//evil.example":              "",
		"/./evil.example":                   "",
		"/login/oidc?next=%2Fqueue":         "",
		"/queue?to=https://evil.example":    "/queue?to=https://evil.example",
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
