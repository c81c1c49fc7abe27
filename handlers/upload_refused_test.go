package handlers_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/handlers"
	"identitydesk/internal/access"
)

// passport is a form with a file of more than a request may hold in memory, as a browser sends it bit by bit.
type passport struct {
	head, tail io.Reader
	left       int
	read       int
	folder     string // in which nothing may ever lie
	found      []string
}

func newPassport(folder string) *passport {
	const boundary = "--x\r\nContent-Disposition: form-data; name="
	return &passport{
		head: strings.NewReader(boundary + "\"back\"\r\n\r\n/queue?lane=action\r\n" + boundary + "\"file\"; filename=\"passport.pdf\"\r\n\r\n%PDF-1.7 "),
		tail: strings.NewReader("\r\n--x--\r\n"), left: 80 << 20, folder: folder,
	}
}

// Read looks into the folder at the end of the file: what is spooled is taken away again with the request.
func (p *passport) Read(b []byte) (int, error) {
	n, err := p.head.Read(b)
	if n == 0 && p.left > 0 {
		n, err = min(len(b), p.left), nil
		clear(b[:n])
		p.left -= n
	} else if n == 0 {
		n, err = p.tail.Read(b)
		lies, _ := os.ReadDir(p.folder)
		for _, f := range lies {
			p.found = append(p.found, f.Name())
		}
	}
	p.read += n
	return n, err
}

// A file that may not be taken in is not read, and lies nowhere in clear meanwhile.
func TestARefusedUploadIsNotReadAtAll(t *testing.T) {
	d := boot(t)
	ana := d.as(access.Analyst)
	failed := strings.TrimPrefix(d.failed(ana), "/identities/")
	h, err := handlers.New(d.options())
	require.NoError(t, err)
	at, err := url.Parse(d.url)
	require.NoError(t, err)
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	file := newPassport(folder)
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/identities/"+failed+"/documents", file)
	r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	for _, cookie := range ana.client.Jar.Cookies(at) {
		r.AddCookie(cookie)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	require.Equal(t, http.StatusConflict, w.Code)
	require.Contains(t, w.Body.String(), "Paxos does not hold this identity yet")
	require.Empty(t, file.found)
	require.Zero(t, file.read)
}
