package evidence

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"identitydesk/internal/audit"
)

// format is the word by which a manifest says how the pack is made.
const format = "identitydesk-evidence/1"

// The files of a pack.
const (
	fileAudit     = "audit.jsonl"
	fileCases     = "cases.json"
	fileIndex     = "index.html"
	fileManifest  = "manifest.json"
	fileReadme    = "README.txt"
	fileSignature = "manifest.sig"
)

// manifest says what a pack is and what it holds; its signature vouches for all of it.
type manifest struct {
	Format      string     `json:"format"`
	MadeAt      time.Time  `json:"made_at"`
	By          Maker      `json:"made_by"`
	Version     string     `json:"desk_version"`
	Environment string     `json:"environment"`
	Asked       string     `json:"asked"`
	At          *time.Time `json:"status_at"`
	Cases       int        `json:"cases"`
	Entries     int        `json:"audit_entries"`
	Head        headJSON   `json:"log_end"` // the end of the audit log when the pack was made
	Files       []fileJSON `json:"files"`
	Left        []leftJSON `json:"not_included"`
	Missing     []Missing  `json:"not_found"`
	Key         string     `json:"public_key"` // for comparing: a key that is read from here proves nothing
}

type headJSON struct {
	Seq  int64 `json:"seq"`
	Hash text  `json:"hash"`
}

type fileJSON struct {
	Name   string `json:"name"`
	Size   int    `json:"size"`
	SHA256 text   `json:"sha256"`
}

// leftJSON is something that is not in a pack, and why.
type leftJSON struct {
	What string `json:"what"`
	Why  string `json:"why"`
}

// Build makes the zip and gives the SHA-256 of its manifest. The same pack gives the same bytes.
func Build(p Pack, s Signer) (pack []byte, sum [sha256.Size]byte, err error) {
	files := map[string][]byte{fileReadme: []byte(strings.ReplaceAll(readme, "PUBLIC_KEY", s.Public()))}
	if files[fileAudit], err = writeLines(p.Proof); err != nil {
		return nil, sum, fmt.Errorf("write the audit entries: %w", err)
	}
	cases := make([]caseJSON, len(p.Cases))
	for n, c := range p.Cases {
		cases[n] = toCase(p, c)
	}
	if files[fileCases], err = pretty(map[string]any{"cases": cases}); err != nil {
		return nil, sum, fmt.Errorf("write the cases: %w", err)
	}
	m := p.manifest(s)
	if files[fileIndex], err = draw(p, m, cases); err != nil {
		return nil, sum, fmt.Errorf("draw the summary: %w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		hash := sha256.Sum256(files[name])
		m.Files = append(m.Files, fileJSON{name, len(files[name]), hash[:]})
	}
	if files[fileManifest], err = pretty(m); err != nil {
		return nil, sum, fmt.Errorf("write the manifest: %w", err)
	}
	files[fileSignature] = s.sign(files[fileManifest])
	pack, err = archive(files)
	return pack, sha256.Sum256(files[fileManifest]), err
}

func (p Pack) manifest(s Signer) manifest {
	m := manifest{
		Format: format, MadeAt: p.MadeAt.UTC(), By: p.By, Version: p.Version, Environment: p.Environment, Asked: p.Asked, At: utc(&p.At),
		Cases: len(p.Cases), Head: headJSON{p.Head.Seq, p.Head.Hash}, Missing: append([]Missing{}, p.Missing...), Key: s.Public(),
		Left: []leftJSON{
			{"names, dates of birth, addresses, government ids, phone numbers, e-mail addresses", "the pack holds no personal data; initials at most"},
			{"what notes and reasons say", "free text can hold personal data; notes are counted, of reasons there is a code and a salted hash"},
			{"what webhooks and Paxos' answers said word by word", "it can hold personal data; events stand with their ids, types and times"},
			{"look-ups and exports of lists in which a case stood among others", "the log keeps one entry for a list, not one for each case of it"},
			{"what the desk does not know", "Paxos' own record is at Paxos; each status says as of when and how it was learned"},
		},
	}
	for _, l := range p.Proof {
		if l.Kind == KindEntry {
			m.Entries++
		}
	}
	if p.Beyond > 0 {
		more := ""
		if p.BeyondMore {
			more = "at least "
		}
		m.Left = append(m.Left, leftJSON{
			more + counted(int(p.Beyond), "case", "cases") + " that the filter selects as well", fmt.Sprintf("a pack holds at most %d cases: ask again with a narrower filter", MaxCases),
		})
	}
	if slices.ContainsFunc(p.Proof, func(l Line) bool { return l.Anchor == AnchorNone }) {
		m.Left = append(m.Left, leftJSON{"the chain from some of the entries to a pinned end", "no pinned end is near enough: the signature alone vouches for their place in the log"})
	}
	return m
}

// pretty is JSON that people can read.
func pretty(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(v)
	return b.Bytes(), err
}

// archive packs files in the order of their names, with fixed times, and as they are: the same files give the same bytes with every
// program, and unpacking makes them no larger.
func archive(files map[string][]byte) ([]byte, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)})
		if err == nil {
			_, err = f.Write(files[name])
		}
		if err != nil {
			return nil, fmt.Errorf("pack %s: %w", name, err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("pack: %w", err)
	}
	return b.Bytes(), nil
}

// Name is a file name for a pack.
func (p Pack) Name() string { return "evidence-" + p.MadeAt.UTC().Format("20060102-150405") + ".zip" }

func (h headJSON) head() audit.Head { return audit.Head{Seq: h.Seq, Hash: h.Hash} }

// Sum is a hash as people read it.
func Sum(sum [sha256.Size]byte) string { return hex.EncodeToString(sum[:]) }

//go:embed README.txt
var readme string
