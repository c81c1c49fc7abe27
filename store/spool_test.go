package store_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/store"
	"identitydesk/store/storetest"
)

const mib = 1 << 20

func openSpool(t *testing.T, dir string, change ...func(*store.SpoolOptions)) *store.Spool {
	t.Helper()
	o := store.SpoolOptions{URL: "sqlite:" + filepath.Join(dir, "desk.db"), Now: storetest.NewClock().Now, Log: slog.New(slog.DiscardHandler)}
	for _, c := range change {
		c(&o)
	}
	p, err := store.OpenSpool(t.Context(), o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, p.Close()) })
	return p
}

// noise is content that says by itself where it belongs.
func noise(size int) []byte {
	out := make([]byte, size)
	random := rand.New(rand.NewPCG(1, uint64(size)))
	for n := range out {
		out[n] = byte(random.Uint32())
	}
	return out
}

func content(t *testing.T, p *store.Spool, f identity.SpooledFile) ([]byte, error) {
	t.Helper()
	r, err := p.Content(t.Context(), f)
	if err != nil {
		return nil, err
	}
	defer func() { require.NoError(t, r.Close()) }()
	return io.ReadAll(r)
}

func spooledFiles(t *testing.T, p *store.Spool) int64 {
	t.Helper()
	files, _, err := p.Size(t.Context())
	require.NoError(t, err)
	return files
}

func TestSpoolGivesBackWhatItTook(t *testing.T) {
	t.Parallel()
	p := openSpool(t, t.TempDir())
	for _, size := range []int{0, 1, mib - 1, mib, mib + 1, 3*mib + 17} {
		want := noise(size)
		f, err := p.Take(t.Context(), iotest.HalfReader(bytes.NewReader(want)))
		require.NoError(t, err)
		require.EqualValues(t, size, f.Size)
		for range 2 {
			got, err := content(t, p, f)
			require.NoError(t, err, size)
			require.True(t, bytes.Equal(want, got), size)
		}
		require.NoError(t, p.Remove(t.Context(), f.ID))
		_, err = content(t, p, f)
		require.Equal(t, "file_gone", fault.From(err).Code)
	}
	require.NoError(t, p.Remove(t.Context(), "nothing"))
}

// What stops half-way is nothing: no file counts, and no rest of it stays.
func TestSpoolTakesWholeFilesAlone(t *testing.T) {
	t.Parallel()
	p := openSpool(t, t.TempDir())
	broken := errors.New("the browser has gone")
	_, err := p.Take(t.Context(), io.MultiReader(bytes.NewReader(noise(2*mib+5)), iotest.ErrReader(broken)))
	require.ErrorIs(t, err, broken)
	require.Zero(t, spooledFiles(t, p))

	for _, size := range []int{0, 5, mib, mib + 5} {
		_, err = p.Take(t.Context(), io.MultiReader(bytes.NewReader(noise(size)), iotest.ErrReader(io.ErrUnexpectedEOF)))
		require.Error(t, err, "a form that was cut off is no end: %d", size)
		require.Zero(t, spooledFiles(t, p))
	}

	ctx, stop := context.WithCancel(t.Context())
	_, err = p.Take(ctx, io.MultiReader(bytes.NewReader(noise(mib)), reads(func() { stop() }), bytes.NewReader(noise(mib))))
	require.ErrorIs(t, err, context.Canceled)
	require.Zero(t, spooledFiles(t, p))
}

// reads is an empty reader that does something.
func reads(do func()) io.Reader {
	return readerOf(func([]byte) (int, error) { do(); return 0, io.EOF })
}

type readerOf func([]byte) (int, error)

func (f readerOf) Read(b []byte) (int, error) { return f(b) }

// Each chunk is bound to its file, its place and whether it is the last; another key opens none.
func TestSpooledChunksAreBoundToTheirPlace(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := openSpool(t, dir)
	take := func() identity.SpooledFile {
		f, err := p.Take(t.Context(), bytes.NewReader(noise(2*mib+9)))
		require.NoError(t, err)
		return f
	}
	for name, harm := range map[string]func(f identity.SpooledFile) identity.SpooledFile{
		"two chunks changed places": func(f identity.SpooledFile) identity.SpooledFile {
			p.Harm(t, `UPDATE chunks SET n = 9 WHERE file = $1 AND n = 0`, f.ID)
			p.Harm(t, `UPDATE chunks SET n = 0 WHERE file = $1 AND n = 1`, f.ID)
			p.Harm(t, `UPDATE chunks SET n = 1 WHERE file = $1 AND n = 9`, f.ID)
			return f
		},
		"the last is missing": func(f identity.SpooledFile) identity.SpooledFile {
			p.Harm(t, `DELETE FROM chunks WHERE file = $1 AND n = 2`, f.ID)
			return f
		},
		"one in between missing": func(f identity.SpooledFile) identity.SpooledFile {
			p.Harm(t, `DELETE FROM chunks WHERE file = $1 AND n = 1`, f.ID)
			return f
		},
		"said to be shorter": func(f identity.SpooledFile) identity.SpooledFile {
			p.Harm(t, `UPDATE files SET size = 2097152 WHERE id = $1`, f.ID)
			f.Size = 2 * mib
			return f
		},
		"another size than was kept": func(f identity.SpooledFile) identity.SpooledFile { f.Size--; return f },
		"not whole": func(f identity.SpooledFile) identity.SpooledFile {
			p.Harm(t, `UPDATE files SET whole = 0 WHERE id = $1`, f.ID)
			return f
		},
		"another key": func(f identity.SpooledFile) identity.SpooledFile { f.Key = take().Key; return f },
		"no key":      func(f identity.SpooledFile) identity.SpooledFile { f.Key = nil; return f },
		"a chunk of another file": func(f identity.SpooledFile) identity.SpooledFile {
			p.Harm(t, `UPDATE chunks SET sealed = (SELECT sealed FROM chunks WHERE file = $2 AND n = 0) WHERE file = $1 AND n = 0`, f.ID, take().ID)
			return f
		},
	} {
		got, err := content(t, p, harm(take()))
		require.Equal(t, "file_gone", fault.From(err).Code, name)
		require.Less(t, len(got), 2*mib+9, name)
	}
}

// Nothing of a file can be read in the folder, and two files of the same content share no byte.
func TestSpoolHoldsNothingInClear(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := openSpool(t, dir)
	plain := bytes.Repeat([]byte("%PDF-1.7 Oddwhistle "), mib/10)
	for range 2 {
		_, err := p.Take(t.Context(), bytes.NewReader(plain))
		require.NoError(t, err)
	}
	require.Empty(t, found(t, dir, "Oddwhistle", "%PDF"))
}

func TestSpoolSweeps(t *testing.T) {
	t.Parallel()
	dir, clock := t.TempDir(), storetest.NewClock()
	p := openSpool(t, dir, func(o *store.SpoolOptions) { o.Now = clock.Now })
	take := func() identity.SpooledFile {
		f, err := p.Take(t.Context(), bytes.NewReader(noise(2*mib)))
		require.NoError(t, err)
		return f
	}
	wanted, forgotten, half := take(), take(), take()
	p.Harm(t, `UPDATE files SET whole = 0 WHERE id = $1`, half.ID)
	clock.Advance(time.Hour)
	young := take()
	removed, err := p.Sweep(t.Context(), []string{wanted.ID, half.ID}, time.Hour)
	require.NoError(t, err)
	require.Equal(t, 2, removed)
	for _, f := range []identity.SpooledFile{wanted, young} {
		_, err := content(t, p, f)
		require.NoError(t, err)
	}
	for _, f := range []identity.SpooledFile{forgotten, half} {
		_, err := content(t, p, f)
		require.Equal(t, "file_gone", fault.From(err).Code)
	}
	slow, err := p.Take(t.Context(), io.MultiReader(bytes.NewReader(noise(mib)), reads(func() {
		clock.Advance(2 * time.Hour)
		removed, err := p.Sweep(t.Context(), []string{wanted.ID, young.ID}, time.Hour)
		require.NoError(t, err)
		require.Zero(t, removed, "what comes slowly is still coming")
	}), bytes.NewReader(noise(mib))))
	require.NoError(t, err)
	_, err = content(t, p, slow)
	require.NoError(t, err)
	_, err = p.Sweep(t.Context(), nil, 0)
	require.NoError(t, err)
	for _, name := range []string{"desk-uploads.db", "desk-uploads.db-wal"} {
		info, err := os.Stat(filepath.Join(dir, name))
		require.NoError(t, err)
		require.Less(t, info.Size(), int64(mib), "an empty spool is small")
	}
}

// A disk without room refuses the file in words and keeps nothing of it; what was there stays.
func TestSpoolWithoutRoom(t *testing.T) {
	t.Parallel()
	p := openSpool(t, t.TempDir(), func(o *store.SpoolOptions) { o.Most = 8 * mib })
	kept, err := p.Take(t.Context(), bytes.NewReader(noise(3*mib)))
	require.NoError(t, err)
	_, err = p.Take(t.Context(), bytes.NewReader(noise(9*mib)))
	f := fault.From(err)
	require.Equal(t, fault.Unavailable, f.Kind)
	require.Equal(t, "disk_full", f.Code)
	require.Contains(t, f.Text, "no room")
	require.EqualValues(t, 1, spooledFiles(t, p))
	_, err = content(t, p, kept)
	require.NoError(t, err)
	_, err = p.Take(t.Context(), bytes.NewReader(noise(3*mib)))
	require.NoError(t, err, "the room that it took is free again")
}

// Half a file that a process left behind is swept by the next one, which nobody else shares the spool with.
func TestSpoolBelongsToOneDesk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	url := "sqlite:" + filepath.Join(dir, "desk.db")
	o := store.SpoolOptions{URL: url, Now: storetest.NewClock().Now, Log: slog.New(slog.DiscardHandler)}
	first, err := store.OpenSpool(t.Context(), o)
	require.NoError(t, err)
	_, err = store.OpenSpool(t.Context(), o)
	require.Equal(t, fault.Conflict, fault.KindOf(err))
	path, err := store.SpoolPath(url)
	require.NoError(t, err)
	require.Equal(t, filepath.Join(dir, "desk-uploads.db"), path)
	f, err := first.Take(t.Context(), strings.NewReader("%PDF-1.7"))
	require.NoError(t, err)
	require.NoError(t, first.Close())
	require.NoError(t, first.Close(), "twice is harmless")
	second := openSpool(t, dir)
	got, err := content(t, second, f)
	require.NoError(t, err)
	require.Equal(t, "%PDF-1.7", string(got))
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}
