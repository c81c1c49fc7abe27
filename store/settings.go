package store

import (
	"context"
	"encoding/json"
	"fmt"

	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
)

// Policy is what cases are judged by: the environment's policy under the settings that people have made. It changes while the
// desk runs, so that it is asked for anew each time.
func (s *Store) Policy() identity.Policy { return *s.policy.Load() }

// obey lays settings over the environment's policy.
func (s *Store) obey(z identity.Settings) {
	p := s.base.With(z)
	s.policy.Store(&p)
}

// Settings gives what people have set, and the defaults until somebody has.
func (s *Store) Settings(ctx context.Context) (identity.Settings, error) {
	z, err := settingsOf(s.reader(ctx))
	return z, s.mask(err)
}

func settingsOf(q querier) (identity.Settings, error) {
	z := identity.DefaultSettings()
	text, found, err := maybe(q, scanValue[string], stateQuery, stateSettings)
	if err != nil || !found {
		return z, err
	}
	z = identity.Settings{}
	if err := json.Unmarshal([]byte(text), &z); err != nil {
		return z, fmt.Errorf("read the settings: %w", err)
	}
	return z, nil
}

// loadSettings makes the stored settings count; the defaults where the database has no tables yet.
func (s *Store) loadSettings(ctx context.Context) error {
	z, err := settingsOf(s.reader(ctx))
	if err != nil && !s.src.noTable(err) {
		return s.mask(err)
	}
	s.obey(z)
	return nil
}

// SetSettings stores settings. Once it returns [Store.Policy] gives the new policy; cases that were judged before are to be
// judged anew by [Store.Reassess].
func (s *Store) SetSettings(ctx context.Context, z identity.Settings, e audit.Entry) error {
	text, err := json.Marshal(z)
	if err != nil {
		return fmt.Errorf("encode the settings: %w", err)
	}
	return s.write(ctx, func(t *tx) error {
		if err := t.setState(stateSettings, string(text)); err != nil {
			return err
		}
		t.effects.settings = &z
		return t.audit(e)
	})
}
