package identity_test

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

func TestChecklist(t *testing.T) {
	t.Parallel()
	const funds, home, other = "PROOF_OF_FUNDS", "PROOF_OF_RESIDENCY", "AML_DOCUMENTS"
	asked := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	at := func(hours int) time.Time { return asked.Add(time.Duration(hours) * time.Hour) }
	upload := func(state identity.FileState, ended int, types ...string) identity.DocumentUpload {
		end := at(ended)
		return identity.DocumentUpload{ID: string(state), Types: types, State: state, At: at(ended), EndedAt: &end}
	}
	list := func(asOf int, pending []string, held ...identity.HeldDocument) identity.DocumentList {
		return identity.DocumentList{AsOf: at(asOf), Pending: pending, Held: held}
	}
	held := func(hours int, types ...string) identity.HeldDocument {
		return identity.HeldDocument{FileID: "theirs", Types: types, At: at(hours)}
	}
	event := identity.Identity{Documents: &identity.DocumentsAsk{Types: []string{funds, home}, At: asked}}
	silent := identity.Identity{Details: identity.Details{Requirements: []identity.Requirement{
		{Type: identity.EnhancedDueDiligence, Status: identity.RequirementPending, Awaiting: identity.AwaitingClient},
	}}}
	erased, ahead := event, event
	erased.ErasedAt = &asked
	ahead.Documents = &identity.DocumentsAsk{Types: []string{funds, home}, At: at(4), HeardAt: at(1)} // Paxos' clock is ahead of ours
	for name, c := range map[string]struct {
		i       identity.Identity
		list    identity.DocumentList
		uploads []identity.DocumentUpload
		want    string
	}{
		"nothing asked, nothing there":      {identity.Identity{}, identity.DocumentList{}, nil, ""},
		"asked by an event":                 {event, identity.DocumentList{}, nil, funds + "* missing, " + home + "* missing"},
		"asked without an event":            {silent, list(1, []string{home}), nil, home + "* missing"},
		"not asked yet what it is":          {silent, identity.DocumentList{}, nil, ""},
		"the list knows of more":            {event, list(1, []string{home, other}), nil, funds + "* missing, " + home + "* missing, " + other + "* missing"},
		"pending without an ask is over":    {identity.Identity{}, list(1, []string{home}), nil, ""},
		"on its way":                        {event, identity.DocumentList{}, []identity.DocumentUpload{upload(identity.FileAnnounced, 1, funds)}, funds + "* uploading, " + home + "* missing"},
		"one file for two":                  {event, identity.DocumentList{}, []identity.DocumentUpload{upload(identity.FileQueued, 1, funds, home)}, funds + "* uploading, " + home + "* uploading"},
		"failed":                            {event, identity.DocumentList{}, []identity.DocumentUpload{upload(identity.FileFailed, 1, home)}, funds + "* missing, " + home + "* failed"},
		"failed, then another is under way": {event, identity.DocumentList{}, []identity.DocumentUpload{upload(identity.FileQueued, 2, home), upload(identity.FileFailed, 1, home)}, funds + "* missing, " + home + "* uploading"},
		"done":                              {event, list(1, []string{funds, home}), []identity.DocumentUpload{upload(identity.FileDone, 2, funds)}, funds + "* uploaded, " + home + "* missing"},
		"done, but Paxos still waits":       {event, list(3, []string{funds, home}), []identity.DocumentUpload{upload(identity.FileDone, 2, funds)}, funds + "* missing, " + home + "* missing"},
		"done before Paxos asked":           {event, list(1, []string{home}), []identity.DocumentUpload{upload(identity.FileDone, -2, home)}, funds + "* missing, " + home + "* missing"},
		"done beats failed":                 {event, list(3, nil), []identity.DocumentUpload{upload(identity.FileDone, 2, funds), upload(identity.FileFailed, 1, funds)}, funds + "* uploaded, " + home + "* missing"},
		"taken back or expired":             {event, identity.DocumentList{}, []identity.DocumentUpload{upload(identity.FileRemoved, 1, funds), upload(identity.FileExpired, 1, home)}, funds + "* missing, " + home + "* missing"},
		"came another way":                  {event, list(3, []string{funds}, held(2, home)), nil, funds + "* missing, " + home + "* uploaded"},
		"came another way long ago":         {event, list(3, []string{funds}, held(-2, home)), nil, funds + "* missing, " + home + "* missing"},
		"Paxos' clock is ahead":             {ahead, list(3, []string{home}, held(5, home)), []identity.DocumentUpload{upload(identity.FileDone, 2, funds)}, funds + "* uploaded, " + home + "* missing"},
		"what nobody asked for":             {event, list(3, nil, held(2, other)), nil, funds + "* missing, " + home + "* missing, " + other + " uploaded"},
		"sent without being asked":          {identity.Identity{}, list(3, nil), []identity.DocumentUpload{upload(identity.FileFailed, 2, other)}, other + " failed"},
		"an erased case asks for nothing":   {erased, identity.DocumentList{}, nil, funds + "* missing, " + home + "* missing"},
	} {
		var got []string
		for _, l := range identity.Checklist(c.i, c.list, c.uploads) {
			mark := map[bool]string{true: "*"}[l.Asked]
			got = append(got, l.Type+mark+" "+string(l.State))
		}
		require.Equal(t, c.want, strings.Join(got, ", "), name)
	}
	require.True(t, event.WantsDocuments())
	require.True(t, silent.WantsDocuments())
	require.False(t, erased.WantsDocuments())
	require.False(t, identity.Identity{}.WantsDocuments())
}

// What has been uploaded, or is on its way, is not asked for again.
func TestAdviceAfterUploads(t *testing.T) {
	t.Parallel()
	const collect, tell = "Collect the documents that Paxos asks for: %s. Then upload them to Paxos.", "We need these documents from you: %s."
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	i := identity.Identity{
		Status: identity.Pending, PaxosID: "p", Documents: &identity.DocumentsAsk{Types: []string{"PROOF_OF_FUNDS", "PROOF_OF_RESIDENCY"}, At: now},
	}
	refresh := i
	refresh.Refresh = &identity.Refresh{StartedAt: now, EndsAt: now.Add(20 * 24 * time.Hour)}
	line := func(typ string, s identity.CheckState) identity.CheckLine {
		return identity.CheckLine{Type: typ, Asked: true, State: s}
	}
	require.True(t, identity.Explain(i, identity.Policy{}, now, 0).AsksForDocuments())
	require.False(t, identity.Explain(identity.Identity{Status: identity.Pending, PaxosID: "p"}, identity.Policy{}, now, 0).AsksForDocuments())
	const all, wait = ": all uploaded, or on their way", "Wait: all that Paxos asks for is uploaded, or on its way. The desk shows the answer by itself."
	for name, c := range map[string]struct {
		i                    identity.Identity
		funds, home          identity.CheckState
		next                 identity.Action
		text, tell, inTheRow string
	}{
		"nothing yet":         {i, identity.CheckMissing, identity.CheckFailed, identity.ActUpload, fmt.Sprintf(collect, "Proof of funds, Proof of residency"), fmt.Sprintf(tell, "Proof of funds, Proof of residency"), ": Proof of funds, Proof of residency"},
		"one of two":          {i, identity.CheckUploaded, identity.CheckMissing, identity.ActUpload, fmt.Sprintf(collect, "Proof of residency"), fmt.Sprintf(tell, "Proof of residency"), ", still to bring: Proof of residency"},
		"one on its way":      {i, identity.CheckFailed, identity.CheckUploading, identity.ActUpload, fmt.Sprintf(collect, "Proof of funds"), fmt.Sprintf(tell, "Proof of funds"), ", still to bring: Proof of funds"},
		"both":                {i, identity.CheckUploaded, identity.CheckUploading, identity.ActWait, wait, "We are still processing your details.", all},
		"both, and a refresh": {refresh, identity.CheckUploaded, identity.CheckUploaded, identity.ActRefreshKYC, "Ask the customer whether the details are still right, then send the KYC refresh to Paxos.", "We are still processing your details.", all},
	} {
		before := identity.Explain(c.i, identity.Policy{}, now, 0)
		a := before.AfterUploads([]identity.CheckLine{line("PROOF_OF_FUNDS", c.funds), line("PROOF_OF_RESIDENCY", c.home), {Type: "AML_DOCUMENTS", State: identity.CheckUploaded}})
		require.Equal(t, c.next, a.Next, name)
		require.Equal(t, c.text, a.NextText, name)
		require.Equal(t, c.tell, a.Tell, name)
		require.Equal(t, before.Move, a.Move, name)
		require.Equal(t, "Paxos asks for documents"+c.inTheRow, a.Blocking[0].Text, name)
		require.Equal(t, "Paxos asks for documents: Proof of funds, Proof of residency", before.Blocking[0].Text, "what others hold of it stays")
	}
	bare := identity.Advice{Next: identity.ActUpload, NextText: "Upload them.", Tell: "We need more."}
	for name, list := range map[string][]identity.CheckLine{"lacks": {line("PROOF_OF_FUNDS", identity.CheckMissing)}, "is there": {line("PROOF_OF_FUNDS", identity.CheckUploaded)}} {
		require.Equal(t, bare, bare.AfterUploads(list), "nothing blocks, and a document "+name)
	}
}

// What Paxos holds is looked at wherever documents matter, also where it is Paxos' turn, and again after a while until it has decided.
func TestOutdates(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	due := func(awaiting string, s identity.Status) identity.Identity {
		return identity.Identity{Status: s, Details: identity.Details{Requirements: []identity.Requirement{
			{Type: identity.EnhancedDueDiligence, Status: identity.RequirementPending, Awaiting: awaiting},
		}}}
	}
	ours, theirs := due(identity.AwaitingClient, identity.Pending), due(identity.AwaitingPaxos, identity.Pending)
	erased, anew := theirs, theirs
	erased.ErasedAt = &now
	anew.Documents = &identity.DocumentsAsk{At: now.Add(-time.Minute)}
	ago := func(d time.Duration) identity.DocumentList { return identity.DocumentList{AsOf: now.Add(-d)} }
	for name, c := range map[string]struct {
		i    identity.Identity
		list identity.DocumentList
		want bool
	}{
		"ours, never asked":         {ours, identity.DocumentList{}, true},
		"theirs, never asked":       {theirs, identity.DocumentList{}, true},
		"asked a moment ago":        {theirs, ago(14 * time.Minute), false},
		"asked long ago":            {theirs, ago(15 * time.Minute), true},
		"ours, asked long ago":      {ours, ago(15 * time.Minute), true},
		"decided since":             {due(identity.AwaitingPaxos, identity.Approved), ago(time.Hour), false},
		"Paxos asked anew":          {anew, ago(2 * time.Minute), true},
		"asked since Paxos did":     {anew, ago(time.Minute), false},
		"erased":                    {erased, identity.DocumentList{}, false},
		"documents are no matter":   {identity.Identity{Status: identity.Pending}, identity.DocumentList{}, false},
		"and were one, a while ago": {identity.Identity{Status: identity.Pending}, ago(time.Hour), false},
	} {
		require.Equal(t, c.want, c.i.Outdates(c.list, now), name)
	}
}

// A line says where Paxos wants another document than the one it has, and where files came to nothing beside one that came.
func TestCheckLineTellsOfMore(t *testing.T) {
	t.Parallel()
	held := []identity.HeldDocument{{FileID: "f"}}
	file := func(s identity.FileState) identity.DocumentUpload { return identity.DocumentUpload{State: s} }
	for name, c := range map[string]struct {
		l      identity.CheckLine
		anew   bool
		failed int
	}{
		"missing":                      {identity.CheckLine{State: identity.CheckMissing}, false, 0},
		"one came another way":         {identity.CheckLine{State: identity.CheckMissing, Held: held}, true, 0},
		"one came by the desk":         {identity.CheckLine{State: identity.CheckMissing, Uploads: []identity.DocumentUpload{file(identity.FileDone)}}, true, 0},
		"failed":                       {identity.CheckLine{State: identity.CheckFailed, Uploads: []identity.DocumentUpload{file(identity.FileFailed)}}, false, 0},
		"uploaded, and another failed": {identity.CheckLine{State: identity.CheckUploaded, Uploads: []identity.DocumentUpload{file(identity.FileDone), file(identity.FileFailed)}}, false, 1},
	} {
		require.Equal(t, c.anew, c.l.AskedAnew(), name)
		require.Equal(t, c.failed, c.l.FailedBeside(), name)
	}
}

// A file that came by the desk is told of once, under the id that Paxos gave it.
func TestChecklistTellsOfAFileOnce(t *testing.T) {
	t.Parallel()
	end := time.Now()
	lines := identity.Checklist(identity.Identity{}, identity.DocumentList{AsOf: end, Held: []identity.HeldDocument{{FileID: "f-1", Types: []string{"CURP"}, At: end}}},
		[]identity.DocumentUpload{{ID: "u-1", FileID: "f-1", Types: []string{"CURP"}, State: identity.FileDone, EndedAt: &end}})
	require.Len(t, lines, 1)
	require.Empty(t, lines[0].Held)
	require.Len(t, lines[0].Uploads, 1)
}

func TestLearnDocuments(t *testing.T) {
	t.Parallel()
	asked := time.Date(2026, 3, 2, 15, 0, 0, 0, time.UTC)
	at := func(minutes int) time.Time { return asked.Add(time.Duration(minutes) * time.Minute) }
	ask := identity.Identity{
		ID: "i", PaxosID: "px", Status: identity.Pending, CreatedAt: asked.Add(-time.Hour), Move: identity.Ours, Lane: identity.LaneAction, MoveSince: asked,
		Documents: &identity.DocumentsAsk{Types: []string{"PROOF_OF_FUNDS"}, At: asked},
	}
	erased, settled, ahead, late := ask, ask, ask, ask
	erased.ErasedAt, settled.Documents = &asked, nil
	ahead.Documents = &identity.DocumentsAsk{At: asked, HeardAt: at(-3)} // Paxos' clock is ahead of ours
	late.Documents = &identity.DocumentsAsk{At: asked, HeardAt: at(5)}
	for name, c := range map[string]struct {
		i    identity.Identity
		list identity.DocumentList
		last time.Time
		ends bool
	}{
		"all there":                {ask, identity.DocumentList{AsOf: at(3)}, at(2), true},
		"one is missing":           {ask, identity.DocumentList{AsOf: at(3), Pending: []string{"CURP"}}, at(2), false},
		"nothing came":             {ask, identity.DocumentList{AsOf: at(3)}, time.Time{}, false},
		"the last came before":     {ask, identity.DocumentList{AsOf: at(3)}, at(-2), false},
		"said before Paxos asked":  {ask, identity.DocumentList{AsOf: at(-1)}, at(2), false},
		"Paxos' clock is ahead":    {ahead, identity.DocumentList{AsOf: at(-1)}, at(2), true},
		"and ours counts":          {ahead, identity.DocumentList{AsOf: at(-1)}, at(-2), true},
		"said before we heard":     {late, identity.DocumentList{AsOf: at(3)}, at(2), false},
		"nothing is asked for":     {settled, identity.DocumentList{AsOf: at(3)}, at(2), false},
		"nobody may know any more": {erased, identity.DocumentList{AsOf: at(3)}, at(2), false},
	} {
		next, lines := c.i.LearnDocuments(c.list, c.last, at(4), policy())
		if !c.ends {
			require.Empty(t, lines, name)
			require.Equal(t, c.i, next, name)
			continue
		}
		require.Len(t, lines, 1, name)
		require.Nil(t, next.Documents)
		require.Equal(t, identity.Paxos, next.Move)
		require.Equal(t, c.last, next.MoveSince)
		require.Equal(t, c.i.Rev+1, next.Rev)
	}
}

func TestKeysOfFilesAreNeverShown(t *testing.T) {
	t.Parallel()
	f := identity.SpooledFile{ID: "f", Key: identity.SpoolKey("the very key")}
	var out strings.Builder
	slog.New(slog.NewTextHandler(&out, nil)).Info("file", "key", f.Key, "file", f)
	fmt.Fprintf(&out, "%v %s %+v %#v", f, f.Key, f, f.Key)
	require.NotContains(t, out.String(), "very")
	require.Contains(t, out.String(), "the key of a file")
}
