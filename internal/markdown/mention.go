package markdown

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// mention is an @ with the handle of a person behind it. Being part of the tree, it is none in code, in an address or behind
// a backslash.
type mention struct {
	ast.BaseInline
	handle string
}

var kindMention = ast.NewNodeKind("Mention")

// Kind is part of goldmark's tree.
func (*mention) Kind() ast.NodeKind { return kindMention }

// Dump is part of goldmark's tree.
func (m *mention) Dump(source []byte, level int) { ast.DumpHelper(m, source, level, nil, nil) }

// mentions finds them.
type mentions struct{ known func(handle string) bool }

// Trigger is the sign that a mention begins with.
func (mentions) Trigger() []byte { return []byte{'@'} }

// Parse reads a mention where one begins.
func (p mentions) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	if before := block.PrecendingCharacter(); inWord(before) || before == '@' {
		return nil
	}
	line, _ := block.PeekLine()
	raw := word(line[1:])
	handle := strings.ToLower(string(raw))
	if handle == "" || !p.known(handle) {
		return nil
	}
	block.Advance(1 + len(raw))
	return &mention{handle: handle}
}

// word is the handle that a line begins with; a full stop at its end belongs to the sentence.
func word(line []byte) []byte {
	end := 0
	for end < len(line) {
		r, size := utf8.DecodeRune(line[end:])
		if !inWord(r) && r != '.' && r != '-' {
			break
		}
		end += size
	}
	return bytes.TrimRight(line[:end], ".-_")
}

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' }
