package onboarding_test

import (
	"context"
	"io"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// files are the documents of a cache.
type files struct {
	uploads []identity.DocumentUpload
	list    identity.DocumentList
	looked  int
	read    [][]string // the cases of each read of many
}

func (c *cache) AddUpload(_ context.Context, u identity.DocumentUpload, f identity.SpooledFile, e audit.Entry) (identity.DocumentUpload, error) {
	u.ID, u.Size, u.State = f.ID, f.Size, identity.FileQueued
	if err := c.write("upload", e); err != nil {
		return u, err
	}
	c.files.uploads = append(c.files.uploads, u)
	return u, nil
}

func (c *cache) Uploads(context.Context, string) ([]identity.DocumentUpload, error) {
	return append([]identity.DocumentUpload(nil), c.files.uploads...), nil
}

func (c *cache) UploadAgain(_ context.Context, _, _, name string, e audit.Entry) error {
	return c.write("upload again as "+name, e)
}

func (c *cache) RemoveUpload(_ context.Context, _, _ string, e audit.Entry) error {
	return c.write("remove upload", e)
}

func (c *cache) DocumentList(context.Context, string) (identity.DocumentList, error) {
	return c.files.list, nil
}

func (c *cache) DocumentsOf(_ context.Context, ids []string) (map[string]identity.Filed, error) {
	c.files.read = append(c.files.read, ids)
	of := map[string]identity.Filed{}
	for _, id := range ids {
		of[id] = identity.Filed{List: c.files.list, Uploads: c.files.uploads}
	}
	return of, nil
}

func (c *cache) LookAtDocuments(context.Context, string) error {
	c.files.looked++
	return nil
}

func (c *cache) ControlList(context.Context, string) (identity.ControlList, error) {
	return identity.ControlList{}, nil
}

func (c *cache) LookAtControls(context.Context, string) error { return nil }

// drawer is a spool in memory.
type drawer struct {
	kept    map[string]string
	removed []string
	full    bool
}

func (d *drawer) Take(_ context.Context, content io.Reader) (identity.SpooledFile, error) {
	text, err := io.ReadAll(content)
	if err == nil && d.full {
		err = fault.New(fault.Unavailable, "There is no room left.")
	}
	if err != nil {
		return identity.SpooledFile{}, err
	}
	d.kept["f-1"] = string(text)
	return identity.SpooledFile{ID: "f-1", Key: identity.SpoolKey("k"), Size: int64(len(text))}, nil
}

func (d *drawer) Remove(_ context.Context, ids ...string) error {
	d.removed = append(d.removed, ids...)
	return nil
}
