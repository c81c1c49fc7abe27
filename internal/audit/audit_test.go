package audit_test

import (
	"encoding/hex"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/audit"
)

func entry() audit.Entry {
	return audit.Entry{
		At: time.Date(2026, 3, 2, 9, 0, 0, 1_500_000, time.UTC), ActorID: "ana", ActorName: "Ana", Role: "analyst", Action: audit.Claimed,
		IdentityID: "id-1", RequestID: "r-1", Address: "192.0.2.7",
	}
}

// Logs that exist must go on to verify: this hash was written down once and may never change.
func TestSumOfEntriesThatExist(t *testing.T) {
	t.Parallel()
	first := entry()
	first.Seq, first.Prev, first.Form = 1, make([]byte, 32), audit.FormWhole
	require.Equal(t, "e8d25072a6f523bca05fd3d7065652c8fb94d7d916b6f01752a0bc4b439a449a", hex.EncodeToString(first.Sum()))
	first.Hash = first.Sum()
	second := entry()
	second.After = "x"
	second = second.Chain(&first)
	require.Equal(t, "0bba2fbe1c43ab9d31eaa8e6b684ede19b9940245e68fa619e905f4af10e648c", hex.EncodeToString(second.Hash))
	require.True(t, second.Follows(&first), "a log may hold both forms")
	require.Equal(t, second.Hash, audit.Join(first.Hash, second.FieldsSum()))
}

func TestEachFieldCounts(t *testing.T) {
	t.Parallel()
	for _, form := range []int{audit.FormWhole, audit.FormFields} {
		eachFieldCounts(t, form)
	}
}

func eachFieldCounts(t *testing.T, form int) {
	t.Helper()
	plain := entry().Chain(nil)
	plain.Form = form
	plain.Hash = plain.Sum()
	for name, change := range map[string]func(*audit.Entry){
		"seq":         func(e *audit.Entry) { e.Seq++ },
		"at":          func(e *audit.Entry) { e.At = e.At.Add(time.Millisecond) },
		"actor":       func(e *audit.Entry) { e.ActorID = "bo" },
		"name":        func(e *audit.Entry) { e.ActorName = "Bo" },
		"role":        func(e *audit.Entry) { e.Role = "lead" },
		"action":      func(e *audit.Entry) { e.Action = audit.Released },
		"case":        func(e *audit.Entry) { e.IdentityID = "id-2" },
		"object":      func(e *audit.Entry) { e.Object = "x" },
		"detail":      func(e *audit.Entry) { e.Detail = "x" },
		"before":      func(e *audit.Entry) { e.Before = "x" },
		"after":       func(e *audit.Entry) { e.After = "x" },
		"reason code": func(e *audit.Entry) { e.ReasonCode = "x" },
		"reason sum":  func(e *audit.Entry) { e.ReasonSum = []byte("x") },
		"request":     func(e *audit.Entry) { e.RequestID = "x" },
		"address":     func(e *audit.Entry) { e.Address = "x" },
		"prev":        func(e *audit.Entry) { e.Prev = []byte("x") },
		"form":        func(e *audit.Entry) { e.Form = 3 - form },
		"no form":     func(e *audit.Entry) { e.Form = 0 },
	} {
		e := plain
		change(&e)
		require.NotEqual(t, plain.Hash, e.Sum(), name)
	}
	moved := plain
	moved.Before, moved.After = "", "x"
	other := plain
	other.Before, other.After = "x", ""
	require.NotEqual(t, moved.Sum(), other.Sum(), "before and after do not run together")
}

// The words of a reason can be erased and the chain holds.
func TestTheTextOfAReasonIsNotChained(t *testing.T) {
	t.Parallel()
	e := entry()
	e.Reason, e.ReasonSum = "asked by phone", []byte{1, 2, 3}
	e = e.Chain(nil)
	e.Reason = ""
	require.Equal(t, e.Hash, e.Sum())
}

// Whoever reads a case sees who worked on it, never who only looked at it.
func TestWhatAnActDoes(t *testing.T) {
	t.Parallel()
	for a, want := range map[audit.Action][2]bool{
		audit.Submitted: {true, false}, audit.Rehearsed: {true, false}, audit.OpenedCase: {false, true}, audit.Exported: {false, true},
		audit.SignedIn: {false, false}, audit.StartedJob: {false, false}, "newer": {false, false},
	} {
		require.Equal(t, want, [2]bool{a.Changes(), a.Reads()}, a)
	}
	require.Equal(t, "newer", audit.Action("newer").Words())
}
