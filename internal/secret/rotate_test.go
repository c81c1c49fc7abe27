package secret_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/secret"
)

func parsed(t *testing.T, value string) *secret.Keys {
	t.Helper()
	keys, err := secret.Parse(value)
	require.NoError(t, err)
	return keys
}

// One key after the other: added, it opens; promoted, it seals; the former still opens until it is dropped.
func TestRotation(t *testing.T) {
	t.Parallel()
	first := generate(t)
	ad := []byte("secrets/name/1")
	old := parsed(t, first)
	former, all := old.Keys()
	require.Equal(t, []uint32{former}, all)
	sealed, err := old.Seal([]byte("kept"), ad)
	require.NoError(t, err)
	require.Equal(t, former, old.KeyOf(sealed))

	added, id, err := secret.Rotate(first)
	require.NoError(t, err)
	both := parsed(t, added)
	primary, all := both.Keys()
	require.Equal(t, former, primary, "it does not seal yet")
	require.Equal(t, []uint32{former, id}, all)
	require.Equal(t, []uint32{id}, both.Waiting())
	require.Empty(t, both.Former())

	promoted, again, err := secret.Promote(added)
	require.NoError(t, err)
	require.Equal(t, id, again)
	fresh := parsed(t, promoted)
	primary, _ = fresh.Keys()
	require.Equal(t, id, primary)
	require.Equal(t, []uint32{former}, fresh.Former())
	require.Empty(t, fresh.Waiting())
	later, err := fresh.Seal([]byte("later"), ad)
	require.NoError(t, err)
	require.Equal(t, id, fresh.KeyOf(later))

	// A desk that has the new key and does not seal with it reads what one writes that does: they can be started one by one.
	plain, err := both.Open(later, ad)
	require.NoError(t, err)
	require.Equal(t, "later", string(plain))
	plain, err = fresh.Open(sealed, ad)
	require.NoError(t, err)
	require.Equal(t, "kept", string(plain))

	retired, err := secret.Retire(promoted, fresh.Former())
	require.NoError(t, err)
	alone := parsed(t, retired)
	_, err = alone.Open(sealed, ad)
	require.ErrorIs(t, err, secret.ErrOpen)
	_, err = alone.Open(later, ad)
	require.NoError(t, err)
	require.Equal(t, former, alone.KeyOf(sealed), "which key is missing can be told without it")

	for _, keys := range []*secret.Keys{both, fresh, alone} {
		require.Equal(t, old.Index("cip_id", "x"), keys.Index("cip_id", "x"), "what was indexed is found with every keyset")
		require.Equal(t, old.Derive("emulator"), keys.Derive("emulator"))
	}
}

func TestRotationRefuses(t *testing.T) {
	t.Parallel()
	first := generate(t)
	added, _, err := secret.Rotate(first)
	require.NoError(t, err)
	primary, _ := parsed(t, added).Keys()
	for name, tc := range map[string]struct {
		do   func() error
		says string
	}{
		"a second key before the first is promoted": {func() error { _, _, err := secret.Rotate(added); return err }, "promote it first"},
		"to promote what is not there":              {func() error { _, _, err := secret.Promote(first); return err }, "no key waits"},
		"to drop the key that seals":                {func() error { _, err := secret.Retire(added, []uint32{primary}); return err }, "cannot be dropped"},
		"to drop a key that is not there":           {func() error { _, err := secret.Retire(added, []uint32{7}); return err }, "cannot be dropped"},
		"what is no keyset":                         {func() error { _, _, err := secret.Rotate("hunter2"); return err }, "ENCRYPTION_KEYS: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := tc.do()
			require.ErrorContains(t, err, tc.says)
			require.NotContains(t, err.Error(), "hunter2")
		})
	}
}

func TestKeyOfWhatIsNotSealed(t *testing.T) {
	t.Parallel()
	keys := newKeys(t)
	for _, value := range [][]byte{nil, {}, {1, 2, 3, 4}, {0, 0, 0, 0, 1, 9}} {
		require.Zero(t, keys.KeyOf(value))
	}
}
