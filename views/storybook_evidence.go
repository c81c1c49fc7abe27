package views

import (
	"net/url"
	"strings"

	"identitydesk/internal/access"
)

func (b book) evidence() []Story {
	page := func(change func(*EvidencePage)) Story {
		p := EvidencePage{Chrome: b.chrome(access.Auditor, SectionAudit), Max: 500, Key: strings.Repeat("3f9a0c11", 8)}
		change(&p)
		return Story{Role: access.Auditor, Component: Evidence(p)}
	}
	return named("evidence", map[string]Story{
		"form": page(func(*EvidencePage) {}),
		"case": page(func(p *EvidencePage) {
			p.IDs, p.Then = []string{b.approved().ID}, Then{Date: "2026-05-01", Error: "Must not be in the future."}
			p.Text = "The status cannot be told for this moment."
		}),
		"filter": page(func(p *EvidencePage) { p.Filter = url.Values{"status": {"PENDING"}, "created_from": {"2026-03-01"}} }),
		"refused": page(func(p *EvidencePage) {
			p.RefIDs, p.Text = "user-1\nuser-2", "No pack was made."
			p.Errors = map[string]string{"ref_ids": "Entry 2: this looks like personal data. Look up by ref_id or another id instead."}
		}),
	})
}
