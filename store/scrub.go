package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Scrub lets the bytes of what was erased leave the disk. The database overwrites what it deletes, but a copy of it may stand in the
// write-ahead log until that is folded into the database's own file and cut off. It does nothing where nothing was erased since the
// last time; done is false where a reader was in the way, and it must be called again.
func (s *Store) Scrub(ctx context.Context) (done bool, err error) {
	if !s.unscrubbed.Swap(false) {
		return true, nil
	}
	busy, err := s.scrub(ctx)
	if err != nil || busy {
		s.unscrubbed.Store(true)
	}
	return err == nil && !busy, s.mask(err)
}

func (s *Store) scrub(ctx context.Context) (busy bool, err error) {
	db, err := sql.Open(s.src.driver, s.src.scrubber)
	if err != nil {
		return true, fmt.Errorf("open the database: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var pages, moved int64
	if err := db.QueryRowContext(ctx, s.src.scrub).Scan(&busy, &pages, &moved); err != nil {
		return true, fmt.Errorf("let erased bytes leave the disk: %w", err)
	}
	return busy, nil
}
