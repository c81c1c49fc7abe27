package staff

import (
	"context"
	"fmt"
	"slices"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
)

type people interface {
	People(ctx context.Context) ([]access.User, error)
	DisablePerson(ctx context.Context, userID string, e audit.Entry) (access.Disabled, error)
	EnablePerson(ctx context.Context, userID string, e audit.Entry) error
}

// Person is somebody who has signed in at least once, with their live sessions, the last used first.
type Person struct {
	access.User
	Sessions []access.Session
}

// People gives everybody, by name.
func (s *Staff) People(ctx context.Context, a access.Actor) ([]Person, error) {
	if err := permit(a, access.ReadPeople); err != nil {
		return nil, err
	}
	users, err := s.store.People(ctx)
	if err != nil {
		return nil, err
	}
	live, err := s.live(ctx, "")
	if err != nil {
		return nil, err
	}
	of := map[string][]access.Session{}
	for _, x := range live {
		of[x.UserID] = append(of[x.UserID], x)
	}
	all := make([]Person, len(users))
	for n, u := range users {
		all[n] = Person{User: u, Sessions: of[u.ID]}
	}
	return all, nil
}

// Disable keeps somebody out from now on, frees what they have claimed, and revokes the tokens that they made. Nobody disables
// themselves: Conflict.
func (s *Staff) Disable(ctx context.Context, a access.Actor, userID string, why Reason) (access.Disabled, error) {
	if err := permit(a, access.ManagePeople); err != nil {
		return access.Disabled{}, err
	}
	if userID == a.UserID {
		return access.Disabled{}, fault.New(fault.Conflict, "Nobody disables themselves. Ask another admin.")
	}
	if err := why.check(); err != nil {
		return access.Disabled{}, err
	}
	e := why.in(entry(audit.DisabledPerson, a, s.now()))
	e.Object, e.Before, e.After = userID, "enabled", "disabled"
	return s.store.DisablePerson(ctx, userID, e)
}

// Enable lets somebody sign in again who was disabled.
func (s *Staff) Enable(ctx context.Context, a access.Actor, userID string, why Reason) error {
	if err := permit(a, access.ManagePeople); err != nil {
		return err
	}
	if err := why.check(); err != nil {
		return err
	}
	e := why.in(entry(audit.EnabledPerson, a, s.now()))
	e.Object, e.Before, e.After = userID, "disabled", "enabled"
	return s.store.EnablePerson(ctx, userID, e)
}

// Reason is why somebody does something about a person: a code of [Reasons], and a text in their own words, which may be empty for
// every code but "other".
type Reason struct {
	Code string
	Text string
}

// maxReason is how many characters the text may have.
const maxReason = 500

// Choice is one reason that can be chosen.
type Choice struct{ Code, Meaning string }

// Reasons are all of them.
func Reasons() []Choice {
	return []Choice{
		{"left", "Left the team"},
		{"absent", "Absent for long"},
		{"lost_device", "Lost a device"},
		{"suspicion", "Suspected misuse"},
		{"back", "Came back, or was cleared"},
		{"mistake", "Mends a mistake"},
		{"other", "Another reason"},
	}
}

func (r Reason) check() error {
	wrong := map[string]string{}
	known := slices.ContainsFunc(Reasons(), func(x Choice) bool { return x.Code == r.Code })
	switch {
	case !known:
		wrong["reason_code"] = "Choose a reason from the list."
	case r.Code == "other" && r.Text == "":
		wrong["reason"] = "Say which other reason."
	}
	if len([]rune(r.Text)) > maxReason {
		wrong["reason"] = fmt.Sprintf("Enter at most %d characters.", maxReason)
	}
	if len(wrong) > 0 {
		return fault.Fields("Nothing was changed.", wrong)
	}
	return nil
}

func (r Reason) in(e audit.Entry) audit.Entry {
	e.ReasonCode, e.Reason = r.Code, r.Text
	return e
}

// counted is "1 session", "2 sessions".
func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
