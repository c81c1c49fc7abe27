package store_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/fault"
	"identitydesk/store"
	"identitydesk/store/storetest"
)

func TestOccupyIsForOne(t *testing.T) {
	t.Parallel()
	dir, linked := t.TempDir(), filepath.Join(t.TempDir(), "folder")
	require.NoError(t, os.Symlink(dir, linked))
	url, same := "sqlite:"+filepath.Join(dir, "data", "desk.db"), "sqlite:"+filepath.Join(linked, "data", "desk.db")
	release, err := store.Occupy(url)
	require.NoError(t, err, "the folder is made")
	_, err = store.Occupy(same)
	kindIs(t, fault.Conflict, err)
	info, err := os.Stat(filepath.Join(dir, "data", "desk.db.lock"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	s := storetest.New(t, storetest.WithURL(url))
	require.NoError(t, s.Writable(t.Context()), "others may open it")
	_, err = store.Occupy(same)
	kindIs(t, fault.Conflict, err)
	other, err := store.Occupy("sqlite:" + filepath.Join(dir, "data", "other.db"))
	require.NoError(t, err, "another database is another lock")
	require.NoError(t, other())

	require.NoError(t, release())
	again, err := store.Occupy(same)
	require.NoError(t, err)
	require.NoError(t, again())
}

// No desk can start on a database whose file is about to be replaced.
func TestRestoreKeepsDesksAway(t *testing.T) {
	t.Parallel()
	from, to, copied := storetest.Dialects()[0].URL(t), storetest.Dialects()[0].URL(t), filepath.Join(t.TempDir(), "copy.db")
	var sealer store.Sealer
	storetest.New(t, storetest.WithURL(from), storetest.WithOptions(func(o *store.Options) { sealer = o.Sealer }))
	tell := func(int64, int64) {}
	require.NoError(t, store.Backup(t.Context(), from, copied, false, tell))
	release, err := store.Occupy(to)
	require.NoError(t, err)
	_, err = store.Restore(t.Context(), to, copied, sealer, tell)
	kindIs(t, fault.Conflict, err)
	require.NoError(t, release())
	_, err = store.Restore(t.Context(), to, copied, sealer, tell)
	require.NoError(t, err)
}
