package evidence

import (
	"bytes"
	_ "embed"
	"html/template"
	"strings"
	"time"

	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
)

//go:embed index.html
var index string

// page is what the summary shows.
type page struct {
	manifest
	Then  string // the moment whose status was asked for; empty for none
	Cases []pageCase
}

type pageCase struct {
	caseJSON
	Title string
	Acts  []audit.Entry
}

// draw makes the summary. html/template escapes every value.
func draw(p Pack, m manifest, cases []caseJSON) ([]byte, error) {
	t, err := template.New("index").Funcs(template.FuncMap{
		"at": at, "act": func(a audit.Action) string { return a.Words() }, "plain": plain, "either": either,
		"label": identity.Label, "short": func(t text) string { return audit.Head{Hash: t}.String()[2:] },
	}).Parse(index)
	if err != nil {
		return nil, err
	}
	v := page{manifest: m}
	if !p.At.IsZero() {
		v.Then = at(p.At)
	}
	for n, c := range cases {
		v.Cases = append(v.Cases, pageCase{caseJSON: c, Title: either(c.RefID, asked(c), c.PaxosID, c.ID), Acts: p.acts(p.Cases[n])})
	}
	var b bytes.Buffer
	err = t.Execute(&b, v)
	return b.Bytes(), err
}

// asked is the first ref_id by which an erased case was asked for.
func asked(c caseJSON) string {
	if len(c.AskedRefIDs) == 0 {
		return ""
	}
	return c.AskedRefIDs[0]
}

// at is a time to the second, in UTC; a dash for none.
func at(v any) string {
	var t time.Time
	switch v := v.(type) {
	case time.Time:
		t = v
	case *time.Time:
		if v != nil {
			t = *v
		}
	}
	if t.IsZero() {
		return "—"
	}
	return t.UTC().Format("2006-01-02 15:04:05")
}

// plain is a code of ours as words.
func plain(code string) string { return strings.ReplaceAll(code, "_", " ") }

func either(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return "—"
}
