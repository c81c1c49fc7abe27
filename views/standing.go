package views

import (
	"net/url"
	"time"
)

// Then is a moment that people ask about.
type Then struct {
	Date, Time string    // as typed
	Error      string    // what is wrong with them
	At         time.Time // zero where none was asked for, or not understood
	EndOfDay   bool      // At is the end of a day
	Present    bool      // At is now: the end of today is still to come
}

// in keeps a moment that was asked about in the address of a page.
func (t Then) in(path string) string {
	return link(path, url.Values{"at": {t.Date}, "at_time": {t.Time}})
}
