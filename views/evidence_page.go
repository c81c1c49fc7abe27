package views

import (
	"maps"
	"net/url"
	"slices"
	"strings"
)

// EvidencePage asks for an evidence pack (POST /evidence, fields `id`, or `ref_ids`, or the filters of the identities; `at`, `at_time`).
type EvidencePage struct {
	Chrome
	IDs    []string   // of the cases that the person came from; empty: a list, or a filter
	Filter url.Values // of the identities that the person came from
	RefIDs string     // the list as typed
	Then   Then
	Text   string // why no pack was made; empty where none was asked for
	Errors map[string]string
	Max    int
	Key    string // the public key with which packs are verified
}

func (p EvidencePage) filtered() bool { return len(p.IDs) == 0 && len(p.Filter) > 0 && p.RefIDs == "" }

func (p EvidencePage) filters() []string { return slices.Sorted(maps.Keys(p.Filter)) }

// filterWords are the filters, in the order of their names.
func (p EvidencePage) filterWords() string {
	var parts []string
	for _, name := range p.filters() {
		parts = append(parts, name+" = "+p.Filter.Get(name))
	}
	return strings.Join(parts, ", ")
}

func evidenceOf(id string) string { return link("/evidence", url.Values{"id": {id}}) }
