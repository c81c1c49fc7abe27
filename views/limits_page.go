package views

import "github.com/a-h/templ"

// LimitsPage is the rules of casework that people change while the desk runs.
type LimitsPage struct {
	Chrome
	Kinds     []string          // what can have a limit of its own
	Default   string            // the limit where none is set, such as "1bd"
	Values    map[string]string // by field: "limit.KIND", "idle_release", "longest_snooze"
	Errors    map[string]string
	Problem   string // why what was typed was refused; empty for nothing
	CanChange bool
	Notice    string
}

// state marks a refused field and joins it to the texts beside it.
func (p LimitsPage) state(field string) templ.Attributes {
	if p.Errors[field] == "" {
		return nil
	}
	return templ.Attributes{"aria-invalid": "true", "aria-describedby": fieldID(field) + "-error"}
}
