package views_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What would put text into a page, or run it, without it being escaped. What looks like markup in a note is drawn piece by piece.
func rawWays() map[string]*regexp.Regexp {
	return map[string]*regexp.Regexp{
		".templ": regexp.MustCompile(`templ\.(Raw|Unsafe|JSUnsafe\w*|JSExpression|SafeCSS\w*|SafeScript\w*|FromGoHTML)|<script[^>]*>[^<]|<style|\son[a-z]+=|javascript:|srcdoc=`),
		".go":    regexp.MustCompile(`templ\.(Raw|Unsafe|JSUnsafe\w*|JSExpression|SafeCSS\w*|SafeScript\w*|FromGoHTML)|template\.(HTML|JS|CSS|URL|Srcset)\b|html/template|text/template`),
		".js":    regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|setHTMLUnsafe|\beval\(|new Function|setTimeout\(\s*["'` + "`" + `]|javascript:`),
	}
}

// No page takes text as markup, and no script does: neither where pages are drawn nor where they are handed out or run.
func TestNothingTakesRawMarkup(t *testing.T) {
	t.Parallel()
	seen := map[string]int{}
	for _, folder := range []string{"../views", "../handlers", "../internal/markdown", "../static/src"} {
		require.NoError(t, filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			way := rawWays()[filepath.Ext(path)]
			if err != nil || d.IsDir() || way == nil || strings.HasSuffix(path, "_templ.go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			seen[filepath.Ext(path)]++
			text, err := os.ReadFile(path)
			require.Empty(t, way.FindString(string(text)), path)
			if filepath.Base(path) != "answer.js" { // it reads the desk's own answer, which runs nothing
				require.NotContains(t, string(text), "DOMParser", path)
			}
			return err
		}))
	}
	for ending := range rawWays() {
		require.Positive(t, seen[ending], ending)
	}
}

// The check above finds what it looks for.
func TestRawMarkupWouldBeFound(t *testing.T) {
	t.Parallel()
	for ending, texts := range map[string][]string{
		".templ": {`@templ.Raw(p.Text)`, `<a onclick="x()">`, `<script>x()</script>`, `templ.JSUnsafeFuncCall("x")`},
		".go":    {`templ.Raw(text)`, `template.HTML(text)`},
		".js":    {`el.innerHTML = x`, `el.insertAdjacentHTML("afterend", x)`, `eval(x)`, `setTimeout("x()")`},
	} {
		for _, text := range texts {
			require.NotEmpty(t, rawWays()[ending].FindString(text), text)
		}
	}
}
