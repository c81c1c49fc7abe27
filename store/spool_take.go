package store

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
	"io"

	"identitydesk/internal/identity"
)

// Take keeps what a reader gives, up to its end, a chunk at a time. The file counts only once its end was read: an error of the
// reader, of the disk or of ctx leaves nothing behind, and neither does a desk that is killed on the way, since the key is in
// memory alone until then.
func (p *Spool) Take(ctx context.Context, content io.Reader) (f identity.SpooledFile, err error) {
	select {
	case p.taking <- struct{}{}:
		defer func() { <-p.taking }()
	case <-ctx.Done():
		return f, ctx.Err()
	}
	f.ID, f.Key = rand.Text(), make([]byte, 32)
	if _, err := rand.Read(f.Key); err != nil {
		return f, fmt.Errorf("make the key of a file: %w", err)
	}
	p.coming.Store(f.ID, true)
	defer p.coming.Delete(f.ID)
	if f.Size, err = p.takeChunks(ctx, f, wholly{content}); err != nil {
		// Where even this fails the rest cannot be read by anybody, and the next sweep finds it.
		if rest := p.Remove(context.WithoutCancel(ctx), f.ID); rest != nil {
			p.o.Log.Warn("what came of a file could not be let go yet", "error", rest)
		}
		return identity.SpooledFile{}, err
	}
	return f, nil
}

// wholly is a reader whose content has come to its end only where it says so: one that ends in the middle of what it reads itself, such
// as a form that is cut off, says [io.ErrUnexpectedEOF], by which [io.ReadFull] tells of the last chunk.
type wholly struct{ io.Reader }

var errCutOff = errors.New("the content was cut off")

// Read reads on.
func (w wholly) Read(b []byte) (int, error) {
	n, err := w.Reader.Read(b)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = errCutOff
	}
	return n, err
}

func (p *Spool) takeChunks(ctx context.Context, f identity.SpooledFile, content io.Reader) (size int64, err error) {
	lock, err := newChunkSeal(f)
	if err != nil {
		return 0, err
	}
	chunk, sealed := make([]byte, spoolChunk), make([]byte, 0, spoolChunk+lock.aead.Overhead())
	for n := int64(0); ; n++ {
		length, err := io.ReadFull(content, chunk)
		last := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !last {
			return 0, err
		}
		size += int64(length)
		sealed = lock.aead.Seal(sealed[:0], nil, chunk[:length], lock.place(n, last))
		if err := p.put(ctx, f.ID, n, sealed, size, last); err != nil {
			return 0, err
		}
		if last {
			return size, nil
		}
	}
}

// put commits a chunk.
func (p *Spool) put(ctx context.Context, id string, n int64, sealed []byte, size int64, last bool) (err error) {
	tx, err := p.write.BeginTx(ctx, nil)
	if err != nil {
		return spoolTrouble(err)
	}
	defer func() { _ = tx.Rollback() }() // nothing to undo where it was committed
	now := p.o.Now().UnixMilli()
	if _, err := tx.ExecContext(ctx, `INSERT INTO files (id, at, size, whole) VALUES ($1, $2, $3, $4)
		ON CONFLICT (id) DO UPDATE SET at = excluded.at, size = excluded.size, whole = excluded.whole`, id, now, size, flag(last)); err != nil {
		return spoolTrouble(err)
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO chunks (file, n, sealed) VALUES ($1, $2, $3)`, id, n, sealed); err != nil {
		return spoolTrouble(err)
	}
	return spoolTrouble(tx.Commit())
}

// chunkSeal seals and opens the chunks of one file.
type chunkSeal struct {
	aead cipher.AEAD
	id   string
}

func newChunkSeal(f identity.SpooledFile) (chunkSeal, error) {
	block, err := aes.NewCipher(f.Key)
	if err != nil {
		return chunkSeal{}, fmt.Errorf("use the key of a file: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return chunkSeal{}, fmt.Errorf("use the key of a file: %w", err)
	}
	return chunkSeal{aead: aead, id: f.ID}, nil
}

// place is what a chunk is bound to: one that is moved, left out or taken for the last does not open.
func (c chunkSeal) place(n int64, last bool) []byte {
	return place("chunks", c.id, fmt.Sprintf("%d/%t", n, last))
}
