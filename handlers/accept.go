package handlers

import (
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/fault"
)

// format is the form of an answer.
type format int

const (
	asHTML format = iota
	asJSON
	asCSV
)

// listFormat is the form that was asked for: `?format=csv` or json, else what Accept prefers.
func listFormat(c echo.Context) (format, error) {
	switch c.QueryParam("format") {
	case "csv":
		return asCSV, nil
	case "", "json":
		return pageFormat(c), nil
	}
	return pageFormat(c), fault.Fields("This form of answer is not known.",
		map[string]string{"format": "Choose csv or json, or leave it out."})
}

func pageFormat(c echo.Context) format {
	if wantsJSON(c) {
		return asJSON
	}
	return asHTML
}

// wantsJSON reports whether the asker would rather have JSON than a page. A link can ask for it, too.
func wantsJSON(c echo.Context) bool {
	return c.QueryParam("format") == "json" || prefersJSON(c.Request().Header)
}

func prefersJSON(h http.Header) bool {
	accept := strings.Join(h.Values(echo.HeaderAccept), ",")
	json, html := wish{}, wish{}
	for part := range strings.SplitSeq(accept, ",") {
		kind, params, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		q := 1.0
		if given, ok := params["q"]; ok {
			if q, err = strconv.ParseFloat(given, 64); err != nil {
				continue
			}
		}
		json.hear(kind, "application", "json", q)
		html.hear(kind, "text", "html", q)
	}
	if json.q != html.q {
		return json.q > html.q
	}
	return json.q > 0 && json.named > html.named
}

// wish is how much a form is wanted: the q of the range that names it most closely, and how closely that is.
type wish struct {
	q     float64
	named int // 3: by name, 2: by its family, 1: anything goes, 0: not at all
}

func (w *wish) hear(kind, family, sub string, q float64) {
	named := 0
	switch kind {
	case family + "/" + sub:
		named = 3
	case family + "/*":
		named = 2
	case "*/*":
		named = 1
	}
	if named > w.named || named != 0 && named == w.named && q > w.q {
		w.q, w.named = q, named
	}
}
