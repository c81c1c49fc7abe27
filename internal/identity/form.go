package identity

import "net/url"

// ParseDraft reads a form whose fields are named by JSON path.
func ParseDraft(form url.Values) Draft {
	d := Draft{}
	d.RefID = form.Get("ref_id")
	return d
}

// Values is the reverse of ParseDraft.
func (d Draft) Values() url.Values { return url.Values{"ref_id": {d.RefID}} }
