// Package markdown reads what people write in notes into a tree of a few known kinds. Pages draw the tree, so that nothing a
// person typed ever becomes HTML by itself: markup of their own is shown as the text that it is.
package markdown

import (
	"net/url"
	"slices"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Kind is what a node of the tree is.
type Kind string

// The kinds. Text, Code, CodeBlock and Mention carry Text, Link carries Href; the others have children alone.
const (
	Text      Kind = "text"
	Paragraph Kind = "paragraph"
	Heading   Kind = "heading" // of any level: a note has no outline
	Quote     Kind = "quote"
	List      Kind = "list"
	Numbered  Kind = "numbered"
	Item      Kind = "item"
	CodeBlock Kind = "code block"
	Code      Kind = "code"
	Emphasis  Kind = "emphasis"
	Strong    Kind = "strong"
	Deleted   Kind = "deleted"
	Link      Kind = "link"
	Mention   Kind = "mention"
	Break     Kind = "break"
	Rule      Kind = "rule"
)

// Node is one piece of a note.
type Node struct {
	Kind     Kind
	Text     string // of a mention: the handle, in lower case, without the @
	Href     string // absolute, http, https or mailto
	Children []Node
}

// maxDepth is how deep a tree may be; what lies deeper is shown flat.
const maxDepth = 12

// Parse reads a note. known tells which handles are people's; an @ before any other word is text.
func Parse(source string, known func(handle string) bool) []Node {
	src := []byte(source)
	p := goldmark.New(
		goldmark.WithExtensions(extension.Strikethrough, extension.Linkify),
		goldmark.WithParserOptions(parser.WithInlineParsers(util.Prioritized(mentions{known}, 199))),
	).Parser()
	r := reader{src}
	return r.children(p.Parse(text.NewReader(src)), 0)
}

// Mentions gives the handles that a tree mentions, each once, in their order.
func Mentions(nodes []Node) []string {
	var found []string
	for _, n := range nodes {
		if n.Kind == Mention && !slices.Contains(found, n.Text) {
			found = append(found, n.Text)
		}
		for _, h := range Mentions(n.Children) {
			if !slices.Contains(found, h) {
				found = append(found, h)
			}
		}
	}
	return found
}

// reader turns goldmark's tree into ours.
type reader struct{ src []byte }

func (r reader) children(n ast.Node, depth int) []Node {
	var out []Node
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		out = append(out, r.node(c, depth)...)
	}
	return joined(out)
}

// node gives what stands for a node: none, one, or its children where it is of no kind of ours.
func (r reader) node(n ast.Node, depth int) []Node {
	if kind, ok := r.kindOf(n); ok && depth < maxDepth {
		return []Node{{Kind: kind, Children: r.children(n, depth+1)}}
	}
	switch n := n.(type) {
	case *ast.Text:
		return r.text(n)
	case *ast.String:
		return []Node{{Kind: Text, Text: string(n.Value)}}
	case *ast.CodeSpan:
		return []Node{{Kind: Code, Text: r.plain(n)}}
	case *ast.CodeBlock:
		return []Node{{Kind: CodeBlock, Text: r.lines(n)}}
	case *ast.FencedCodeBlock:
		return []Node{{Kind: CodeBlock, Text: r.lines(n)}}
	case *ast.HTMLBlock:
		return []Node{{Kind: Paragraph, Children: []Node{{Kind: Text, Text: strings.TrimSpace(r.lines(n))}}}}
	case *ast.RawHTML:
		return []Node{{Kind: Text, Text: r.segments(n.Segments)}}
	case *ast.Link:
		return r.link(string(n.Destination), r.children(n, depth+1))
	case *ast.AutoLink:
		label := string(n.Label(r.src))
		return r.link(string(n.URL(r.src)), []Node{{Kind: Text, Text: label}})
	case *ast.ThematicBreak:
		return []Node{{Kind: Rule}}
	case *mention:
		return []Node{{Kind: Mention, Text: n.handle}}
	}
	return r.children(n, depth)
}

func (r reader) kindOf(n ast.Node) (Kind, bool) {
	switch n := n.(type) {
	case *ast.Paragraph:
		return Paragraph, true
	case *ast.Heading:
		return Heading, true
	case *ast.Blockquote:
		return Quote, true
	case *ast.List:
		if n.IsOrdered() {
			return Numbered, true
		}
		return List, true
	case *ast.ListItem:
		return Item, true
	case *ast.Emphasis:
		if n.Level > 1 {
			return Strong, true
		}
		return Emphasis, true
	case *extast.Strikethrough:
		return Deleted, true
	}
	return "", false
}

// text keeps the line breaks that people type: a note is no book.
func (r reader) text(n *ast.Text) []Node {
	out := []Node{{Kind: Text, Text: string(util.UnescapePunctuations(n.Value(r.src)))}}
	if n.SoftLineBreak() || n.HardLineBreak() {
		out = append(out, Node{Kind: Break})
	}
	return out
}

func (r reader) plain(n ast.Node) string {
	var b strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if t, ok := c.(*ast.Text); ok {
			b.Write(t.Value(r.src))
		}
	}
	return b.String()
}

func (r reader) lines(n ast.Node) string { return r.segments(n.Lines()) }

func (r reader) segments(s *text.Segments) string { return string(s.Value(r.src)) }

// link keeps links that lead out by a plain way; of others the words stay.
func (r reader) link(to string, words []Node) []Node {
	u, err := url.Parse(to)
	if err != nil || !slices.Contains([]string{"http", "https", "mailto"}, strings.ToLower(u.Scheme)) || u.Scheme != "mailto" && u.Host == "" {
		return words
	}
	return []Node{{Kind: Link, Href: u.String(), Children: words}}
}

// joined puts texts that follow each other together.
func joined(nodes []Node) []Node {
	var out []Node
	for _, n := range nodes {
		if last := len(out) - 1; n.Kind == Text && last >= 0 && out[last].Kind == Text {
			out[last].Text += n.Text
			continue
		}
		out = append(out, n)
	}
	return out
}
