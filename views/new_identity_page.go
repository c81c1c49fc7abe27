package views

import "net/url"

// NewIdentityPage is the form for a person. Its fields are named by the API's JSON paths.
type NewIdentityPage struct {
	Chrome
	Values url.Values        // what was typed, or the defaults
	Errors map[string]string // by field
	Text   string            // what went wrong as a whole; empty for nothing
	HeldBy string            // our id of the case that already holds the ref_id; empty where none does

	asked []fieldset // the form's groups; those of a person where nil
}
