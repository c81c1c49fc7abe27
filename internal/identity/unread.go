package identity

// Unread says why something that is kept sealed cannot be read; empty where it can. It is also the code of the Internal fault in
// which such a value ends that stands alone.
type Unread string

// What keeps a sealed value from being read.
const (
	Altered    Unread = "sealed_altered"     // it is not what was stored here: altered, or moved from elsewhere
	KeyMissing Unread = "sealed_key_missing" // the key that has sealed it is not among those of the desk
)

// UnreadOf finds in a fault's code why a value cannot be read; empty for any other code.
func UnreadOf(code string) Unread {
	switch u := Unread(code); u {
	case Altered, KeyMissing:
		return u
	default:
		return ""
	}
}

// Why says it in words that go behind a colon; empty for what can be read.
func (u Unread) Why() string {
	switch u {
	case Altered:
		return "it was altered in the database, or moved from elsewhere"
	case KeyMissing:
		return "its key is missing from ENCRYPTION_KEYS"
	default:
		return ""
	}
}
