package views

import (
	"strings"
	"time"

	"github.com/a-h/templ"
)

// Asked is the state of a form that asks for a reason before personal data is shown or something final is done.
type Asked struct {
	Text   string            // why it was refused; empty where it was not
	Errors map[string]string // by field
	Typed  map[string]string
	Again  time.Time // when it can be tried again; zero where that is not known
}

// state marks a refused field of the form whose ids begin with a word, and joins it to the texts beside it.
func (a Asked) state(form, field string, hints ...string) templ.Attributes {
	out := templ.Attributes{}
	if a.Errors[field] != "" {
		out["aria-invalid"] = "true"
		hints = append([]string{askedID(form, field) + "-error"}, hints...)
	}
	if len(hints) > 0 {
		out["aria-describedby"] = strings.Join(hints, " ")
	}
	return out
}

func askedID(form, field string) string {
	return form + "-" + strings.NewReplacer("_", "-", ".", "-").Replace(field)
}
