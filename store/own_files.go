package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"identitydesk/internal/fault"
)

// sideFiles are what may stand beside a database under its name: they are as much of it as its own file.
func sideFiles() []string { return []string{"-wal", "-shm", "-journal", ".lock"} }

// apart refuses a name that leads to a file of the database itself, by whatever links: a backup written there would end the
// database, and one read from there would be half of it. A name under which nothing is yet counts too.
func apart(src source, path string) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return fmt.Errorf("find the folder of the backup: %w", err)
	}
	place, err := realPath(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // not even its folder is there, which the caller finds
	}
	if err != nil {
		return fmt.Errorf("find the backup: %w", err)
	}
	names, err := src.files()
	if err != nil {
		return err
	}
	for _, name := range names {
		if name == place || same(name, path) {
			return fault.New(fault.Conflict, path+" is the desk's own database, or a file that belongs to it: name another file.")
		}
	}
	return nil
}

// files are the names of all that belongs to the database: as it was given, and as links lead to it.
func (s source) files() ([]string, error) {
	place, err := realPath(s.path)
	if err != nil {
		return nil, fmt.Errorf("find the database: %w", err)
	}
	var names []string
	for _, path := range []string{s.path, place, spoolBeside(s.path), spoolBeside(place)} {
		names = append(names, path)
		for _, suffix := range sideFiles() {
			names = append(names, path+suffix)
		}
	}
	return names, nil
}

// same reports whether two names lead to one file that is there.
func same(a, b string) bool {
	one, err := os.Stat(a)
	if err != nil {
		return false
	}
	other, err := os.Stat(b)
	return err == nil && os.SameFile(one, other)
}
