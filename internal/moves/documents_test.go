package moves_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/moves"
	"identitydesk/internal/queue"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// cabinet is what is known of one file, its content, and Paxos; it notes what is done.
type cabinet struct {
	task  identity.UploadTask
	begin error

	content    string
	noContent  error
	breaksDown error // while it is read

	noAddress, noPut error
	list             error
	asked            identity.Identity

	did   []string
	again time.Time
	held  []string
}

func (c *cabinet) note(what string) error { c.did = append(c.did, what); return nil }

func (c *cabinet) BeginUpload(context.Context, queue.Job) (identity.UploadTask, error) {
	return c.task, c.begin
}

func (c *cabinet) UploadAnnounced(_ context.Context, _ queue.Job, to identity.Upload) error {
	return c.note("announced " + to.FileID)
}

func (c *cabinet) UploadAddressGone(_ context.Context, _ queue.Job, again time.Time) error {
	c.again = again
	return c.note("address gone")
}

func (c *cabinet) UploadMissed(_ context.Context, _ queue.Job, again time.Time, lost bool, code string) error {
	c.again = again
	if lost {
		code += ", the name may be used"
	}
	return c.note("missed: " + code)
}

func (c *cabinet) UploadPutOff(_ context.Context, _ queue.Job, until time.Time, _ string) error {
	c.again = until
	return c.note("put off")
}

func (c *cabinet) UploadRefused(_ context.Context, _ queue.Job, code, text string) error {
	return c.note(strings.TrimSpace("refused: " + code + " " + text))
}

func (c *cabinet) UploadDone(context.Context, queue.Job) error { return c.note("done") }

func (c *cabinet) ApplyDocuments(_ context.Context, _ queue.Job, l identity.DocumentList) error {
	return c.note("listed " + strings.Join(l.Pending, " "))
}

func (c *cabinet) Identity(context.Context, string) (identity.Identity, error) {
	return c.asked, c.begin
}

func (c *cabinet) FinishJob(context.Context, queue.Job) error { return c.note("finished") }

func (c *cabinet) HeldUploads(context.Context) ([]string, error) { return c.held, nil }

func (c *cabinet) ExpireUploads(_ context.Context, before time.Time, _ int) (int, error) {
	return 0, c.note("expire before " + before.Format(time.RFC3339))
}

func (c *cabinet) Content(context.Context, identity.SpooledFile) (io.ReadCloser, error) {
	if c.breaksDown != nil {
		return io.NopCloser(io.MultiReader(strings.NewReader(c.content), failing{c.breaksDown})), c.noContent
	}
	return io.NopCloser(strings.NewReader(c.content)), c.noContent
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func (c *cabinet) Remove(_ context.Context, ids ...string) error {
	return c.note("let go of " + strings.Join(ids, " "))
}

func (c *cabinet) Sweep(_ context.Context, keep []string, idle time.Duration) (int, error) {
	return 0, c.note("sweep all but " + strings.Join(keep, " ") + " idle for " + idle.String())
}

func (c *cabinet) StartUpload(_ context.Context, paxosID, name string, types []string) (identity.Upload, error) {
	_ = c.note("ask for " + name + " of " + paxosID + " as " + strings.Join(types, " "))
	return identity.Upload{FileID: "f-1", URL: "https://storage.example/1"}, c.noAddress
}

func (c *cabinet) PutFile(_ context.Context, to identity.UploadURL, contentType string, _ int64, file io.Reader) error {
	content, err := io.ReadAll(file)
	_ = c.note("put " + string(content) + " as " + contentType + " to " + string(to[len("https://"):]))
	if err != nil {
		return &fault.Error{Kind: fault.Internal, Code: "file_unreadable", Cause: err}
	}
	return c.noPut
}

func (c *cabinet) Documents(context.Context, string) ([]identity.Document, []string, error) {
	return nil, []string{"CURP"}, c.list
}

func documentsOf(c *cabinet) *moves.Documents {
	return moves.NewDocuments(moves.DocumentOptions{
		Store: c, Spool: c, Paxos: c, Backoff: func(int) time.Duration { return time.Second },
		Now: func() time.Time { return noon }, Log: slog.New(slog.DiscardHandler),
	})
}

func code(kind fault.Kind, code string) error {
	return &fault.Error{Kind: kind, Code: code, Text: "their words"}
}

// TestDocumentSteps: what each outcome of each step means for a file.
func TestDocumentSteps(t *testing.T) {
	t.Parallel()
	const ask, put, second = "ask for a.pdf of px as CURP", "put %PDF as application/pdf to storage.example/1", "put %PDF as application/pdf to storage.example/0"
	announced := func(c *cabinet) { c.task.URL, c.task.State = "https://storage.example/0", identity.FileAnnounced }
	for name, tc := range map[string]struct {
		change func(c *cabinet)
		want   []string
		again  time.Duration
	}{
		"both steps":                   {func(*cabinet) {}, []string{ask, "announced f-1", put, "done", "let go of u-1"}, 0},
		"the second alone":             {announced, []string{second, "done", "let go of u-1"}, 0},
		"taken back meanwhile":         {func(c *cabinet) { c.task.State = identity.FileRemoved }, nil, 0},
		"what is sealed does not open": {func(c *cabinet) { c.begin = code(fault.Internal, identity.FileGone) }, []string{"refused: file_gone"}, 0},
		"the content is gone":          {func(c *cabinet) { c.noContent = code(fault.NotFound, identity.FileGone) }, []string{"refused: file_gone"}, 0},
		"the content is busy":          {func(c *cabinet) { c.noContent = code(fault.Unavailable, "") }, []string{"missed: unavailable"}, time.Second},
		"the content breaks off": {
			func(c *cabinet) { announced(c); c.breaksDown = code(fault.NotFound, identity.FileGone) }, []string{second, "refused: file_gone"}, 0,
		},
		"the content cannot be read on now": {
			func(c *cabinet) { announced(c); c.breaksDown = code(fault.Unavailable, "") }, []string{second, "missed: unavailable"}, time.Second,
		},
		"the name is used":         {func(c *cabinet) { c.noAddress = code(fault.Conflict, identity.FileNameTaken) }, []string{ask, "refused: file_name_taken"}, 0},
		"Paxos refuses the name":   {func(c *cabinet) { c.noAddress = code(fault.Invalid, "x") }, []string{ask, "refused: refused their words"}, 0},
		"Paxos does not know them": {func(c *cabinet) { c.noAddress = code(fault.NotFound, "x") }, []string{ask, "refused: refused their words"}, 0},
		"a scope is missing":       {func(c *cabinet) { c.noAddress = code(fault.Forbidden, "x") }, []string{ask, "refused: scope_missing their words"}, 0},
		"no address: lost":         {func(c *cabinet) { c.noAddress = code(fault.Lost, "x") }, []string{ask, "missed: lost x, the name may be used"}, time.Second},
		"no address: unavailable":  {func(c *cabinet) { c.noAddress = code(fault.Unavailable, "x") }, []string{ask, "missed: unavailable x"}, time.Second},
		"no address: no token":     {func(c *cabinet) { c.noAddress = code(fault.Unauthenticated, "x") }, []string{ask, "missed: unauthenticated x"}, 5 * time.Minute},
		"no address: throttled":    {func(c *cabinet) { c.noAddress = code(fault.Throttled, "x") }, []string{ask, "put off"}, time.Second},
		"not put: lost":            {func(c *cabinet) { announced(c); c.noPut = code(fault.Lost, "x") }, []string{second, "missed: lost x"}, time.Second},
		"not put: throttled":       {func(c *cabinet) { announced(c); c.noPut = code(fault.Throttled, "x") }, []string{second, "put off"}, time.Second},
		"not put: refused":         {func(c *cabinet) { announced(c); c.noPut = code(fault.Invalid, identity.FileRefused) }, []string{second, "refused: file_refused"}, 0},
		"not put: too large":       {func(c *cabinet) { announced(c); c.noPut = code(fault.TooLarge, identity.FileRefused) }, []string{second, "refused: file_refused"}, 0},
		"the address has expired":  {func(c *cabinet) { announced(c); c.noPut = code(fault.Conflict, identity.UploadExpired) }, []string{second, "address gone"}, time.Second},
		"the fifth address expires": {func(c *cabinet) {
			announced(c)
			c.task.Addresses = 5
			c.noPut = code(fault.Conflict, identity.UploadExpired)
		}, []string{second, "refused: upload_expired"}, 0},
		"an address that is not safe": {func(c *cabinet) { announced(c); c.noPut = code(fault.Internal, "upload_address") }, []string{second, "refused: file_refused their words"}, 0},
	} {
		c := &cabinet{content: "%PDF", task: identity.UploadTask{PaxosID: "px", DocumentUpload: identity.DocumentUpload{
			ID: "u-1", Name: "a.pdf", Types: []string{"CURP"}, ContentType: "application/pdf", State: identity.FileQueued,
		}}}
		tc.change(c)
		require.NoError(t, documentsOf(c).Send(t.Context(), queue.Job{Subject: "u-1", Attempts: 1}), name)
		require.Equal(t, tc.want, c.did, name)
		if tc.again > 0 {
			require.Equal(t, noon.Add(tc.again), c.again, name)
		}
	}
}

func TestLookAtDocuments(t *testing.T) {
	t.Parallel()
	gone := noon
	for name, tc := range map[string]struct {
		c    cabinet
		want []string
		err  fault.Kind
	}{
		"asked":                 {cabinet{asked: identity.Identity{PaxosID: "px"}}, []string{"listed CURP"}, ""},
		"erased":                {cabinet{asked: identity.Identity{PaxosID: "px", ErasedAt: &gone}}, []string{"finished"}, ""},
		"not at Paxos":          {cabinet{}, []string{"finished"}, ""},
		"no such case":          {cabinet{begin: code(fault.NotFound, "")}, []string{"finished"}, ""},
		"Paxos does not answer": {cabinet{asked: identity.Identity{PaxosID: "px"}, list: code(fault.Unavailable, "")}, nil, fault.Unavailable},
	} {
		err := documentsOf(&tc.c).Look(t.Context(), queue.Job{})
		require.Equal(t, tc.err, fault.KindOf(err), name)
		require.Equal(t, tc.want, tc.c.did, name)
	}
}

// Trouble of the line, of Paxos or of our scopes never parks a look, however long it lasts; what nothing is known to mend does.
func TestALookOutlastsTrouble(t *testing.T) {
	t.Parallel()
	for kind, pause := range map[fault.Kind]time.Duration{
		fault.Lost: time.Second, fault.Unavailable: time.Second, fault.Unauthenticated: 5 * time.Minute, fault.Forbidden: 5 * time.Minute,
	} {
		c := cabinet{asked: identity.Identity{PaxosID: "px"}, list: code(kind, "")}
		err := documentsOf(&c).Look(t.Context(), queue.Job{Attempts: 12})
		retry, ok := errors.AsType[*queue.Retry](err)
		require.True(t, ok, kind)
		require.Equal(t, noon.Add(pause), retry.At, kind)
		require.Equal(t, kind, fault.KindOf(err))
	}
	for _, kind := range []fault.Kind{fault.NotFound, fault.Internal} {
		c := cabinet{asked: identity.Identity{PaxosID: "px"}, list: code(kind, "")}
		err := documentsOf(&c).Look(t.Context(), queue.Job{Attempts: 12})
		require.Equal(t, c.list, err)
	}
	c := cabinet{asked: identity.Identity{PaxosID: "px"}, list: code(fault.Throttled, "")}
	_, ok := errors.AsType[*queue.PutOff](documentsOf(&c).Look(t.Context(), queue.Job{Attempts: 12}))
	require.True(t, ok)
}

func TestKeepDocuments(t *testing.T) {
	t.Parallel()
	c := &cabinet{held: []string{"u-1", "u-2"}}
	d := documentsOf(c)
	require.NoError(t, d.Tidy(t.Context()))
	require.NoError(t, d.KeepOnce(t.Context()))
	require.Equal(t, []string{"sweep all but u-1 u-2 idle for 0s", "expire before 2026-03-01T12:00:00Z", "sweep all but u-1 u-2 idle for 1m0s"}, c.did)
}
