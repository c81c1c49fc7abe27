package staff

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
)

// TokenPrefix begins every API token, so that one that got out is recognised, by people and by scanners.
const TokenPrefix = "idk_"

// How long a token lives at most, and how many characters of randomness name it.
const (
	maxTokenDays = 366
	tokenIDSize  = 10
)

type tokens interface {
	MakeToken(ctx context.Context, k access.APIToken, hash []byte, e audit.Entry) error
	Tokens(ctx context.Context) ([]access.APIToken, error)
	Token(ctx context.Context, hash []byte) (access.APIToken, error)
	TokenUsed(ctx context.Context, id string) error
	RevokeToken(ctx context.Context, id string, e audit.Entry) error
}

// MakeToken makes a token for scripts that holds for some days. The secret is told here and never again. Invalid with the fields name,
// role and days.
func (s *Staff) MakeToken(ctx context.Context, a access.Actor, name string, role access.Role, days int) (k access.APIToken, secret string, err error) {
	if err := permit(a, access.ManagePeople); err != nil {
		return access.APIToken{}, "", err
	}
	wrong := map[string]string{}
	if !plain(name, maxName) {
		wrong["name"] = "Enter what the token is for, in 1 to 64 characters."
	}
	if !role.Known() {
		wrong["role"] = chooseRole()
	}
	if days < 1 || days > maxTokenDays {
		wrong["days"] = fmt.Sprintf("Enter a number of days from 1 to %d.", maxTokenDays)
	}
	if len(wrong) > 0 {
		return access.APIToken{}, "", fault.Fields("No token was made.", wrong)
	}
	now := s.now()
	secret = TokenPrefix + rand.Text()
	k = access.APIToken{
		ID: "token-" + strings.ToLower(rand.Text()[:tokenIDSize]), Name: name, Role: role, MadeBy: a.UserID, MadeByName: a.Name,
		MadeAt: now, ExpiresAt: now.Add(time.Duration(days) * 24 * time.Hour),
	}
	e := entry(audit.MadeToken, a, now)
	e.Object, e.Detail = k.ID, fmt.Sprintf("%s, until %s", role, k.ExpiresAt.UTC().Format(time.DateOnly))
	if err := s.store.MakeToken(ctx, k, hashOf(secret), e); err != nil {
		return access.APIToken{}, "", err
	}
	return k, secret, nil
}

// Tokens gives every token that was ever made, the newest first.
func (s *Staff) Tokens(ctx context.Context, a access.Actor) ([]access.APIToken, error) {
	if err := permit(a, access.ReadPeople); err != nil {
		return nil, err
	}
	return s.store.Tokens(ctx)
}

// RevokeToken makes a token worthless at once.
func (s *Staff) RevokeToken(ctx context.Context, a access.Actor, id string) error {
	if err := permit(a, access.ManagePeople); err != nil {
		return err
	}
	e := entry(audit.RevokedToken, a, s.now())
	e.Object = id
	return s.store.RevokeToken(ctx, id, e)
}

// Script gives the token with a secret and notes that it is used. Unauthenticated where it is unknown, revoked or past its end.
func (s *Staff) Script(ctx context.Context, secret string) (access.APIToken, error) {
	k, err := s.LookAtScript(ctx, secret)
	if err == nil {
		s.useToken(ctx, k)
	}
	return k, err
}

// LookAtScript is Script without a note.
func (s *Staff) LookAtScript(ctx context.Context, secret string) (access.APIToken, error) {
	wrong := fault.New(fault.Unauthenticated, "The token is unknown, revoked, or past its end. An admin of the desk makes a new one.")
	if !strings.HasPrefix(secret, TokenPrefix) {
		return access.APIToken{}, wrong
	}
	k, err := s.store.Token(ctx, hashOf(secret))
	switch {
	case fault.KindOf(err) == fault.NotFound:
		return access.APIToken{}, wrong
	case err != nil:
		return access.APIToken{}, err
	case !k.Lives(s.now()), !k.Role.Known():
		return access.APIToken{}, wrong
	}
	return k, nil
}

// useToken notes that a token is used, as see does for sessions.
func (s *Staff) useToken(ctx context.Context, k access.APIToken) {
	if k.UsedAt != nil && s.now().Sub(*k.UsedAt) < seenEvery || !s.notingToken.TryLock() {
		return
	}
	go func() {
		defer s.notingToken.Unlock()
		ctx, done := context.WithTimeout(context.WithoutCancel(ctx), seenWithin)
		defer done()
		_ = s.store.TokenUsed(ctx, k.ID)
	}()
}
