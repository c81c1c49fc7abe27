package identity_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

func TestSniff(t *testing.T) {
	t.Parallel()
	for head, want := range map[string]string{
		"%PDF-1.7": "application/pdf", "\xff\xd8\xff\xe0JFIF": "image/jpeg", "\x89PNG\r\n\x1a\n": "image/png",
		"": "", "%PDF": "", "GIF89a": "", "<svg>": "", "MZ\x90": "", " %PDF-": "", "\x89PNG\r\n\x1a": "", "PK\x03\x04": "",
	} {
		require.Equal(t, want, identity.Sniff([]byte(head)), "%q", head)
	}
}

func TestFileCheck(t *testing.T) {
	t.Parallel()
	good := identity.File{Name: "Überweisung 3.pdf", Types: []string{"PROOF_OF_FUNDS"}, Size: 99_999_999, Head: []byte("%PDF-1.7")}
	require.Empty(t, good.Check())
	for name, c := range map[string]struct {
		change func(*identity.File)
		field  string
	}{
		"no name":          {func(f *identity.File) { f.Name = " " }, "name"},
		"spaces":           {func(f *identity.File) { f.Name = "a.pdf " }, "name"},
		"a folder":         {func(f *identity.File) { f.Name = "../a.pdf" }, "name"},
		"a control sign":   {func(f *identity.File) { f.Name = "a\n.pdf" }, "name"},
		"a turned name":    {func(f *identity.File) { f.Name = "a\u202efdp.pdf" }, "name"},
		"a mail address":   {func(f *identity.File) { f.Name = "ana@example.org.pdf" }, "name"},
		"a government id":  {func(f *identity.File) { f.Name = "ssn 900-11-2222.pdf" }, "name"},
		"too long":         {func(f *identity.File) { f.Name = strings.Repeat("ü", 257) + ".pdf" }, "name"},
		"wrong ending":     {func(f *identity.File) { f.Name = "a.png" }, "name"},
		"no ending":        {func(f *identity.File) { f.Name = "pdf" }, "name"},
		"no type":          {func(f *identity.File) { f.Types = nil }, "document_types"},
		"words for a type": {func(f *identity.File) { f.Types = []string{"my bill"} }, "document_types"},
		"empty":            {func(f *identity.File) { f.Size, f.Head = 0, nil }, "file"},
		"too large":        {func(f *identity.File) { f.Size = 100_000_000 }, "file"},
		"another kind":     {func(f *identity.File) { f.Head = []byte("GIF89a") }, "file"},
	} {
		f := good
		c.change(&f)
		wrong := f.Check()
		require.Len(t, wrong, 1, name)
		require.NotEmpty(t, wrong[c.field], name)
		require.NotContains(t, wrong[c.field], "ana@", name)
	}
	longest, newer := good, good
	longest.Name = strings.Repeat("ü", 256) + ".PDF"
	newer.Types = []string{"HOLO_ID"}
	require.Empty(t, longest.Check())
	require.Empty(t, newer.Check(), "Paxos can ask for a type that is newer than the desk")
}

func TestOtherFileName(t *testing.T) {
	t.Parallel()
	require.Equal(t, "funds (2).pdf", identity.OtherFileName("funds.pdf", 2))
	require.Equal(t, "funds (3)", identity.OtherFileName("funds", 3))
	long := identity.OtherFileName(strings.Repeat("ü", 256)+".pdf", 12)
	require.Len(t, []rune(long), identity.LongestFileName)
	require.True(t, strings.HasSuffix(long, "ü (12).pdf"))
}

func TestUploadURLIsNotShown(t *testing.T) {
	t.Parallel()
	u := identity.Upload{FileID: "f-1", URL: "https://storage.test/secret"}
	require.NotContains(t, fmt.Sprintf("%v %+v %#v %s %s", u, u, u, u.URL, u.URL.LogValue()), "secret")
	raw, err := json.Marshal(u)
	require.NoError(t, err)
	require.Contains(t, string(raw), "secret", "sealed, it can be kept for another try")
}

// Every choice of the moves has words of its own, none twice in a list.
func TestMoveChoicesHaveWords(t *testing.T) {
	t.Parallel()
	for name, choices := range map[string][]identity.Choice{
		"documents": identity.DocumentTypes(), "controls": identity.ControlTypes(), "reasons": identity.ControlReasons(),
		"accounts": identity.AccountTypes(), "account roles": identity.AccountRoles(), "institutions": identity.InstitutionTypes(),
		"businesses": identity.InstitutionSubTypes(), "numbers": identity.InstitutionCIPTypes(), "regulation": identity.RegulationStatuses(),
		"trading": identity.TradingTypes(), "member roles": identity.MemberRoles(""), "sandbox": identity.SandboxStatuses(),
		"codes": {
			{identity.FileNameTaken, identity.Label(identity.FileNameTaken)},
			{identity.FileRefused, identity.Label(identity.FileRefused)},
			{identity.UploadExpired, identity.Label(identity.UploadExpired)},
			{identity.AccountRefIDTaken, identity.Label(identity.AccountRefIDTaken)},
			{identity.NotOverridable, identity.Label(identity.NotOverridable)},
			{identity.WrongStatus, identity.Label(identity.WrongStatus)},
		},
	} {
		seen := map[string]bool{}
		require.NotEmpty(t, choices, name)
		for _, c := range choices {
			require.NotEqual(t, c.Value, c.Text, name)
			require.False(t, seen[c.Text], "%s: %s", name, c.Text)
			seen[c.Text] = true
		}
	}
}
