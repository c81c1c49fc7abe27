package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// testsThere gives all tests in the repository, as PACKAGE.NAME.
func testsThere(t *testing.T) map[string]bool {
	t.Helper()
	const root = "../.."
	names, is := map[string]bool{}, regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	require.NoError(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if d != nil && d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git") {
			return filepath.SkipDir
		}
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, name := range is.FindAllStringSubmatch(string(text), -1) {
			names[strings.Replace(filepath.Dir(path)[len(root)+1:], "cmd/identitydesk", "cmd", 1)+"."+name[1]] = true
		}
		return err
	}))
	return names
}

// testsNamed reads which tests a page names, as PACKAGE.NAME: those behind the name of a package are its own, all others of handlers.
func testsNamed(text string) (names []string) {
	test := regexp.MustCompile("`((?:Test|Fuzz)\\w+)`")
	group := regexp.MustCompile("`(cmd|store|views|internal/\\w+)`(?: \\(|: )((?:`(?:Test|Fuzz)\\w+`(?:, )?)+)")
	for _, found := range group.FindAllStringSubmatch(text, -1) {
		for _, name := range test.FindAllStringSubmatch(found[2], -1) {
			names = append(names, found[1]+"."+name[1])
		}
	}
	for _, name := range test.FindAllStringSubmatch(group.ReplaceAllString(text, ""), -1) {
		names = append(names, "handlers."+name[1])
	}
	return names
}

// What the page on threats says is shown by a test is shown by one that there is, and every requirement says how it stands.
func TestThreatsNameTestsThatExist(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/threats.md")
	require.NoError(t, err)
	there, named := testsThere(t), testsNamed(string(text))
	require.Greater(t, len(named), 100)
	for _, name := range named {
		require.True(t, there[name], "docs/threats.md names %s, which does not exist", name)
	}
	requirements := 0
	for line := range strings.Lines(string(text)) {
		if cells := strings.Split(line, "|"); regexp.MustCompile(`^\| \d`).MatchString(line) {
			requirements++
			require.Regexp(t, `^ (met|not applicable|open)`, cells[3], line)
		}
	}
	require.Greater(t, requirements, 70)
}
