package sample

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
)

const (
	people     = 20
	stuckOf100 = 2
	// atOnce is how many acts are under way at once, so that they share commits.
	atOnce = 256
)

// PersonID is the user id of one of the people who work the cases; they have the numbers 0 to 19.
func PersonID(n int) string { return fmt.Sprintf("analyst-%02d", n%people) }

// work lets twenty people sign in and work what is stuck. It may be done again: what a case gets follows from its number.
func (d *Data) work(ctx context.Context) error {
	for n := range people {
		if err := d.signIn(ctx, PersonID(n)); err != nil {
			return err
		}
	}
	cases, err := d.free(ctx)
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for _, i := range cases {
		group.Go(func() error { return d.act(ctx, i) })
	}
	return group.Wait()
}

func (d *Data) signIn(ctx context.Context, id string) error {
	hash := sha256.Sum256([]byte(id))
	user := access.User{ID: id, Name: "Analyst " + id[len(id)-2:], Role: access.Analyst, CreatedAt: d.Now, LastSeenAt: d.Now}
	session := access.Session{
		Hash: hash[:], UserID: id, Role: user.Role, CreatedAt: d.Now, SeenAt: d.Now, ExpiresAt: d.Now.Add(time.Hour),
	}
	return d.Store.SignIn(ctx, user, session, entry(id, audit.SignedIn))
}

// free are the stuck cases that nobody has.
func (d *Data) free(ctx context.Context) ([]identity.Identity, error) {
	var cases []identity.Identity
	for f := (identity.Filter{Stuck: true, Free: true, Sort: identity.SortDue, Limit: identity.MaxLimit}); ; {
		found, err := d.Store.List(ctx, f)
		if err != nil {
			return nil, err
		}
		cases = append(cases, found.Items...)
		if f.After = found.Next; f.After == "" {
			return cases, nil
		}
	}
}

// act does what people do to a case: of each ten five are claimed, three tagged, and one sleeps.
func (d *Data) act(ctx context.Context, i identity.Identity) error {
	var number int
	if _, err := fmt.Sscanf(i.RefID, "user-%d", &number); err != nil {
		return fmt.Errorf("read the number of %s: %w", i.RefID, err)
	}
	n := number/100*stuckOf100 + number%100 // of each hundred the stuck ones stand side by side
	who := PersonID(n / 2)
	if n%10 < 3 {
		tags := []string{"vip", "second-look", "waits-for-documents"}[n%3:]
		if err := d.Store.SetTags(ctx, i.ID, tags, who, entry(who, audit.Tagged)); err != nil {
			return err
		}
	}
	switch {
	case n%2 == 0:
		_, err := d.Store.Claim(ctx, i.ID, who, "", entry(who, audit.Claimed))
		return err
	case n%10 == 9:
		z := identity.Snooze{Until: d.Now.Add(48 * time.Hour), UntilEvent: true}
		_, err := d.Store.Snooze(ctx, i.ID, z, who, entry(who, audit.Snoozed))
		return err
	}
	return nil
}

func entry(who string, what audit.Action) audit.Entry {
	return audit.Entry{ActorID: who, ActorName: who, Role: string(access.Analyst), Action: what}
}
