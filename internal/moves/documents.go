package moves

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"time"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/queue"
)

// The kinds of jobs about documents, which must be run without a limit of attempts (UploadKind) and with one (DocumentsKind), behind the
// gate that closes while Paxos throttles the desk.
const (
	UploadKind    = "upload"    // its subject is a file
	DocumentsKind = "documents" // its subject is our id of a case
)

// filesAtOnce is how many files go to Paxos side by side: one can take minutes, and others wait for the same workers.
const filesAtOnce = 2

// filesPause is how long a file waits where others are on their way.
const filesPause = 2 * time.Second

// files is what sending documents needs of the cache; every method is all or nothing.
type files interface {
	BeginUpload(ctx context.Context, job queue.Job) (identity.UploadTask, error)
	UploadAnnounced(ctx context.Context, job queue.Job, to identity.Upload) error
	UploadAddressGone(ctx context.Context, job queue.Job, again time.Time) error
	UploadMissed(ctx context.Context, job queue.Job, again time.Time, lost bool, code string) error
	UploadPutOff(ctx context.Context, job queue.Job, until time.Time, why string) error
	UploadRefused(ctx context.Context, job queue.Job, code, text string) error
	UploadDone(ctx context.Context, job queue.Job) error
	ApplyDocuments(ctx context.Context, job queue.Job, list identity.DocumentList) error
	Identity(ctx context.Context, id string) (identity.Identity, error)
	FinishJob(ctx context.Context, job queue.Job) error
	HeldUploads(ctx context.Context) ([]string, error)
	ExpireUploads(ctx context.Context, before time.Time, limit int) (expired int, err error)
}

// spool holds the content of the files.
type spool interface {
	Content(ctx context.Context, f identity.SpooledFile) (io.ReadCloser, error)
	Remove(ctx context.Context, ids ...string) error
	Sweep(ctx context.Context, keep []string, idle time.Duration) (removed int, err error)
}

// storage is Paxos, as far as it takes documents.
type storage interface {
	StartUpload(ctx context.Context, paxosID, name string, types []string) (identity.Upload, error)
	PutFile(ctx context.Context, to identity.UploadURL, contentType string, size int64, file io.Reader) error
	Documents(ctx context.Context, paxosID string) (uploaded []identity.Document, pending []string, err error)
}

// DocumentOptions are what [Documents] need.
type DocumentOptions struct {
	Store   files
	Spool   spool
	Paxos   storage
	Backoff func(attempts int) time.Duration // [queue.Backoff] where nil
	Now     func() time.Time                 // time.Now where nil
	Log     *slog.Logger                     // slog.Default where nil
}

// Documents send to Paxos the files that people gave the desk, in two steps: ask for an address under the file's name, then put the
// content there. Each step's outcome is stored before the next begins, so that a desk which is killed goes on where it was.
type Documents struct {
	o      DocumentOptions
	places chan struct{} // one for each file on its way
}

// NewDocuments makes a sender of documents.
func NewDocuments(o DocumentOptions) *Documents {
	if o.Backoff == nil {
		o.Backoff = queue.Backoff
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Documents{o: o, places: make(chan struct{}, filesAtOnce)}
}

// Send makes one attempt at sending one file: both steps, or the second alone where the first is done.
func (d *Documents) Send(ctx context.Context, job queue.Job) error {
	select {
	case d.places <- struct{}{}:
		defer func() { <-d.places }()
	default:
		return &queue.PutOff{Until: d.o.Now().Add(filesPause), Cause: &fault.Error{Kind: fault.Unavailable, Code: "files_under_way"}}
	}
	task, err := d.o.Store.BeginUpload(ctx, job)
	if err != nil {
		if fault.From(err).Code == identity.FileGone {
			return d.refuse(ctx, job, identity.FileGone, "")
		}
		return err
	}
	if !task.State.Open() { // taken back meanwhile: the job has ended with it
		return nil
	}
	content, err := d.o.Spool.Content(ctx, task.File)
	if err != nil {
		return d.unread(ctx, job, err)
	}
	defer func() { _ = content.Close() }()
	if task.URL == "" {
		to, err := d.o.Paxos.StartUpload(ctx, task.PaxosID, task.Name, task.Types)
		if err != nil {
			return d.notAnnounced(ctx, job, fault.From(err))
		}
		if err := d.announced(ctx, job, to); err != nil {
			return err
		}
		task.URL = to.URL
		task.Addresses++
	}
	return d.put(ctx, job, task, content)
}

// announced stores where the content goes, also where the desk is stopping: without it the name would be used and nothing there.
func (d *Documents) announced(ctx context.Context, job queue.Job, to identity.Upload) error {
	ctx, done := queue.Unhurried(ctx)
	defer done()
	return d.o.Store.UploadAnnounced(ctx, job, to)
}

// put makes the second step.
func (d *Documents) put(ctx context.Context, job queue.Job, task identity.UploadTask, content io.Reader) error {
	read := &remembering{from: content}
	err := d.o.Paxos.PutFile(ctx, task.URL, task.ContentType, task.Size, read)
	switch f := fault.From(err); {
	case err == nil:
		return d.done(ctx, job)
	case read.err != nil:
		return d.unread(ctx, job, read.err)
	case f.Throttles():
		return d.putOff(ctx, job, f)
	case f.Code == identity.UploadExpired && task.Addresses < identity.MostUploadAddresses:
		return d.addressGone(ctx, job, f)
	case f.Kind == fault.Invalid, f.Kind == fault.TooLarge, f.Kind == fault.Conflict:
		return d.refuse(ctx, job, f.Code, "")
	case f.Code == "upload_address":
		return d.refuse(ctx, job, identity.FileRefused, f.Text)
	default: // what is lost is put again: it replaces itself
		return d.miss(ctx, job, f, false)
	}
}

// remembering is a reader that knows what went wrong with it.
type remembering struct {
	from io.Reader
	err  error
}

// Read reads on.
func (r *remembering) Read(p []byte) (int, error) {
	n, err := r.from.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		r.err = err
	}
	return n, err
}

// notAnnounced decides what a first step that did not succeed means.
func (d *Documents) notAnnounced(ctx context.Context, job queue.Job, f *fault.Error) error {
	if f.Throttles() {
		return d.putOff(ctx, job, f)
	}
	switch f.Kind {
	case fault.Conflict:
		return d.refuse(ctx, job, f.Code, "")
	case fault.Invalid, fault.TooLarge, fault.NotFound:
		return d.refuse(ctx, job, identity.Refused, f.Text)
	case fault.Forbidden:
		return d.refuse(ctx, job, identity.ScopeMissing, f.Text)
	case fault.Unavailable, fault.Unauthenticated:
		return d.miss(ctx, job, f, false)
	default: // Lost: Paxos may hold the name now
		return d.miss(ctx, job, f, true)
	}
}

// unread is content that cannot be read: not just now, or not any more.
func (d *Documents) unread(ctx context.Context, job queue.Job, err error) error {
	f := fault.From(err)
	if f.Code == identity.FileGone {
		return d.refuse(ctx, job, identity.FileGone, "")
	}
	return d.miss(ctx, job, f, false)
}

func (d *Documents) done(ctx context.Context, job queue.Job) error {
	ctx, done := queue.Unhurried(ctx)
	defer done()
	if err := d.o.Store.UploadDone(ctx, job); err != nil {
		return err
	}
	d.o.Log.Info("a document is at paxos", "file", job.Subject, "attempts", job.Attempts)
	if err := d.o.Spool.Remove(ctx, job.Subject); err != nil { // it is swept later, and nobody can read it any more
		d.o.Log.Warn("the content of a document could not be let go yet", "file", job.Subject, "error", fault.Describe(err))
	}
	return nil
}

func (d *Documents) refuse(ctx context.Context, job queue.Job, code, text string) error {
	ctx, done := queue.Unhurried(ctx)
	defer done()
	d.o.Log.Warn("a document failed", "file", job.Subject, "attempts", job.Attempts, "code", code)
	return d.o.Store.UploadRefused(ctx, job, code, text)
}

func (d *Documents) addressGone(ctx context.Context, job queue.Job, f *fault.Error) error {
	ctx, done := queue.Unhurried(ctx)
	defer done()
	d.o.Log.Info("the address for a document is not good any more", "file", job.Subject, "attempts", job.Attempts)
	return d.o.Store.UploadAddressGone(ctx, job, f.Again(d.o.Now(), d.o.Backoff(job.Attempts)))
}

// miss notes a step that came to nothing that is known. lost says that Paxos may hold the name.
func (d *Documents) miss(ctx context.Context, job queue.Job, f *fault.Error, lost bool) error {
	ctx, done := queue.Unhurried(ctx)
	defer done()
	d.o.Log.Warn("a document waits", "file", job.Subject, "attempts", job.Attempts, "error", fault.Describe(f))
	return d.o.Store.UploadMissed(ctx, job, f.Again(d.o.Now(), d.o.Backoff(job.Attempts)), lost, fault.Describe(f))
}

func (d *Documents) putOff(ctx context.Context, job queue.Job, f *fault.Error) error {
	ctx, done := queue.Unhurried(ctx)
	defer done()
	at := f.Again(d.o.Now(), d.o.Backoff(job.Attempts))
	d.o.Log.Info("a document waits while paxos throttles the desk", "file", job.Subject, "until", at)
	return d.o.Store.UploadPutOff(ctx, job, at, fault.Describe(f))
}

// Look asks Paxos which documents it holds of a case and which it waits for.
func (d *Documents) Look(ctx context.Context, job queue.Job) error {
	i, err := d.o.Store.Identity(ctx, job.Subject)
	if fault.KindOf(err) == fault.NotFound || err == nil && (i.PaxosID == "" || i.ErasedAt != nil) {
		return d.o.Store.FinishJob(ctx, job)
	}
	if err != nil {
		return err
	}
	asked := d.o.Now()
	uploaded, pending, err := d.o.Paxos.Documents(ctx, i.PaxosID)
	if err != nil {
		return notTold(err, d.o.Now(), d.o.Backoff(job.Attempts))
	}
	return d.o.Store.ApplyDocuments(ctx, job, identity.ListOf(uploaded, pending, asked))
}

// notTold says what becomes of a look that Paxos did not answer. Trouble that passes never parks it: nobody would look at it there.
func notTold(err error, now time.Time, pause time.Duration) error {
	f := fault.From(err)
	switch {
	case f.Throttles():
		return &queue.PutOff{Until: f.Again(now, pause), Cause: f}
	case f.Kind == fault.Lost, f.Kind == fault.Unavailable, f.Kind == fault.Unauthenticated, f.Kind == fault.Forbidden:
		return &queue.Retry{At: f.Again(now, pause), Cause: f}
	}
	return err
}
