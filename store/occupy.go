package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"

	"identitydesk/internal/fault"
)

// Occupy makes the caller the one desk on the database at a URL until release is called or the process ends, however it ends:
// the lock is the kernel's, on a file beside the database. Conflict where a desk runs on it already. Only what must be alone
// asks; a store can be opened beside it. The database need not be there yet, its folder is made.
func Occupy(url string) (release func() error, err error) {
	src, err := parseURL(url)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(src.path), 0o700); err != nil {
		return nil, fmt.Errorf("make the database's folder: %w", err)
	}
	path, err := realPath(src.path)
	if err != nil {
		return nil, fmt.Errorf("find the database: %w", err)
	}
	lock := flock.New(path+".lock", flock.SetPermissions(0o600))
	held, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock the database: %w", err)
	}
	if !held {
		return nil, fault.New(fault.Conflict, "Another desk uses the database "+path+": stop the desk first, or name another database in DATABASE_URL.")
	}
	// The file stays: one that is removed while another process opens it would be locked by both.
	return lock.Unlock, nil
}

// realPath is where a file is or would be, whatever links lead there: two names of one database are one lock.
func realPath(path string) (string, error) {
	place, err := filepath.EvalSymlinks(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return place, err
	}
	folder, err := filepath.EvalSymlinks(filepath.Dir(path))
	return filepath.Join(folder, filepath.Base(path)), err
}
