package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
)

func TestPreferences(t *testing.T) {
	t.Parallel()
	d := boot(t)
	b := d.as(access.Viewer)
	zone := func(headers ...string) string {
		return strings.TrimSpace(b.get("/queue", headers...).page(http.StatusOK).Find(`[data-testid=zone]`).Text())
	}
	require.Equal(t, "Times in UTC", zone(), "the desk's")
	require.Equal(t, "Times in Europe/Berlin", zone("Cookie", "zone=Europe%2FBerlin"), "the browser's")
	for _, wrong := range []string{"Local", "nowhere", "..%2F..%2Fetc%2Fpasswd", "%zz", strings.Repeat("a", 99)} {
		require.Equal(t, "Times in UTC", zone("Cookie", "zone="+wrong), wrong)
	}
	doc := b.get("/queue").page(http.StatusOK)
	require.NotZero(t, doc.Find("[data-key]").Length())
	require.Zero(t, doc.Find("body[data-keys=off]").Length())

	require.Equal(t, http.StatusSeeOther, b.post("/preferences", url.Values{"zone": {"Asia/Tokyo"}}).status)
	require.Equal(t, "Times in Asia/Tokyo", zone("Cookie", "zone=Europe%2FBerlin"), "what was chosen comes first")
	doc = b.get("/queue").page(http.StatusOK)
	require.Zero(t, doc.Find("[data-key], [aria-keyshortcuts]").Length(), "single keys are off")
	require.Equal(t, 1, doc.Find("body[data-keys=off]").Length())
	require.Equal(t, "Times in UTC", strings.TrimSpace(d.as(access.Lead).get("/queue").page(http.StatusOK).Find(`[data-testid=zone]`).Text()), "nobody else's")

	doc = b.get("/preferences").page(http.StatusOK)
	require.Equal(t, "Asia/Tokyo", doc.Find("#zone option[selected]").AttrOr("value", ""))
	_, on := doc.Find("[name=single_keys]").Attr("checked")
	require.False(t, on)
	doc = b.post("/preferences", url.Values{"zone": {"Local"}}).page(http.StatusUnprocessableEntity)
	require.Contains(t, doc.Find("#zone-error").Text(), "Choose a time zone")
	require.Contains(t, b.post("/preferences", url.Values{"zone": {"nowhere"}}, "Accept", "application/json").failure(http.StatusUnprocessableEntity)["fields"], "zone")
}

func TestPreferencesAsJSON(t *testing.T) {
	t.Parallel()
	b := boot(t).as(access.Viewer)
	o := b.json("/preferences").object(http.StatusOK)
	require.Nil(t, o["zone"])
	require.Equal(t, true, o["single_keys"])
	require.Len(t, o["sessions"], 1)
	require.Equal(t, o["session"], o["sessions"].([]any)[0].(map[string]any)["id"])
	o = b.post("/preferences", url.Values{"zone": {"Asia/Tokyo"}}, "Accept", "application/json").object(http.StatusOK)
	require.Equal(t, "Asia/Tokyo", o["zone"])
	require.Equal(t, false, o["single_keys"])
	require.Equal(t, "Asia/Tokyo", b.json("/preferences").object(http.StatusOK)["zone"])
	a := b.do(http.MethodPost, "/preferences", strings.NewReader(`{"zone":"UTC"}`), "Content-Type", "application/json", "Accept", "application/json")
	require.Contains(t, a.failure(http.StatusUnsupportedMediaType)["text"], "Send the fields as a form")
	require.Equal(t, "Asia/Tokyo", b.json("/preferences").object(http.StatusOK)["zone"])
}
