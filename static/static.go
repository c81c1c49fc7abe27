// Package static holds the built styles, scripts and icons inside the binary and
// serves each under a name that carries the hash of its content, so that browsers
// keep it for good and never show an old one.
package static

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// dist is made by `make`; in a fresh checkout it holds nothing but .keep, so that
// `go build` works before.
//
//go:embed all:dist
var dist embed.FS

const (
	// Prefix is where Handler expects to be mounted.
	Prefix = "/static/"

	packedSuffix = ".gz"
	hashLength   = 8
)

// contentTypes are all kinds that the build makes; files of other kinds are not
// served. They are fixed here, because the machine's own table varies.
func contentTypes() map[string]string {
	return map[string]string{
		".css": "text/css; charset=utf-8",
		".js":  "text/javascript; charset=utf-8",
		".svg": "image/svg+xml",
	}
}

// Assets are the built files.
type Assets struct {
	paths map[string]string // plain name → path with hash
	files map[string]file   // path with hash → content
}

type file struct {
	contentType string
	plain       []byte
	packed      []byte // gzipped; nil where the build made none
}

// New reads the embedded files.
func New() (*Assets, error) {
	built, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil, fmt.Errorf("read the built assets: %w", err)
	}
	return load(built)
}

func load(built fs.FS) (*Assets, error) {
	a := &Assets{paths: map[string]string{}, files: map[string]file{}}
	entries, err := fs.ReadDir(built, ".")
	if err != nil {
		return nil, fmt.Errorf("list the built assets: %w", err)
	}
	for _, entry := range entries {
		contentType, served := contentTypes()[path.Ext(entry.Name())]
		if !served {
			continue
		}
		if err := a.add(built, entry.Name(), contentType); err != nil {
			return nil, err
		}
	}
	return a, nil
}

func (a *Assets) add(built fs.FS, name, contentType string) error {
	plain, err := fs.ReadFile(built, name)
	if err != nil {
		return fmt.Errorf("read a built asset: %w", err)
	}
	packed, err := fs.ReadFile(built, name+packedSuffix)
	if err != nil {
		packed = nil // none was made: the plain one is served
	}
	sum := sha256.Sum256(plain)
	hashed := withHash(name, hex.EncodeToString(sum[:])[:hashLength])
	a.paths[name] = hashed
	a.files[hashed] = file{contentType, plain, packed}
	return nil
}

func withHash(name, hash string) string {
	ext := path.Ext(name)
	return Prefix + strings.TrimSuffix(name, ext) + "." + hash + ext
}

// Path gives the address of a file by its plain name, such as "desk.css". Before the
// first build it gives an address that answers 404, and pages still render.
func (a *Assets) Path(name string) string {
	if hashed, built := a.paths[name]; built {
		return hashed
	}
	return withHash(name, "unbuilt")
}

// Built tells whether there is anything to serve.
func (a *Assets) Built() bool { return len(a.files) > 0 }
