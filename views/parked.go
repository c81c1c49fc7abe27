package views

import (
	"net/url"
	"strconv"
	"time"
)

// ParkedJob is a job that trying again did not help: it waits for a person.
type ParkedJob struct {
	ID       int64
	Kind     string // submit, event or recheck
	Subject  string // our id of the case; of an event's job the event's id
	RefID    string // of the case; empty where it has none
	Error    string // kind and code of the last failure
	Since    time.Time
	Attempts int64
}

// name says what the desk tried to do.
func (j ParkedJob) name() string {
	switch j.Kind {
	case "submit":
		return "Submission"
	case "recheck":
		return "Re-check"
	case "event":
		return "Event"
	}
	return j.Kind
}

// about is what the job's link says.
func (j ParkedJob) about() string {
	if j.RefID != "" {
		return j.RefID
	}
	return short(j.Subject)
}

// link leads to what the job is about.
func (j ParkedJob) link() string {
	if j.Kind == "event" {
		return "/events/" + url.PathEscape(j.Subject)
	}
	return caseLink(j.Subject)
}

func (j ParkedJob) startPath() string {
	return "/settings/jobs/" + strconv.FormatInt(j.ID, 10) + "/start"
}

// parkedMore is how many parked jobs the page does not name.
func (f Facts) parkedMore() int64 {
	n := -int64(len(f.Parked))
	for _, j := range f.Jobs {
		if j.State == "parked" {
			n += j.Count
		}
	}
	return n
}
