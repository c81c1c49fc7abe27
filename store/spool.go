package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"identitydesk/internal/fault"
)

// spoolChunk is how much of a file is sealed and committed at once: all of it that is ever in memory, twice.
const spoolChunk = 1 << 20

// spoolWriters is how many files are taken in at once; those behind them wait, and with them whoever sends.
const spoolWriters = 8

// The number in the spool's file by which it is known whether its tables are there.
const spoolVersion = 1

const spoolSchema = `
CREATE TABLE files (
    id    TEXT     NOT NULL PRIMARY KEY,
    at    BIGINT   NOT NULL,           -- when the last chunk came
    size  BIGINT   NOT NULL,           -- bytes of the content so far
    whole SMALLINT NOT NULL DEFAULT 0  -- the last chunk is there
) WITHOUT ROWID;
CREATE TABLE chunks (
    file   TEXT   NOT NULL REFERENCES files (id) ON DELETE CASCADE,
    n      BIGINT NOT NULL,
    sealed BLOB   NOT NULL,
    UNIQUE (file, n)
);
PRAGMA user_version = 1`

// SpoolOptions are what a [Spool] needs.
type SpoolOptions struct {
	URL  string // of the database beside which it stands, see [SpoolPath]
	Most int64  // bytes that its file may have; only the disk limits it where zero
	Now  func() time.Time
	Log  *slog.Logger
}

// Spool keeps files that are on their way to Paxos, sealed and in chunks, in a file of its own beside the database: what is large and
// soon gone holds up neither the database's writer nor its backup. Each file is sealed with a key of its own, which is given to the
// caller and kept nowhere here. A Spool is safe for concurrent use.
type Spool struct {
	o           SpoolOptions
	path        string
	lock        *flock.Flock
	write, read *sql.DB
	taking      chan struct{} // a place for each file that is taken in
	coming      sync.Map      // the ids of these
}

// SpoolPath is where the spool of the database at a URL stands: data/desk.db has data/desk-uploads.db.
func SpoolPath(url string) (string, error) {
	src, err := parseURL(url)
	if err != nil {
		return "", err
	}
	return spoolBeside(src.path), nil
}

func spoolBeside(path string) string {
	ending := filepath.Ext(path)
	return strings.TrimSuffix(path, ending) + "-uploads" + ending
}

// OpenSpool opens the spool and makes its file where there is none. Conflict where another desk has it open.
func OpenSpool(ctx context.Context, o SpoolOptions) (p *Spool, err error) {
	path, err := SpoolPath(o.URL)
	if err != nil {
		return nil, err
	}
	if err := makeFile(path); err != nil {
		return nil, err
	}
	p = &Spool{o: o, path: path, taking: make(chan struct{}, spoolWriters)}
	if p.lock, err = lockSpool(path); err != nil {
		return nil, err
	}
	if err := p.connect(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open the file for uploads %s: %w", path, err), p.Close())
	}
	return p, nil
}

func lockSpool(path string) (*flock.Flock, error) {
	place, err := realPath(path)
	if err != nil {
		return nil, fmt.Errorf("find the file for uploads: %w", err)
	}
	lock := flock.New(place+".lock", flock.SetPermissions(0o600))
	held, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock the file for uploads: %w", err)
	}
	if !held {
		return nil, fault.New(fault.Conflict, "Another desk uses the file for uploads "+place+": stop that desk first, or name another database in DATABASE_URL.")
	}
	return lock, nil
}

func (p *Spool) connect(ctx context.Context) (err error) {
	file := fileURI(p.path)
	most := ""
	if p.o.Most > 0 {
		most = fmt.Sprintf("&_pragma=max_page_count(%d)", max(p.o.Most/spoolPage, 1))
	}
	// What is deleted is not overwritten: it cannot be read without its key, which is gone by then.
	writer := "?mode=rw&_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)" +
		"&_pragma=temp_store(MEMORY)&_pragma=cache_size(-2048)&_txlock=immediate&_dqs=0"
	if p.write, err = sql.Open("sqlite", file+writer+most); err != nil {
		return err
	}
	p.write.SetMaxOpenConns(1)
	if p.read, err = sql.Open("sqlite", file+"?mode=ro&_pragma=busy_timeout(5000)&_pragma=query_only(1)&_pragma=cache_size(-2048)&_dqs=0"); err != nil {
		return err
	}
	p.read.SetMaxOpenConns(runtime.GOMAXPROCS(0))
	var version int
	if err := p.write.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&version); err != nil {
		return err
	}
	switch version {
	case spoolVersion:
		return nil
	case 0:
		_, err = p.write.ExecContext(ctx, "BEGIN;"+spoolSchema+";COMMIT")
		return err
	}
	return fault.New(fault.Conflict, fmt.Sprintf("It has version %d and this program knows %d: use the newer program.", version, spoolVersion))
}

// spoolPage is how large a page of the file is, in bytes.
const spoolPage = 4 << 10

// Close closes the file. It may be called more than once.
func (p *Spool) Close() error {
	var errs []error
	for _, db := range []*sql.DB{p.read, p.write} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(append(errs, p.lock.Unlock())...)
}

// Remove lets files go. One that is not there is no error.
func (p *Spool) Remove(ctx context.Context, ids ...string) error {
	for _, id := range ids {
		if _, err := p.write.ExecContext(ctx, `DELETE FROM files WHERE id = $1`, id); err != nil {
			return spoolTrouble(err)
		}
	}
	return nil
}

// Sweep lets go of every file that is not to be kept, is not coming in, and to which nothing was added for that long: those that were
// cut off, and those that nobody knows any more. Once nothing is left, the file on the disk becomes small again.
func (p *Spool) Sweep(ctx context.Context, keep []string, idle time.Duration) (removed int, err error) {
	known := make(map[string]bool, len(keep))
	for _, id := range keep {
		known[id] = true
	}
	ids, err := p.list(ctx, `SELECT id FROM files WHERE at <= $1`, p.o.Now().Add(-idle).UnixMilli())
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		if _, coming := p.coming.Load(id); coming || known[id] && p.whole(ctx, id) {
			continue
		}
		if err := p.Remove(ctx, id); err != nil {
			return removed, err
		}
		removed++
	}
	return removed, p.shrink(ctx)
}

func (p *Spool) whole(ctx context.Context, id string) bool {
	var whole bool
	err := p.read.QueryRowContext(ctx, `SELECT whole FROM files WHERE id = $1`, id).Scan(&whole)
	return err != nil || whole
}

func (p *Spool) list(ctx context.Context, query string, args ...any) (ids []string, err error) {
	rows, err := p.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, spoolTrouble(err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// shrink gives the disk back what an empty spool does not need.
func (p *Spool) shrink(ctx context.Context) error {
	var files, free int64
	if err := p.read.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM files), (SELECT freelist_count FROM pragma_freelist_count)`).
		Scan(&files, &free); err != nil {
		return spoolTrouble(err)
	}
	if files > 0 || free == 0 {
		return nil
	}
	for _, statement := range []string{`VACUUM`, `PRAGMA wal_checkpoint(TRUNCATE)`} {
		if _, err := p.write.ExecContext(ctx, statement); err != nil {
			return spoolTrouble(err)
		}
	}
	return nil
}

// Size is how many files there are, and how many bytes of content they have.
func (p *Spool) Size(ctx context.Context) (files, bytes int64, err error) {
	err = p.read.QueryRowContext(ctx, `SELECT count(*), coalesce(sum(size), 0) FROM files`).Scan(&files, &bytes)
	return files, bytes, spoolTrouble(err)
}

// spoolTrouble tells people what is wrong with the spool.
func spoolTrouble(err error) error {
	switch {
	case err == nil, errors.Is(err, context.Canceled):
		return err
	case sqliteFull(err):
		return &fault.Error{
			Kind: fault.Unavailable, Code: "disk_full", Cause: err,
			Text: "There is no room left on the desk’s disk for this file, and nothing of it was kept. Tell whoever runs the desk, then choose it again.",
		}
	case sqliteBusy(err):
		return fault.Wrap(fault.Unavailable, "Files cannot be kept just now. Try again in a moment.", err)
	}
	return fmt.Errorf("the file for uploads: %w", err)
}

var errSpoolShort = errors.New("a file in the spool is not whole")

// fileGone is what a reader gets where the content is not here, or cannot be opened.
func fileGone(cause error) error {
	return &fault.Error{Kind: fault.NotFound, Code: "file_gone", Text: "The file is not here any more: choose it again.", Cause: cause}
}

var _ io.ReadCloser = (*spooled)(nil)
