package evidence

import (
	"archive/zip"
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"identitydesk/internal/audit"
)

// Report is what a pack that holds says of itself, and what its proof amounts to.
type Report struct {
	manifest manifest
	links    int // entries of others that were followed
	vouched  int // those of which the signature alone says that they belong there
	loose    int // entries that lead to no anchor
	pins     []Line
	matched  int // given pins that were found
}

// String is the report for a terminal.
func (r Report) String() string {
	var b strings.Builder
	m := r.manifest
	fmt.Fprintf(&b, "The pack holds: signature, %d files, %s of %s.\n", len(m.Files),
		counted(m.Entries, "audit entry", "audit entries"), counted(m.Cases, "case", "cases"))
	fmt.Fprintf(&b, "Made %s by %s (%s) at a desk %s, environment %s.\nAsked for: %s\n",
		m.MadeAt.Format(time.RFC3339), m.By.Name, m.By.Role, m.Version, m.Environment, m.Asked)
	fmt.Fprintf(&b, "End of the audit log then: %s\n", m.Head.head())
	fmt.Fprintf(&b, "Chain: %d entries of others were followed, %d are vouched for by the signature alone, %d entries lead to no pinned end.\n",
		r.links, r.vouched, r.loose)
	for _, p := range r.pins {
		fmt.Fprintf(&b, "Pinned %s: %d:%x\n", p.At.UTC().Format(time.RFC3339), p.Seq, p.Hash)
	}
	if len(r.pins) > 0 && r.matched == 0 {
		fmt.Fprintln(&b, "Compare a pinned end with the one that was kept elsewhere, or name that with --pin.")
	}
	if r.matched > 0 {
		fmt.Fprintf(&b, "%d of the given pins stand in the chain.\n", r.matched)
	}
	for _, missing := range m.Missing {
		fmt.Fprintf(&b, "Not found: %s (%s)\n", missing.Asked, missing.Why)
	}
	return b.String()
}

func counted(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}

// Verify checks a pack with the desk's public key alone: every byte of it, the signature, each file, and the chain. Its error says what
// is wrong first. Ends that the log once had are looked for where the pack covers their place.
func Verify(pack []byte, key ed25519.PublicKey, pins []audit.Head) (Report, error) {
	files, err := unpack(pack)
	if err != nil {
		return Report{}, err
	}
	if !signed(files[fileManifest], files[fileSignature], key) {
		return Report{}, errors.New("manifest.sig is not the signature of manifest.json by this key: another desk made the pack, or it was changed")
	}
	r := Report{}
	if err := json.Unmarshal(files[fileManifest], &r.manifest); err != nil {
		return Report{}, fmt.Errorf("manifest.json cannot be read: %w", err)
	}
	if r.manifest.Format != format {
		return Report{}, fmt.Errorf("the pack is of the format %.40q, and this program knows %s", r.manifest.Format, format)
	}
	if err := r.manifest.covers(files); err != nil {
		return Report{}, err
	}
	lines, err := readLines(files[fileAudit])
	if err != nil {
		return Report{}, fmt.Errorf("audit.jsonl cannot be read: %w", err)
	}
	if err := r.walk(lines, pins); err != nil {
		return Report{}, fmt.Errorf("audit.jsonl: %w", err)
	}
	again, err := archive(files)
	if err != nil {
		return Report{}, err
	}
	if !bytes.Equal(again, pack) {
		return Report{}, errors.New("the zip holds something beside its files, or was packed anew: it is not the file that the desk made")
	}
	return r, nil
}

// unpack reads the files of a pack into memory. Nothing is unpacked to the disk, and since no file is packed smaller than it is, none
// becomes larger than the pack.
func unpack(pack []byte) (map[string][]byte, error) {
	z, err := zip.NewReader(bytes.NewReader(pack), int64(len(pack)))
	if err != nil {
		return nil, errors.New("it is no zip, or a part of it is missing")
	}
	expected := []string{fileReadme, fileAudit, fileCases, fileIndex, fileManifest, fileSignature}
	files := map[string][]byte{}
	for _, f := range z.File {
		switch {
		case !slices.Contains(expected, f.Name):
			return nil, fmt.Errorf("the zip holds a file that no pack has: %.60q", f.Name)
		case files[f.Name] != nil:
			return nil, fmt.Errorf("the zip holds %s twice", f.Name)
		case f.Method != zip.Store || f.UncompressedSize64 != f.CompressedSize64 || f.UncompressedSize64 > uint64(len(pack)):
			return nil, fmt.Errorf("%s is not packed as a desk packs", f.Name)
		}
		if files[f.Name], err = read(f); err != nil {
			return nil, fmt.Errorf("%s cannot be read: %w", f.Name, err)
		}
	}
	for _, name := range expected {
		if files[name] == nil {
			return nil, fmt.Errorf("%s is missing", name)
		}
	}
	return files, nil
}

func read(f *zip.File) (_ []byte, err error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	content, err := io.ReadAll(io.LimitReader(r, int64(f.UncompressedSize64)+1))
	if err == nil && uint64(len(content)) != f.UncompressedSize64 {
		err = errors.New("it has another size than it says")
	}
	return append([]byte{}, content...), err
}

// covers compares the files with the manifest.
func (m manifest) covers(files map[string][]byte) error {
	var names []string
	for _, f := range m.Files {
		content, there := files[f.Name]
		hash := sha256.Sum256(content)
		switch {
		case !there || slices.Contains(names, f.Name) || f.Name == fileManifest || f.Name == fileSignature:
			return fmt.Errorf("manifest.json names a file that the pack cannot have: %.60q", f.Name)
		case f.Size != len(content) || !bytes.Equal(f.SHA256, hash[:]):
			return fmt.Errorf("%s is not the file that manifest.json names: it was changed", f.Name)
		}
		names = append(names, f.Name)
	}
	for name := range files {
		if name != fileManifest && name != fileSignature && !slices.Contains(names, name) {
			return fmt.Errorf("manifest.json does not name %s", name)
		}
	}
	return nil
}

// walker follows the stretches of a proof.
type walker struct {
	*Report
	pins   []audit.Head
	open   bool
	last   audit.Head // the entry that was followed last
	before int64      // where the stretch before ended
	loose  int        // entries of the stretch
	ours   int
}

func (r *Report) walk(lines []Line, pins []audit.Head) error {
	w := walker{Report: r, pins: pins}
	for n, l := range lines {
		if err := w.step(l); err != nil {
			return fmt.Errorf("line %d: %w", n+1, err)
		}
	}
	switch {
	case w.open:
		return errors.New("the last stretch has no end")
	case w.ours != r.manifest.Entries:
		return fmt.Errorf("it holds %d entries, and manifest.json says %d", w.ours, r.manifest.Entries)
	}
	return nil
}

func (w *walker) step(l Line) error {
	if l.Kind == KindFrom {
		if w.open || l.Seq <= w.before || len(l.Prev) != sha256.Size {
			return errors.New("a stretch begins where none can")
		}
		w.open, w.loose, w.last = true, 0, audit.Head{Seq: l.Seq - 1, Hash: l.Prev}
		return nil
	}
	if !w.open {
		return errors.New("it stands in no stretch of the chain")
	}
	if l.Kind == KindTo {
		return w.end(l)
	}
	if l.Seq != w.last.Seq+1 {
		return fmt.Errorf("entry %d is missing before entry %d", w.last.Seq+1, l.Seq)
	}
	hash, err := w.hash(l)
	if err != nil {
		return err
	}
	w.last = audit.Head{Seq: l.Seq, Hash: hash}
	return w.compare()
}

// hash is the hash of a line's entry, behind the one before it.
func (w *walker) hash(l Line) ([]byte, error) {
	switch l.Kind {
	case KindEntry:
		if !l.Entry.Follows(&audit.Entry{Seq: w.last.Seq, Hash: w.last.Hash}) {
			return nil, fmt.Errorf("entry %d does not hold: its fields do not give its hash, or it does not follow the one before", l.Seq)
		}
		w.ours, w.loose = w.ours+1, w.loose+1
		return l.Entry.Hash, nil
	case KindLink:
		if len(l.Fields) != sha256.Size {
			return nil, fmt.Errorf("entry %d has no hash of its fields", l.Seq)
		}
		w.links++
		return audit.Join(w.last.Hash, l.Fields), nil
	case KindVouched:
		if len(l.Hash) != sha256.Size {
			return nil, fmt.Errorf("entry %d has no hash", l.Seq)
		}
		w.vouched++
		return l.Hash, nil
	}
	return nil, fmt.Errorf("no such line is known: %.20q", l.Kind)
}

// compare looks for given pins at the entry that was followed last.
func (w *walker) compare() error {
	for _, p := range w.pins {
		if p.Seq != w.last.Seq {
			continue
		}
		if !bytes.Equal(p.Hash, w.last.Hash) {
			return fmt.Errorf("entry %d is not the one that was pinned (%s): the log was written anew before the pack was made", p.Seq, p)
		}
		w.matched++
	}
	return nil
}

func (w *walker) end(l Line) error {
	head := w.manifest.Head.head()
	switch {
	case l.Seq != w.last.Seq || !bytes.Equal(l.Hash, w.last.Hash):
		return fmt.Errorf("the chain leads to another entry %d than it says: something in the stretch was changed", w.last.Seq)
	case l.Seq > head.Seq || l.Seq == head.Seq && !bytes.Equal(l.Hash, head.Hash):
		return fmt.Errorf("the chain goes beyond the end of the log (%s)", head)
	}
	switch l.Anchor {
	case AnchorHead:
		if l.Seq != head.Seq {
			return errors.New("a stretch does not lead to the end of the log, as it says")
		}
	case AnchorPin:
		if l.At == nil {
			return errors.New("a pin has no time")
		}
		w.Report.pins = append(w.Report.pins, l)
	case AnchorNone:
		w.Report.loose += w.loose
	default:
		return fmt.Errorf("no such anchor is known: %.20q", l.Anchor)
	}
	w.open, w.before = false, l.Seq
	return nil
}
