package emulator

import (
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// longestFileName is how many characters the name of a document may have.
const longestFileName = 260

// uploadLife is how long an upload address is good for.
const uploadLife = 15 * time.Minute

// document is one file of an identity: announced first, there once its bytes
// came. The bytes are not kept. Names count as personal data.
type document struct {
	FileID    string    `json:"file_id"`
	Name      string    `json:"name"`
	Types     []string  `json:"types"`
	CreatedAt time.Time `json:"created_at"`
	// Token is the SHA-256 of what makes the upload address unguessable.
	Token      string    `json:"token"`
	ExpiresAt  time.Time `json:"expires_at"`
	UploadedAt time.Time `json:"uploaded_at,omitzero"`
	Size       int64     `json:"size,omitempty"`
	SHA256     string    `json:"sha256,omitempty"`
}

func (d document) uploaded() bool { return !d.UploadedAt.IsZero() }

// holdsName says that the name is used: by a file, or by an address that still
// waits for one.
func (d document) holdsName(now time.Time) bool { return d.uploaded() || now.Before(d.ExpiresAt) }

// documentAnswer is a document as the API answers it.
type documentAnswer struct {
	FileID    string    `json:"file_id"`
	Name      string    `json:"name"`
	Types     []string  `json:"document_types"`
	CreatedAt time.Time `json:"created_at"`
}

type documentsAnswer struct {
	Documents []documentAnswer `json:"documents"`
	Pending   []string         `json:"pending_documents,omitempty"`
}

func (e *Emulator) listDocuments(r *http.Request) (any, error) {
	withPending, err := flag(r.URL.Query(), "include_pending_docs")
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	rec := e.data.byID[r.PathValue("id")]
	if rec == nil {
		return nil, notFound("identity")
	}
	out := documentsAnswer{Documents: []documentAnswer{}}
	for _, d := range rec.details.Documents {
		if d.uploaded() {
			out.Documents = append(out.Documents, documentAnswer{d.FileID, d.Name, d.Types, d.CreatedAt})
		}
	}
	if withPending {
		out.Pending = rec.pendingDocuments()
	}
	return out, nil
}

// documentBody is what asks for an upload address.
type documentBody struct {
	Name  string   `json:"name"`
	Types []string `json:"document_types"`
}

func (b documentBody) check() error {
	if strings.TrimSpace(b.Name) == "" || utf8.RuneCountInString(b.Name) > longestFileName {
		return badRequest("must provide a file name, up to %d characters", longestFileName)
	}
	for _, typ := range b.Types {
		if err := oneOf("document_types", typ, "document_types")(); err != nil {
			return err
		}
	}
	return nil
}

type uploadAnswer struct {
	FileID string `json:"file_id"`
	Name   string `json:"name"`
	URL    string `json:"upload_url"`
}

// askUpload is the first of the two steps of an upload. The name is used from
// then on, until the address expires without a file.
func (e *Emulator) askUpload(r *http.Request) (any, error) {
	var body documentBody
	if err := decode(r, &body); err != nil {
		return nil, err
	}
	if err := body.check(); err != nil {
		return nil, err
	}
	token, err := newUploadToken()
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	rec, now := e.data.byID[r.PathValue("id")], e.now()
	if rec == nil {
		return nil, notFound("identity")
	}
	if rec.usesName(body.Name, now) {
		return nil, nameUsed(body.Name)
	}
	doc := document{
		FileID: e.newID(), Name: body.Name, Types: body.Types, CreatedAt: now, Token: hashed(token), ExpiresAt: now.Add(uploadLife),
	}
	e.setDocuments(rec, append(e.withoutExpired(rec, now), doc))
	e.changed()
	return uploadAnswer{FileID: doc.FileID, Name: doc.Name, URL: uploadAddress(r, token)}, nil
}

// setDocuments replaces the documents of a record. The caller holds the lock.
func (e *Emulator) setDocuments(rec *record, all []document) {
	e.data.unindex(rec)
	d := rec.details
	d.Documents = all
	rec.setDetails(d)
	e.data.index(rec)
}

// withoutExpired forgets addresses that nobody used in time.
func (e *Emulator) withoutExpired(rec *record, now time.Time) []document {
	return slices.DeleteFunc(slices.Clone(rec.details.Documents), func(d document) bool { return !d.holdsName(now) })
}

func (r *record) usesName(name string, now time.Time) bool {
	return slices.ContainsFunc(r.details.Documents, func(d document) bool { return d.Name == name && d.holdsName(now) })
}

func nameUsed(name string) error {
	p := refuse(http.StatusConflict, "file named %q already exists", name)
	p.Type, p.Title = alreadyExistsType, "Already Exists"
	p.Meta = map[string]any{"existing": map[string]string{"name": name}}
	return p
}

// usualDocuments are asked for where a command names none.
func usualDocuments() []string { return []string{"PROOF_OF_FUNDS", "PROOF_OF_RESIDENCY"} }

// pendingDocuments are the types asked for of which no file came since.
func (r *record) pendingDocuments() []string {
	if !r.awaitsDocuments() {
		return nil
	}
	var out []string
	for _, typ := range r.askedDocuments() {
		came := slices.ContainsFunc(r.details.Documents, func(d document) bool {
			return d.uploaded() && !d.UploadedAt.Before(r.AskedAt) && slices.Contains(d.Types, typ)
		})
		if !came {
			out = append(out, typ)
		}
	}
	return out
}

func (r *record) awaitsDocuments() bool {
	return slices.ContainsFunc(r.Requirements, func(q requirement) bool { return q.Type == reqEDD && q.Awaiting == awaitClient })
}

// askedDocuments are the types asked for; a state file of before they were kept has none.
func (r *record) askedDocuments() []string {
	if len(r.Asked) == 0 {
		return usualDocuments()
	}
	return r.Asked
}

// takeDocuments gives the move to Paxos once every document asked for is there,
// and plans its decision. The caller holds the lock.
func (e *Emulator) takeDocuments(rec *record, now time.Time) {
	if !rec.awaitsDocuments() || len(rec.pendingDocuments()) > 0 {
		return
	}
	rec.require(requirement{Type: reqEDD, Status: statusPending, Awaiting: awaitPaxos})
	rec.touch(now)
	rec.Plan = []step{{At: now.Add(e.opts.DecideAfter), Do: rec.afterDocuments()}}
	e.schedule(rec)
}

// afterDocuments is what Paxos decides: a person whose surname rehearses it is
// asked a second time.
func (r *record) afterDocuments() string {
	if p := r.details.Person; p != nil && strings.HasPrefix(p.LastName, twicePrefix) && !r.AskedAgain {
		return actRefuseDocuments
	}
	return actApprove
}

// refuseDocuments does not accept what came and asks again.
func (e *Emulator) refuseDocuments(rec *record, at time.Time) {
	rec.AskedAgain = true
	e.askDocuments(rec, statusFailed, failure("document_verification_failed", "The documents were not accepted"), at)
}
