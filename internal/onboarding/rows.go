package onboarding

import (
	"context"
	"time"

	"identitydesk/internal/access"
	"identitydesk/internal/identity"
)

// Row is a case as lists show it, with the words that explain it and what people have arranged about it.
type Row struct {
	Identity identity.Identity
	Advice   identity.Advice
	Holder   string           // the name of who has claimed it; empty where nobody has
	Tags     []string         // in their order
	Ageing   *identity.Ageing // how long such cases took; nil where too few were decided
	Unusual  bool             // it has taken longer than nearly all of them

	DraftGoesAt *time.Time // when the details of a failed submission are erased, where that is soon
}

// frame is what the rows of one answer have in common.
type frame struct {
	now     time.Time
	policy  identity.Policy
	people  map[string]access.User
	ageings map[string]identity.Ageing
}

func (d *Desk) frame(ctx context.Context) (f frame, err error) {
	f = frame{now: d.o.Now(), policy: d.Policy()}
	if f.people, err = d.people(ctx); err != nil {
		return f, err
	}
	f.ageings, err = d.o.Store.Ageings(ctx)
	return f, err
}

func (d *Desk) row(f frame, i identity.Identity, tags []string) Row {
	r := Row{Identity: i, Advice: identity.Explain(i, f.policy, f.now, d.o.StaleAfter), Tags: tags}
	if i.Assignee != "" {
		r.Holder = nameOf(f.people, i.Assignee)
	}
	if at, soon := d.draftEnds(i, f.now); soon {
		r.DraftGoesAt = at
	}
	if a, ok := f.ageings[r.Advice.AgeingKind]; ok && a.Enough() {
		r.Ageing, r.Unusual = &a, a.Unusual(i, f.now)
	}
	return r
}

// rows explains a page of cases.
func (d *Desk) rows(ctx context.Context, is []identity.Identity) ([]Row, error) {
	if len(is) == 0 {
		return nil, nil
	}
	f, err := d.frame(ctx)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(is))
	for n, i := range is {
		ids[n] = i.ID
	}
	tags, err := d.o.Store.TagsOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	rows, of := make([]Row, len(is)), make([]advised, len(is))
	for n, i := range is {
		rows[n] = d.row(f, i, tags[i.ID])
		of[n] = advised{&rows[n].Identity, &rows[n].Advice}
	}
	return rows, d.afterUploads(ctx, of)
}
