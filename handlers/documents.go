package handlers

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/onboarding"
	"identitydesk/views"
)

const (
	// mostFiles is how many files one request may bring.
	mostFiles = 20
	// largestUpload is how many bytes it may have: so many files, each of the largest size, and what stands between them.
	largestUpload = mostFiles*identity.LargestDocument + maxForm
	// filesPause is how long nothing of a file may come before it is given up.
	filesPause = 30 * time.Second
	// maxPart is how many bytes a part of the form may have that is no file.
	maxPart = 1 << 10
	// partCost is what such a part takes in memory beside its name and its value, at most.
	partCost = 256
)

// upload takes files in for Paxos as they come: none is ever in memory as a whole. What kind a file is stands before it in the form.
// A file that is refused does not keep the others from being taken in.
func (s *server) upload(c echo.Context) error {
	ctx, id := c.Request().Context(), c.Param("id")
	if err := s.Desk.MayUpload(ctx, actor(c), id); err != nil {
		hearOut(c)
		return s.sentBack(c, err, fault.Conflict)
	}
	b := batch{form: url.Values{}}
	err := s.takeFiles(c, &b)
	c.Request().PostForm = b.form
	if err != nil || b.full {
		hearOut(c)
	}
	if err == nil && b.taken+len(b.refused) == 0 {
		err = fault.Fields("Nothing was uploaded.", map[string]string{"file": "Choose a file."})
	}
	if err != nil {
		return s.sentBack(c, err, fault.Invalid, fault.Conflict, fault.Malformed, fault.TooLarge, fault.Unavailable)
	}
	if len(b.refused) > 0 {
		return s.someRefused(c, b)
	}
	return s.acted(c, id, uploaded.counted(b.taken))
}

// batch is what one request has brought so far.
type batch struct {
	form    url.Values // what is no file; of the kinds of documents the last
	held    int        // bytes of what is no file, by a generous count
	types   []string   // of the files that come next
	fresh   bool       // a type that comes now begins anew
	files   int
	full    bool // no more files are read
	taken   int
	refused []refusedFile
}

// refusedFile is a file that was not taken in, and why.
type refusedFile struct {
	n    int    // its place among those of the request, from 1
	name string // for the page of who sent it, and nothing else
	why  *fault.Error
}

// takeFiles reads the parts of a form one after the other.
func (s *server) takeFiles(c echo.Context, b *batch) error {
	r := c.Request()
	patient := &patience{from: http.MaxBytesReader(c.Response(), r.Body, largestUpload), control: http.NewResponseController(c.Response())}
	r.Body = patient
	defer patient.end()
	parts, err := r.MultipartReader()
	if err != nil {
		return echo.ErrUnsupportedMediaType
	}
	for !b.full {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) && errors.Unwrap(err) == nil { // one that is wrapped is a form without its end
			return nil
		}
		if err != nil {
			return cutShort(err, b)
		}
		if err := s.takePart(c, part, b); err != nil {
			return err
		}
	}
	return nil
}

// cutShort is a body that ended early, or was too long. What had come whole before is taken in.
func cutShort(err error, b *batch) error {
	kept := "Nothing was uploaded."
	if b.taken > 0 {
		kept = fmt.Sprintf("%s taken in before that.", wasOrWere(b.taken))
	}
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return fault.New(fault.TooLarge, fmt.Sprintf("These are more files than one upload may bring (%d of 100 MB). %s Send the others by themselves.", mostFiles, kept))
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return fault.New(fault.Malformed, "Nothing more came for half a minute. "+kept)
	}
	return fault.Wrap(fault.Malformed, "The upload ended early. "+kept, err)
}

func wasOrWere(n int) string {
	if n == 1 {
		return "1 file was"
	}
	return strconv.Itoa(n) + " files were"
}

func (s *server) takePart(c echo.Context, part *multipart.Part, b *batch) error {
	if part.FormName() == "file" {
		return s.takeFile(c, part, b)
	}
	value, err := io.ReadAll(io.LimitReader(part, maxPart+1))
	if err != nil {
		return cutShort(err, b)
	}
	if len(value) > maxPart || !isText(string(value)) || !isText(part.FormName()) {
		return fault.New(fault.Malformed, "The form cannot be read.")
	}
	if b.held += partCost + len(part.FormName()) + len(value); b.held > maxForm {
		return fault.New(fault.TooLarge, fmt.Sprintf("The form is larger than %d KiB beside its files.", maxForm>>10))
	}
	b.form.Set(part.FormName(), string(value))
	if part.FormName() != "document_types" {
		return nil
	}
	if b.fresh {
		b.types, b.fresh = nil, false
	}
	b.types = append(b.types, string(value))
	return nil
}

// takeFile takes one file in. A field without a file is no file.
func (s *server) takeFile(c echo.Context, part *multipart.Part, b *batch) error {
	b.fresh = true
	if part.FileName() == "" {
		return nil
	}
	if b.files++; b.files > mostFiles {
		b.full = true
		b.refused = append(b.refused, refusedFile{n: b.files, name: part.FileName(), why: fault.New(fault.TooLarge,
			fmt.Sprintf("One upload brings up to %d files. Send this one and the others by themselves.", mostFiles))})
		return nil
	}
	_, err := s.Desk.Upload(c.Request().Context(), actor(c), c.Param("id"), onboarding.FileGiven{Name: part.FileName(), Types: b.types, Content: part})
	if err == nil {
		b.taken++
		return nil
	}
	switch f := fault.From(err); f.Kind {
	case fault.Invalid, fault.Unavailable:
		b.refused = append(b.refused, refusedFile{n: b.files, name: part.FileName(), why: f})
		return nil
	case fault.Malformed:
		return cutShort(f.Cause, b)
	default:
		return err
	}
}

// someRefused answers where some files were taken in and others not. A script learns of each by its place, since a name is personal.
func (s *server) someRefused(c echo.Context, b batch) error {
	f := &fault.Error{Kind: fault.Invalid, Text: refusedText(b), Fields: map[string]string{}}
	for _, r := range b.refused {
		if r.why.Kind == fault.Unavailable || r.why.Kind == fault.TooLarge {
			f.Kind = r.why.Kind
		}
		f.Fields["file "+strconv.Itoa(r.n)] = whyRefused(r.why)
	}
	if wantsJSON(c) {
		return f
	}
	page, err := s.caseAgain(c, func(p *views.CasePage) {
		p.Refused = views.Refusal{Act: "documents", Text: f.Text, Errors: map[string]string{}, Typed: typed(c)}
		for _, r := range b.refused {
			name := r.name
			if p.Refused.Errors[name] != "" {
				name = fmt.Sprintf("%s (file %d)", r.name, r.n)
			}
			p.Refused.Errors[name] = whyRefused(r.why)
		}
	})
	if err != nil {
		return err
	}
	return html(c, statusOf(f.Kind), page)
}

func refusedText(b batch) string {
	if b.taken == 0 {
		return "Nothing was uploaded."
	}
	return wasOrWere(b.taken) + " taken in, " + wasOrWere(len(b.refused)) + " not."
}

// whyRefused is why a file was not taken in, and what to do.
func whyRefused(f *fault.Error) string {
	for _, name := range []string{"file", "name", "document_types"} {
		if why := f.Fields[name]; why != "" {
			return why
		}
	}
	return f.Text
}

// patience reads a body for as long as something comes, however long that takes in all.
type patience struct {
	from    io.ReadCloser
	control *http.ResponseController
	until   time.Time // however much comes; zero for no such moment
}

// Read reads on. Where no deadline can be set, the server's own holds.
func (p *patience) Read(b []byte) (int, error) {
	end := time.Now().Add(filesPause)
	if !p.until.IsZero() && p.until.Before(end) {
		end = p.until
	}
	_ = p.control.SetReadDeadline(end)
	return p.from.Read(b)
}

// Close closes the body.
func (p *patience) Close() error { return p.from.Close() }

// end gives the answer its own time.
func (p *patience) end() {
	_ = p.control.SetReadDeadline(time.Time{})
	_ = p.control.SetWriteDeadline(time.Now().Add(filesPause))
}

// sendAgain has a file that failed sent again, under another name where one was typed.
func (s *server) sendAgain(c echo.Context) error {
	err := s.Desk.UploadAgain(c.Request().Context(), actor(c), c.Param("id"), c.Param("file"), posted(c, "name"))
	return s.worked(c, err, sentAgain)
}

// removeFile takes a file back.
func (s *server) removeFile(c echo.Context) error {
	return s.worked(c, s.Desk.RemoveUpload(c.Request().Context(), actor(c), c.Param("id"), c.Param("file")), tookFileBack)
}

// documentJSON is one type of document of a case. File names stand on the page alone.
type documentJSON struct {
	Type  string     `json:"type"`
	Asked bool       `json:"asked"`
	State string     `json:"state"` // missing, uploading, failed, uploaded
	Files []fileJSON `json:"files"`
}

type fileJSON struct {
	ID          string     `json:"id"`
	State       string     `json:"state"` // queued, announced, done, failed
	Code        *string    `json:"code"`
	Size        int64      `json:"size"`
	By          string     `json:"by"`
	At          *time.Time `json:"at"`
	AnnouncedAt *time.Time `json:"announced_at"`
	EndedAt     *time.Time `json:"ended_at"`
	FileID      *string    `json:"file_id"` // Paxos'
}

func toDocument(l identity.CheckLine) documentJSON {
	return documentJSON{Type: l.Type, Asked: l.Asked, State: string(l.State), Files: each(l.Uploads, func(u identity.DocumentUpload) fileJSON {
		return fileJSON{
			ID: u.ID, State: string(u.State), Code: orNull(u.Code), Size: u.Size, By: u.By, At: utc(&u.At), AnnouncedAt: utc(u.AnnouncedAt),
			EndedAt: utc(u.EndedAt), FileID: orNull(u.FileID),
		}
	})}
}

func documentsView(d onboarding.CaseDocuments) views.Documents {
	return views.Documents{Checklist: d.Checklist, AsOf: d.ListedAt, CanUpload: d.CanUpload}
}
