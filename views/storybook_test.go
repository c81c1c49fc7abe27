package views

import (
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
)

func asset(name string) string { return "/static/" + name }

func storyNow() time.Time { return time.Date(2026, 3, 4, 17, 3, 9, 0, time.UTC) }

func draw(t *testing.T, s Story) (*goquery.Document, string) {
	t.Helper()
	var b strings.Builder
	require.NoError(t, s.Component.Render(t.Context(), &b))
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(b.String()))
	require.NoError(t, err)
	return doc, b.String()
}

// eachStory runs a check on every page in every state.
func eachStory(t *testing.T, check func(t *testing.T, s Story, doc *goquery.Document, html string)) {
	t.Helper()
	for _, s := range Stories(asset, storyNow(), time.UTC) {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			doc, html := draw(t, s)
			check(t, s, doc, html)
		})
	}
}

func TestEveryStoryHasAName(t *testing.T) {
	t.Parallel()
	var names []string
	for _, s := range Stories(asset, storyNow(), time.UTC) {
		require.Regexp(t, `^[a-z]+/[a-z-]+$`, s.Name)
		require.NotContains(t, names, s.Name)
		names = append(names, s.Name)
	}
	pages := map[string]bool{}
	for _, n := range names {
		pages[path.Dir(n)] = true
	}
	for _, page := range []string{"login", "queue", "identities", "new", "case", "lookup", "events", "event", "audit", "evidence", "settings", "error", "team", "mentions", "preferences", "limits", "people", "tokens", "proposals", "proposal", "imports", "newimport", "import"} {
		require.True(t, pages[page], page)
	}
}

func TestEveryPageHasItsBones(t *testing.T) {
	t.Parallel()
	eachStory(t, func(t *testing.T, _ Story, doc *goquery.Document, html string) {
		require.True(t, strings.HasPrefix(html, "<!doctype html>"))
		require.Equal(t, 1, doc.Find("h1").Length(), "one h1")
		require.NotEmpty(t, strings.TrimSpace(doc.Find("h1").Text()))
		require.Equal(t, 1, doc.Find("main#main").Length())
		require.Equal(t, "#main", doc.Find("body > a").First().AttrOr("href", ""), "the skip link comes first")
		require.True(t, strings.HasSuffix(doc.Find("head > title").Text(), " · Identity Desk"))
		require.NotContains(t, html, "%!", "a broken format")
	})
}

// The pages are sent with a policy that forbids inline code and other origins.
func TestEveryPageFitsItsContentPolicy(t *testing.T) {
	t.Parallel()
	eachStory(t, func(t *testing.T, _ Story, doc *goquery.Document, _ string) {
		require.Zero(t, doc.Find("style, [style]").Length())
		require.Zero(t, doc.Find("script:not([src])").Length())
		doc.Find("*").Each(func(_ int, n *goquery.Selection) {
			for _, a := range n.Nodes[0].Attr {
				require.False(t, strings.HasPrefix(a.Key, "on") || strings.HasPrefix(a.Key, "hx-on"), a.Key)
			}
		})
		doc.Find("[src], link[href], [action], [hx-get], use[href]").Each(func(_ int, n *goquery.Selection) {
			for _, name := range []string{"src", "href", "action", "hx-get"} {
				if at, has := n.Attr(name); has {
					require.Regexp(t, `^(/[^/]|data:image/svg)`, at)
				}
			}
		})
		doc.Find("[hx-trigger]").Each(func(_ int, n *goquery.Selection) {
			require.NotContains(t, n.AttrOr("hx-trigger", ""), "[", "a filter would need eval")
		})
	})
}

func TestEveryFieldHasALabel(t *testing.T) {
	t.Parallel()
	eachStory(t, func(t *testing.T, _ Story, doc *goquery.Document, _ string) {
		doc.Find("input:not([type=hidden]), select, textarea, meter").Each(func(_ int, n *goquery.Selection) {
			id := n.AttrOr("id", "")
			labelled := id != "" && doc.Find(`label[for="`+id+`"]`).Length() == 1 || n.Closest("label").Length() == 1 || n.AttrOr("aria-label", "") != ""
			require.True(t, labelled, "%s %s", n.AttrOr("name", ""), id)
		})
		doc.Find("button:not([hidden]), a, summary").Each(func(_ int, n *goquery.Selection) {
			require.NotEmpty(t, strings.TrimSpace(n.Text()+n.AttrOr("aria-label", "")), "a control without words")
		})
	})
}

func TestEveryIDIsUniqueAndEveryReferenceLeadsSomewhere(t *testing.T) {
	t.Parallel()
	eachStory(t, func(t *testing.T, _ Story, doc *goquery.Document, _ string) {
		ids := map[string]bool{}
		doc.Find("[id]").Each(func(_ int, n *goquery.Selection) {
			id := n.AttrOr("id", "")
			require.False(t, ids[id], "id %q twice", id)
			ids[id] = true
		})
		for _, name := range []string{"aria-describedby", "aria-labelledby", "for", "list"} {
			doc.Find("[" + name + "]").Each(func(_ int, n *goquery.Selection) {
				for id := range strings.FieldsSeq(n.AttrOr(name, "")) {
					require.True(t, ids[id], "%s names %q", name, id)
				}
			})
		}
		doc.Find(`a[href^="#"]`).Each(func(_ int, n *goquery.Selection) {
			require.True(t, ids[strings.TrimPrefix(n.AttrOr("href", ""), "#")], n.AttrOr("href", ""))
		})
		for _, name := range []string{"hx-select", "hx-select-oob"} {
			doc.Find("[" + name + "]").Each(func(_ int, n *goquery.Selection) {
				for at := range strings.SplitSeq(n.AttrOr(name, ""), ",") {
					require.True(t, ids[strings.TrimPrefix(at, "#")], at)
				}
			})
		}
	})
}

// A link that its reader may not follow must not stand on the page.
func TestEveryLinkIsAllowed(t *testing.T) {
	t.Parallel()
	eachStory(t, func(t *testing.T, s Story, doc *goquery.Document, _ string) {
		doc.Find("a[href], form[action]").Each(func(_ int, n *goquery.Selection) {
			at := n.AttrOr("href", n.AttrOr("action", ""))
			if n.Closest(`[data-testid="note-body"]`).Length() > 0 {
				require.Regexp(t, `^(https?://|mailto:)`, at, "a note leads out of the desk")
				return
			}
			if page, _, cut := strings.Cut(at, "#note-"); cut && page != "" {
				at = page
			}
			need, known := permissionFor(at)
			require.True(t, known, "%s is no route", at)
			require.True(t, need == "" || access.May(s.Role, need), "%s may not follow %s", s.Role, at)
		})
	})
}

// permissionFor is what a route needs: empty where none, or nobody signed in.
func permissionFor(at string) (p access.Permission, known bool) {
	at, _, _ = strings.Cut(at, "?")
	routes := []struct {
		pattern string
		need    access.Permission
	}{
		{`^#`, ""},
		{`^/(login|login/dev|login/oidc|logout|preferences/sessions)$`, ""},
		{`^/(queue|identities|lookup)$`, access.ReadCases},
		{`^/lookup/sync$`, access.WorkCases},
		{`^/identities/new$`, access.Submit},
		{`^/identities/[^/]+$`, access.ReadCases},
		{`^/identities/[^/]+/recheck$`, access.WorkCases},
		{`^/identities/[^/]+/(claim|release|assign|snooze|wake|notes|tags)$`, access.WorkCases},
		{`^/identities/[^/]+/resubmit$`, access.Submit},
		{`^/identities/[^/]+/withdraw$`, access.Withdraw},
		{`^/identities/[^/]+/draft$`, access.Reveal},
		{`^/identities/[^/]+/(compare|decline)$`, access.Submit},
		{`^/identities/[^/]+/accounts$`, access.ReadAccounts},
		{`^/identities/[^/]+/link$`, access.OpenAccounts},
		{`^/identities/[^/]+/correct$`, access.Correct},
		{`^/identities/[^/]+/kyc-refresh$`, access.Refresh},
		{`^/identities/[^/]+/controls(/end)?$`, access.Control},
		{`^/identities/[^/]+/sandbox-status$`, access.Rehearse},
		{`^/(institutions|refreshes)$`, access.ReadCases},
		{`^/institutions/new$`, access.Submit},
		{`^/identities/[^/]+/moves/[^/]+/(again|withdraw)$`, access.WorkCases},
		{`^/identities/[^/]+/documents(/[^/]+/(again|remove))?$`, access.Upload},
		{`^/identities/[^/]+/reveal$`, access.Reveal},
		{`^/identities/[^/]+/erase$`, access.Propose},
		{`^/identities/[^/]+/(hold|unhold)$`, access.HoldCases},
		{`^/reveals$`, access.ReadReveals},
		{`^/proposals(/[^/]+)?$`, access.ReadProposals},
		{`^/proposals/[^/]+/(approve|decline)$`, access.Approve},
		{`^/proposals/[^/]+/withdraw$`, access.Propose},
		{`^/evidence$`, access.TakeEvidence},
		{`^/imports/(new|template\.(csv|jsonl))$`, access.Import},
		{`^/imports(/[^/]+)?$`, access.ReadImports},
		{`^/imports/[^/]+/(start|pause|stop|errors\.csv)$`, access.Import},
		{`^/audit/verify$`, access.ReadAudit},
		{`^/events$`, access.ReadEvents},
		{`^/events/(missing|reprocess)$`, access.WorkEvents},
		{`^/events/[^/]+$`, access.ReadEvents},
		{`^/events/[^/]+/reprocess$`, access.WorkEvents},
		{`^/audit$`, access.ReadAudit},
		{`^/settings$`, access.ReadSettings},
		{`^/settings/limits$`, access.ReadSettings},
		{`^/team$`, access.ReadCases},
		{`^/team/away$`, access.WorkCases},
		{`^/team/rebalance$`, access.Assign},
		{`^/mentions(/seen)?$`, access.ReadNames},
		{`^/preferences$`, ""},
		{`^/people$`, access.ReadPeople},
		{`^/people/(disable|enable|sessions)$`, access.ManagePeople},
		{`^/tokens$`, access.ReadPeople},
		{`^/tokens/[^/]+/revoke$`, access.ManagePeople},
	}
	for _, r := range routes {
		if regexp.MustCompile(r.pattern).MatchString(at) {
			return r.need, true
		}
	}
	return "", false
}

// Icons that the build does not pack would be holes.
func TestEveryIconIsInTheSprite(t *testing.T) {
	t.Parallel()
	list, err := os.ReadFile("../static/src/icons.txt")
	require.NoError(t, err)
	packed := strings.Fields(regexp.MustCompile(`(?m)^#.*$`).ReplaceAllString(string(list), ""))
	used := map[string]bool{}
	for _, s := range Stories(asset, storyNow(), time.UTC) {
		doc, _ := draw(t, s)
		doc.Find("use").Each(func(_ int, n *goquery.Selection) {
			name := strings.TrimPrefix(n.AttrOr("href", ""), "/static/icons.svg#tabler-")
			require.True(t, slices.Contains(packed, name), "%s: %q is not in icons.txt", s.Name, name)
			used[name] = true
		})
	}
	unused := slices.DeleteFunc(packed, func(name string) bool { return used[name] })
	require.Empty(t, unused, "no story draws these")
}

// Rows, JSON and CSV carry initials at most; a name stands on the case page alone, for those who may see it.
func TestNamesStandOnCasePagesAlone(t *testing.T) {
	t.Parallel()
	eachStory(t, func(t *testing.T, s Story, doc *goquery.Document, _ string) {
		text := doc.Find("main").Text()
		switch {
		case strings.HasPrefix(s.Name, "new/"):
			return // the form shows what was typed
		case s.Name == "queue/beside", s.Name == "queue/revealed":
			require.Equal(t, 1, strings.Count(text, "Duncan"), "in the case that is open")
		case s.Name == "duplicate/compared", s.Name == "duplicate/declined", s.Name == "duplicate/linked", s.Name == "duplicate/linking", s.Name == "institutions/member":
			require.Contains(t, text, "Duncan", "both records, and cases of people")
		case s.Name == "case/erased", s.Name == "case/unread":
			require.NotContains(t, text, "Duncan")
		case strings.HasPrefix(s.Name, "case/") && access.May(s.Role, access.ReadNames):
			require.Contains(t, text, "Billy Duncan")
		default:
			require.NotContains(t, text, "Duncan")
		}
	})
}
