package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

func TestTags(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i, other := d.frozen(1, time.Hour), d.frozen(2, 2*time.Hour)
		set := func(id string, tags ...string) {
			t.Helper()
			require.NoError(t, d.SetTags(t.Context(), id, tags, "ana", by("ana", audit.Tagged)))
		}
		tags := func(id string) []string {
			tags, err := d.Tags(t.Context(), id)
			require.NoError(t, err)
			return tags
		}
		set(i.ID)
		require.Empty(t, tags(i.ID))
		set(i.ID, "vip", "bank", "vip")
		require.Equal(t, []string{"bank", "vip"}, tags(i.ID))
		require.Equal(t, i.Rev+1, d.get(i.ID).Rev)
		set(i.ID, "vip", "bank")
		require.Equal(t, i.Rev+1, d.get(i.ID).Rev, "no change")
		set(other.ID, "vip")
		require.Equal(t, []audit.Action{audit.Tagged}, d.acts(i.ID))

		ids := func(f identity.Filter) []string { return idsOf(d.walk(f)) }
		queue := identity.Filter{Stuck: true, Sort: identity.SortDue, Limit: 1, Tag: "vip"}
		require.Equal(t, []string{other.ID, i.ID}, ids(queue))
		queue.MineOrFree = "ana"
		require.Equal(t, []string{other.ID, i.ID}, ids(queue))
		require.Equal(t, []string{i.ID}, ids(identity.Filter{Tag: "bank"}))
		require.Empty(t, ids(identity.Filter{Tag: "ban"}), "a tag is found whole")
		page, err := d.List(t.Context(), queue)
		require.NoError(t, err)
		require.EqualValues(t, 2, page.Total)

		of, err := d.TagsOf(t.Context(), []string{i.ID, other.ID, "nothing"})
		require.NoError(t, err)
		require.Equal(t, map[string][]string{i.ID: {"bank", "vip"}, other.ID: {"vip"}}, of)
		of, err = d.TagsOf(t.Context(), nil)
		require.NoError(t, err)
		require.Empty(t, of)
		names, err := d.TagNames(t.Context())
		require.NoError(t, err)
		require.Equal(t, []string{"bank", "vip"}, names)

		set(i.ID)
		require.Empty(t, tags(i.ID))
		require.Equal(t, []audit.Action{audit.Tagged, audit.Tagged}, d.acts(i.ID))
		kindIs(t, fault.NotFound, d.SetTags(t.Context(), "nothing", []string{"vip"}, "ana", by("ana", audit.Tagged)))
	})
}

// However many cases are asked for at once, each has its own.
func TestManyAtOnce(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		const many = 520
		var ns []identity.News
		for n := range many {
			ns = append(ns, d.news(fmt.Sprintf("px-%03d", n), fmt.Sprintf("user-%03d", n), identity.Pending))
		}
		_, err := d.ApplyPage(t.Context(), ns, nil)
		require.NoError(t, err)
		ids := idsOf(d.walk(identity.Filter{Limit: identity.MaxLimit, Sort: identity.SortCreated}))
		require.Len(t, ids, many)
		require.NoError(t, d.SetTags(t.Context(), ids[0], []string{"first"}, "ana", by("ana", audit.Tagged)))
		require.NoError(t, d.SetTags(t.Context(), ids[many-1], []string{"last"}, "ana", by("ana", audit.Tagged)))
		d.clock.Advance(time.Hour)
		_, err = d.ApplyIdentity(t.Context(), d.news("px-300", "user-300", identity.Approved), nil)
		require.NoError(t, err)
		changed, err := d.IdentityByPaxosID(t.Context(), "px-300")
		require.NoError(t, err)
		for _, n := range []int{1, 10, 51, 500, 501, many} {
			histories, err := d.Histories(t.Context(), ids[:n])
			require.NoError(t, err)
			require.Len(t, histories, n)
			for _, id := range ids[:n] {
				want := []identity.EntryKind{identity.WasFound}
				if id == changed.ID {
					want = append(want, identity.StatusChanged)
				}
				require.Len(t, histories[id], len(want))
			}
			tags, err := d.TagsOf(t.Context(), ids[:n])
			require.NoError(t, err)
			want := map[string][]string{ids[0]: {"first"}}
			if n == many {
				want[ids[many-1]] = []string{"last"}
			}
			require.Equal(t, want, tags)
		}
		one, err := d.History(t.Context(), changed.ID)
		require.NoError(t, err)
		histories, err := d.Histories(t.Context(), []string{changed.ID, "nothing"})
		require.NoError(t, err)
		require.Equal(t, map[string][]identity.Entry{changed.ID: one}, histories, "as each alone")
	})
}

// A tag is seen by everybody: one that is a part of what is known of the person is refused, and the log never names any.
func TestTagsTellNothingOfThePerson(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.submit("user-1")
		set := func(tags ...string) error { return d.SetTags(t.Context(), i.ID, tags, "ana", by("ana", audit.Tagged)) }
		require.NoError(t, set("bank", "vip"))
		before := d.everything()
		for _, tag := range []string{"zarathorn", "quillon-zarathorn", "ssn-0417"} {
			err := set("bank", tag)
			f := fault.From(err)
			require.Equal(t, fault.Invalid, f.Kind, tag)
			require.Contains(t, f.Fields["tags"], "Use words that fit many cases", tag)
			require.NotContains(t, err.Error()+f.Fields["tags"], tag)
		}
		require.Equal(t, before, d.everything(), "nothing was written")
		_, job := d.begin()
		_, err := d.Accepted(t.Context(), i.ID, d.news("px-1", "user-1", identity.Pending), &job)
		require.NoError(t, err)
		require.Equal(t, fault.Invalid, fault.KindOf(set("zarathorn")), "the name is known without the draft")
		require.NoError(t, set("urgent"))
		entries, err := d.AuditEntries(t.Context(), audit.Filter{Action: audit.Tagged})
		require.NoError(t, err)
		require.Equal(t, []string{"2 tags", "1 tag", "0 tags", "2 tags"}, []string{entries[0].Before, entries[0].After, entries[1].Before, entries[1].After})
		text, err := d.Contents(t.Context(), "audit")
		require.NoError(t, err)
		require.NotContains(t, text, "bank")
		require.NotContains(t, text, "urgent")
	})
}
