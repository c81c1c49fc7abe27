package secret_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/prf"

	"identitydesk/internal/secret"
)

func newKeys(t *testing.T) *secret.Keys {
	t.Helper()
	value, err := secret.Generate()
	require.NoError(t, err)
	keys, err := secret.Parse(value)
	require.NoError(t, err)
	return keys
}

func TestGenerateMakesOneLineThatDiffersEachTime(t *testing.T) {
	t.Parallel()
	first, err := secret.Generate()
	require.NoError(t, err)
	second, err := secret.Generate()
	require.NoError(t, err)
	require.NotEqual(t, first, second)
	require.Regexp(t, `^[A-Za-z0-9_-]+$`, first)
}

func TestSealedValueOpensOnlyInItsPlace(t *testing.T) {
	t.Parallel()
	keys := newKeys(t)
	plain := []byte("Ada Example")
	rowOne, rowTwo := []byte("identity/1/name"), []byte("identity/2/name")

	sealed, err := keys.Seal(plain, rowOne)
	require.NoError(t, err)
	require.NotContains(t, string(sealed), "Ada")

	opened, err := keys.Open(sealed, rowOne)
	require.NoError(t, err)
	require.Equal(t, plain, opened)

	_, err = keys.Open(sealed, rowTwo)
	require.ErrorIs(t, err, secret.ErrOpen)
	_, err = newKeys(t).Open(sealed, rowOne)
	require.ErrorIs(t, err, secret.ErrOpen)
}

func TestSwappedRowsDoNotOpen(t *testing.T) {
	t.Parallel()
	keys := newKeys(t)
	one, two := []byte("identity/1/name"), []byte("identity/2/name")
	sealedOne, err := keys.Seal([]byte("first"), one)
	require.NoError(t, err)
	sealedTwo, err := keys.Seal([]byte("second"), two)
	require.NoError(t, err)

	_, err = keys.Open(sealedTwo, one)
	require.ErrorIs(t, err, secret.ErrOpen)
	_, err = keys.Open(sealedOne, two)
	require.ErrorIs(t, err, secret.ErrOpen)
}

func TestAnyAlteredByteIsRefused(t *testing.T) {
	t.Parallel()
	keys := newKeys(t)
	ad := []byte("identity/1/name")
	sealed, err := keys.Seal([]byte("x"), ad)
	require.NoError(t, err)
	for i := range sealed {
		altered := append([]byte(nil), sealed...)
		altered[i] ^= 1
		_, err := keys.Open(altered, ad)
		require.ErrorIs(t, err, secret.ErrOpen, "byte %d", i)
	}
	for _, short := range [][]byte{nil, {}, sealed[:5], sealed[:len(sealed)-1]} {
		_, err := keys.Open(short, ad)
		require.ErrorIs(t, err, secret.ErrOpen)
	}
}

func TestSealingTwiceDiffers(t *testing.T) {
	t.Parallel()
	keys := newKeys(t)
	first, err := keys.Seal([]byte("same"), []byte("row"))
	require.NoError(t, err)
	second, err := keys.Seal([]byte("same"), []byte("row"))
	require.NoError(t, err)
	require.NotEqual(t, first, second)
}

func TestIndex(t *testing.T) {
	t.Parallel()
	value, err := secret.Generate()
	require.NoError(t, err)
	keys, err := secret.Parse(value)
	require.NoError(t, err)
	restarted, err := secret.Parse(value)
	require.NoError(t, err)

	index := keys.Index("cip_id", "000-00-0001")
	require.Len(t, index, 16)
	require.Equal(t, index, restarted.Index("cip_id", "000-00-0001"), "same after a restart")
	require.NotEqual(t, index, keys.Index("cip_id", "000-00-0002"))
	require.NotEqual(t, index, keys.Index("name", "000-00-0001"), "apart by kind")
	require.NotEqual(t, keys.Index("a", "bc"), keys.Index("ab", "c"), "kind and value do not run together")
	require.NotEqual(t, index, newKeys(t).Index("cip_id", "000-00-0001"), "apart by key")
}

func TestDerive(t *testing.T) {
	t.Parallel()
	keys := newKeys(t)
	key := keys.Derive("emulator")
	require.Len(t, key, 32)
	require.Equal(t, key, keys.Derive("emulator"))
	require.NotEqual(t, key, keys.Derive("other"))
	require.NotEqual(t, key[:16], keys.Index("emulator", ""))
}

func TestParseNamesTheVariableAndKeepsTheValueQuiet(t *testing.T) {
	t.Parallel()
	good, err := secret.Generate()
	require.NoError(t, err)
	for name, bad := range map[string]string{
		"empty":               "",
		"not base64":          "hunter2-hunter2 !!",
		"cut short":           good[:len(good)/2],
		"json of no keys":     encode(t, map[string]any{}),
		"no index keyset":     encode(t, only(t, good, "aead")),
		"no sealing keyset":   encode(t, only(t, good, "prf")),
		"keysets swapped":     encode(t, swapped(t, good)),
		"index key too short": encode(t, withShortPRF(t, good)),
		"not an object":       base64.RawURLEncoding.EncodeToString([]byte(`"hunter2"`)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := secret.Parse(bad)
			require.ErrorContains(t, err, "ENCRYPTION_KEYS: ")
			require.ErrorContains(t, err, "keys generate")
			require.NotContains(t, err.Error(), "hunter2")
			if len(bad) > 20 {
				require.NotContains(t, err.Error(), bad[:20])
			}
		})
	}
}

func TestParseIgnoresSpaceAround(t *testing.T) {
	t.Parallel()
	good, err := secret.Generate()
	require.NoError(t, err)
	_, err = secret.Parse(" " + good + "\n")
	require.NoError(t, err)
}

// A rotation adds a key to each keyset and makes it primary: what the old key
// sealed must stay readable.
func TestKeysetsHoldSeveralKeys(t *testing.T) {
	t.Parallel()
	first, second := generate(t), generate(t)
	old, err := secret.Parse(first)
	require.NoError(t, err)
	sealed, err := old.Seal([]byte("kept"), []byte("row"))
	require.NoError(t, err)

	rotated := decode(t, second)
	addKeys(t, rotated["aead"], decode(t, first)["aead"])
	both, err := secret.Parse(encode(t, rotated))
	require.NoError(t, err)
	plain, err := both.Open(sealed, []byte("row"))
	require.NoError(t, err)
	require.Equal(t, "kept", string(plain))
}

func generate(t *testing.T) string {
	t.Helper()
	value, err := secret.Generate()
	require.NoError(t, err)
	return value
}

func decode(t *testing.T, value string) map[string]map[string]any {
	t.Helper()
	text, err := base64.RawURLEncoding.DecodeString(value)
	require.NoError(t, err)
	var doc map[string]map[string]any
	require.NoError(t, json.Unmarshal(text, &doc))
	return doc
}

func encode(t *testing.T, doc any) string {
	t.Helper()
	text, err := json.Marshal(doc)
	require.NoError(t, err)
	return base64.RawURLEncoding.EncodeToString(text)
}

func addKeys(t *testing.T, to, from map[string]any) {
	t.Helper()
	keys, ok := from["key"].([]any)
	require.True(t, ok)
	own, ok := to["key"].([]any)
	require.True(t, ok)
	to["key"] = append(own, keys...)
}

func only(t *testing.T, value, member string) map[string]any {
	t.Helper()
	return map[string]any{member: decode(t, value)[member]}
}

func withShortPRF(t *testing.T, value string) map[string]any {
	t.Helper()
	handle, err := keyset.NewHandle(prf.AESCMACPRFKeyTemplate())
	require.NoError(t, err)
	var text bytes.Buffer
	require.NoError(t, insecurecleartextkeyset.Write(handle, keyset.NewJSONWriter(&text)))
	return map[string]any{"aead": decode(t, value)["aead"], "prf": json.RawMessage(text.Bytes())}
}

func swapped(t *testing.T, value string) map[string]any {
	t.Helper()
	doc := decode(t, value)
	return map[string]any{"aead": doc["prf"], "prf": doc["aead"]}
}
