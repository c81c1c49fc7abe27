package handlers

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/views"
)

// newIdentity is the empty form.
func (s *server) newIdentity(c echo.Context) error {
	return html(c, http.StatusOK, views.NewIdentity(s.form(c, url.Values{}, nil)))
}

// submitIdentity takes the form in. What is refused comes back with its values and errors.
func (s *server) submitIdentity(c echo.Context) error {
	typed := c.Request().PostForm
	i, err := s.Desk.Submit(c.Request().Context(), actor(c), identity.ParseDraft(typed))
	if f := s.inPlace(c, err, fault.Invalid, fault.Conflict); f != nil {
		return html(c, statusOf(f.Kind), views.NewIdentity(s.form(c, typed, f)))
	}
	if err != nil {
		return err
	}
	return s.acted(c, i.ID, "")
}

func (s *server) form(c echo.Context, values url.Values, refused *fault.Error) views.NewIdentityPage {
	p := views.NewIdentityPage{Chrome: s.page(c, views.SectionNew), Values: values}
	if refused == nil {
		return p
	}
	p.Text, p.Errors = refused.Text, refused.Fields
	if held, ok := errors.AsType[*identity.Held](refused); ok {
		p.HeldBy = held.IdentityID
	}
	return p
}
