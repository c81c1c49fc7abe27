package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/emulator"
	"identitydesk/internal/identity"
)

// given is a file with what it is.
type given struct{ kind, name, content string }

func pdf(kind, name string) given { return given{kind, name, "%PDF-1.7 invented " + name} }

func (g given) sum() string {
	sum := sha256.Sum256([]byte(g.content))
	return hex.EncodeToString(sum[:])
}

// filesForm is a form as a browser sends it.
func filesForm(t *testing.T, files ...given) (contentType string, body *bytes.Buffer) {
	t.Helper()
	body = &bytes.Buffer{}
	w := multipart.NewWriter(body)
	for _, f := range files {
		require.NoError(t, w.WriteField("document_types", f.kind))
		part, err := w.CreateFormFile("file", f.name)
		require.NoError(t, err)
		_, err = io.WriteString(part, f.content)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return w.FormDataContentType(), body
}

// upload sends files as a browser without JavaScript does.
func (p *person) upload(caseID string, files ...given) (*http.Response, string) {
	p.t.Helper()
	kind, body := filesForm(p.t, files...)
	req, err := http.NewRequestWithContext(p.t.Context(), http.MethodPost, p.desk.URL+"/identities/"+caseID+"/documents", body)
	require.NoError(p.t, err)
	req.Header.Set("Content-Type", kind)
	req.Header.Set("Origin", p.desk.URL)
	return p.do(req)
}

// documentsJSON is what a script reads of a case's documents.
type documentsJSON struct {
	Move      string
	Status    *string
	Documents []struct {
		Type, State string
		Asked       bool
		Files       []struct {
			ID, State, By string
			Code          *string
			AnnouncedAt   *time.Time `json:"announced_at"`
			EndedAt       *time.Time `json:"ended_at"`
		}
	}
	History []struct{ Kind string }
}

// checklist waits until the documents of a case stand as is told, such as "PROOF_OF_FUNDS uploaded".
func (p *person) checklist(caseID string, want ...string) documentsJSON {
	p.t.Helper()
	var c documentsJSON
	p.eventually("documents "+strings.Join(want, ", "), func() (bool, any) {
		c = documentsJSON{}
		p.json("/identities/"+caseID, &c)
		var got []string
		for _, d := range c.Documents {
			got = append(got, d.Type+" "+d.State)
		}
		return strings.Join(got, ", ") == strings.Join(want, ", "), c
	})
	return c
}

const (
	fundsDoc = "PROOF_OF_FUNDS"
	homeDoc  = "PROOF_OF_RESIDENCY"
)

func showcase(o *emulator.Options) { o.Showcase, o.SeedCount = true, -1 }

// held is what Paxos has of a showcase's documents, by hash.
func (f *faulty) held(refID string) map[string][]emulator.TrueDocument {
	out := map[string][]emulator.TrueDocument{}
	for _, r := range f.paxos.Truth() {
		if r.RefID == refID {
			for _, d := range r.Documents {
				out[d.SHA256] = append(out[d.SHA256], d)
			}
		}
	}
	return out
}

// TestDocumentsWalk: Paxos asks for two documents; both are uploaded, and a third that is none is refused by itself; the move
// changes hands, and Paxos decides. Nothing of the content is left.
func TestDocumentsWalk(t *testing.T) {
	t.Parallel()
	desk := bootFaulty(t, func(o *emulator.Options) { showcase(o); o.DecideAfter = time.Hour })
	ana := desk.ana
	id := ana.caseOf("demo-documents-asked").ID
	ana.checklist(id, fundsDoc+" missing", homeDoc+" missing")
	funds, home := pdf(fundsDoc, "Bank statement of May.pdf"), given{homeDoc, "bill.png", "\x89PNG\r\n\x1a\n" + strings.Repeat("invented", 400_000)}
	resp, body := ana.upload(id, funds, given{"OTHER_DOCUMENTS", "notes.txt", "just words"}, home)
	require.Equal(t, http.StatusUnprocessableEntity, resp.StatusCode)
	require.Contains(t, body, "notes.txt")
	require.Contains(t, body, "2 files were taken in, 1 file was not.")
	c := ana.checklist(id, fundsDoc+" uploaded", homeDoc+" uploaded")
	for _, d := range c.Documents {
		require.Equal(t, "ana", d.Files[0].By)
		require.NotNil(t, d.Files[0].AnnouncedAt)
		require.NotNil(t, d.Files[0].EndedAt)
	}
	held := desk.held("demo-documents-asked")
	require.Len(t, held[funds.sum()], 1)
	require.Equal(t, []string{fundsDoc}, held[funds.sum()][0].Types)
	require.Len(t, held[home.sum()], 1)
	require.EqualValues(t, len(home.content), held[home.sum()][0].Size)
	ana.eventually("the move is Paxos'", func() (bool, any) {
		var c caseJSON
		ana.json("/identities/"+id, &c)
		return c.Move == string(identity.Paxos), c
	})
	require.NoError(t, desk.paxos.Act("demo-documents-asked", "approve"))
	ana.becomes(id, "APPROVED")
	page := ana.page("/identities/" + id)
	require.Contains(t, page.Text(), "Bank statement of May.pdf")
	require.Contains(t, page.Text(), "Document at Paxos")
}
