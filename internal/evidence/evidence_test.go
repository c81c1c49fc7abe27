package evidence_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/audit"
	"identitydesk/internal/evidence"
	"identitydesk/internal/identity"
)

var start = time.Date(2026, 3, 2, 15, 0, 0, 0, time.UTC)

// ledger is a log in memory, of which some entries are about the case "c1".
type ledger []audit.Entry

func logOf(n int, ours ...int) (l ledger, about map[int64]bool) {
	about = map[int64]bool{}
	var last *audit.Entry
	for k := 1; k <= n; k++ {
		e := audit.Entry{At: start.Add(time.Duration(k) * time.Second), ActorID: "bo", ActorName: "Bo", Role: "lead", Action: audit.Exported, Object: fmt.Sprint(k)}
		for _, seq := range ours {
			if k == seq {
				e.ActorID, e.ActorName, e.Action, e.IdentityID, e.Object = "ana", "Ana <b>Lyst</b>", audit.OpenedCase, "c1", ""
				about[int64(k)] = true
			}
		}
		e = e.Chain(last)
		l, last = append(l, e), &e
	}
	return l, about
}

func (l ledger) head() audit.Head { e := l[len(l)-1]; return audit.Head{Seq: e.Seq, Hash: e.Hash} }

func (l ledger) pin(seq int64) audit.Pin {
	return audit.Pin{Head: audit.Head{Seq: seq, Hash: l[seq-1].Hash}, At: start.Add(time.Hour)}
}

func (l ledger) AuditSpan(_ context.Context, after, to int64) ([]audit.Entry, error) {
	return l[after:min(to, after+3, int64(len(l)))], nil
}

func signer() evidence.Signer { return evidence.NewSigner(bytes.Repeat([]byte{7}, 32)) }

func pack(l ledger, about map[int64]bool, pins ...audit.Pin) (evidence.Pack, error) {
	proof, err := evidence.Prove(context.Background(), l, about, l.head(), pins)
	decided := start.Add(time.Minute)
	return evidence.Pack{
		MadeAt: start.Add(time.Hour), By: evidence.Maker{ID: "lea", Name: "Lea", Role: "lead"}, Version: "v1", Environment: "sandbox",
		Asked: "2 ids", At: start.Add(30 * time.Second), Head: l.head(), Proof: proof,
		Cases: []evidence.Case{{
			Identity: identity.Identity{ID: "c1", RefID: "user-<4711>", PaxosID: "px-1", Type: identity.Person, Status: identity.Approved, Initials: "QZ", DecidedAt: &decided, CreatedAt: start},
			IDs:      []string{"c1", "c0"}, FormerRefIDs: []string{"was-4711"}, Notes: 2,
			History: []identity.Entry{
				{Kind: identity.WasFound, New: identity.Pending, By: identity.BySync, OccurredAt: start, ReceivedAt: start, ProcessedAt: start},
				{Kind: identity.StatusChanged, Old: identity.Pending, New: identity.Approved, By: identity.ByPoll, Unannounced: true, OccurredAt: decided},
			},
			Turns:  []identity.Turn{{Move: identity.Paxos, From: start, To: &decided}},
			Events: []identity.Event{{ID: "ev-1", Type: identity.EventApproved, State: identity.EventDone, OccurredAt: decided, ReceivedAt: decided}},
			Then:   identity.Standing{At: start.Add(30 * time.Second), Known: true, Status: identity.Pending, Since: start, KnownFrom: start},
		}},
		Missing: []evidence.Missing{{Asked: "user-none", Why: "not known"}},
	}, err
}

func built(t *testing.T, l ledger, about map[int64]bool, pins ...audit.Pin) []byte {
	t.Helper()
	p, err := pack(l, about, pins...)
	require.NoError(t, err)
	b, _, err := evidence.Build(p, signer())
	require.NoError(t, err)
	again, _, err := evidence.Build(p, signer())
	require.NoError(t, err)
	require.Equal(t, b, again, "the same pack gives the same bytes")
	return b
}

func verify(t *testing.T, b []byte, pins ...audit.Head) (string, error) {
	t.Helper()
	key, err := evidence.ParseKey(signer().Public())
	require.NoError(t, err)
	r, err := evidence.Verify(b, key, pins)
	return r.String(), err
}

func TestAPackHolds(t *testing.T) {
	t.Parallel()
	l, about := logOf(40, 3, 4, 30)
	b := built(t, l, about, l.pin(10))
	text, err := verify(t, b)
	require.NoError(t, err)
	require.Contains(t, text, "3 audit entries of 1 case.")
	require.Contains(t, text, "35 entries of others were followed, 0 are vouched", "from entry 3 to the end, which is near")
	require.Contains(t, text, "Not found: user-none")
	text, err = verify(t, b, l.pin(10).Head, audit.Head{Seq: 1, Hash: l[0].Hash})
	require.NoError(t, err)
	require.Contains(t, text, "1 of the given pins")

	other, err := evidence.ParseKey(evidence.NewSigner(bytes.Repeat([]byte{8}, 32)).Public())
	require.NoError(t, err)
	_, err = evidence.Verify(b, other, nil)
	require.ErrorContains(t, err, "not the signature")
	_, err = verify(t, b, audit.Head{Seq: 10, Hash: bytes.Repeat([]byte{1}, 32)})
	require.ErrorContains(t, err, "entry 10 is not the one that was pinned")
	for _, wrong := range []string{"", "zz", strings.Repeat("0", 63)} {
		_, err = evidence.ParseKey(wrong)
		require.Error(t, err)
	}
}

// Each byte of a pack counts, wherever it stands.
func TestEachByteCounts(t *testing.T) {
	t.Parallel()
	l, about := logOf(4, 2)
	b := built(t, l, about)
	for n := 0; n < len(b); n += 7 {
		for _, bit := range []byte{1, 0x80} {
			changed := bytes.Clone(b)
			changed[n] ^= bit
			_, err := verify(t, changed)
			require.Error(t, err, "byte %d", n)
		}
	}
	for _, cut := range []int{1, 22, len(b) / 2, len(b)} {
		_, err := verify(t, b[:len(b)-cut])
		require.Error(t, err)
	}
	for _, more := range [][]byte{append(bytes.Clone(b), 0), append([]byte("x"), b...)} {
		_, err := verify(t, more)
		require.Error(t, err)
	}
}

// repack is a pack with changed files, signed anew where the forger is the desk itself.
func repack(t *testing.T, b []byte, change func(files map[string]string), compress bool) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	require.NoError(t, err)
	files := map[string]string{}
	var names []string
	for _, f := range z.File {
		r, err := f.Open()
		require.NoError(t, err)
		text, err := io.ReadAll(r)
		require.NoError(t, err)
		files[f.Name] = string(text)
		names = append(names, f.Name)
	}
	change(files)
	for name := range files {
		if !strings.Contains(strings.Join(names, " "), name) {
			names = append(names, name)
		}
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	w.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, 9) })
	for _, name := range names {
		text, kept := files[name]
		if !kept {
			continue
		}
		h := &zip.FileHeader{Name: strings.TrimSuffix(name, "#2")}
		if compress {
			h.Method = zip.Deflate
		}
		f, err := w.CreateHeader(h)
		require.NoError(t, err)
		_, err = io.WriteString(f, text)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return out.Bytes()
}

func TestHostilePacks(t *testing.T) {
	t.Parallel()
	l, about := logOf(6, 2, 5)
	b := built(t, l, about)
	for name, c := range map[string]struct {
		change   func(files map[string]string)
		compress bool
		says     string
	}{
		"a file too many":    {func(f map[string]string) { f["more.txt"] = "x" }, false, `a file that no pack has: "more.txt"`},
		"a path":             {func(f map[string]string) { f["../../etc/passwd"] = "x" }, false, "a file that no pack has"},
		"an absolute path":   {func(f map[string]string) { f["/etc/passwd"] = "x" }, false, "a file that no pack has"},
		"a file twice":       {func(f map[string]string) { f["cases.json#2"] = "x" }, false, "cases.json twice"},
		"a file too few":     {func(f map[string]string) { delete(f, "audit.jsonl") }, false, "audit.jsonl is missing"},
		"no signature":       {func(f map[string]string) { delete(f, "manifest.sig") }, false, "manifest.sig is missing"},
		"another case":       {func(f map[string]string) { f["cases.json"] = strings.Replace(f["cases.json"], "APPROVED", "DENIED", 1) }, false, "cases.json is not the file"},
		"another summary":    {func(f map[string]string) { f["index.html"] += " " }, false, "index.html is not the file"},
		"another manifest":   {func(f map[string]string) { f["manifest.json"] = strings.Replace(f["manifest.json"], "Lea", "Bo", 1) }, false, "not the signature"},
		"a bomb":             {func(f map[string]string) { f["cases.json"] = strings.Repeat("0", 1<<22) }, true, "not packed as a desk packs"},
		"packed by somebody": {func(map[string]string) {}, false, "not the file that the desk made"},
	} {
		_, err := verify(t, repack(t, b, c.change, c.compress))
		require.ErrorContains(t, err, c.says, name)
	}
	_, err := verify(t, []byte("no zip"))
	require.ErrorContains(t, err, "no zip")
}

// What the desk's own key has signed must still be a chain.
func TestAForgedChainDoesNotHold(t *testing.T) {
	t.Parallel()
	l, about := logOf(12, 3, 9)
	good, err := pack(l, about, l.pin(11))
	require.NoError(t, err)
	entry := func(seq int64, lines []evidence.Line) int {
		for n, line := range lines {
			if line.Seq == seq && line.Kind != evidence.KindFrom && line.Kind != evidence.KindTo {
				return n
			}
		}
		return -1
	}
	for name, c := range map[string]struct {
		forge func(lines []evidence.Line) []evidence.Line
		says  string
	}{
		"an edited entry": {func(lines []evidence.Line) []evidence.Line {
			e := *lines[entry(3, lines)].Entry
			e.ActorName = "Bo"
			lines[entry(3, lines)].Entry = &e
			return lines
		}, "entry 3 does not hold"},
		"an edited link": {func(lines []evidence.Line) []evidence.Line {
			lines[entry(5, lines)].Fields = bytes.Repeat([]byte{1}, 32)
			return lines
		}, "entry 9 does not hold"},
		"a later link": {func(lines []evidence.Line) []evidence.Line {
			lines[entry(10, lines)].Fields = bytes.Repeat([]byte{1}, 32)
			return lines
		}, "another entry 12"},
		"a missing link": {func(lines []evidence.Line) []evidence.Line {
			n := entry(5, lines)
			return append(lines[:n], lines[n+1:]...)
		}, "entry 5 is missing before entry 6"},
		"two swapped": {func(lines []evidence.Line) []evidence.Line {
			n := entry(5, lines)
			lines[n].Fields, lines[n+1].Fields = lines[n+1].Fields, lines[n].Fields
			return lines
		}, "entry 9 does not hold"},
		"no end":           {func(lines []evidence.Line) []evidence.Line { return lines[:len(lines)-1] }, "has no end"},
		"no beginning":     {func(lines []evidence.Line) []evidence.Line { return lines[1:] }, "stands in no stretch"},
		"another anchor":   {func(lines []evidence.Line) []evidence.Line { lines[len(lines)-1].Anchor = "word"; return lines }, "no such anchor"},
		"a strange line":   {func(lines []evidence.Line) []evidence.Line { lines[2].Kind = "word"; return lines }, "no such line"},
		"a stretch inside": {func(lines []evidence.Line) []evidence.Line { return append(lines[:2:2], lines...) }, "begins where none can"},
	} {
		p := good
		p.Proof = c.forge(append([]evidence.Line{}, good.Proof...))
		b, _, err := evidence.Build(p, signer())
		require.NoError(t, err, name)
		_, err = verify(t, b)
		require.ErrorContains(t, err, c.says, name)
	}
}

// A log that does not hold gives no pack.
func TestNoPackOfABrokenLog(t *testing.T) {
	t.Parallel()
	l, about := logOf(12, 3, 9)
	l[6].Detail = "edited"
	_, err := pack(l, about)
	require.ErrorContains(t, err, "does not hold at entry 7")
	l, about = logOf(12, 3)
	pin := l.pin(9)
	pin.Hash = bytes.Repeat([]byte{1}, 32)
	long, _ := logOf(5000, 3)
	_, err = evidence.Prove(t.Context(), long, about, long.head(), []audit.Pin{pin})
	require.ErrorContains(t, err, "does not hold at entry 9")
}

// In a long log an entry is followed to the nearest end that was pinned, not to the end of the log; where none is near, it stands
// alone.
func TestProofOfALongLog(t *testing.T) {
	t.Parallel()
	l, about := logOf(50_000, 100, 5000, 28_000)
	b := built(t, l, about, l.pin(120), l.pin(5100))
	text, err := verify(t, b, l.pin(5100).Head)
	require.NoError(t, err)
	require.Contains(t, text, "120 entries of others were followed, 0 are vouched for by the signature alone, 1 entries lead to no pinned end")
	require.Contains(t, text, fmt.Sprintf("Pinned 2026-03-02T16:00:00Z: %s", l.pin(120).Head))
	require.Contains(t, text, "1 of the given pins")
}

// Entries from before can only be vouched for where they are of others.
func TestProofOfAnOldLog(t *testing.T) {
	t.Parallel()
	l, about := logOf(6, 2, 5)
	for n := range l {
		l[n].Form = audit.FormWhole
		if n > 0 {
			l[n].Prev = l[n-1].Hash
		}
		l[n].Hash = l[n].Sum()
	}
	text, err := verify(t, built(t, l, about))
	require.NoError(t, err)
	require.Contains(t, text, "0 entries of others were followed, 3 are vouched for")
}

func TestTheSummary(t *testing.T) {
	t.Parallel()
	l, about := logOf(6, 2, 5)
	b := built(t, l, about)
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	require.NoError(t, err)
	read := func(name string) string {
		f, err := z.Open(name)
		require.NoError(t, err)
		text, err := io.ReadAll(f)
		require.NoError(t, err)
		return string(text)
	}
	page := read("index.html")
	for _, word := range []string{"user-&lt;4711&gt;", "formerly was-4711", "QZ", "user-none", "PENDING since 2026-03-02 15:00:00", "no webhook told of it", "Ana &lt;b&gt;Lyst&lt;/b&gt;", "opened the case", "What is not in this pack"} {
		require.Contains(t, page, word)
	}
	for _, word := range []string{"<script", "http://", "https://", "src=", "<b>Lyst"} {
		require.NotContains(t, page, word)
	}
	require.Contains(t, read("README.txt"), signer().Public())
	require.Contains(t, read("cases.json"), `"viewed": 2`)
}
