package handlers

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/access"
	"identitydesk/internal/fault"
	"identitydesk/views"
)

const tokensPath = "/tokens"

// listTokens is what scripts come in with.
func (s *server) listTokens(c echo.Context) error {
	tokens, err := s.Staff.Tokens(c.Request().Context(), actor(c))
	if err != nil {
		return err
	}
	if wantsJSON(c) {
		return writeJSON(c, http.StatusOK, map[string]any{"items": each(tokens, s.toTokenJSON)})
	}
	return html(c, http.StatusOK, views.Tokens(s.tokensPage(c, tokens)))
}

func (s *server) tokensPage(c echo.Context, tokens []access.APIToken) views.TokensPage {
	return views.TokensPage{
		Chrome: s.page(c, views.SectionPeople), Notice: s.takeNotice(c, tokensPath), Tokens: tokens, Roles: access.Roles(),
		CanManage: actor(c).Can(access.ManagePeople), Role: access.Viewer, Days: "90", BaseURL: s.BaseURL,
	}
}

// tokenJSON is a token without its secret.
type tokenJSON struct {
	ID         string     `json:"id"`
	Name       string     `json:"name"`
	Role       string     `json:"role"`
	MadeBy     string     `json:"made_by"`
	MadeByName string     `json:"made_by_name"`
	MadeAt     *time.Time `json:"made_at"`
	ExpiresAt  *time.Time `json:"expires_at"`
	UsedAt     *time.Time `json:"used_at"`
	RevokedAt  *time.Time `json:"revoked_at"`
	Lives      bool       `json:"lives"`
}

func (s *server) toTokenJSON(k access.APIToken) tokenJSON {
	return tokenJSON{
		ID: k.ID, Name: k.Name, Role: string(k.Role), MadeBy: k.MadeBy, MadeByName: k.MadeByName, MadeAt: utc(&k.MadeAt),
		ExpiresAt: utc(&k.ExpiresAt), UsedAt: utc(k.UsedAt), RevokedAt: utc(k.RevokedAt), Lives: k.Lives(s.Now()),
	}
}

// makeToken makes a token. Its secret stands in this answer and nowhere else, so that there is no redirect.
func (s *server) makeToken(c echo.Context) error {
	ctx := c.Request().Context()
	name, role, days := strings.TrimSpace(posted(c, "name")), access.Role(posted(c, "role")), strings.TrimSpace(posted(c, "days"))
	n, _ := strconv.Atoi(days) // what is no number is none that may be
	made, secret, err := s.Staff.MakeToken(ctx, actor(c), name, role, n)
	f := fault.From(err)
	if f != nil && (f.Kind != fault.Invalid || wantsJSON(c)) {
		return err
	}
	if f == nil && wantsJSON(c) {
		return writeJSON(c, http.StatusCreated, struct {
			tokenJSON
			Token string `json:"token"`
		}{s.toTokenJSON(made), secret})
	}
	tokens, err := s.Staff.Tokens(ctx, actor(c))
	if err != nil {
		return err
	}
	p := s.tokensPage(c, tokens)
	if f != nil {
		p.Name, p.Role, p.Days, p.Errors, p.Problem = name, role, days, f.Fields, f.Text
		return html(c, http.StatusUnprocessableEntity, views.Tokens(p))
	}
	p.Made, p.Secret = made.Name, secret
	return html(c, http.StatusOK, views.Tokens(p))
}

// revokeToken makes a token worthless at once.
func (s *server) revokeToken(c echo.Context) error {
	if err := s.Staff.RevokeToken(c.Request().Context(), actor(c), c.Param("id")); err != nil {
		return err
	}
	if wantsJSON(c) {
		return s.listTokens(c)
	}
	s.leaveNotice(c, tokensPath, revoked)
	return c.Redirect(http.StatusSeeOther, tokensPath)
}
