package handlers

import (
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/access"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/markdown"
	"identitydesk/views"
)

// note adds a note to the case.
func (s *server) note(c echo.Context) error {
	err := s.Desk.Note(c.Request().Context(), actor(c), c.Param("id"), posted(c, "text"))
	return s.worked(c, err, noted)
}

// tag replaces the tags of the case.
func (s *server) tag(c echo.Context) error {
	err := s.Desk.Tag(c.Request().Context(), actor(c), c.Param("id"), posted(c, "tags"))
	return s.worked(c, err, tagged)
}

// toNote reads a note for a page.
func toNote(n identity.Note, people map[string]access.User) views.Note {
	names := map[string]string{}
	for _, p := range people {
		names[p.Handle] = p.Name
	}
	author := n.AuthorID
	if p, ok := people[n.AuthorID]; ok {
		author = p.Name
	}
	return views.Note{
		ID: n.ID, Author: author, At: n.At, Names: names, Unread: n.Unread,
		Body: markdown.Parse(n.Text, func(handle string) bool { _, ok := names[handle]; return ok }),
	}
}

// listMentions is what the person was mentioned in.
func (s *server) listMentions(c echo.Context) error {
	ctx := c.Request().Context()
	mentions, err := s.Desk.Mentions(ctx, actor(c))
	if err != nil {
		return err
	}
	people, err := s.Desk.People(ctx)
	if err != nil {
		return err
	}
	if wantsJSON(c) {
		return writeJSON(c, http.StatusOK, map[string]any{"items": each(mentions, toMentionJSON)})
	}
	return html(c, http.StatusOK, views.Mentions(views.MentionsPage{
		Chrome: s.page(c, views.SectionMentions), Notice: s.takeNotice(c, mentionsPath),
		Items: each(mentions, func(m identity.Mention) views.Mention {
			return views.Mention{ID: m.ID, CaseID: m.Note.IdentityID, RefID: m.RefID, Seen: m.Seen, Note: toNote(m.Note, people)}
		}),
	}))
}

const mentionsPath = "/mentions"

// mentionJSON is a mention without its words: these are free text, which only a page shows.
type mentionJSON struct {
	ID         int64      `json:"id"`
	IdentityID string     `json:"identity_id"`
	RefID      string     `json:"ref_id"`
	AuthorID   string     `json:"author_id"`
	At         *time.Time `json:"at"`
	Seen       bool       `json:"seen"`
}

func toMentionJSON(m identity.Mention) mentionJSON {
	return mentionJSON{
		ID: m.ID, IdentityID: m.Note.IdentityID, RefID: m.RefID, AuthorID: m.Note.AuthorID, Seen: m.Seen,
		At: utc(&m.Note.At),
	}
}

// seeMentions marks mentions as seen, up to the newest that the page showed.
func (s *server) seeMentions(c echo.Context) error {
	upTo, err := strconv.ParseInt(posted(c, "up_to"), 10, 64)
	if err != nil {
		return fault.Fields("Nothing was marked.", map[string]string{"up_to": "Must be the number of a mention."})
	}
	if err := s.Desk.SeeMentions(c.Request().Context(), actor(c), upTo); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, mentionsPath)
}
