package store

import (
	"context"
	"testing"
)

// KeyOf opens the key of the file of a name.
func (s *Store) KeyOf(ctx context.Context, name string) (string, error) {
	found, err := all(s.reader(ctx), scanUpload, selectUpload)
	if err != nil {
		return "", err
	}
	for _, f := range found {
		u, h, err := s.openUpload(f)
		if err != nil {
			return "", err
		}
		if u.Name == name {
			return string(h.Key), nil
		}
	}
	return "", nil
}

// Harm changes what lies in the spool, as nobody should.
func (p *Spool) Harm(t *testing.T, statement string, args ...any) {
	t.Helper()
	if _, err := p.write.ExecContext(t.Context(), statement, args...); err != nil {
		t.Fatal(err)
	}
}
