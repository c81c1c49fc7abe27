package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

const userColumns = `u.id, u.name, u.handle, u.role, u.created_at, u.last_seen_at, u.away_until, u.disabled_at, u.zone, u.no_single_keys`

// userFields are where userColumns are read to.
func userFields(u *access.User) []any {
	return []any{
		&u.ID, &u.Name,
		intoText[string]{&u.Handle},
		intoText[access.Role]{&u.Role},
		intoTime{&u.CreatedAt},
		intoTime{&u.LastSeenAt},
		intoTimeOrNil{&u.AwayUntil},
		intoTimeOrNil{&u.DisabledAt},
		&u.Zone,
		intoFlag{&u.NoSingleKeys},
	}
}

func scanUser(rows *sql.Rows) (u access.User, err error) { return u, rows.Scan(userFields(&u)...) }

type peopleKey struct{}

// People gives everybody who ever signed in, by name.
func (s *Store) People(ctx context.Context) ([]access.User, error) {
	people, err := remembered(s, peopleKey{}, func() ([]access.User, error) {
		return all(s.reader(ctx), scanUser, `SELECT `+userColumns+` FROM users u ORDER BY u.name, u.id`)
	})
	return slices.Clone(people), s.mask(err)
}

// Loads gives how much each person has claimed of what is not decided, by name.
func (s *Store) Loads(ctx context.Context) ([]access.Load, error) {
	people, err := s.People(ctx)
	if err != nil {
		return nil, err
	}
	held, err := s.counters(ctx)
	if err != nil {
		return nil, s.mask(err)
	}
	loads := make([]access.Load, len(people))
	for n, u := range people {
		loads[n] = loadOf(u, held)
	}
	return loads, nil
}

func loadOf(u access.User, held map[string]int64) access.Load {
	l := access.Load{User: u}
	for _, tab := range identity.QueueLanes() {
		n := held[heldCounter(u.ID, tab)]
		l.Claimed += n
		if tab.Stuck() {
			l.Stuck += n
		}
	}
	l.Overdue, l.Snoozed = held[heldCounter(u.ID, identity.LaneOverdue)], held[heldCounter(u.ID, identity.LaneSnoozed)]
	return l
}

// SetAway notes until when a person takes no cases; nil for not at all. With release, what they hold and are expected to work on
// now becomes free.
func (s *Store) SetAway(ctx context.Context, userID string, until *time.Time, release bool, e audit.Entry) (released int, err error) {
	err = s.write(ctx, func(t *tx) error {
		released = 0
		if err := t.setUser(userID, `away_until = $2`, msOf(until)); err != nil {
			return err
		}
		if release {
			held, err := all(t, scanRow, selectRow+`WHERE `+heldTerms, userID)
			if err != nil {
				return err
			}
			if err := t.releaseAll(held, releasedAway); err != nil {
				return err
			}
			released = len(held)
		}
		return t.audit(e)
	})
	return released, err
}

// SetPreferences keeps how a person wants the desk to be.
func (s *Store) SetPreferences(ctx context.Context, userID string, p access.Preferences) error {
	return s.write(ctx, func(t *tx) error {
		return t.setUser(userID, `zone = $2, no_single_keys = $3`, p.Zone, flag(p.NoSingleKeys))
	})
}

// setUser changes columns of a user; NotFound where there is none.
func (t *tx) setUser(id, columns string, values ...any) error {
	touched, err := t.affect(`UPDATE users SET `+columns+` WHERE id = $1`, append([]any{id}, values...)...)
	if err == nil && touched == 0 {
		err = fault.New(fault.NotFound, "There is no such person. Whoever has signed in once is known.")
	}
	return err
}

// giveHandles gives a handle to everybody who has none.
func (s *Store) giveHandles(ctx context.Context) error {
	const without = `SELECT ` + userColumns + ` FROM users u WHERE u.handle IS NULL ORDER BY u.created_at, u.id`
	_, found, err := maybe(s.reader(ctx), scanUser, without+` LIMIT 1`)
	if err != nil || !found {
		return s.mask(err)
	}
	return s.write(ctx, func(t *tx) error {
		people, err := all(t, scanUser, without)
		if err != nil {
			return err
		}
		for _, u := range people {
			if err := t.giveHandle(u); err != nil {
				return err
			}
		}
		return nil
	})
}

// giveHandle gives a person who has no handle the first that is free. It stays, whatever the name becomes: notes mention it.
func (t *tx) giveHandle(u access.User) error {
	wanted := handleOf(u)
	for n := 1; ; n++ {
		handle := wanted
		if n > 1 {
			handle += strconv.Itoa(n)
		}
		_, taken, err := maybe(t, scanValue[string], `SELECT id FROM users WHERE handle = $1`, handle)
		if err != nil {
			return err
		}
		if !taken {
			return t.exec(`UPDATE users SET handle = $2 WHERE id = $1 AND handle IS NULL`, u.ID, handle)
		}
	}
}

// handleOf is a person's name as a handle: "Dana Kim" is dana.kim. It is one of those that [identity.Handles] finds.
func handleOf(u access.User) string {
	for _, name := range []string{u.Name, u.ID} {
		words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
		if len(words) > 0 {
			return strings.Join(words, ".")
		}
	}
	return fmt.Sprintf("user-%x", u.ID)
}
