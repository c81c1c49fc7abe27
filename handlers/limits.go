package handlers

import (
	"cmp"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/access"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/proposal"
	"identitydesk/views"
)

const limitsPath = "/settings/limits"

// showLimits is the rules of casework that people may change.
func (s *server) showLimits(c echo.Context) error {
	z, err := s.Desk.Settings(c.Request().Context(), actor(c))
	if err != nil {
		return err
	}
	if wantsJSON(c) {
		return writeJSON(c, http.StatusOK, toLimitsJSON(z))
	}
	p := s.limitsPage(c)
	p.Values = limitValues(z)
	return html(c, http.StatusOK, views.Limits(p))
}

func (s *server) limitsPage(c echo.Context) views.LimitsPage {
	return views.LimitsPage{
		Chrome: s.page(c, views.SectionSettings), Notice: s.takeNotice(c, limitsPath), Kinds: identity.LimitKinds(),
		Default: s.Desk.Policy().Limit.String(), CanChange: actor(c).Can(access.SetPolicy),
	}
}

// limitsJSON is the rules as scripts read them: limits as they are typed, such as "2bd" or "36h".
type limitsJSON struct {
	Limits        map[string]string `json:"limits"`
	IdleRelease   *string           `json:"idle_release"`
	LongestSnooze string            `json:"longest_snooze"`
	ProposalTerm  string            `json:"proposal_term"`
}

func toLimitsJSON(z identity.Settings) limitsJSON {
	j := limitsJSON{
		Limits: map[string]string{}, IdleRelease: orNull(z.IdleRelease.String()), LongestSnooze: shortDuration(z.LongestSnooze),
		ProposalTerm: shortDuration(cmp.Or(z.ProposalTerm, proposal.DefaultTerm)),
	}
	for kind, l := range z.Limits {
		j.Limits[kind] = l.String()
	}
	return j
}

func shortDuration(d time.Duration) string { return identity.Limit{Plain: d}.String() }

// limitValues are the rules as the form's fields hold them.
func limitValues(z identity.Settings) map[string]string {
	values := map[string]string{"idle_release": z.IdleRelease.String(), "longest_snooze": shortDuration(z.LongestSnooze)}
	if z.ProposalTerm > 0 {
		values["proposal_term"] = shortDuration(z.ProposalTerm)
	}
	for kind, l := range z.Limits {
		values["limit."+kind] = l.String()
	}
	return values
}

// setLimits changes the rules.
func (s *server) setLimits(c echo.Context) error {
	z, wrong := readLimits(c)
	var err error
	if len(wrong) > 0 {
		err = fault.Fields("The rules stay as they were.", wrong)
	} else {
		err = s.Desk.SetSettings(c.Request().Context(), actor(c), z)
	}
	if f := s.inPlace(c, err, fault.Invalid); f != nil {
		p := s.limitsPage(c)
		p.Values, p.Errors, p.Problem = typed(c), f.Fields, f.Text
		return html(c, http.StatusUnprocessableEntity, views.Limits(p))
	}
	if err != nil {
		return err
	}
	if wantsJSON(c) {
		return writeJSON(c, http.StatusAccepted, toLimitsJSON(z))
	}
	s.leaveNotice(c, limitsPath, limitsSet)
	return c.Redirect(http.StatusSeeOther, limitsPath)
}

func readLimits(c echo.Context) (identity.Settings, map[string]string) {
	z, wrong := identity.Settings{Limits: map[string]identity.Limit{}}, map[string]string{}
	read := func(field string) identity.Limit {
		text := strings.TrimSpace(posted(c, field))
		if text == "" {
			return identity.Limit{}
		}
		l, err := identity.ParseLimit(text)
		if err != nil {
			wrong[field] = sentence(err)
		}
		return l
	}
	for _, kind := range identity.LimitKinds() {
		if l := read("limit." + kind); !l.Zero() {
			z.Limits[kind] = l
		}
	}
	z.IdleRelease = read("idle_release")
	if l := read("proposal_term"); l.BusinessDays > 0 {
		wrong["proposal_term"] = "Enter a plain duration, such as 72h."
	} else {
		z.ProposalTerm = l.Plain
	}
	if l := read("longest_snooze"); l.BusinessDays > 0 {
		wrong["longest_snooze"] = "Enter a plain duration, such as 336h."
	} else {
		z.LongestSnooze = l.Plain
	}
	return z, wrong
}

// sentence makes one of an error that is safe to show.
func sentence(err error) string {
	s := err.Error()
	return strings.ToUpper(s[:1]) + s[1:] + "."
}
