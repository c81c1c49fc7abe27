package store

import (
	"context"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
)

// releasedDisabled is why a claim ended whose holder was disabled, as history tells it.
const releasedDisabled = "disabled"

// DisablePerson keeps somebody out from now on: their sessions end, what they have claimed and is not decided becomes free, the API
// tokens that they made are revoked. Conflict where they are disabled already.
func (s *Store) DisablePerson(ctx context.Context, userID string, e audit.Entry) (done access.Disabled, err error) {
	err = s.write(ctx, func(t *tx) error {
		done = access.Disabled{}
		if err := t.setDisabled(userID, true); err != nil {
			return err
		}
		sessions, err := t.affect(`DELETE FROM sessions WHERE user_id = $1`, userID)
		if err != nil {
			return err
		}
		tokens, err := t.affect(`UPDATE api_tokens SET revoked_at = $2 WHERE made_by = $1 AND revoked_at IS NULL AND expires_at > $2`,
			userID, t.now.UnixMilli())
		if err != nil {
			return err
		}
		held, err := all(t, scanRow, selectRow+`WHERE assignee <> '' AND assignee = $1 AND tab <> 'decided'`, userID)
		if err != nil {
			return err
		}
		if err := t.releaseAll(held, releasedDisabled); err != nil {
			return err
		}
		done = access.Disabled{Sessions: int(sessions), Tokens: int(tokens), Cases: len(held)}
		e.Detail = done.String()
		return t.audit(e)
	})
	return done, err
}

// EnablePerson lets somebody sign in again. Conflict where they can.
func (s *Store) EnablePerson(ctx context.Context, userID string, e audit.Entry) error {
	return s.write(ctx, func(t *tx) error {
		if err := t.setDisabled(userID, false); err != nil {
			return err
		}
		return t.audit(e)
	})
}

// setDisabled changes whether somebody is disabled.
func (t *tx) setDisabled(userID string, disabled bool) error {
	was, err := t.isDisabled(userID)
	if err != nil {
		return err
	}
	var since any
	switch {
	case was && disabled:
		return fault.New(fault.Conflict, "This person is disabled already.")
	case !was && !disabled:
		return fault.New(fault.Conflict, "This person is not disabled.")
	case disabled:
		since = t.now.UnixMilli()
	}
	return t.setUser(userID, `disabled_at = $2`, since)
}

// isDisabled is false for whoever is not known yet.
func (t *tx) isDisabled(userID string) (bool, error) {
	_, disabled, err := maybe(t, scanValue[string], `SELECT id FROM users WHERE id = $1 AND disabled_at IS NOT NULL`, userID)
	return disabled, err
}
