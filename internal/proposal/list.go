package proposal

// Show says which proposals a list holds.
type Show string

// What a list can hold. All stands for every proposal, the open ones first.
const (
	ShowAll   Show = ""
	ShowOpen  Show = "open"
	ShowMine  Show = "mine"
	ShowEnded Show = "ended"
)

// Shows are all of them, in the order in which pages offer them.
func Shows() []Show { return []Show{ShowAll, ShowOpen, ShowMine, ShowEnded} }

// Filter selects proposals for a list: the open ones first, the newest first of each.
type Filter struct {
	Show       Show
	MakerID    string // whose proposals ShowMine means
	IdentityID string
	After      string // the Next of the page before
	Limit      int
}

// Page is one page of a list.
type Page struct {
	Items        []Proposal
	Next         string // goes back as After; empty at the end
	Total        int64
	TotalAtLeast bool // there are more than Total
}
