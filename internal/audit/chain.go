package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// The forms of a hash. New entries have the newest; a log keeps each entry in the form in which it was written.
const (
	// FormWhole hashes the hash before and the fields in one go.
	FormWhole = 1
	// FormFields hashes the hash before and the hash of the fields: who knows only the latter can still follow the chain, without
	// learning what the entry says.
	FormFields = 2
)

// Sum is the entry's hash: SHA-256 over the hash before and all fields, each with its length told, so that no two different
// entries have the same bytes. The words of the reason are not part of it, so that they can be erased.
func (e Entry) Sum() []byte {
	switch e.Form {
	case FormWhole:
		return e.sumWhole()
	case FormFields:
		return Join(e.Prev, e.FieldsSum())
	}
	return nil // no entry has it
}

// Join is the hash of an entry of [FormFields]: SHA-256 over the hash before and the hash of its fields, 32 bytes each.
func Join(prev, fields []byte) []byte {
	h := sha256.New()
	h.Write(prev)
	h.Write(fields)
	return h.Sum(nil)
}

// FieldsSum is SHA-256 over the fields of an entry of [FormFields], as a JSON list of texts.
func (e Entry) FieldsSum() []byte {
	sum := sha256.Sum256(encode(append([]string{"2"}, append(e.fields(), e.reasons()...)...)))
	return sum[:]
}

// sumWhole leaves out what the first logs did not have where there is none of it: their hashes stay what they were.
func (e Entry) sumWhole() []byte {
	parts := e.fields()
	if e.Before != "" || e.After != "" || e.ReasonCode != "" || len(e.ReasonSum) > 0 {
		parts = append(parts, e.reasons()...)
	}
	text := encode(parts)
	h := sha256.New()
	h.Write(e.Prev)
	var size [8]byte
	binary.BigEndian.PutUint64(size[:], uint64(len(text)))
	h.Write(size[:])
	h.Write(text)
	return h.Sum(nil)
}

func (e Entry) fields() []string {
	return []string{
		fmt.Sprint(e.Seq), fmt.Sprint(e.At.UnixMilli()), e.ActorID, e.ActorName, e.Role, string(e.Action), e.IdentityID,
		e.Object, e.Detail, e.RequestID, e.Address,
	}
}

func (e Entry) reasons() []string {
	return []string{e.Before, e.After, e.ReasonCode, hex.EncodeToString(e.ReasonSum)}
}

func encode(parts []string) []byte {
	text, _ := json.Marshal(parts) // a slice of strings always marshals
	return text
}

// Chain puts the entry behind prev (nil for the first): number, previous hash, own hash. At is cut to milliseconds, as it
// is stored.
func (e Entry) Chain(prev *Entry) Entry {
	e.At = e.At.UTC().Truncate(time.Millisecond)
	e.Form, e.Seq, e.Prev = FormFields, 1, none()
	if prev != nil {
		e.Seq, e.Prev = prev.Seq+1, prev.Hash
	}
	e.Hash = e.Sum()
	return e
}

// Follows reports whether e is what was put behind prev; nil for the first.
func (e Entry) Follows(prev *Entry) bool {
	seq, hash := int64(1), none()
	if prev != nil {
		seq, hash = prev.Seq+1, prev.Hash
	}
	return e.Seq == seq && bytes.Equal(e.Prev, hash) && e.holds()
}

// holds reports whether the entry has the hash that its fields give.
func (e Entry) holds() bool { return len(e.Hash) == sha256.Size && bytes.Equal(e.Hash, e.Sum()) }

// none stands where the first entry has no entry before it.
func none() []byte { return make([]byte, sha256.Size) }
