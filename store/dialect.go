package store

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

//go:embed migrations
var migrations embed.FS

// dialect is all in which one kind of database differs from another. Every query is one text for all of them.
type dialect struct {
	name       string
	driver     string // of database/sql
	goose      goose.Dialect
	migrations fs.FS
	begin      string           // starts a transaction that will write
	version    string           // asks for a number that is another one once another connection has committed
	claimLock  string           // lets several writers claim jobs side by side; empty where there is one writer
	busy       func(error) bool // the database cannot do it now, whoever asks
	noTable    func(error) bool // the database has no such table yet
	scrub      string           // lets what was overwritten leave the disk; gives whether something was in the way
}

// source is a database that can be opened: where it is, for the one that writes and for those that read.
type source struct {
	dialect
	path           string // of the file, where it is one
	writer, reader string // data source names
	scrubber       string // the same for [Store.Scrub]: it gives up soon, since writers wait for it
	prepare        func() error
}

func parseURL(url string) (source, error) {
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok && path != "" {
		return sqliteSource(path)
	}
	return source{}, errors.New("DATABASE_URL must be sqlite:PATH, such as sqlite:data/identitydesk.db")
}

func sqliteSource(path string) (source, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return source{}, fmt.Errorf("find the database's folder: %w", err)
	}
	scripts, err := fs.Sub(migrations, "migrations/sqlite")
	if err != nil {
		return source{}, fmt.Errorf("read the migrations: %w", err)
	}
	file := fileURI(path)
	return source{
		path: path,
		dialect: dialect{
			name: "sqlite", driver: "sqlite", goose: goose.DialectSQLite3, migrations: scripts,
			begin: "BEGIN IMMEDIATE", version: "PRAGMA data_version", busy: sqliteBusy, noTable: sqliteNoTable,
			scrub: "PRAGMA wal_checkpoint(TRUNCATE)",
		},
		// busy_timeout comes first, so that the others wait for a lock too. secure_delete overwrites what is erased. Each commit walks
		// the whole cache, which should therefore be no larger than it must.
		writer: file + "?mode=rw&_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)" +
			"&_pragma=foreign_keys(1)&_pragma=temp_store(MEMORY)&_pragma=cache_size(-16384)&_pragma=secure_delete(1)" +
			"&_pragma=wal_autocheckpoint(16000)&_txlock=immediate&_dqs=0",
		reader: file + "?mode=ro&_pragma=busy_timeout(5000)&_pragma=query_only(1)&_pragma=temp_store(MEMORY)" +
			"&_pragma=cache_size(-16384)&_dqs=0",
		scrubber: file + "?mode=rw&_pragma=busy_timeout(200)",
		prepare:  func() error { return makeFile(path) },
	}, nil
}

// fileURI is a path as SQLite takes it with parameters behind it.
func fileURI(path string) string {
	return "file:" + strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(path)
}

// makeFile makes the database file, so that nobody but its owner can ever read it; SQLite gives the files beside it the
// same mode.
func makeFile(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("make the database's folder: %w", err)
	}
	// A file that is there is not opened: to close it again would end the locks that this process holds on it.
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("make the database file: %w", err)
	}
	return f.Close()
}

func sqliteNoTable(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && e.Code() == sqlite3.SQLITE_ERROR && strings.Contains(e.Error(), "no such table")
}

func sqliteBusy(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return false
	}
	switch e.Code() & 0xff { // the rest says more exactly what went wrong
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY,
		sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PROTOCOL:
		return true
	}
	return false
}

// sqliteFull reports whether there was no room for what was to be written: on the disk, or in what a file may grow to.
func sqliteFull(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && (e.Code() == sqlite3.SQLITE_FULL || e.Code() == sqlite3.SQLITE_IOERR_WRITE)
}
