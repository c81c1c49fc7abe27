package identity

import (
	"log/slog"
	"time"
)

// FileState is how far a file of ours is on its way to Paxos.
type FileState string

// The states of a file. What is none of queued, announced and failed has no content here any more.
const (
	FileQueued    FileState = "queued"    // here whole; Paxos does not know of it
	FileAnnounced FileState = "announced" // Paxos has given an address for its content, which is on its way
	FileDone      FileState = "done"      // Paxos has it
	FileFailed    FileState = "failed"    // a person must act
	FileRemoved   FileState = "removed"   // a person took it back
	FileExpired   FileState = "expired"   // it waited for longer than [UploadTerm]
)

// UploadTerm is how long the content of a file waits here at most, whatever becomes of it.
const UploadTerm = 24 * time.Hour

// MostUploadAddresses is how often one file may ask for an address: one that keeps expiring before the content is there would
// otherwise go on for the whole term.
const MostUploadAddresses = 5

// Open reports whether the file is on its way by itself.
func (s FileState) Open() bool { return s == FileQueued || s == FileAnnounced }

// Held reports whether the content is still here.
func (s FileState) Held() bool { return s.Open() || s == FileFailed }

// DocumentUpload is one file that a person gave the desk for Paxos. Its name counts as personal data: it is empty for those who may
// not see names, and once the case is erased.
type DocumentUpload struct {
	ID          string
	IdentityID  string
	Name        string
	Types       []string // Paxos' words, see [DocumentTypes]
	ContentType string
	Size        int64 // bytes
	State       FileState
	Code        string // why it failed, see [FileNameTaken] and its neighbours
	Text        string // Paxos' words about a refusal, with what was sent cut out; as personal as the name
	By          string // user id
	At          time.Time
	AnnouncedAt *time.Time // when Paxos gave the address that is used; nil before
	EndedAt     *time.Time // when it was done, failed, removed or expired; nil while it is on its way
	Attempts    int        // how often a step was begun
	AnswerLost  bool       // Paxos was asked for an address under this name, and its answer was lost: it may hold the name
	FileID      string     // Paxos', from the first step on
}

// SpooledFile is a file that lies sealed beside the database. Its key is kept with the [DocumentUpload] alone: without it nobody
// reads the content, not the desk itself.
type SpooledFile struct {
	ID   string
	Key  SpoolKey
	Size int64 // bytes
}

// SpoolKey opens one file. It is never logged and never shown.
type SpoolKey []byte

const hiddenKey = "[the key of a file]"

// String hides the key.
func (SpoolKey) String() string { return hiddenKey }

// GoString hides the key.
func (SpoolKey) GoString() string { return hiddenKey }

// LogValue hides the key.
func (SpoolKey) LogValue() slog.Value { return slog.StringValue(hiddenKey) }

// UploadTask is a file with all that sending it takes.
type UploadTask struct {
	DocumentUpload
	PaxosID   string
	File      SpooledFile
	URL       UploadURL // empty before the first step
	Addresses int       // how often Paxos gave one for it
}
