package views

import (
	"slices"
	"time"

	"github.com/a-h/templ"

	"identitydesk/internal/access"
)

// TeamPage is who works how many cases, and who is away.
type TeamPage struct {
	Chrome
	Loads                []access.Load // by name
	Me                   string        // the reader's user id
	CanGoAway, CanAssign bool          // mark oneself as away; also others, and move cases
	Refused              Refusal       // what was just asked for and refused; zero for nothing
	Notice               string
}

// me is the reader's own line; ok is false where they work no cases.
func (p TeamPage) me() (access.Load, bool) {
	for _, l := range p.Loads {
		if l.ID == p.Me {
			return l, true
		}
	}
	return access.Load{}, false
}

// backOn is the day on which somebody who is away comes back; empty where they are here.
func (p TeamPage) backOn(l access.Load) string {
	if !l.Away(p.Now) {
		return ""
	}
	at := l.AwayUntil.In(place(p.Location))
	if at.Year() == p.Now.In(place(p.Location)).Year() {
		return at.Format("Mon Jan 2")
	}
	return at.Format(time.DateOnly)
}

// tomorrow is the first day on which somebody can be back.
func (p TeamPage) tomorrow() string {
	return p.Now.In(place(p.Location)).AddDate(0, 0, 1).Format(time.DateOnly)
}

// typed is what stands in a field of a form: what was typed where that form was refused.
func (p TeamPage) typed(act, field, first string) string {
	if p.Refused.Act == act {
		return p.Refused.Typed[field]
	}
	return first
}

func (p TeamPage) error(act, field string) string {
	if p.Refused.Act != act {
		return ""
	}
	return p.Refused.Errors[field]
}

// marks says that a field of the rebalancing is refused.
func (p TeamPage) marks(field string) templ.Attributes {
	if p.error("rebalance", field) == "" {
		return nil
	}
	return templ.Attributes{"aria-invalid": "true", "aria-describedby": "rebalance-" + field + "-error"}
}

// here are those who can take cases now.
func (p TeamPage) here() []access.Load {
	return slices.DeleteFunc(slices.Clone(p.Loads), func(l access.Load) bool {
		return !l.TakesCases(p.Now)
	})
}
