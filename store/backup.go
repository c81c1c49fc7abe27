package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"identitydesk/internal/fault"
)

// Progress is told how many bytes of about how many are done.
type Progress func(done, of int64)

// progressEvery is how often a [Progress] is told at most.
const progressEvery = 500 * time.Millisecond

// Backup copies the database at a URL to a new file, for its owner's eyes alone. The desk may run meanwhile: the copy is what it
// was at one moment. The file has its name only once all of it is on the disk; one that is there is replaced only by force, and
// what belongs to the database itself never.
func Backup(ctx context.Context, url, to string, force bool, tell Progress) (err error) {
	src, err := sourceFile(url)
	if err != nil {
		return err
	}
	if err := mayWrite(src, to, force); err != nil {
		return err
	}
	part, err := emptyBeside(to)
	if err != nil {
		return fmt.Errorf("make the backup: %w", err)
	}
	defer func() { _ = os.Remove(part) }() // gone already where all went well
	if err := vacuumInto(ctx, src, part, tell); err != nil {
		return fmt.Errorf("write the backup: %w", err)
	}
	if err := whole(ctx, part, "quick_check"); err != nil {
		return err
	}
	if err := syncFile(part); err != nil {
		return fmt.Errorf("write the backup: %w", err)
	}
	if err := mayWrite(src, to, force); err != nil {
		return err
	}
	return moveFile(part, to)
}

// sourceFile finds the file of a database that must be there.
func sourceFile(url string) (source, error) {
	src, err := parseURL(url)
	if err != nil {
		return src, err
	}
	if _, err := os.Stat(src.path); err != nil {
		return src, fault.Wrap(fault.NotFound, "There is no database at "+src.path+".", err)
	}
	return src, nil
}

// mayWrite refuses a name under which no backup may be.
func mayWrite(src source, to string, force bool) error {
	if err := apart(src, to); err != nil {
		return err
	}
	return free(to, force)
}

// free refuses a name that is taken.
func free(path string, force bool) error {
	_, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !force:
		return fault.New(fault.Conflict, "There is a file at "+path+" already: name another, or use --force to replace it.")
	}
	return nil
}

// emptyBeside makes an empty file in the folder of another, with a name that nobody has.
func emptyBeside(path string) (string, error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".part-*") // mode 0600
	if err != nil {
		return "", err
	}
	return f.Name(), f.Close()
}

// vacuumInto copies what the database holds at this moment into an empty file.
func vacuumInto(ctx context.Context, src source, to string, tell Progress) (err error) {
	db, err := sql.Open(src.driver, fileURI(src.path)+"?mode=ro&_pragma=busy_timeout(5000)&_pragma=temp_store(MEMORY)")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var size int64
	if err := db.QueryRowContext(ctx, `SELECT page_count * page_size FROM pragma_page_count, pragma_page_size`).Scan(&size); err != nil {
		return err
	}
	stop := watchSize(to, size, tell)
	defer stop()
	_, err = db.ExecContext(ctx, `VACUUM INTO $1`, to)
	return err
}

// watchSize tells how far a file has grown until stop is called.
func watchSize(path string, of int64, tell Progress) (stop func()) {
	ended, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		every := time.NewTicker(progressEvery)
		defer every.Stop()
		for {
			select {
			case <-ended:
				return
			case <-every.C:
				if info, err := os.Stat(path); err == nil {
					tell(info.Size(), of)
				}
			}
		}
	}()
	return func() {
		close(ended)
		<-stopped
	}
}

// whole has the database check a file that nobody uses.
func whole(ctx context.Context, path, check string) (err error) {
	db, err := sql.Open("sqlite", fileURI(path)+"?mode=ro&immutable=1")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var verdict string
	if err := db.QueryRowContext(ctx, `PRAGMA `+check).Scan(&verdict); err != nil || verdict != "ok" {
		return fault.Wrap(fault.Malformed, "The file is no whole database.", errors.Join(err, errors.New(verdict)))
	}
	return nil
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// moveFile gives a file another name in the same folder, for good.
func moveFile(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return err
	}
	folder, err := os.Open(filepath.Dir(to))
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
