package config

import "strings"

// Database is where the data lives. Only SQLite for now.
type Database struct {
	Path string // of the SQLite file
}

// UnmarshalText takes sqlite:PATH.
func (d *Database) UnmarshalText(text []byte) error {
	scheme, path, _ := strings.Cut(string(text), ":")
	switch {
	case scheme == "postgres" || scheme == "postgresql":
		return plainError("PostgreSQL comes with a later release: use sqlite:PATH")
	case scheme != "sqlite" || path == "":
		return errForm
	case strings.HasPrefix(path, "//"):
		return plainError("expected sqlite:PATH with at most one slash at its start, such as sqlite:/data/identitydesk.db")
	case strings.HasPrefix(path, ":memory:"), strings.ContainsAny(path, "?#%"):
		return plainError("expected the path of a file, without options and without ? # %")
	}
	d.Path = path
	return nil
}

// String gives sqlite:PATH.
func (d Database) String() string { return "sqlite:" + d.Path }
