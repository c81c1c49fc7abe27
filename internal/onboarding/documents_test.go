package onboarding_test

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/onboarding"
)

func filing(is ...identity.Identity) (*onboarding.Desk, *cache, *drawer) {
	c, d := cacheOf(is...), &drawer{kept: map[string]string{}}
	return onboarding.New(onboarding.Options{Store: c, Spool: d, Index: hasher{}, Now: func() time.Time { return now }, Policy: policyOf}), c, d
}

func statement() onboarding.FileGiven {
	return onboarding.FileGiven{Name: "May.pdf", Types: []string{"PROOF_OF_FUNDS"}, Content: strings.NewReader("%PDF-1.7 of May")}
}

func analyst() access.Actor { return access.Actor{UserID: "ana", Name: "Ana", Role: access.Analyst} }

func TestUpload(t *testing.T) {
	t.Parallel()
	desk, c, d := filing(identity.Identity{ID: "i", PaxosID: "px"})
	u, err := desk.Upload(t.Context(), analyst(), "i", statement())
	require.NoError(t, err)
	require.Equal(t, "application/pdf", u.ContentType)
	require.Equal(t, "%PDF-1.7 of May", d.kept["f-1"], "what was looked at is part of it")
	require.EqualValues(t, len("%PDF-1.7 of May"), u.Size)
	require.Equal(t, audit.Uploaded, c.entries[0].Action)
	script := analyst()
	script.Token = "t-1"
	_, err = desk.Upload(t.Context(), script, "i", statement())
	require.NoError(t, err, "a script may")
}

func TestUploadIsForThoseWhoMay(t *testing.T) {
	t.Parallel()
	for _, role := range refusing() {
		desk, c, d := filing(identity.Identity{ID: "i", PaxosID: "px"})
		a := access.Actor{UserID: "x", Role: role}
		require.Equal(t, fault.Forbidden, fault.KindOf(desk.MayUpload(t.Context(), a, "i")), role)
		_, err := desk.Upload(t.Context(), a, "i", statement())
		require.Equal(t, fault.Forbidden, fault.KindOf(err), role)
		require.Equal(t, fault.Forbidden, fault.KindOf(desk.UploadAgain(t.Context(), a, "i", "f", "")), role)
		require.Equal(t, fault.Forbidden, fault.KindOf(desk.RemoveUpload(t.Context(), a, "i", "f")), role)
		require.False(t, c.touched)
		require.Empty(t, d.kept)
	}
}

func TestMayUpload(t *testing.T) {
	t.Parallel()
	desk, _, _ := filing(identity.Identity{ID: "i", PaxosID: "px"}, identity.Identity{ID: "waits"}, identity.Identity{ID: "gone", PaxosID: "px-2", ErasedAt: &now})
	for id, want := range map[string]fault.Kind{"i": "", "waits": fault.Conflict, "gone": fault.Conflict, "nobody": fault.NotFound} {
		require.Equal(t, want, fault.KindOf(desk.MayUpload(t.Context(), analyst(), id)), id)
	}
}

// zeros is an endless file that begins as a PDF.
type zeros struct{ read int64 }

func (z *zeros) Read(p []byte) (int, error) {
	n := copy(p, "%PDF-1.7"[min(z.read, 8):])
	z.read += int64(len(p))
	clear(p[n:])
	return len(p), nil
}

// A file that is too large is refused as soon as that shows, and nothing of it is kept.
func TestUploadTakesNoMoreThanPaxosDoes(t *testing.T) {
	t.Parallel()
	for size, want := range map[int64]string{identity.LargestDocument - 1: "", identity.LargestDocument: "under 100 MB", identity.LargestDocument * 2: "under 100 MB"} {
		desk, c, d := filing(identity.Identity{ID: "i", PaxosID: "px"})
		f := statement()
		f.Content = io.LimitReader(&zeros{}, size)
		_, err := desk.Upload(t.Context(), analyst(), "i", f)
		if want == "" {
			require.NoError(t, err)
			continue
		}
		require.Contains(t, fault.From(err).Fields["file"], want)
		require.Empty(t, d.kept)
		require.Empty(t, c.writes)
	}
}

func TestUploadThatIsNotTaken(t *testing.T) {
	t.Parallel()
	cut := statement()
	cut.Content = io.MultiReader(strings.NewReader("%PDF-1.7 half"), broken{})
	early := statement()
	early.Content = broken{}
	for name, tc := range map[string]struct {
		given onboarding.FileGiven
		full  bool
		store error
		want  fault.Kind
	}{
		"cut off":            {cut, false, nil, fault.Malformed},
		"cut off at once":    {early, false, nil, fault.Malformed},
		"no room":            {statement(), true, nil, fault.Unavailable},
		"the name is used":   {statement(), false, &fault.Error{Kind: fault.Conflict, Code: identity.FileNameTaken, Fields: map[string]string{"name": "used"}}, fault.Invalid},
		"the case is erased": {statement(), false, fault.New(fault.Conflict, "erased"), fault.Conflict},
	} {
		desk, c, d := filing(identity.Identity{ID: "i", PaxosID: "px"})
		d.full, c.refuse = tc.full, tc.store
		_, err := desk.Upload(t.Context(), analyst(), "i", tc.given)
		require.Equal(t, tc.want, fault.KindOf(err), name)
		if tc.store != nil {
			require.Equal(t, []string{"f-1"}, d.removed, "%s: its content is let go", name)
		}
	}
}

// broken is a line that breaks.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// The case tells names to those who may see them alone, and asks for the list where it was never asked for.
func TestCaseTellsOfDocuments(t *testing.T) {
	t.Parallel()
	asked := identity.Identity{ID: "i", PaxosID: "px", Documents: &identity.DocumentsAsk{Types: []string{"CURP"}, At: now}}
	script := analyst()
	script.Token = "t-1"
	for _, tc := range []struct {
		a      access.Actor
		named  bool
		upload bool
	}{
		{analyst(), true, true},
		{script, false, true},
		{access.Actor{UserID: "vi", Role: access.Viewer}, false, false},
		{access.Actor{UserID: "au", Role: access.Auditor}, true, false},
	} {
		desk, c, _ := filing(asked)
		c.files.uploads = []identity.DocumentUpload{{ID: "f", Name: "May.pdf", Text: "their words", Types: []string{"CURP"}, State: identity.FileQueued}}
		o, err := desk.Open(t.Context(), tc.a, "i")
		require.NoError(t, err)
		require.Equal(t, tc.named, o.Documents.Checklist[0].Uploads[0].Name != "")
		require.Equal(t, tc.named, o.Documents.Checklist[0].Uploads[0].Text != "")
		require.Equal(t, tc.upload, o.Documents.CanUpload)
		require.Equal(t, 1, c.files.looked)
		c.files.list = identity.DocumentList{AsOf: now.Add(time.Minute)}
		_, err = desk.Open(t.Context(), tc.a, "i")
		require.NoError(t, err)
		require.Equal(t, 1, c.files.looked, "once")
	}
}

// A page that is opened late asks again, since documents reach Paxos in other ways, too.
func TestDocumentsAreLookedAtAgain(t *testing.T) {
	t.Parallel()
	theirs := identity.Requirement{Type: identity.EnhancedDueDiligence, Status: identity.RequirementPending, Awaiting: identity.AwaitingPaxos}
	for age, looked := range map[time.Duration]int{time.Minute: 0, time.Hour: 1} {
		desk, c, _ := filing(identity.Identity{
			ID: "i", PaxosID: "px", Status: identity.Pending, Details: identity.Details{Requirements: []identity.Requirement{theirs}},
		})
		c.files.list = identity.DocumentList{AsOf: now.Add(-age)}
		_, err := desk.Open(t.Context(), analyst(), "i")
		require.NoError(t, err)
		require.Equal(t, looked, c.files.looked, age)
	}
}

// What we asked for after we heard that Paxos wants documents is new enough, also where Paxos' clock is ahead of ours.
func TestDocumentsAreLookedAtByOurOwnClock(t *testing.T) {
	t.Parallel()
	ask := identity.DocumentsAsk{Types: []string{"CURP"}, At: now.Add(3 * time.Minute), HeardAt: now}
	for asOf, looked := range map[time.Duration]int{-time.Second: 1, 0: 0, time.Second: 0} {
		desk, c, _ := filing(identity.Identity{ID: "i", PaxosID: "px", Documents: &ask})
		c.files.list = identity.DocumentList{AsOf: now.Add(asOf)}
		_, err := desk.Peek(t.Context(), analyst(), "i")
		require.NoError(t, err)
		require.Equal(t, looked, c.files.looked, asOf)
	}
}
