package handlers

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/onboarding"
	"identitydesk/views"
)

// The buttons of the form, besides the one that submits.
const (
	actReview = "review"        // show what will be sent
	actEdit   = "edit"          // back to the form
	actAdd    = "add-member"    // one more row
	actRemove = "remove-member" // and the row's place: remove-member.0
)

// newInstitution is the empty form.
func (s *server) newInstitution(c echo.Context) error {
	return html(c, http.StatusOK, views.NewInstitution(s.institutionForm(c, identity.InstitutionDraft{}, 1)))
}

// submitInstitution takes the form in, or does what one of its buttons says. What is refused comes back with its values and errors.
func (s *server) submitInstitution(c echo.Context) error {
	draft := identity.ParseInstitution(c.Request().PostForm)
	act, place, _ := strings.Cut(c.Request().PostForm.Get("act"), ".")
	switch act {
	case actReview:
		return s.reviewInstitution(c, draft)
	case actAdd, actRemove, actEdit:
		return s.editInstitution(c, act, place, draft)
	}
	i, err := s.Desk.SubmitInstitution(c.Request().Context(), actor(c), draft)
	if f := s.inPlace(c, err, fault.Invalid, fault.Conflict); f != nil {
		return s.refuseInstitution(c, draft, f)
	}
	if err != nil {
		return err
	}
	return s.acted(c, i.ID, "")
}

// reviewInstitution shows what will be sent, with whom the members are; what is wrong leads back to the form.
func (s *server) reviewInstitution(c echo.Context, draft identity.InstitutionDraft) error {
	ready, found, wrong, err := s.Desk.CheckInstitution(c.Request().Context(), actor(c), draft)
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		return s.refuseInstitution(c, draft, fault.Fields("Some fields need another look before this can be sent to Paxos.", wrong))
	}
	data, err := identity.Application{Institution: &ready}.PersonalData()
	if err != nil {
		return err
	}
	p := s.institutionForm(c, draft, 0)
	p.Members, p.Data, p.Doubts = memberViews(found), data, draft.Doubts(membersFound(found))
	return html(c, http.StatusOK, views.ReviewInstitution(p))
}

// editInstitution is the form again, with a row more or less.
func (s *server) editInstitution(c echo.Context, act, place string, draft identity.InstitutionDraft) error {
	spare := 0
	switch n, err := strconv.Atoi(place); {
	case act == actAdd && len(draft.Members) < identity.MostMembers:
		spare = 1
	case act == actRemove && err == nil && n >= 0 && n < len(draft.Members):
		draft.Members = append(draft.Members[:n:n], draft.Members[n+1:]...)
	}
	p := s.institutionForm(c, draft, spare)
	p.Added = act == actAdd
	return s.showInstitutionForm(c, http.StatusOK, draft, p)
}

func (s *server) refuseInstitution(c echo.Context, draft identity.InstitutionDraft, f *fault.Error) error {
	p := s.institutionForm(c, draft, 0)
	p.Text, p.Errors = f.Text, f.Fields
	if held, ok := errors.AsType[*identity.Held](f); ok {
		p.HeldBy = held.IdentityID
	}
	return s.showInstitutionForm(c, statusOf(f.Kind), draft, p)
}

// showInstitutionForm shows the form with whom the members are, as far as their ids lead to somebody.
func (s *server) showInstitutionForm(c echo.Context, status int, draft identity.InstitutionDraft, p views.NewInstitutionPage) error {
	found, err := s.foundMembers(c.Request().Context(), c, draft)
	if err != nil {
		return err
	}
	p.Members = found
	return html(c, status, views.NewInstitution(p))
}

func (s *server) foundMembers(ctx context.Context, c echo.Context, draft identity.InstitutionDraft) ([]views.FoundMember, error) {
	if len(draft.Members) == 0 {
		return nil, nil
	}
	found, err := s.Desk.FindMembers(ctx, actor(c), draft)
	return memberViews(found), err
}

func memberViews(found []onboarding.FoundMember) []views.FoundMember {
	return each(found, func(f onboarding.FoundMember) views.FoundMember {
		return views.FoundMember{Identity: f.Identity, Wrong: f.Wrong}
	})
}

// membersFound are those whom the ids of members have led to.
func membersFound(found []onboarding.FoundMember) []identity.Identity {
	var out []identity.Identity
	for _, f := range found {
		if f.Identity != nil {
			out = append(out, *f.Identity)
		}
	}
	return out
}

// institutionForm is the form with what the draft says, and spare rows for members.
func (s *server) institutionForm(c echo.Context, draft identity.InstitutionDraft, spare int) views.NewInstitutionPage {
	p := views.NewInstitutionPage{Draft: draft, Rows: max(len(draft.Members)+spare, 1)}
	p.Chrome, p.Values = s.page(c, views.SectionNew), draft.Values()
	return p
}
