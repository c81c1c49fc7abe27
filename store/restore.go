package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/pressly/goose/v3"

	"identitydesk/internal/fault"
)

// Restored says what has been put in place.
type Restored struct {
	Identities int64
	Events     int64
	Kept       string // where the former database is now; empty where there was none
}

// Restore puts a backup in the place of the database at a URL. It is refused while anybody uses that database, for a file that is
// not whole, that a newer program has made, or that these keys do not open. The former database stays beside, as
// NAME.before-restore.
func Restore(ctx context.Context, url, from string, sealer Sealer, tell Progress) (r Restored, err error) {
	src, err := parseURL(url)
	if err != nil {
		return r, err
	}
	if err := os.MkdirAll(filepath.Dir(src.path), 0o700); err != nil {
		return r, fmt.Errorf("make the database's folder: %w", err)
	}
	if err := apart(src, from); err != nil {
		return r, err
	}
	part, err := copyBeside(ctx, src.path, from, tell)
	if err != nil {
		return r, err
	}
	defer func() { _ = os.Remove(part) }() // gone already where all went well
	if r, err = checkBackup(ctx, src, part, sealer); err != nil {
		return r, err
	}
	leave, err := Occupy(url) // so that no desk starts on a file that is about to be put aside
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, leave()) }()
	release, err := alone(ctx, src)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, release()) }()
	if r.Kept, err = putAside(src.path); err != nil {
		return r, fmt.Errorf("put the former database aside: %w", err)
	}
	return r, moveFile(part, src.path)
}

// copyBeside copies a backup to the folder of the database, under a name of its own.
func copyBeside(ctx context.Context, path, from string, tell Progress) (part string, err error) {
	if info, err := os.Stat(from + "-wal"); err == nil && info.Size() > 0 {
		return "", fault.New(fault.Conflict, from+" is a database in use, not a backup: make one with `identitydesk backup`.")
	}
	in, err := os.Open(from)
	if err != nil {
		return "", fault.Wrap(fault.NotFound, "The backup cannot be read.", err)
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	info, err := in.Stat()
	if err != nil {
		return "", err
	}
	if part, err = emptyBeside(path); err != nil {
		return "", fmt.Errorf("copy the backup: %w", err)
	}
	stop := watchSize(part, info.Size(), tell)
	defer stop()
	if err := copyTo(ctx, part, in); err != nil {
		return "", errors.Join(fmt.Errorf("copy the backup: %w", err), os.Remove(part))
	}
	return part, nil
}

func copyTo(ctx context.Context, path string, in io.Reader) error {
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, readerFunc(func(p []byte) (int, error) {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		return in.Read(p)
	}))
	return errors.Join(err, out.Sync(), out.Close())
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// checkBackup refuses what a desk could not run on.
func checkBackup(ctx context.Context, src source, path string, sealer Sealer) (r Restored, err error) {
	if err := whole(ctx, path, "integrity_check"); err != nil {
		return r, err
	}
	db, err := sql.Open(src.driver, fileURI(path)+"?mode=ro&immutable=1")
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var version int64
	if err := db.QueryRowContext(ctx, `SELECT max(version_id) FROM goose_db_version WHERE is_applied = 1`).Scan(&version); err != nil {
		return r, fault.Wrap(fault.Malformed, "The file is no database of the desk.", err)
	}
	if newest := newestVersion(src); version > newest {
		return r, fault.New(fault.Conflict, fmt.Sprintf(
			"The backup has schema version %d and this program knows %d: use the newer program.", version, newest))
	}
	if err := opens(ctx, db, sealer); err != nil {
		return r, err
	}
	err = db.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM identities), (SELECT count(*) FROM events)`).Scan(&r.Identities, &r.Events)
	return r, err
}

func newestVersion(src source) (newest int64) {
	names, _ := fs.Glob(src.migrations, "*.sql") // the pattern is well formed
	for _, name := range names {
		if v, err := goose.NumericComponent(name); err == nil {
			newest = max(newest, v)
		}
	}
	return newest
}

// opens tries the keys on the word that a desk seals at its first start, without which no desk has run on it, and on the list of
// those in use, which a backup from before there was one does not have.
func opens(ctx context.Context, db *sql.DB, sealer Sealer) (err error) {
	var word string
	err = db.QueryRowContext(ctx, stateQuery, stateSeal).Scan(&word)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	rows, err := db.QueryContext(ctx, keysQuery)
	if sqliteNoTable(err) {
		return checkKeys(sealer, word, nil)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var used []KeyUse
	for rows.Next() {
		k, err := scanKeyUse(rows)
		if err != nil {
			return err
		}
		used = append(used, k)
	}
	return errors.Join(rows.Err(), checkKeys(sealer, word, used))
}

// alone makes sure that nobody uses the database, and that nobody can until release is called. A file that is no database any
// more is nobody's.
func alone(ctx context.Context, src source) (release func() error, err error) {
	if _, err := os.Stat(src.path); errors.Is(err, fs.ErrNotExist) {
		return func() error { return nil }, nil
	}
	db, err := sql.Open(src.driver, fileURI(src.path)+"?mode=rw&_pragma=busy_timeout(1000)&_pragma=locking_mode(EXCLUSIVE)")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	var mode string
	// To leave WAL asks for a moment without any other user, and brings what the log holds into the file.
	err = db.QueryRowContext(ctx, `PRAGMA journal_mode = DELETE`).Scan(&mode)
	if err == nil && mode == "delete" {
		_, err = db.ExecContext(ctx, `BEGIN EXCLUSIVE`)
	}
	if err != nil && src.busy(err) || err == nil && mode != "delete" {
		return nil, errors.Join(fault.Wrap(fault.Conflict, "The database is in use: stop the desk, and what replicates it, first.", err), db.Close())
	}
	return db.Close, nil
}

// putAside gives the files of a database other names, and tells that of the first; empty where there is none.
func putAside(path string) (kept string, err error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	kept = path + ".before-restore"
	for n := 2; free(kept, false) != nil; n++ {
		kept = fmt.Sprintf("%s.before-restore-%d", path, n)
	}
	for _, suffix := range []string{"-wal", "-shm", "-journal", ""} {
		if err := os.Rename(path+suffix, kept+suffix); err != nil && (suffix == "" || !errors.Is(err, fs.ErrNotExist)) {
			return "", err
		}
	}
	return kept, nil
}
