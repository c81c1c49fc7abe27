package identity

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// importText is the text of a file: UTF-8, a byte order mark taken away, lines ended by line feeds.
func importText(file []byte) (string, error) {
	switch {
	case len(file) > MaxImportBytes:
		return "", &ImportError{fmt.Sprintf("The file is larger than %d MiB. Divide it into several.", MaxImportBytes>>20)}
	case bytes.HasPrefix(file, []byte("PK\x03\x04")), bytes.HasPrefix(file, []byte("\xd0\xcf\x11\xe0")):
		return "", &ImportError{`This is a spreadsheet's own file. Save it as "CSV UTF-8" and choose that file.`}
	case bytes.HasPrefix(file, []byte("\xff\xfe")), bytes.HasPrefix(file, []byte("\xfe\xff")):
		return "", &ImportError{`The file is written in UTF-16. Save it as "CSV UTF-8".`}
	}
	file = bytes.TrimPrefix(file, []byte("\xef\xbb\xbf"))
	if line := notText(file); line > 0 {
		return "", &ImportError{`Line ` + number(line) + ` is not written in UTF-8. Save the file as "CSV UTF-8".`}
	}
	if len(bytes.TrimSpace(file)) == 0 {
		return "", &ImportError{"The file is empty. Choose a file, or paste its text."}
	}
	text := strings.ReplaceAll(string(file), "\r\n", "\n")
	return strings.ReplaceAll(text, "\r", "\n"), nil
}

// notText finds the first line that is no text; 0 for none.
func notText(file []byte) int {
	line := 0
	for part := range bytes.Lines(file) {
		if line++; !utf8.Valid(part) || bytes.IndexByte(part, 0) >= 0 {
			return line
		}
	}
	return 0
}

func number(n int) string { return strconv.Itoa(n) }

// mostNamed is how many columns an error names.
const mostNamed = 10

// unknownColumns names what the file has and no person: one that looks like a value instead of a name is told by its place alone.
func unknownColumns(names []string) *ImportError {
	return &ImportError{"These columns are not known: " + someOf(names) + ". Name them as in the template, or take them out."}
}

// unknownFields names what a line has and no person.
func unknownFields(names []string) string {
	return "Not known: " + someOf(names) + ". Name it as in the template, or take it out."
}

func someOf(names []string) string {
	shown := names[:min(len(names), mostNamed)]
	text := strings.Join(shown, ", ")
	if more := len(names) - len(shown); more > 0 {
		text += fmt.Sprintf(", and %d more", more)
	}
	return text
}

// columnName is a column as an error may show it: what looks like somebody's detail is told by its place alone.
func columnName(name, place string) string {
	if len(name) > 60 || !isPrintable(name) || LooksPersonal(name) || strings.Count(name, "-") > 1 {
		return place
	}
	return name
}
