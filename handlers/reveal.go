package handlers

import (
	"cmp"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/onboarding"
	"identitydesk/views"
)

// reveal shows one group of a person's data in the case.
func (s *server) reveal(c echo.Context) error {
	ask := identity.RevealAsk{
		Group: identity.Group(posted(c, "group")), ReasonCode: posted(c, "reason_code"), Reason: posted(c, "reason"),
	}
	shown, err := s.Desk.Reveal(c.Request().Context(), actor(c), c.Param("id"), ask)
	if err != nil {
		return s.sentBack(c, err, fault.Invalid, fault.Conflict, fault.Throttled, fault.Unavailable)
	}
	if wantsJSON(c) {
		return writeJSON(c, http.StatusOK, toRevealed(shown))
	}
	page, err := s.caseAgain(c, func(p *views.CasePage) {
		p.Revealed = &views.Revealed{Group: shown.Group, Fields: shown.Fields, FromDraft: shown.FromDraft, Until: shown.Until}
		p.Leave = views.Leave{To: cmp.Or(p.Back, casePath(shown.IdentityID)), After: onboarding.ShownFor}
	})
	if err != nil {
		return err
	}
	return html(c, http.StatusOK, page)
}

// revealedJSON is a group of personal data for a client that shows it and keeps none of it. It must be gone at shown_until.
type revealedJSON struct {
	IdentityID string            `json:"identity_id"`
	Group      string            `json:"group"`
	Fields     map[string]string `json:"fields"` // by JSON path
	Source     string            `json:"source"` // paxos, or draft where Paxos has not taken it
	ShownUntil *time.Time        `json:"shown_until"`
}

func toRevealed(r onboarding.Revealed) revealedJSON {
	j := revealedJSON{
		IdentityID: r.IdentityID, Group: string(r.Group), Fields: map[string]string{}, Source: string(onboarding.RevealPaxos),
		ShownUntil: utc(&r.Until),
	}
	if r.FromDraft {
		j.Source = string(onboarding.RevealDraft)
	}
	for _, f := range r.Fields {
		j.Fields[f.Path] = f.Value
	}
	return j
}

func revealView(o onboarding.Case) views.Reveal {
	return views.Reveal{
		May: o.CanReveal, FromPaxos: o.RevealFrom == onboarding.RevealPaxos, FromDraft: o.RevealFrom == onboarding.RevealDraft,
	}
}
