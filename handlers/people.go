package handlers

import (
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/access"
	"identitydesk/internal/fault"
	"identitydesk/internal/staff"
	"identitydesk/views"
)

const peoplePath = "/people"

// listPeople is who may use the desk, with their sessions.
func (s *server) listPeople(c echo.Context) error { return s.answerPeople(c, nil) }

// answerPeople lists everybody, with what is wrong with what was just asked for.
func (s *server) answerPeople(c echo.Context, wrong *fault.Error) error {
	people, err := s.Staff.People(c.Request().Context(), actor(c))
	if err != nil {
		return err
	}
	if wantsJSON(c) {
		return writeJSON(c, http.StatusOK, map[string]any{"items": each(people, toPersonJSON)})
	}
	p := views.PeoplePage{
		Chrome: s.page(c, views.SectionPeople), Notice: s.takeNotice(c, peoplePath), Me: actor(c).UserID,
		CanManage: actor(c).Can(access.ManagePeople), This: staff.SessionID(credential(c)),
	}
	for _, one := range people {
		p.People = append(p.People, views.Person{User: one.User, Sessions: one.Sessions})
	}
	for _, r := range staff.Reasons() {
		p.Reasons = append(p.Reasons, views.ReasonChoice{Code: r.Code, Meaning: r.Meaning})
	}
	status := http.StatusOK
	if wrong != nil {
		status = statusOf(wrong.Kind)
		p.Refused = views.Refusal{Act: path.Base(c.Path()), Text: wrong.Text, Errors: wrong.Fields, Typed: typed(c)}
	}
	return html(c, status, views.People(p))
}

// personJSON is somebody who has signed in at least once.
type personJSON struct {
	UserID     string        `json:"user_id"`
	Name       string        `json:"name"`
	Role       string        `json:"role"`
	LastSeenAt *time.Time    `json:"last_seen_at"`
	DisabledAt *time.Time    `json:"disabled_at"`
	Sessions   []sessionJSON `json:"sessions"`
}

type sessionJSON struct {
	ID        string     `json:"id"`
	Role      string     `json:"role"`
	Address   string     `json:"address"`
	CreatedAt *time.Time `json:"created_at"`
	SeenAt    *time.Time `json:"seen_at"`
	ExpiresAt *time.Time `json:"expires_at"`
}

func toPersonJSON(p staff.Person) personJSON {
	return personJSON{
		UserID: p.ID, Name: p.Name, Role: string(p.Role), LastSeenAt: utc(&p.LastSeenAt), DisabledAt: utc(p.DisabledAt),
		Sessions: each(p.Sessions, toSession),
	}
}

func toSession(x access.Session) sessionJSON {
	return sessionJSON{x.ID(), string(x.Role), x.Address, utc(&x.CreatedAt), utc(&x.SeenAt), utc(&x.ExpiresAt)}
}

// reason is why somebody does something about a person.
func reason(c echo.Context) staff.Reason {
	return staff.Reason{Code: posted(c, "reason_code"), Text: strings.TrimSpace(posted(c, "reason"))}
}

// disablePerson keeps somebody out from now on.
func (s *server) disablePerson(c echo.Context) error {
	_, err := s.Staff.Disable(c.Request().Context(), actor(c), posted(c, "user"), reason(c))
	return s.peopleChanged(c, err, disabled)
}

// enablePerson lets somebody sign in again.
func (s *server) enablePerson(c echo.Context) error {
	return s.peopleChanged(c, s.Staff.Enable(c.Request().Context(), actor(c), posted(c, "user"), reason(c)), enabled)
}

// endSessions ends one session of somebody's, or all of them.
func (s *server) endSessions(c echo.Context) error {
	err := s.Staff.EndSession(c.Request().Context(), actor(c), posted(c, "user"), posted(c, "session"), reason(c))
	return s.peopleChanged(c, err, ended)
}

func (s *server) peopleChanged(c echo.Context, err error, n notice) error {
	if f := s.inPlace(c, err, fault.Invalid, fault.Conflict); f != nil {
		return s.answerPeople(c, f)
	}
	if err != nil {
		return err
	}
	if wantsJSON(c) {
		return s.answerPeople(c, nil)
	}
	s.leaveNotice(c, peoplePath, n)
	return c.Redirect(http.StatusSeeOther, peoplePath)
}
