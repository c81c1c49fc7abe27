package handlers_test

import (
	"bufio"
	"io"
	"net"
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

// A file that may not be taken in is thrown away as it comes, and lies nowhere in clear meanwhile.
func TestARefusedUploadLiesNowhere(t *testing.T) {
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
	require.Greater(t, file.read, 80<<20, "who sends it is heard out")
	require.Empty(t, file.found)

	file = newPassport(folder)
	waits := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/identities/"+failed+"/documents", file)
	waits.Header = r.Header.Clone()
	waits.Header.Set("Expect", "100-continue")
	h.ServeHTTP(httptest.NewRecorder(), waits)
	require.Zero(t, file.read, "what waits to be asked for is not asked for")
}

// Who reads nothing before all is sent, as browsers do, gets the words of a refusal, at the door as well as behind it.
func TestARefusedUploadIsAnswered(t *testing.T) {
	t.Parallel()
	d := boot(t)
	ana, vic := d.as(access.Analyst), d.as(access.Viewer)
	failed, asking := strings.TrimPrefix(d.failed(ana), "/identities/"), d.asking()
	at, err := url.Parse(d.url)
	require.NoError(t, err)
	for says, c := range map[string]struct {
		by         *browser
		id, kind   string
		wantStatus string
	}{
		"Paxos does not hold this identity yet": {ana, failed, "multipart/form-data; boundary=x", "409"},
		"may not do this":                       {vic, asking, "multipart/form-data; boundary=x", "403"},
		"Send the fields as a form":             {ana, asking, "application/pdf", "415"},
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, d.url+"/identities/"+c.id+"/documents", strings.NewReader(strings.Repeat("p", 8<<20)))
		require.NoError(t, err)
		r.Header.Set("Content-Type", c.kind)
		r.Header.Set("Origin", d.url)
		for _, cookie := range c.by.client.Jar.Cookies(at) {
			r.AddCookie(cookie)
		}
		line, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", at.Host)
		require.NoError(t, err)
		require.NoError(t, r.Write(line), says)
		a, err := http.ReadResponse(bufio.NewReader(line), r)
		require.NoError(t, err, says)
		body, err := io.ReadAll(a.Body)
		require.NoError(t, err)
		require.NoError(t, line.Close())
		require.Contains(t, a.Status, c.wantStatus)
		require.Contains(t, string(body), says)
	}
}
