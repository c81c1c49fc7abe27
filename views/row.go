package views

import (
	"time"

	"identitydesk/internal/identity"
)

// Row is one case in a table, with why it is where it is.
type Row struct {
	Identity identity.Identity
	Advice   identity.Advice

	Holder string           // the name of who has claimed it; empty where nobody has
	Mine   bool             // that is whoever looks
	Tags   []string         // sorted
	Ageing *identity.Ageing // how long its kind takes, where it has taken longer than nearly all of them; nil where it has not
	// DraftGoesAt is when the details of a failed submission are erased, where that is soon.
	DraftGoesAt *time.Time
	Left        bool // it is no longer of the list, and stays in its place until the list is shown anew
}

// Rows is one page of a table of cases.
type Rows struct {
	Items        []Row
	Next         string // goes back as `after`; empty at the end
	After        string // the `after` that this page was asked with; empty on the first
	Total        int64
	TotalAtLeast bool // there are more than Total
	AsOf         time.Time
}
