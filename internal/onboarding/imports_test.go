package onboarding_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

func TestUploadImport(t *testing.T) {
	t.Parallel()
	c := cacheOf()
	lead := as(access.Lead)
	i, err := deskOf(c).UploadImport(t.Context(), lead, []byte("ref_id,person_details.first_name\nuser-1,José\n"))
	require.NoError(t, err)
	require.Equal(t, "im", i.ID)
	require.Len(t, c.bulk.rows, 1)
	require.NotEmpty(t, c.bulk.rows[0].Errors)
	require.Equal(t, audit.UploadedImport, c.entries[0].Action)

	_, err = deskOf(c).UploadImport(t.Context(), lead, []byte("name\nJosé\n"))
	require.Equal(t, fault.Invalid, fault.KindOf(err))
	require.Contains(t, fault.From(err).Fields["file"], "ref_id")
	require.Len(t, c.entries, 1, "what cannot be read leaves nothing")
}

func TestTurnImport(t *testing.T) {
	t.Parallel()
	for act, want := range map[identity.ImportAct]audit.Action{
		identity.StartImport: audit.StartedImport, identity.PauseImport: audit.PausedImport, identity.StopImport: audit.StoppedImport,
	} {
		c := cacheOf()
		_, err := deskOf(c).TurnImport(t.Context(), as(access.Lead), "im", act)
		require.NoError(t, err)
		require.Equal(t, act, c.bulk.act)
		require.Equal(t, want, c.entries[0].Action)
	}
}

// What is wrong is told in words, which may offer another writing of a name, to whoever has uploaded the file alone.
func TestOpenImport(t *testing.T) {
	t.Parallel()
	for by, words := range map[string]bool{"u-lead": true, "u-other": false} {
		c := cacheOf()
		c.bulk.by = by
		_, lines, err := deskOf(c).OpenImport(t.Context(), as(access.Lead), "im", identity.ImportLines{Errors: true})
		require.NoError(t, err)
		require.Len(t, lines, 1)
		require.Equal(t, words, c.bulk.asked.Errors, by)
	}
}

func TestMendImport(t *testing.T) {
	t.Parallel()
	c := cacheOf()
	c.bulk.by = "u-lead"
	_, err := deskOf(c).MendImport(t.Context(), as(access.Lead), "im")
	require.Equal(t, fault.NotFound, fault.KindOf(err))
	require.Empty(t, c.entries)
	c.bulk.rows = []identity.ImportRow{{Line: 7, Errors: map[string]string{"ref_id": "Enter a ref_id."}}}
	table, err := deskOf(c).MendImport(t.Context(), as(access.Lead), "im")
	require.NoError(t, err)
	require.Equal(t, "7", table[1][0])
	require.Equal(t, audit.Exported, c.entries[0].Action)
	require.Equal(t, "import errors", c.entries[0].Object)
	require.Equal(t, "1 rows of import im", c.entries[0].Detail)
	c.bulk.by = "u-other"
	table, err = deskOf(c).MendImport(t.Context(), as(access.Lead), "im")
	require.Equal(t, fault.Forbidden, fault.KindOf(err))
	require.Contains(t, err.Error(), "Only who uploaded the file")
	require.Empty(t, table)
	require.Len(t, c.entries, 1)
}

func TestImportsAreForLeadsInPerson(t *testing.T) {
	t.Parallel()
	script := as(access.Lead)
	script.Token = "t-1"
	for _, a := range []access.Actor{as(access.Analyst), as(access.Viewer), as(access.Auditor), as(access.Admin), script} {
		c := cacheOf()
		d := deskOf(c)
		_, up := d.UploadImport(t.Context(), a, []byte("ref_id\nx\n"))
		_, turn := d.TurnImport(t.Context(), a, "im", identity.StartImport)
		_, list := d.Imports(t.Context(), a, identity.ImportFilter{})
		_, _, open := d.OpenImport(t.Context(), a, "im", identity.ImportLines{})
		_, mend := d.MendImport(t.Context(), a, "im")
		for _, err := range []error{up, turn, mend} {
			require.Equal(t, fault.Forbidden, fault.KindOf(err), a.Role)
		}
		if a.Role == access.Auditor {
			require.NoError(t, errors.Join(list, open), "an auditor reads")
			continue
		}
		for _, err := range []error{list, open} {
			require.Equal(t, fault.Forbidden, fault.KindOf(err), a.Role)
		}
		require.False(t, c.touched, a.Role)
	}
}
