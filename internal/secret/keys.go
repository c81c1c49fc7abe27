// Package secret seals personal data before it is stored, and derives the keyed
// hashes by which a sealed value can still be found.
package secret

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/prf"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// Variable is the name of the environment variable that carries the keys. Errors
// name it, and never carry any part of its value.
const Variable = "ENCRYPTION_KEYS"

// Keys seals, opens and indexes. It is safe for concurrent use.
type Keys struct {
	aead    tink.AEAD
	prf     *prf.Set
	primary uint32
	ids     []uint32
}

// document is what Variable holds, as base64url of this JSON without padding.
// Both members are keysets, so that a rotation adds a key and older values stay readable.
type document struct {
	AEAD json.RawMessage `json:"aead"`
	PRF  json.RawMessage `json:"prf"`
}

var encoding = base64.RawURLEncoding

// Generate makes fresh keys and returns them as one line for Variable.
func Generate() (string, error) {
	seal, err := newKeyset(aead.AES256GCMKeyTemplate())
	if err != nil {
		return "", err
	}
	index, err := newKeyset(prf.HMACSHA256PRFKeyTemplate())
	if err != nil {
		return "", err
	}
	return document{AEAD: seal, PRF: index}.encode()
}

func newKeyset(template *tinkpb.KeyTemplate) ([]byte, error) {
	handle, err := keyset.NewHandle(template)
	if err != nil {
		return nil, fmt.Errorf("make a new key: %w", err)
	}
	return writeKeyset(handle)
}

func writeKeyset(handle *keyset.Handle) ([]byte, error) {
	var text bytes.Buffer
	if err := insecurecleartextkeyset.Write(handle, keyset.NewJSONWriter(&text)); err != nil {
		return nil, fmt.Errorf("write keys: %w", err)
	}
	return text.Bytes(), nil
}

// Parse reads a value made by Generate; line ends and spaces around it are ignored.
//
// Its errors say what is wrong without the library's own words, which may quote
// the text they could not read.
func Parse(value string) (*Keys, error) {
	doc, err := decode(value)
	if err != nil {
		return nil, err
	}
	return doc.keys()
}

func decode(value string) (doc document, err error) {
	text, err := encoding.DecodeString(strings.TrimRight(strings.TrimSpace(value), "="))
	if err != nil {
		return doc, malformed("it is not base64url text")
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		return doc, malformed("it is cut short or altered")
	}
	return doc, nil
}

func (d document) encode() (string, error) {
	text, err := json.Marshal(d)
	if err != nil {
		return "", fmt.Errorf("write keys: %w", err)
	}
	return encoding.EncodeToString(text), nil
}

func (d document) keys() (*Keys, error) {
	handle, err := readKeyset(d.AEAD)
	if err != nil {
		return nil, malformed("its encryption keyset is missing or unreadable")
	}
	sealer, err := aead.New(handle)
	if err != nil {
		return nil, malformed("its encryption keyset is of the wrong kind")
	}
	index, err := readPRF(d.PRF)
	if err != nil {
		return nil, err
	}
	k := &Keys{aead: sealer, prf: index}
	if k.primary, k.ids, err = idsOf(handle); err != nil {
		return nil, malformed("its encryption keyset has no key to encrypt with")
	}
	return k, nil
}

func readPRF(text []byte) (*prf.Set, error) {
	handle, err := readKeyset(text)
	if err != nil {
		return nil, malformed("its index keyset is missing or unreadable")
	}
	set, err := prf.NewPRFSet(handle)
	if err != nil {
		return nil, malformed("its index keyset is of the wrong kind")
	}
	// Some PRFs yield fewer bytes than we derive: found here, not at first use.
	if _, err := set.ComputePrimaryPRF(nil, deriveSize); err != nil {
		return nil, malformed("its index keyset is of the wrong kind")
	}
	return set, nil
}

func readKeyset(text []byte) (*keyset.Handle, error) {
	return insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(text)))
}

func malformed(what string) error {
	return errors.New(Variable + ": " + what + "; use the one line that `identitydesk keys generate` prints")
}
