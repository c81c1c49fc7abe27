package emulator

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// largestDocument is the size that a document must stay under.
const largestDocument = 100_000_000

// sniffed is how many of a file's first bytes tell what it is.
const sniffed = 8

func newUploadToken() (string, error) {
	secret := make([]byte, 32)
	if _, err := rand.Read(secret); err != nil {
		return "", fmt.Errorf("make an upload address: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(secret), nil
}

func hashed(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// uploadAddress is on the host that was asked, outside the API: no bearer goes there.
func uploadAddress(r *http.Request, token string) string {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host + "/uploads/" + token
}

// takeUpload is the second step: the bytes. They are counted and hashed, and
// not kept. A repeat replaces the file, as long as the address is good.
func (e *Emulator) takeUpload(w http.ResponseWriter, r *http.Request) {
	mark := hashed(r.PathValue("token"))
	if !e.knowsUpload(mark) {
		e.writeProblem(w, r, refuse(http.StatusForbidden, "the upload address is unknown or has expired"))
		return
	}
	size, sum, err := readDocument(http.MaxBytesReader(w, r.Body, largestDocument))
	if err == nil && !e.keepUpload(mark, size, sum) {
		err = refuse(http.StatusForbidden, "the upload address is unknown or has expired")
	}
	if err == nil {
		err = e.keep()
	}
	if err != nil {
		e.writeProblem(w, r, err)
		return
	}
	w.WriteHeader(http.StatusOK)
}

// readDocument reads a file to its end and says how long it is and what it
// hashes to.
func readDocument(body io.Reader) (size int64, sum string, err error) {
	head := make([]byte, sniffed)
	n, err := io.ReadFull(body, head)
	head = head[:n]
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return 0, "", badUpload(err)
	}
	if !isDocument(head) {
		return 0, "", refuse(http.StatusUnsupportedMediaType, "supported formats are PDF, JPG and PNG")
	}
	hash := sha256.New()
	hash.Write(head)
	rest, err := io.Copy(hash, body)
	if err != nil {
		return 0, "", badUpload(err)
	}
	return int64(n) + rest, hex.EncodeToString(hash.Sum(nil)), nil
}

func badUpload(err error) error {
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return refuse(http.StatusRequestEntityTooLarge, "documents must be less than 100 MB")
	}
	return badRequest("the file did not arrive in full")
}

func isDocument(head []byte) bool {
	for _, magic := range []string{"%PDF-", "\xff\xd8\xff", "\x89PNG\r\n\x1a\n"} {
		if bytes.HasPrefix(head, []byte(magic)) {
			return true
		}
	}
	return false
}

func (e *Emulator) knowsUpload(mark string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	_, i := e.upload(mark, e.now())
	return i >= 0
}

// upload finds what an address that is still good is for. The caller holds the lock.
func (e *Emulator) upload(mark string, now time.Time) (*record, int) {
	rec := e.data.byUpload[mark]
	if rec == nil {
		return nil, -1
	}
	for i, d := range rec.details.Documents {
		if d.Token == mark && now.Before(d.ExpiresAt) {
			return rec, i
		}
	}
	return nil, -1
}

// keepUpload notes that the file came, unless its address expired meanwhile.
func (e *Emulator) keepUpload(mark string, size int64, sum string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	now := e.now()
	rec, i := e.upload(mark, now)
	if i < 0 {
		return false
	}
	all := rec.details.clone().Documents
	all[i].UploadedAt, all[i].Size, all[i].SHA256 = now, size, sum
	e.setDocuments(rec, all)
	rec.touch(now)
	e.takeDocuments(rec, now)
	e.log.Info("emulator: document uploaded", "identity", rec.ID, "file", all[i].FileID, "size", size)
	e.changed()
	return true
}
