package evidence

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"identitydesk/internal/audit"
)

// lineJSON is a line as it is written. The fields of an entry are those over which its hash is made.
type lineJSON struct {
	Kind      Kind       `json:"kind"`
	Seq       int64      `json:"seq"`
	At        *time.Time `json:"at,omitempty"`
	ActorID   string     `json:"actor_id,omitempty"`
	ActorName string     `json:"actor_name,omitempty"`
	Role      string     `json:"role,omitempty"`
	Action    string     `json:"action,omitempty"`
	CaseID    string     `json:"identity_id,omitempty"`
	Object    string     `json:"object,omitempty"`
	Detail    string     `json:"detail,omitempty"`
	Before    string     `json:"before,omitempty"`
	After     string     `json:"after,omitempty"`
	Code      string     `json:"reason_code,omitempty"`
	ReasonSum text       `json:"reason_sum,omitempty"`
	RequestID string     `json:"request_id,omitempty"`
	Address   string     `json:"address,omitempty"`
	Form      int        `json:"form,omitempty"`
	Prev      text       `json:"prev,omitempty"`
	Fields    text       `json:"fields,omitempty"`
	Hash      text       `json:"hash,omitempty"`
	Anchor    Anchor     `json:"anchor,omitempty"`
}

// text is bytes as hexadecimal digits.
type text []byte

// MarshalText writes small digits.
func (t text) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(t)), nil }

// UnmarshalText reads them.
func (t *text) UnmarshalText(b []byte) (err error) {
	*t, err = hex.DecodeString(string(b))
	return err
}

func toLine(l Line) lineJSON {
	j := lineJSON{Kind: l.Kind, Seq: l.Seq, Prev: l.Prev, Fields: l.Fields, Hash: l.Hash, Anchor: l.Anchor, At: l.At}
	if e := l.Entry; e != nil {
		j.At, j.ActorID, j.ActorName, j.Role, j.Action, j.CaseID = utc(&e.At), e.ActorID, e.ActorName, e.Role, string(e.Action), e.IdentityID
		j.Object, j.Detail, j.Before, j.After, j.Code, j.ReasonSum = e.Object, e.Detail, e.Before, e.After, e.ReasonCode, e.ReasonSum
		j.RequestID, j.Address, j.Form, j.Prev, j.Hash = e.RequestID, e.Address, e.Form, e.Prev, e.Hash
	}
	return j
}

func (j lineJSON) line() (Line, error) {
	l := Line{Kind: j.Kind, Seq: j.Seq, Prev: j.Prev, Fields: j.Fields, Hash: j.Hash, Anchor: j.Anchor, At: j.At}
	if j.Kind != KindEntry {
		return l, nil
	}
	if j.At == nil {
		return l, errors.New("an entry has no time")
	}
	l.Entry = &audit.Entry{
		Seq: j.Seq, At: *j.At, ActorID: j.ActorID, ActorName: j.ActorName, Role: j.Role, Action: audit.Action(j.Action), IdentityID: j.CaseID,
		Object: j.Object, Detail: j.Detail, Before: j.Before, After: j.After, ReasonCode: j.Code, ReasonSum: j.ReasonSum,
		RequestID: j.RequestID, Address: j.Address, Form: j.Form, Prev: j.Prev, Hash: j.Hash,
	}
	return l, nil
}

func writeLines(lines []Line) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	for _, l := range lines {
		if err := enc.Encode(toLine(l)); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), nil
}

func readLines(b []byte) ([]Line, error) {
	var lines []Line
	for dec := json.NewDecoder(bytes.NewReader(b)); dec.More(); {
		var j lineJSON
		if err := dec.Decode(&j); err != nil {
			return nil, err
		}
		l, err := j.line()
		if err != nil {
			return nil, err
		}
		lines = append(lines, l)
	}
	return lines, nil
}
