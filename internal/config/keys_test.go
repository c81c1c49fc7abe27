package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/config"
)

func emulatorIn(t *testing.T, dir string) *config.Config {
	t.Helper()
	c, err := environ{"DATABASE_URL": "sqlite:" + filepath.Join(dir, "desk.db")}.load()
	require.NoError(t, err)
	return &c
}

func constant(value string) func() (string, error) {
	return func() (string, error) { return value, nil }
}

func TestEnsureKeysMakesThemOnce(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	first := emulatorIn(t, dir)
	made, err := first.EnsureKeys(constant("made-keys"))
	require.NoError(t, err)
	require.Equal(t, []string{filepath.Join(dir, "session.key"), filepath.Join(dir, "encryption.key")}, made)
	require.Equal(t, "made-keys", first.EncryptionKeys.Value())
	require.Len(t, first.SessionKeys, 1)
	require.Len(t, first.SessionKeys[0], 32)

	again := emulatorIn(t, dir)
	made, err = again.EnsureKeys(constant("other-keys"))
	require.NoError(t, err)
	require.Empty(t, made)
	require.Equal(t, first.EncryptionKeys.Value(), again.EncryptionKeys.Value())
	require.Equal(t, []byte(first.SessionKeys[0]), []byte(again.SessionKeys[0]))

	info, err := os.Stat(dir)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o700), info.Mode().Perm())
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 2, "no draft is left behind")
	for _, entry := range entries {
		info, err := entry.Info()
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), entry.Name())
	}
}

func TestEnsureKeysPrefersTheEnvironment(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c, err := environ{
		"DATABASE_URL":    "sqlite:" + filepath.Join(dir, "desk.db"),
		"ENCRYPTION_KEYS": "from-outside",
		"SESSION_KEYS":    strings.Repeat("ab", 32),
	}.load()
	require.NoError(t, err)
	made, err := c.EnsureKeys(constant("made-keys"))
	require.NoError(t, err)
	require.Empty(t, made)
	require.Equal(t, "from-outside", c.EncryptionKeys.Value())
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, entries)
}

func TestEnsureKeysMakesNothingOutsideEmulator(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	c, err := sandbox().with("DATABASE_URL", "sqlite:"+filepath.Join(dir, "desk.db")).load()
	require.NoError(t, err)
	made, err := c.EnsureKeys(constant("made-keys"))
	require.NoError(t, err)
	require.Empty(t, made)
	require.NoDirExists(t, dir)
}

func TestEnsureKeysNeverOverwrites(t *testing.T) {
	t.Parallel()
	for file, content := range map[string]string{
		"encryption.key": "  \n",
		"session.key":    "not hex",
	} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			path := filepath.Join(dir, file)
			require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
			_, err := emulatorIn(t, dir).EnsureKeys(constant("made-keys"))
			require.ErrorContains(t, err, path)
			kept, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, content, string(kept))
		})
	}
}

func TestEnsureKeysTellsOfAFailure(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	boom := errors.New("no randomness")
	_, err := emulatorIn(t, dir).EnsureKeys(func() (string, error) { return "", boom })
	require.ErrorIs(t, err, boom)
	require.NoFileExists(t, filepath.Join(dir, "encryption.key"))
}

// Two starts at once must end with the same keys.
func TestEnsureKeysTwiceAtOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	values := []string{"a", "b", "c", "d", "e", "f", "g", "h"}
	configs := make([]*config.Config, len(values))
	for i := range values {
		configs[i] = emulatorIn(t, dir)
	}
	var wait sync.WaitGroup
	errs := make([]error, len(values))
	for i, value := range values {
		wait.Go(func() { _, errs[i] = configs[i].EnsureKeys(constant(strings.Repeat(value, 100))) })
	}
	wait.Wait()
	require.NoError(t, errors.Join(errs...))
	for _, c := range configs[1:] {
		require.Equal(t, configs[0].EncryptionKeys.Value(), c.EncryptionKeys.Value())
		require.Equal(t, []byte(configs[0].SessionKeys[0]), []byte(c.SessionKeys[0]))
	}
}

func TestStoredEncryptionKeys(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := emulatorIn(t, dir)
	_, _, err := c.StoredEncryptionKeys()
	require.ErrorContains(t, err, "there are no keys yet")
	_, err = c.EnsureKeys(constant("made-keys"))
	require.NoError(t, err)
	value, from, err := emulatorIn(t, dir).StoredEncryptionKeys()
	require.NoError(t, err)
	require.Equal(t, "made-keys", value)
	require.Equal(t, filepath.Join(dir, "encryption.key"), from)
	value, from, err = c.StoredEncryptionKeys()
	require.NoError(t, err)
	require.Equal(t, "made-keys", value)
	require.Equal(t, "ENCRYPTION_KEYS", from, "as the environment has it")
}
