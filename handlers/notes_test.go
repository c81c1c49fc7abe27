package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
)

func TestNotesAndMentions(t *testing.T) {
	t.Parallel()
	d := boot(t)
	i := d.learn(nil)
	path := "/identities/" + i.ID
	ana, bo := d.person("Ana Lund", access.Analyst), d.person("Bo", access.Analyst)
	require.Contains(t, ana.get(path).page(http.StatusOK).Find(`[data-testid=handles]`).Text(), "@bo")
	text := "Ask **Zinnober** Bank, @bo.\n<script>alert(1)</script> [x](javascript:alert(1))"
	a := ana.post(path+"/notes", url.Values{"text": {text}})
	require.Equal(t, http.StatusSeeOther, a.status, a.body)

	doc := ana.get(path).page(http.StatusOK)
	note := doc.Find(`[data-testid=note]`)
	require.Equal(t, 1, note.Length())
	require.Equal(t, "Zinnober", note.Find("strong").Last().Text())
	require.Equal(t, "Bo", note.Find(".mention").Text())
	require.Contains(t, note.Text(), "<script>alert(1)</script>", "as text")
	require.Zero(t, note.Find("script, a").Length())
	require.Contains(t, doc.Find(`[data-testid=timeline]`).Text(), "Mentions Bo.")

	for role, reads := range map[access.Role]bool{access.Lead: true, access.Auditor: true, access.Viewer: false, access.Admin: false} {
		b := d.as(role)
		doc := b.get(path).page(http.StatusOK)
		require.Equal(t, reads, strings.Contains(doc.Text(), "Zinnober"), role)
		require.Contains(t, doc.Find("#notes-title").Text(), "1", "%s sees how many", role)
		require.Equal(t, role == access.Lead, doc.Find(`#note-text`).Length() == 1, role)
		o := b.json(path)
		require.NotContains(t, o.body, "Zinnober", role)
		require.InDelta(t, 1, o.object(http.StatusOK)["notes"], 0, role)
	}
	require.NotContains(t, d.log.String(), "Zinnober")

	require.Equal(t, "1", strings.TrimSpace(bo.get("/queue").page(http.StatusOK).Find(`[data-testid=bell] .count`).Text()))
	require.Zero(t, ana.get("/queue").page(http.StatusOK).Find(`[data-testid=bell] .count`).Length(), "who writes it is not reached")
	doc = bo.get("/mentions").page(http.StatusOK)
	require.Equal(t, 1, doc.Find(`[data-testid=mention] .chip`).Length())
	require.Contains(t, doc.Find(`[data-testid=mention] a`).First().AttrOr("href", ""), path+"#note-")
	require.NotContains(t, bo.json("/mentions").body, "Zinnober", "words stand on the page alone")
	require.Len(t, bo.json("/mentions").items(http.StatusOK), 1)
	upTo := doc.Find(`[name=up_to]`).AttrOr("value", "")
	require.Equal(t, http.StatusSeeOther, bo.post("/mentions/seen", url.Values{"up_to": {upTo}}).status)
	require.Zero(t, bo.get("/mentions").page(http.StatusOK).Find(`[data-testid=mention] .chip, [data-testid=bell] .count, [data-testid=seen]`).Length())
	require.Equal(t, http.StatusUnprocessableEntity, bo.post("/mentions/seen", url.Values{"up_to": {"all"}}).status)
	require.Zero(t, d.as(access.Viewer).get("/queue").page(http.StatusOK).Find(`[data-testid=bell]`).Length())
}

func TestARefusedNoteComesBack(t *testing.T) {
	t.Parallel()
	d := boot(t)
	path := "/identities/" + d.learn(nil).ID
	d.person("Vera", access.Viewer)
	ana := d.person("Ana", access.Analyst)
	for text, says := range map[string]string{"  ": "Write something.", "ask @vera": "cannot read notes", strings.Repeat("a", 4001): "at most 4000"} {
		doc := ana.post(path+"/notes", url.Values{"text": {text}}).page(http.StatusUnprocessableEntity)
		require.Contains(t, doc.Find("#note-text-error").Text(), says)
		require.Equal(t, text, doc.Find("#note-text").Text())
		require.Equal(t, 1, doc.Find("#note-text[data-focus]").Length())
		require.Equal(t, 1, doc.Find("form[data-hold] #note-text").Length(), "the page must not renew itself away")
	}
	require.Zero(t, ana.get(path).page(http.StatusOK).Find(`[data-testid=note]`).Length())
}

func TestTags(t *testing.T) {
	t.Parallel()
	d := boot(t)
	path := "/identities/" + d.learn(nil).ID
	ana := d.person("Ana", access.Analyst)
	require.Equal(t, http.StatusSeeOther, ana.post(path+"/tags", url.Values{"tags": {"VIP, bank"}}).status)
	doc := ana.get(path).page(http.StatusOK)
	links := doc.Find(`[data-testid=tags] a`)
	require.Equal(t, 2, links.Length())
	require.Equal(t, "/queue?tag=bank", links.First().AttrOr("href", ""))
	require.Equal(t, "bank vip", doc.Find("#tags-text").AttrOr("value", ""))
	require.Equal(t, 2, doc.Find("#tags-in-use option").Length())
	require.Equal(t, []any{"bank", "vip"}, ana.json(path).object(http.StatusOK)["tags"])
	require.Equal(t, 1, ana.get("/queue?tag=bank").page(http.StatusOK).Find("#rows tbody tr").Length())
	require.Contains(t, ana.get("/identities").page(http.StatusOK).Find("tbody tr").Text(), "vip")
	require.Zero(t, d.as(access.Viewer).get(path).page(http.StatusOK).Find(`[data-testid=edit-tags]`).Length())

	doc = ana.post(path+"/tags", url.Values{"tags": {"073-05-1120"}}).page(http.StatusUnprocessableEntity)
	require.Contains(t, doc.Find("#tags-text-error").Text(), "personal data")
	doc = ana.post(path+"/tags", url.Values{"tags": {"vip call-QUILLON"}}).page(http.StatusUnprocessableEntity)
	require.Contains(t, doc.Find("#tags-text-error").Text(), "Use words that fit many cases")
	require.Equal(t, "vip call-QUILLON", doc.Find("#tags-text").AttrOr("value", ""))
	require.Equal(t, []any{"bank", "vip"}, ana.json(path).object(http.StatusOK)["tags"])
	require.Equal(t, http.StatusSeeOther, ana.post(path+"/tags", url.Values{"tags": {""}}).status)
	require.Contains(t, ana.get(path).page(http.StatusOK).Find("main").Text(), "No tags any more.")
	require.NotContains(t, d.as(access.Auditor).get("/audit?action=tagged").page(http.StatusOK).Find("main table").Text(), "vip")
	require.Equal(t, []any{}, ana.json(path).object(http.StatusOK)["tags"])
}
