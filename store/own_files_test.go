package store_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/store"
	"identitydesk/store/sample"
	"identitydesk/store/storetest"
)

// A backup under a name of the database itself would end it, and what is restored from there would be half of it: no name, no
// link and no force leads there.
func TestNoBackupOntoTheDatabaseItself(t *testing.T) {
	t.Parallel()
	dir, other := t.TempDir(), t.TempDir()
	path := filepath.Join(dir, "desk.db")
	require.NoError(t, os.Symlink(dir, filepath.Join(other, "folder")))
	require.NoError(t, os.Symlink(path, filepath.Join(other, "soft.db")))
	require.NoError(t, os.Symlink(path, filepath.Join(dir, "first.db")))
	url := "sqlite:" + filepath.Join(dir, "first.db") // a link itself
	release, err := store.Occupy(url)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, release()) })
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	s := storetest.New(t, storetest.WithURL(url))
	require.NoError(t, (&sample.Data{Store: s, URL: url, Now: storetest.Start()}).Grow(t.Context(), 20))
	require.NoError(t, os.Link(path, filepath.Join(other, "hard.db")))
	require.NoError(t, os.Link(path+"-wal", filepath.Join(other, "hard.db-wal-of-it")))
	tell := func(int64, int64) {}

	for _, name := range []string{
		path, path + "-wal", path + "-shm", path + "-journal", path + ".lock",
		filepath.Join(dir, "first.db"), filepath.Join(dir, "first.db-journal"),
		filepath.Join(other, "soft.db"), filepath.Join(other, "hard.db"), filepath.Join(other, "hard.db-wal-of-it"),
		filepath.Join(other, "folder", "desk.db"), filepath.Join(other, "folder", "desk.db-journal"),
	} {
		err := store.Backup(t.Context(), url, name, true, tell)
		kindIs(t, fault.Conflict, err)
		require.Contains(t, fault.From(err).Text, "the desk's own database", name)
		_, err = store.Restore(t.Context(), url, name, nil, tell)
		kindIs(t, fault.Conflict, err)
		require.Contains(t, fault.From(err).Text, "the desk's own database", name)
	}
	page, err := s.List(t.Context(), identity.Filter{Limit: 50})
	require.NoError(t, err)
	require.Len(t, page.Items, 20, "all is there still")
	require.NoError(t, s.Writable(t.Context()))

	copied := filepath.Join(other, "copy.db")
	require.NoError(t, os.WriteFile(copied, []byte("older"), 0o600))
	require.NoError(t, store.Backup(t.Context(), url, copied, true, tell), "another's name is taken by force")
	require.ErrorContains(t, store.Backup(t.Context(), url, filepath.Join(other, "nowhere", "copy.db"), true, tell), "no such file")
}

// The name on the command line is told from where the command runs.
func TestNoBackupOntoTheDatabaseByAShortName(t *testing.T) {
	dir := t.TempDir()
	url := "sqlite:" + filepath.Join(dir, "desk.db")
	s := storetest.New(t, storetest.WithURL(url))
	require.NoError(t, s.Writable(t.Context()))
	t.Chdir(dir)
	for _, name := range []string{"desk.db", "./desk.db-journal"} {
		kindIs(t, fault.Conflict, store.Backup(t.Context(), url, name, true, func(int64, int64) {}))
	}
}
