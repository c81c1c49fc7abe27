package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Head is an end that the log had: whoever has kept it can tell later whether the log still leads there.
type Head struct {
	Seq  int64
	Hash []byte
}

// String is the head as people keep it: the number, a colon, the hash in hexadecimal.
func (h Head) String() string { return fmt.Sprintf("%d:%x", h.Seq, h.Hash) }

// Zero reports whether there is no entry yet.
func (h Head) Zero() bool { return h.Seq == 0 }

// ParseHead reads what [Head.String] wrote.
func ParseHead(text string) (Head, error) {
	seq, hash, _ := strings.Cut(strings.TrimSpace(text), ":")
	h := Head{}
	var err error
	if h.Seq, err = strconv.ParseInt(seq, 10, 64); err == nil {
		h.Hash, err = hex.DecodeString(hash)
	}
	if err != nil || h.Seq < 1 || len(h.Hash) != sha256.Size {
		return Head{}, errors.New("expected the number of an entry, a colon and its hash of 64 hexadecimal digits")
	}
	return h, nil
}

// Pin is a head that was told to others.
type Pin struct {
	Head
	At       time.Time  // when it was written to the log of the process, the last time
	PostedAt *time.Time // when AUDIT_PIN_URL took it; nil where it did not
}

// Check is what a verification that somebody asked for has found.
type Check struct {
	At      time.Time `json:"at"`
	By      string    `json:"by"`      // a name
	Entries int64     `json:"entries"` // that hold, from the first on
	End     string    `json:"end"`     // the head of these
	Broken  string    `json:"broken"`  // what is wrong; empty where all of it holds
}
