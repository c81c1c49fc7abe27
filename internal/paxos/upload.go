package paxos

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync"
	"time"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// uploadTimeout is how long the bytes of one file may take.
const uploadTimeout = 15 * time.Minute

// PutFile sends the bytes of a file, size of them, to the address that [Client.StartUpload] gave. The address is Paxos' storage,
// not its API: no token goes there, and no redirect is followed. It must be https, or loopback where Paxos itself is on loopback.
//
// It is idempotent as long as the address is good: a repeat replaces the file, so that after a Lost answer the same bytes may be sent
// again. An address that is not good any more gives a Conflict of code [identity.UploadExpired]: begin with StartUpload.
// A body that ends early or cannot be read gives Internal of code file_unreadable, and no file has come to Paxos then.
func (c *Client) PutFile(ctx context.Context, to identity.UploadURL, contentType string, size int64, file io.Reader) error {
	if err := c.checkUploadURL(to); err != nil {
		return err
	}
	if err := c.budget.Wait(ctx, c.priority); err != nil {
		return notStarted(err)
	}
	begun := c.now()
	a, err := c.put(ctx, to, contentType, size, file)
	c.logCall(ctx, request{method: http.MethodPut, route: "upload"}, a, err, c.now().Sub(begun))
	if err != nil {
		return err
	}
	return c.uploadRefusal(a)
}

// checkUploadURL refuses an address over which the file would travel in clear, or to which this machine alone has access. The
// address is a secret: it is not told.
func (c *Client) checkUploadURL(to identity.UploadURL) error {
	u, err := url.Parse(string(to))
	local := strings.HasPrefix(c.base, "http://") // checked to be loopback
	if err == nil && u.Host != "" && u.User == nil && (u.Scheme == "https" || local && u.Scheme == "http" && loopback(u.Hostname())) {
		return nil
	}
	return &fault.Error{Kind: fault.Internal, Code: "upload_address", Text: "Paxos gave an upload address that is not safe to use: it must begin with https://."}
}

// put makes the exchange. What cannot be read of the file is told apart from what went wrong on the line.
func (c *Client) put(ctx context.Context, to identity.UploadURL, contentType string, size int64, file io.Reader) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, uploadTimeout)
	defer cancel()
	var way trace
	body := &watched{file: file, left: size}
	defer body.stop() // an answer that comes early leaves the transport reading
	req, err := http.NewRequestWithContext(httptrace.WithClientTrace(ctx, way.hooks()), http.MethodPut, string(to), body)
	if err != nil {
		return answer{}, fault.Wrap(fault.Internal, "The upload could not be made.", errForm)
	}
	req.ContentLength = size
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("Expect", "100-continue") // an address that has expired is told before the bytes are sent
	res, err := c.http.Do(req)
	if broken := body.broken(); broken != nil {
		closeBody(res)
		return answer{}, broken
	}
	if err != nil {
		return answer{}, way.fault(err)
	}
	defer closeBody(res)
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, bodyLimit)) // its words are the storage's own: the status says enough
	return answer{status: res.StatusCode, header: res.Header}, nil
}

func closeBody(res *http.Response) {
	if res != nil {
		_ = res.Body.Close()
	}
}

// watched is a file that knows whether it could be read to its end, and is left alone once it is stopped.
type watched struct {
	mu      sync.Mutex
	file    io.Reader
	left    int64
	err     error
	stopped bool
}

var (
	errShort   = errors.New("the file is shorter than it was said to be")
	errStopped = errors.New("the upload is over")
)

func (w *watched) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stopped = true
}

// Read reads on; an end that comes early is an error.
func (w *watched) Read(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stopped {
		return 0, errStopped
	}
	if w.left == 0 {
		return 0, io.EOF
	}
	if int64(len(p)) > w.left {
		p = p[:w.left]
	}
	n, err := w.file.Read(p)
	w.left -= int64(n)
	switch {
	case errors.Is(err, io.EOF) && w.left > 0:
		w.err = errShort
	case err != nil && !errors.Is(err, io.EOF):
		w.err = safe(err)
	default:
		return n, err
	}
	return n, w.err
}

func (w *watched) broken() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err == nil {
		return nil
	}
	return &fault.Error{Kind: fault.Internal, Code: "file_unreadable", Text: "The file could not be read to its end: choose it again.", Cause: w.err}
}

// uploadRefusal is the fault of an upload that was not taken, nil where it was. The storage has limits of its own: what it says of
// them is nothing that Paxos' API says.
func (c *Client) uploadRefusal(a answer) error {
	f := &fault.Error{Code: fmt.Sprintf("http_%d", a.status), Cause: fmt.Errorf("upload: status %d", a.status)}
	switch {
	case a.ok():
		return nil
	case a.status == http.StatusForbidden || a.status == http.StatusNotFound || a.status == http.StatusGone:
		f.Kind, f.Code, f.Text = fault.Conflict, identity.UploadExpired, "The address for this file is not good any more: begin the upload again."
	case a.status == http.StatusRequestEntityTooLarge:
		f.Kind, f.Code, f.Text = fault.TooLarge, identity.FileRefused, "Paxos takes files under 100 MB."
	case a.status == http.StatusTooManyRequests:
		f.Kind, f.Text, f.RetryAt = fault.Throttled, "Paxos' storage has had too many uploads: try again later.", pauseEnd(a.header, c.now())
	case a.status < 400 || a.status > 499 || a.status == http.StatusRequestTimeout || a.status == http.StatusTooEarly:
		return lost(f.Code, f.Cause)
	default:
		f.Kind, f.Code, f.Text = fault.Invalid, identity.FileRefused, "Paxos does not take this file: it must be a PDF, JPG or PNG under 100 MB."
	}
	return f
}
