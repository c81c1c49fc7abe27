package markdown_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/markdown"
)

func parse(s string) []markdown.Node {
	return markdown.Parse(s, func(handle string) bool { return handle == "dana.kim" || handle == "lee" })
}

// outline writes a tree as "paragraph(text:a strong(text:b))".
func outline(nodes []markdown.Node) string {
	var parts []string
	for _, n := range nodes {
		s := string(n.Kind)
		if n.Href != "" {
			s += "=" + n.Href
		}
		if n.Text != "" {
			s += ":" + n.Text
		}
		if len(n.Children) > 0 {
			s += "(" + outline(n.Children) + ")"
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, " ")
}

func TestParse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, note, want string }{
		{"plain", "Called the bank.", "paragraph(text:Called the bank.)"},
		{"lines are kept", "one\ntwo", "paragraph(text:one break text:two)"},
		{"marks", "*a* **b** ~~c~~ `d`", "paragraph(emphasis(text:a) text:  strong(text:b) text:  deleted(text:c) text:  code:d)"},
		{"list", "- a\n- b", "list(item(text:a) item(text:b))"},
		{"numbered", "1. a\n2. b", "numbered(item(text:a) item(text:b))"},
		{"quote", "> a", "quote(paragraph(text:a))"},
		{"code", "```\n<b>x</b>\n```", "code block:<b>x</b>\n"},
		{"heading", "# a", "heading(text:a)"},
		{"rule", "---", "rule"},
		{"link", "[a](https://example.org/b)", "paragraph(link=https://example.org/b(text:a))"},
		{"bare link", "see https://example.org/b", "paragraph(text:see  link=https://example.org/b(text:https://example.org/b))"},
		{"script link", "[a](javascript:alert(1))", "paragraph(text:a)"},
		{"hidden script link", "[a](javascript&colon;alert(1))", "paragraph(text:a)"},
		{"data link", "[a](data:text/html,x)", "paragraph(text:a)"},
		{"link without a scheme", "[a](//example.org)", "paragraph(text:a)"},
		{"own path", "[a](/logout)", "paragraph(text:a)"},
		{"image", "![a](https://example.org/x.png)", "paragraph(text:a)"},
		{"markup inside", "a <script>alert(1)</script> b", "paragraph(text:a <script>alert(1)</script> b)"},
		{"markup alone", "<script>alert(1)</script>", "paragraph(text:<script>alert(1)</script>)"},
		{"mention", "@Dana.Kim, look. And @lee.", "paragraph(mention:dana.kim text:, look. And  mention:lee text:.)"},
		{"nobody", "@nobody", "paragraph(text:@nobody)"},
		{"mail", "x@lee.example", "paragraph(text:x@lee.example)"},
		{"mention in code", "`@lee`", "paragraph(code:@lee)"},
		{"escaped mention", `\@lee`, "paragraph(text:@lee)"},
		{"empty", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, outline(parse(c.note)))
		})
	}
}

func TestMentions(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"lee", "dana.kim"}, markdown.Mentions(parse("- @lee\n- **@dana.kim** and @LEE")))
	require.Empty(t, markdown.Mentions(parse("`@lee`")))
}

// A note that nests without end stays small.
func TestDepth(t *testing.T) {
	t.Parallel()
	tree := outline(parse(strings.Repeat("> ", 2000) + "deep"))
	require.LessOrEqual(t, strings.Count(tree, "quote"), 12)
	require.Contains(t, tree, "deep")
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"a", "@lee", "[a](b)", "<a href=x>", "- a\n  - b", "```", "&colon;", "\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var check func([]markdown.Node)
		check = func(nodes []markdown.Node) {
			for _, n := range nodes {
				require.NotEmpty(t, n.Kind)
				if n.Kind == markdown.Link {
					require.Regexp(t, `^(?i)(https?|mailto):`, n.Href)
				}
				check(n.Children)
			}
		}
		check(parse(s))
	})
}
