package store

import (
	"context"
	"database/sql"
	"errors"
	"io"

	"identitydesk/internal/identity"
)

// Content opens a file to be read once, a chunk at a time. NotFound of code file_gone where it is not here whole. Reading fails
// rather than give less than all of it, or anything else.
func (p *Spool) Content(ctx context.Context, f identity.SpooledFile) (io.ReadCloser, error) {
	var size int64
	var whole bool
	err := p.read.QueryRowContext(ctx, `SELECT size, whole FROM files WHERE id = $1`, f.ID).Scan(&size, &whole)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fileGone(err)
	}
	if err != nil {
		return nil, spoolTrouble(err)
	}
	if !whole || size != f.Size {
		return nil, fileGone(errSpoolShort)
	}
	seal, err := newChunkSeal(f)
	if err != nil {
		return nil, fileGone(err)
	}
	return &spooled{p: p, ctx: ctx, seal: seal, left: size}, nil
}

// spooled reads a file of the spool.
type spooled struct {
	p     *Spool
	ctx   context.Context // of whoever reads
	seal  chunkSeal
	n     int64  // the next chunk
	left  int64  // bytes behind it
	chunk []byte // what is left of the one before
	last  bool
}

// Read reads on.
func (s *spooled) Read(b []byte) (int, error) {
	for len(s.chunk) == 0 {
		if s.last {
			return 0, io.EOF
		}
		if err := s.next(); err != nil {
			return 0, err
		}
	}
	n := copy(b, s.chunk)
	s.chunk = s.chunk[n:]
	return n, nil
}

func (s *spooled) next() error {
	var sealed []byte
	err := s.p.read.QueryRowContext(s.ctx, `SELECT sealed FROM chunks WHERE file = $1 AND n = $2`, s.seal.id, s.n).Scan(&sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return fileGone(errSpoolShort)
	}
	if err != nil {
		return spoolTrouble(err)
	}
	s.last = s.left < spoolChunk
	if s.chunk, err = s.seal.aead.Open(sealed[:0], nil, sealed, s.seal.place(s.n, s.last)); err != nil {
		return fileGone(err)
	}
	if int64(len(s.chunk)) != min(s.left, spoolChunk) {
		return fileGone(errSpoolShort)
	}
	s.n, s.left = s.n+1, s.left-int64(len(s.chunk))
	return nil
}

// Close ends the reading.
func (s *spooled) Close() error {
	s.chunk, s.last = nil, true
	return nil
}
