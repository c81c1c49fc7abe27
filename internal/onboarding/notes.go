package onboarding

import (
	"context"
	"fmt"
	"strings"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/markdown"
)

// notes is what notes, mentions and tags need of the cache.
type notes interface {
	AddNote(ctx context.Context, n identity.Note, e audit.Entry) (identity.Note, error)
	Notes(ctx context.Context, id string) ([]identity.Note, error)
	NoteCount(ctx context.Context, id string) (int64, error)
	Mentions(ctx context.Context, userID string, limit int) ([]identity.Mention, error)
	UnseenMentions(ctx context.Context, userID string) (int64, error)
	SeeMentions(ctx context.Context, userID string, upTo int64) error
	SetTags(ctx context.Context, id string, tags []string, by string, e audit.Entry) error
	Tags(ctx context.Context, id string) ([]string, error)
	TagsOf(ctx context.Context, ids []string) (map[string][]string, error)
	TagNames(ctx context.Context) ([]string, error)
}

// mentionsShown is how many mentions their page shows.
const mentionsShown = 100

// Note adds a note to a case; who is mentioned in it finds it among their mentions. Invalid with field "text".
func (d *Desk) Note(ctx context.Context, a access.Actor, id, text string) error {
	if err := permit(a, access.WorkCases); err != nil {
		return err
	}
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	if wrong := identity.CheckText(text, identity.MaxNote); wrong != "" {
		return fault.Fields("The note was not saved.", map[string]string{"text": wrong})
	}
	mentioned, err := d.mentioned(ctx, a, text)
	if err != nil {
		return err
	}
	e := entry(a, audit.Noted, id)
	if len(mentioned) > 0 {
		e.Detail = "mentions " + strings.Join(mentioned, ", ")
	}
	_, err = d.o.Store.AddNote(ctx, identity.Note{IdentityID: id, AuthorID: a.UserID, Text: text, Mentions: mentioned}, e)
	return err
}

// mentioned gives the ids of the people that a text mentions, its author aside. Who may not read notes is not reached.
func (d *Desk) mentioned(ctx context.Context, a access.Actor, text string) ([]string, error) {
	people, err := d.people(ctx)
	if err != nil {
		return nil, err
	}
	byHandle := map[string]access.User{}
	for _, p := range people {
		byHandle[p.Handle] = p
	}
	tree := markdown.Parse(text, func(handle string) bool { _, ok := byHandle[handle]; return ok })
	var ids []string
	for _, handle := range markdown.Mentions(tree) {
		p := byHandle[handle]
		if !access.May(p.Role, access.ReadNames) {
			return nil, fault.Fields("The note was not saved.", map[string]string{
				"text": fmt.Sprintf("%s cannot read notes, so that mentioning them would not reach them. Take @%s out.", p.Name, p.Handle),
			})
		}
		if p.ID != a.UserID {
			ids = append(ids, p.ID)
		}
	}
	return ids, nil
}

// Mentions gives what the actor was mentioned in, newest first.
func (d *Desk) Mentions(ctx context.Context, a access.Actor) ([]identity.Mention, error) {
	if err := permit(a, access.ReadNames); err != nil {
		return nil, err
	}
	return d.o.Store.Mentions(ctx, a.UserID, mentionsShown)
}

// UnseenMentions counts what the actor was mentioned in and has not looked at.
func (d *Desk) UnseenMentions(ctx context.Context, a access.Actor) (int64, error) {
	if !a.Can(access.ReadNames) {
		return 0, nil
	}
	return d.o.Store.UnseenMentions(ctx, a.UserID)
}

// SeeMentions notes that the actor has looked at their mentions up to one.
func (d *Desk) SeeMentions(ctx context.Context, a access.Actor, upTo int64) error {
	if err := permit(a, access.ReadNames); err != nil {
		return err
	}
	return d.o.Store.SeeMentions(ctx, a.UserID, upTo)
}

// Tag replaces the tags of a case, given with spaces or commas between them. Invalid with field "tags"; so are tags that tell who the
// person is.
func (d *Desk) Tag(ctx context.Context, a access.Actor, id, tags string) error {
	if err := permit(a, access.WorkCases); err != nil {
		return err
	}
	parsed, wrong := identity.ParseTags(tags)
	if wrong != "" {
		return fault.Fields("The tags stay as they were.", map[string]string{"tags": wrong})
	}
	return d.o.Store.SetTags(ctx, id, parsed, a.UserID, entry(a, audit.Tagged, id))
}

// TagNames gives the tags that are in use, for suggestions.
func (d *Desk) TagNames(ctx context.Context, a access.Actor) ([]string, error) {
	if err := permit(a, access.WorkCases); err != nil {
		return nil, err
	}
	return d.o.Store.TagNames(ctx)
}
