package handlers

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/fault"
	"identitydesk/internal/onboarding"
	"identitydesk/views"
)

const evidencePath = "/evidence"

// askEvidence is the form for an evidence pack: of one case, of a list, or of what a filter of the identities selects.
func (s *server) askEvidence(c echo.Context) error {
	q := c.QueryParams()
	if _, wrong := identityFilter(q, s.location(c)); len(wrong) > 0 {
		return badFilter(wrong)
	}
	return html(c, http.StatusOK, views.Evidence(s.evidencePage(c, q)))
}

func (s *server) evidencePage(c echo.Context, q url.Values) views.EvidencePage {
	p := views.EvidencePage{
		Chrome: s.page(c, views.SectionAudit), IDs: slices.DeleteFunc(slices.Clone(q["id"]), func(id string) bool { return id == "" || len(id) > maxValue }),
		RefIDs: q.Get("ref_ids"), Filter: shownFilter(q), Key: s.Desk.EvidenceKey(), Max: maxMany,
	}
	p.Filter.Del("sort")
	p.Then = thenOf(q, p.Location, p.Now)
	return p
}

// takeEvidence gives the pack. It is logged before its first byte.
func (s *server) takeEvidence(c echo.Context) error {
	ask, err := s.evidenceAsk(c)
	if err == nil {
		if err = pushDeadline(c, rowsWithin); err != nil {
			return err
		}
		var made onboarding.Evidence
		if made, err = s.Desk.TakeEvidence(c.Request().Context(), actor(c), ask); err == nil {
			c.Response().Header().Set(echo.HeaderContentDisposition, fmt.Sprintf(`attachment; filename=%q`, made.Name))
			return c.Blob(http.StatusOK, "application/zip", made.Zip)
		}
	}
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Kind == fault.Invalid && !wantsJSON(c) {
		p := s.evidencePage(c, c.Request().PostForm)
		p.Text, p.Errors = f.Text, f.Fields
		return html(c, http.StatusUnprocessableEntity, views.Evidence(p))
	}
	return err
}

func (s *server) evidenceAsk(c echo.Context) (ask onboarding.EvidenceAsk, err error) {
	form := c.Request().PostForm
	then := thenOf(form, s.location(c), s.Now())
	if then.Error != "" {
		return ask, thenWrong(then)
	}
	ask.At = then.At
	ask.IDs = slices.DeleteFunc(slices.Clone(form["id"]), func(id string) bool { return id == "" })
	if len(ask.IDs) > 0 {
		return ask, nil
	}
	f, wrong := identityFilter(form, s.location(c))
	filtered := len(shownFilter(form)) > 0 || form.Get("everything") != ""
	switch {
	case len(wrong) > 0:
		return ask, badFilter(wrong)
	case filtered && form.Get("ref_ids") == "":
		ask.Filter = f
		return ask, nil
	}
	ask.IDs, err = listed(form.Get("ref_ids"))
	if err != nil {
		f := *fault.From(err)
		f.Text = "No pack was made."
		err = &f
	}
	return ask, err
}
