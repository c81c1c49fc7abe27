package handlers

import (
	"io"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/identity"
)

const (
	// mostUnheard is how much of a refused upload is read on at most: one file, and what stands around it.
	mostUnheard = identity.LargestDocument + maxForm
	// heardWithin is how long that may take.
	heardWithin = 2 * time.Minute
)

const incomingKey = "incoming"

// incoming is the body of an upload, which knows how far it was read.
type incoming struct {
	io.ReadCloser
	promised int64 // bytes in all; -1 where that is not said
	waits    bool  // nothing comes before it is read
	read     int64
	over     bool // there is no more, or none is wanted
}

// Read reads on.
func (b *incoming) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.read, b.over = b.read+int64(n), b.over || err != nil
	return n, err
}

// heardOut reads what comes of an upload that is refused at the door, so that the answer arrives, see hearOut.
func heardOut(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		b := &incoming{ReadCloser: r.Body, promised: r.ContentLength, waits: r.Header.Get("Expect") != ""}
		r.Body = b
		c.Set(incomingKey, b)
		err := next(c)
		if err != nil {
			hearOut(c)
		}
		return err
	}
}

// hearOut throws away what still comes of a body, before it is answered: a browser that is sending a file reads no answer before it has
// sent all, and shows a broken line where the connection is closed on it. What is too long for that is left, and so is what would only
// come when asked for.
func hearOut(c echo.Context) {
	b, isUpload := c.Get(incomingKey).(*incoming)
	if !isUpload || b.over || b.promised-b.read > mostUnheard || b.waits && b.read == 0 {
		return
	}
	patient := &patience{from: b, control: http.NewResponseController(c.Response()), until: time.Now().Add(heardWithin)}
	_, _ = io.CopyN(io.Discard, patient, mostUnheard) // where it breaks off there is nobody to be answered
	b.over = true
	patient.end()
}
