package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

func (d desk) note(id, author, text string, mentions ...string) identity.Note {
	d.t.Helper()
	n, err := d.AddNote(d.t.Context(), identity.Note{IdentityID: id, AuthorID: author, Text: text, Mentions: mentions}, by(author, audit.Noted))
	require.NoError(d.t, err)
	return n
}

func (d desk) notes(id string) []identity.Note {
	d.t.Helper()
	notes, err := d.Notes(d.t.Context(), id)
	require.NoError(d.t, err)
	return notes
}

func TestNotes(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		d.signIn("ana", "Ana Lyst")
		d.signIn("bo", "Bo Lyst")
		i, other := d.frozen(1, time.Hour), d.frozen(2, time.Hour)
		require.Empty(t, d.notes(i.ID))
		_, err := d.Claim(t.Context(), i.ID, "ana", "", by("ana", audit.Claimed))
		require.NoError(t, err)
		d.clock.Advance(time.Hour)
		first := d.note(i.ID, "ana", "**Asked** the bank, @bo @ana", "bo", "ana", "bo")
		require.Equal(t, identity.Note{
			ID: first.ID, IdentityID: i.ID, AuthorID: "ana", At: d.clock.Now(), Text: "**Asked** the bank, @bo @ana", Mentions: []string{"bo"},
		}, first, "its author is not reached, and nobody twice")
		require.Equal(t, d.clock.Now(), *d.get(i.ID).ActiveAt, "a note is an act")
		rev := d.get(i.ID).Rev
		second := d.note(i.ID, "bo", "They answered")
		require.Equal(t, rev+1, d.get(i.ID).Rev, "who watches the case is told")
		d.note(other.ID, "bo", "x")
		require.Equal(t, []identity.Note{first, second}, d.notes(i.ID), "oldest first")
		n, err := d.NoteCount(t.Context(), i.ID)
		require.NoError(t, err)
		require.EqualValues(t, 2, n)
		require.Equal(t, []audit.Action{audit.Claimed, audit.Noted, audit.Noted}, d.acts(i.ID))

		_, err = d.AddNote(t.Context(), identity.Note{IdentityID: "nothing", AuthorID: "ana", Text: "x"}, by("ana", audit.Noted))
		kindIs(t, fault.NotFound, err)
		_, err = d.AddNote(t.Context(), identity.Note{IdentityID: i.ID, AuthorID: "ana", Text: "x", Mentions: []string{"nobody"}}, by("ana", audit.Noted))
		require.Error(t, err)
		require.Len(t, d.notes(i.ID), 2, "all or nothing")
		require.Len(t, d.acts(i.ID), 3)
	})
}

func TestMentions(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		for _, who := range []string{"ana", "bo", "cy"} {
			d.signIn(who, who)
		}
		i := d.frozen(1, time.Hour)
		a := d.note(i.ID, "ana", "one @bo @cy", "bo", "cy")
		b := d.note(i.ID, "cy", "two @bo", "bo")
		unseen := func(who string) int64 {
			n, err := d.UnseenMentions(t.Context(), who)
			require.NoError(t, err)
			return n
		}
		mentions := func(who string, limit int) []identity.Mention {
			found, err := d.Mentions(t.Context(), who, limit)
			require.NoError(t, err)
			return found
		}
		require.Empty(t, mentions("ana", 10))
		require.Equal(t, []int64{0, 2, 1}, []int64{unseen("ana"), unseen("bo"), unseen("cy")})
		found := mentions("bo", 10)
		require.Len(t, found, 2)
		a.Mentions, b.Mentions = nil, nil
		require.Equal(t, []identity.Mention{
			{ID: found[0].ID, Note: b, RefID: "user-001"}, {ID: found[1].ID, Note: a, RefID: "user-001"},
		}, found, "newest first")
		require.Equal(t, found[:1], mentions("bo", 1))

		require.NoError(t, d.SeeMentions(t.Context(), "bo", found[1].ID))
		require.Equal(t, []int64{1, 1}, []int64{unseen("bo"), unseen("cy")}, "one's own alone")
		require.True(t, mentions("bo", 10)[1].Seen)
		require.NoError(t, d.SeeMentions(t.Context(), "bo", found[0].ID))
		require.Zero(t, unseen("bo"))
	})
}

// Notes and tags of a case that was found go with it when it becomes one with the submission, and can still be opened.
func TestNotesOfTwoThatBecomeOne(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		d.signIn("bo", "Bo")
		i := d.submit("user-1")
		ours := d.note(i.ID, "ana", "ours")
		require.NoError(t, d.SetTags(t.Context(), i.ID, []string{"both", "ours"}, "ana", by("ana", audit.Tagged)))
		_, job := d.begin()
		twin, err := d.ApplyIdentity(t.Context(), d.news("px-1", "", identity.Pending), nil)
		require.NoError(t, err)
		theirs := d.note(twin.ID, "ana", "theirs, @bo", "bo")
		require.NoError(t, d.SetTags(t.Context(), twin.ID, []string{"both", "theirs"}, "ana", by("ana", audit.Tagged)))
		_, err = d.Accepted(t.Context(), i.ID, d.news("px-1", "user-1", identity.Pending), &job)
		require.NoError(t, err)
		theirs.IdentityID = i.ID
		require.Equal(t, []identity.Note{ours, theirs}, d.notes(i.ID))
		tags, err := d.Tags(t.Context(), twin.ID)
		require.NoError(t, err)
		require.Equal(t, []string{"both", "ours", "theirs"}, tags)
		mentions, err := d.Mentions(t.Context(), "bo", 10)
		require.NoError(t, err)
		require.Len(t, mentions, 1)
		require.Equal(t, i.ID, mentions[0].Note.IdentityID)
	})
}
