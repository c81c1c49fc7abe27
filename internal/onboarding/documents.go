package onboarding

import (
	"bytes"
	"context"
	"errors"
	"io"
	"time"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// documents is what the documents of a case need of the cache.
type documents interface {
	AddUpload(ctx context.Context, u identity.DocumentUpload, f identity.SpooledFile, e audit.Entry) (identity.DocumentUpload, error)
	Uploads(ctx context.Context, id string) ([]identity.DocumentUpload, error)
	UploadAgain(ctx context.Context, caseID, id, name string, e audit.Entry) error
	RemoveUpload(ctx context.Context, caseID, id string, e audit.Entry) error
	DocumentList(ctx context.Context, id string) (identity.DocumentList, error)
	DocumentsOf(ctx context.Context, ids []string) (map[string]identity.Filed, error)
	LookAtDocuments(ctx context.Context, id string) error
}

// spool keeps the content of files until Paxos has it.
type spool interface {
	Take(ctx context.Context, content io.Reader) (identity.SpooledFile, error)
	Remove(ctx context.Context, ids ...string) error
}

// CaseDocuments are the documents of a case.
type CaseDocuments struct {
	Checklist []identity.CheckLine // names are empty unless the actor may see them
	ListedAt  time.Time            // as of when Paxos told which it holds and waits for; zero before
	CanUpload bool
}

// FileGiven is a file as a person gives it.
type FileGiven struct {
	Name    string
	Types   []string
	Content io.Reader // read once, as it comes
}

// fieldName is the field of a form that holds the name of a file.
const fieldName = "name"

// MayUpload refuses before the first byte is read what [Desk.Upload] would refuse after the last.
func (d *Desk) MayUpload(ctx context.Context, a access.Actor, id string) error {
	if err := permit(a, access.Upload); err != nil {
		return err
	}
	i, err := d.o.Store.Identity(ctx, id)
	if err != nil {
		return err
	}
	return atPaxos(i)
}

// Upload takes a file in for Paxos; the desk sends it by itself. Invalid with fields "name", "document_types" and "file" where Paxos
// would refuse it; Unavailable where there is no room for it. A file that is not taken in leaves nothing behind.
func (d *Desk) Upload(ctx context.Context, a access.Actor, id string, f FileGiven) (identity.DocumentUpload, error) {
	if err := permit(a, access.Upload); err != nil {
		return identity.DocumentUpload{}, err
	}
	head, err := io.ReadAll(io.LimitReader(f.Content, identity.SniffedBytes))
	if err != nil {
		return identity.DocumentUpload{}, cutOff(err)
	}
	about := identity.File{Name: f.Name, Types: f.Types, Size: int64(len(head)), Head: head}
	if wrong := about.Check(); len(wrong) > 0 {
		return identity.DocumentUpload{}, notTaken(wrong)
	}
	kept, err := d.o.Spool.Take(ctx, &bounded{from: io.MultiReader(bytes.NewReader(head), f.Content), left: identity.LargestDocument})
	if errors.Is(err, errTooLarge) {
		about.Size = identity.LargestDocument
		return identity.DocumentUpload{}, notTaken(about.Check())
	}
	if err != nil {
		return identity.DocumentUpload{}, cutOff(err)
	}
	u, err := d.o.Store.AddUpload(ctx, identity.DocumentUpload{
		IdentityID: id, Name: f.Name, Types: f.Types, ContentType: identity.Sniff(head), By: a.UserID,
	}, kept, entry(a, audit.Uploaded, id))
	if err == nil {
		return u, nil
	}
	// Where this fails nobody has the key, and the desk finds the rest by itself.
	_ = d.o.Spool.Remove(context.WithoutCancel(ctx), kept.ID)
	if fault.From(err).Code == identity.FileNameTaken {
		err = notTaken(fault.From(err).Fields)
	}
	return identity.DocumentUpload{}, err
}

func notTaken(wrong map[string]string) error {
	return fault.Fields("The file was not taken in.", wrong)
}

// cutOff is a file that did not come whole; the spool's own troubles stay what they are.
func cutOff(err error) error {
	if _, ours := errors.AsType[*fault.Error](err); ours {
		return err
	}
	return fault.Wrap(fault.Malformed, "The file did not come whole, and nothing of it was kept: choose it again.", err)
}

var errTooLarge = errors.New("a document is too large")

// bounded fails where there is more than may be.
type bounded struct {
	from io.Reader
	left int64 // one more than may come
}

// Read reads on.
func (b *bounded) Read(p []byte) (int, error) {
	if int64(len(p)) > b.left {
		p = p[:b.left]
	}
	n, err := b.from.Read(p)
	if b.left -= int64(n); b.left <= 0 {
		return n, errTooLarge
	}
	return n, err
}

// UploadAgain has a file that failed sent again, under another name where one is given, else the step that failed alone. Invalid with
// field "name"; Conflict where it has not failed or is not here any more.
func (d *Desk) UploadAgain(ctx context.Context, a access.Actor, id, file, name string) error {
	if err := permit(a, access.Upload); err != nil {
		return err
	}
	if name != "" {
		wrong, err := d.wrongName(ctx, id, file, name)
		if err != nil {
			return err
		}
		if wrong != "" {
			return nameRefused(wrong)
		}
	}
	err := d.o.Store.UploadAgain(ctx, id, file, name, entry(a, audit.UploadedAgain, id))
	if f := fault.From(err); err != nil && f.Code == identity.FileNameTaken {
		return nameRefused(f.Fields[fieldName])
	}
	return err
}

func nameRefused(wrong string) error {
	return fault.Fields("The file was not sent again.", map[string]string{fieldName: wrong})
}

// wrongName says what is wrong with a new name of a file.
func (d *Desk) wrongName(ctx context.Context, id, file, name string) (string, error) {
	all, err := d.o.Store.Uploads(ctx, id)
	if err != nil {
		return "", err
	}
	for _, u := range all {
		if u.ID == file {
			return identity.CheckFileName(name, u.ContentType), nil
		}
	}
	return "", nil // the store says that there is none
}

// RemoveUpload takes a file back that Paxos does not have yet.
func (d *Desk) RemoveUpload(ctx context.Context, a access.Actor, id, file string) error {
	if err := permit(a, access.Upload); err != nil {
		return err
	}
	if err := d.o.Store.RemoveUpload(ctx, id, file, entry(a, audit.TookUploadBack, id)); err != nil {
		return err
	}
	_ = d.o.Spool.Remove(context.WithoutCancel(ctx), file) // it cannot be read any more, and is swept where this fails
	return nil
}

// addDocuments adds the checklist. What Paxos holds is asked for where that was never done since documents matter, or
// long ago.
func (d *Desk) addDocuments(ctx context.Context, a access.Actor, c *Case) error {
	i := c.Identity
	uploads, err := d.o.Store.Uploads(ctx, i.ID)
	if err != nil {
		return err
	}
	list, err := d.o.Store.DocumentList(ctx, i.ID)
	if err != nil {
		return err
	}
	if !a.Can(access.ReadNames) {
		for n := range uploads {
			uploads[n].Name, uploads[n].Text = "", ""
		}
	}
	c.Documents = CaseDocuments{
		Checklist: identity.Checklist(i, list, uploads), ListedAt: list.AsOf,
		CanUpload: i.NotAtPaxos() == "" && a.Can(access.Upload),
	}
	c.Advice = c.Advice.AfterUploads(c.Documents.Checklist)
	if i.PaxosID != "" && i.Outdates(list, d.o.Now()) {
		return d.o.Store.LookAtDocuments(ctx, i.ID)
	}
	return nil
}

// advised is the advice on a case of many.
type advised struct {
	to     *identity.Identity
	advice *identity.Advice
}

// afterUploads turns the advice of many cases to what is still to be brought, as the cases themselves tell it. Only what asks for documents is
// looked at.
func (d *Desk) afterUploads(ctx context.Context, of []advised) error {
	var ids []string
	for _, a := range of {
		if a.advice.AsksForDocuments() {
			ids = append(ids, a.to.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	filed, err := d.o.Store.DocumentsOf(ctx, ids)
	if err != nil {
		return err
	}
	for _, a := range of {
		if f, known := filed[a.to.ID]; known && a.advice.AsksForDocuments() {
			*a.advice = a.advice.AfterUploads(identity.Checklist(*a.to, f.List, f.Uploads))
		}
	}
	return nil
}
