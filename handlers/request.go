package handlers

import (
	"errors"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

const (
	maxForm  = 1 << 20                           // bytes of a form
	maxFile  = identity.MaxImportBytes + maxForm // bytes of a form with a file of persons
	maxQuery = 8 << 10                           // bytes of a query string: a page of 200 rows names them all
	maxParam = 200                               // bytes of an id in an address
)

// partHeader comes with a form whose answer the page puts into a part of itself: it is told where the way leads on, and goes there.
const partHeader = "Desk-Part"

func wantsPart(c echo.Context) bool { return c.Request().Header.Get(partHeader) != "" }

// readable refuses what cannot be read, before any handler sees it: ids that are no ids, broken queries, bodies that are too
// large or no form, values that are no text.
func readable(next echo.HandlerFunc) echo.HandlerFunc {
	return addressed(func(c echo.Context) error {
		if err := readForm(c); err != nil {
			return err
		}
		return next(c)
	})
}

// addressed is readable without the body.
func addressed(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if err := readParams(c); err != nil {
			return err
		}
		if err := readQuery(c.Request()); err != nil {
			return err
		}
		return next(c)
	}
}

// readParams gives handlers the ids of an address as they are. The router leaves them percent-encoded where one holds a sign that
// has a meaning in addresses, such as a slash.
func readParams(c echo.Context) error {
	values := slices.Clone(c.ParamValues())
	for n, v := range values {
		if c.Request().URL.RawPath != "" {
			plain, err := url.PathUnescape(v)
			if err != nil {
				return notFound()
			}
			values[n] = plain
		}
		if len(values[n]) > maxParam || !isText(values[n]) {
			return notFound()
		}
	}
	c.SetParamValues(values...)
	return nil
}

func readQuery(r *http.Request) error {
	if len(r.URL.RawQuery) > maxQuery {
		return fault.New(fault.Malformed, fmt.Sprintf("The query is longer than %d bytes.", maxQuery))
	}
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return fault.New(fault.Malformed, "The query in the address cannot be read. Percent-encode its values.")
	}
	return checkText(values)
}

func readForm(c echo.Context) error {
	r := c.Request()
	if isRead(r.Method) {
		return nil
	}
	kind, err := formKind(r)
	if err != nil {
		return err
	}
	most := int64(maxForm)
	if c.Path() == importsPath {
		most = maxFile
	}
	r.Body = http.MaxBytesReader(c.Response(), r.Body, most)
	if kind == echo.MIMEMultipartForm {
		err = r.ParseMultipartForm(most) // all of it stays in memory: nothing is written to disk
	} else {
		err = r.ParseForm()
	}
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return fault.New(fault.TooLarge, fmt.Sprintf("The form is larger than %d KiB.", most>>10))
	}
	if err != nil {
		return fault.New(fault.Malformed, "The form cannot be read.")
	}
	return checkText(r.PostForm)
}

// posted is a field of the body. What stands in an address counts for nothing: a reason, a name or a note must not stand there. And
// nothing is parsed here: readable has done that, and what a handler reads as it comes must not be read by anybody else, since files
// would be laid on disk in clear.
func posted(c echo.Context, field string) string { return c.Request().PostForm.Get(field) }

func formKind(r *http.Request) (string, error) {
	if r.ContentLength == 0 {
		return "", nil
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType))
	if err != nil || kind != echo.MIMEApplicationForm && kind != echo.MIMEMultipartForm {
		return "", echo.ErrUnsupportedMediaType
	}
	return kind, nil
}

func checkText(values url.Values) error {
	fields := map[string]string{}
	for name, vs := range values {
		if !isText(name) {
			return fault.New(fault.Malformed, "The name of a field is no text.")
		}
		if slices.ContainsFunc(vs, func(v string) bool { return !isText(v) }) {
			fields[name] = "Holds bytes that are no text. Type it again."
		}
	}
	if len(fields) > 0 {
		return fault.Fields("Some values cannot be read.", fields)
	}
	return nil
}

// isText reports whether s is valid UTF-8 without control characters, line breaks and tabs aside.
func isText(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t'
	})
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func crossOrigin(cause error) error {
	return fault.Wrap(fault.Forbidden,
		"This request came from another site, so nothing was done. Open the desk at its own address and try again.", cause)
}
