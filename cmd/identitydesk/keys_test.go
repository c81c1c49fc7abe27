package main

import (
	"context"
	"database/sql"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/secret"
	"identitydesk/store"
)

// keys runs `identitydesk keys …` in an environment and gives the exit code and both streams.
func keys(t *testing.T, environ []string, args ...string) (code int, out, advice string) {
	t.Helper()
	var stdout, stderr lockedBuffer
	p := program{stdout: &stdout, stderr: &stderr, environ: environ}
	code = p.main(t.Context(), append([]string{"keys"}, args...))
	return code, stdout.String(), stderr.String()
}

// line is the one value that a step of a change of keys prints.
func line(t *testing.T, environ []string, says string, args ...string) string {
	t.Helper()
	code, out, advice := keys(t, environ, args...)
	require.Zero(t, code, advice)
	require.Regexp(t, `^[A-Za-z0-9_-]+\n$`, out, "the value and nothing else")
	require.Contains(t, advice, says)
	require.NotContains(t, advice, strings.TrimSpace(out)[:40])
	return "ENCRYPTION_KEYS=" + strings.TrimSpace(out)
}

// TestChangeOfKeys is the whole way of a key: added, deployed, promoted, everything sealed anew beside the running desk, the former one
// dropped.
func TestChangeOfKeys(t *testing.T) {
	t.Parallel()
	desk := boot(t)
	ana := desk.signIn("ana", "analyst")
	place := ana.submit(duncan("user-4711"))
	ana.becomes(strings.TrimPrefix(place, "/identities/"), "APPROVED")
	desk.stop()
	environ := environIn(desk.Dir)
	_, before, _ := keys(t, environ, "status")
	require.Contains(t, before, "seals")
	require.NotContains(t, before, "needed")

	added := line(t, environ, "--promote", "rotate")
	desk = bootIn(t, desk.Dir, added)
	ana = desk.signIn("ana", "analyst")
	_, page := ana.get(place)
	require.Contains(t, page, "Duncan")
	code, _, said := keys(t, environIn(desk.Dir, added), "rotate")
	require.NotZero(t, code)
	require.Contains(t, said, "promote it first")

	promoted := line(t, environIn(desk.Dir, added), "start them", "rotate", "--promote")
	code, _, said = keys(t, environIn(desk.Dir, promoted), "rotate", "--retire")
	require.NotZero(t, code)
	require.Contains(t, said, "still needs")
	desk.stop()
	age(t, desk.Dir)

	desk = bootIn(t, desk.Dir, promoted, "METRICS_TOKEN=t")
	ana = desk.signIn("ana", "analyst")
	ana.eventually("everything is sealed anew", func() (bool, any) {
		_, out, said := keys(t, environIn(desk.Dir, promoted), "status")
		return strings.Contains(out, "not needed any more"), out + said
	})
	_, page = ana.get(place)
	require.Contains(t, page, "Duncan")
	_, page = desk.signIn("lea", "lead").get("/settings")
	require.Contains(t, page, "Not needed any more")
	_, metrics := ana.get("/metrics")
	require.Contains(t, metrics, "identitydesk_encryption_keys_in_use 1")
	require.Regexp(t, `identitydesk_reseal_values\{count="done"\} [1-9]`, metrics)
	require.Contains(t, desk.Log.String(), "former keys are not needed any more")

	retired := line(t, environIn(desk.Dir, promoted), "backups", "rotate", "--retire")
	desk.stop()
	desk = bootIn(t, desk.Dir, retired)
	_, page = desk.signIn("ana", "analyst").get(place)
	require.Contains(t, page, "Duncan")
	desk.stop()

	former := program{stdout: &lockedBuffer{}, stderr: &lockedBuffer{}, environ: environIn(desk.Dir, "EMULATOR_STATE="+desk.Dir+"/other.json")}
	require.Equal(t, exitFailed, former.main(t.Context(), []string{"serve"}), "the first key alone opens nothing any more")
	require.Contains(t, former.stderr.(*lockedBuffer).String(), "other ENCRYPTION_KEYS")
}

// age lets it be a while since the keys were last used.
func age(t *testing.T, dir string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, "desk.db"))
	require.NoError(t, err)
	_, err = db.ExecContext(t.Context(), `UPDATE sealing_keys SET used_at = used_at - 60000`)
	require.NoError(t, err)
	require.NoError(t, db.Close())
}

// A desk that is started without a key that the database needs says which one.
func TestMissingKey(t *testing.T) {
	t.Parallel()
	desk := boot(t)
	desk.stop()
	added := line(t, environIn(desk.Dir), "", "rotate")
	promoted := line(t, environIn(desk.Dir, added), "", "rotate", "--promote")
	desk = bootIn(t, desk.Dir, promoted)
	desk.signIn("ana", "analyst").submit(duncan("user-4711"))
	desk.stop()
	p := program{stdout: &lockedBuffer{}, stderr: &lockedBuffer{}, environ: environIn(desk.Dir)}
	require.Equal(t, exitFailed, p.main(t.Context(), []string{"serve"}))
	said := p.stderr.(*lockedBuffer).String()
	require.Regexp(t, `sealed by key \d+, which is not in ENCRYPTION_KEYS`, said)
	_, out, _ := keys(t, environIn(desk.Dir), "status")
	require.Contains(t, out, "MISSING")
}

func TestKeysAskForLittle(t *testing.T) {
	t.Parallel()
	value, err := secret.Generate()
	require.NoError(t, err)
	production := []string{"PAXOS_ENV=production", "ENCRYPTION_KEYS=" + value}
	line(t, production, "Key ", "rotate")
	code, _, said := keys(t, production, "rotate", "--promote")
	require.Equal(t, exitFailed, code)
	require.Contains(t, said, "no key waits")
	code, _, said = keys(t, production, "rotate", "--retire")
	require.Equal(t, exitUsage, code, "which database?")
	require.Contains(t, said, "PAXOS_CLIENT_ID")
	code, _, _ = keys(t, production, "rotate", "--retire", "--promote")
	require.Equal(t, exitUsage, code)

	dir := t.TempDir()
	code, _, said = keys(t, environIn(dir), "rotate")
	require.Equal(t, exitFailed, code)
	require.Contains(t, said, "there are no keys yet")
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, files, "nothing was made")
	code, _, said = keys(t, environIn(dir, "ENCRYPTION_KEYS="+value), "rotate", "--retire")
	require.Equal(t, exitFailed, code)
	require.Contains(t, said, "it is not known which ones the database needs")
}

// A shell that was told to print onto the key file has emptied it before the command runs.
func TestRotateOntoTheKeyFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "encryption.key")
	value, err := secret.Generate()
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, []byte(value+"\n"), 0o600))
	for _, step := range [][]string{{"rotate"}, {"rotate", "--promote"}} {
		code, out, said := keys(t, environIn(dir), step...)
		require.Zero(t, code, said)
		require.Contains(t, said, "print into "+path+".new, then mv it over")
		require.NoError(t, os.WriteFile(path, []byte(out), 0o600))
	}
	require.NoError(t, os.Truncate(path, 0))
	for _, step := range [][]string{{"rotate"}, {"rotate", "--promote"}, {"rotate", "--retire"}, {"status"}} {
		code, out, said := keys(t, environIn(dir), step...)
		require.Equal(t, exitFailed, code)
		require.Empty(t, out)
		require.Contains(t, said, path+" is empty: put the key back from a copy")
		require.Contains(t, said, "A shell empties the file behind > before the command runs")
	}
}

// A walk begins at the moment at which it may, also right after the start.
func TestAWalkBeginsInTime(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 15, 0, 0, 0, time.UTC)
	r := &resealer{store: waiting{now.Add(30 * time.Second)}, now: func() time.Time { return now }, log: slog.New(slog.DiscardHandler)}
	for range 2 {
		pause, err := r.step(t.Context())
		require.NoError(t, err)
		require.Equal(t, 30*time.Second, pause)
	}
}

// waiting is a database whose next walk may begin at a moment.
type waiting struct{ at time.Time }

func (w waiting) Reseal(context.Context, int) (store.Step, error) { return store.Step{At: w.at}, nil }

func (waiting) Sealing(context.Context) (store.Sealing, error) {
	return store.Sealing{Primary: 2, Keys: []uint32{1, 2}, InUse: []store.KeyUse{{ID: 1}, {ID: 2}}}, nil
}

// The time that is left is told by the pace since this process took the walk up.
func TestTimeLeft(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 15, 0, 0, 0, time.UTC)
	r := &resealer{now: func() time.Time { return now }}
	require.Zero(t, r.left(store.Reseal{Done: 10, Of: 100}), "nothing is known yet")
	r.mark(store.Step{More: true, Done: 1000})
	now = now.Add(10 * time.Second)
	r.mark(store.Step{More: true, Done: 1200})
	require.Equal(t, 90*time.Second, r.left(store.Reseal{Done: 1200, Of: 3000}))
	require.Zero(t, r.left(store.Reseal{Done: 3100, Of: 3000}), "there is more than was counted")
	r.mark(store.Step{Ended: true})
	require.Zero(t, r.left(store.Reseal{Done: 1200, Of: 3000}))
}
