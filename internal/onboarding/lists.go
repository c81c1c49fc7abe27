package onboarding

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// List is one page of cases.
type List struct {
	Rows         []Row
	Next         string // goes back as the filter's After; empty at the end
	Total        int64
	TotalAtLeast bool // there are more than Total
	AsOf         time.Time
}

// ExportQueue and ExportIdentities are the lists that [Desk.Export] writes.
const (
	ExportQueue      = "queue"
	ExportIdentities = "identities"
)

// queued is a filter with the queue's defaults.
func queued(f identity.Filter) (identity.Filter, error) {
	if f.Lane == "" {
		f.Stuck = true
	} else if !slices.Contains(identity.QueueLanes(), f.Lane) {
		return f, fault.Fields("The queue has no such lane.", map[string]string{"lane": "Choose one of " + laneNames() + "."})
	}
	if f.Sort == "" {
		f.Sort = identity.SortDue
	}
	return f, searchable(f)
}

func laneNames() string {
	var names []string
	for _, l := range identity.QueueLanes() {
		names = append(names, string(l))
	}
	return strings.Join(names, ", ")
}

// searchable refuses a query that looks like personal data: queries come in addresses, which end up in other people's logs.
func searchable(f identity.Filter) error {
	wrong := map[string]string{}
	for field, value := range map[string]string{"q": f.Query, "ref_id": f.RefID, "tag": f.Tag} {
		if identity.LooksPersonal(value) {
			wrong[field] = personal
		}
	}
	if len(wrong) > 0 {
		return fault.Fields("Search by ids only.", wrong)
	}
	return nil
}

// List gives a page of every case that fits.
func (d *Desk) List(ctx context.Context, a access.Actor, f identity.Filter) (List, error) {
	if err := permit(a, access.ReadCases); err != nil {
		return List{}, err
	}
	if err := searchable(f); err != nil {
		return List{}, err
	}
	page, err := d.o.Store.List(ctx, f)
	if err != nil {
		return List{}, err
	}
	rows, err := d.rows(ctx, page.Items)
	return List{Rows: rows, Next: page.Next, Total: page.Total, TotalAtLeast: page.TotalAtLeast, AsOf: d.o.Now()}, err
}

// Export gives every case that fits to yield, one by one and page by page; an error of yield ends it. What is [ExportQueue],
// whose defaults then hold, or [ExportIdentities]. The export is logged before the first row goes out.
func (d *Desk) Export(ctx context.Context, a access.Actor, f identity.Filter, what string, yield func(Row) error) error {
	if err := permit(a, access.ReadCases); err != nil {
		return err
	}
	err := searchable(f)
	if what == ExportQueue {
		f, err = queued(f)
	}
	if err != nil {
		return err
	}
	f.After, f.Limit = "", identity.MaxLimit
	page, err := d.o.Store.List(ctx, f) // before the entry, so that a refused filter is not logged as an export
	if err != nil {
		return err
	}
	e := entry(a, audit.Exported, "")
	e.Object, e.Detail = what, d.selection(f)
	if err := d.o.Store.Record(ctx, e); err != nil {
		return err
	}
	for {
		rows, err := d.rows(ctx, page.Items)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if err := yield(r); err != nil {
				return err
			}
		}
		if page.Next == "" {
			return nil
		}
		f.After = page.Next
		if page, err = d.o.Store.List(ctx, f); err != nil {
			return err
		}
	}
}

// selection says what was exported, for the audit log; a query or a tag stands there as a keyed hash.
func (d *Desk) selection(f identity.Filter) string {
	var parts []string
	add := func(name, value string) {
		if value != "" {
			parts = append(parts, name+"="+value)
		}
	}
	add("lane", string(f.Lane))
	if f.Stuck {
		add("lane", "stuck")
	}
	add("status", string(f.Status))
	add("type", string(f.Type))
	add("requirement", f.Requirement)
	add("assignee", f.Assignee)
	add("mine_or_free", f.MineOrFree)
	if f.Free {
		add("assignee", "nobody")
	}
	add("created_from", day(f.CreatedFrom))
	add("created_to", day(f.CreatedTo))
	for name, value := range map[string]string{"q": f.Query, "ref_id": f.RefID} {
		if value != "" {
			add(name, d.keyed(value))
		}
	}
	slices.Sort(parts)
	if len(parts) == 0 {
		return "everything"
	}
	return strings.Join(parts, " ")
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// keyed is a short keyed hash of a query: equal queries have equal hashes, and nobody without the key can find the query.
func (d *Desk) keyed(query string) string {
	sum := d.o.Index.Index("query", query)
	return fmt.Sprintf("%x", sum[:min(len(sum), 16)])
}
