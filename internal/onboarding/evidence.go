package onboarding

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/evidence"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// witness is what evidence packs need of the cache, beside what other use cases do.
type witness interface {
	AuditOf(ctx context.Context, ids []string, upTo int64, most int) ([]audit.Entry, error)
	AuditSpan(ctx context.Context, after, to int64) ([]audit.Entry, error)
	FormerIDs(ctx context.Context, ids []string) (map[string][]string, error)
	Events(ctx context.Context, f identity.EventFilter) (identity.EventPage, error)
	ErasedCases(ctx context.Context, refIDs []string) (map[string][]string, error)
}

// Notary is what evidence packs say of the desk, and what signs them.
type Notary struct {
	Signer               evidence.Signer
	Version, Environment string
}

// EvidenceAsk is what a pack is asked for: some ids of any kind, or a filter where there are none.
type EvidenceAsk struct {
	IDs    []string
	Filter identity.Filter
	At     time.Time // the moment whose status is asked for; zero for none
}

// Evidence is a pack that was made.
type Evidence struct {
	Name string
	Zip  []byte
}

// mostActs is how many entries of the log one pack holds at most.
const mostActs = 100_000

// EvidenceKey is the public key with which packs are verified.
func (d *Desk) EvidenceKey() string { return d.o.Notary.Signer.Public() }

// TakeEvidence makes a pack, and logs who took it, with the hash of its manifest, before it is given. Invalid with the field "ref_ids"
// for ids that are unfit or too many.
func (d *Desk) TakeEvidence(ctx context.Context, a access.Actor, ask EvidenceAsk) (Evidence, error) {
	if err := permit(a, access.TakeEvidence); err != nil {
		return Evidence{}, err
	}
	p := evidence.Pack{
		MadeAt: d.o.Now(), By: evidence.Maker{ID: a.UserID, Name: a.Name, Role: string(a.Role)},
		Version: d.o.Notary.Version, Environment: d.o.Notary.Environment, At: ask.At,
	}
	cases, err := d.askedCases(ctx, ask, &p)
	if err != nil {
		return Evidence{}, err
	}
	if err := d.describeCases(ctx, cases, &p); err != nil {
		return Evidence{}, err
	}
	if err := d.prove(ctx, &p); err != nil {
		return Evidence{}, err
	}
	pack, sum, err := evidence.Build(p, d.o.Notary.Signer)
	if err != nil {
		return Evidence{}, err
	}
	if err := d.o.Store.Record(ctx, tookEvidence(a, p, evidence.Sum(sum))); err != nil {
		return Evidence{}, err
	}
	return Evidence{Name: p.Name(), Zip: pack}, nil
}

// tookEvidence tells the numbers in its first line, then the ids of the cases.
func tookEvidence(a access.Actor, p evidence.Pack, sum string) audit.Entry {
	e := entry(a, audit.TookEvidence, "")
	e.Object = "sha256:" + sum
	e.Detail = fmt.Sprintf("%d cases, %d not found", len(p.Cases), len(p.Missing))
	if len(p.Cases) == 1 {
		e.Detail = fmt.Sprintf("1 case, %d not found", len(p.Missing))
	}
	if len(p.Cases) == 1 {
		e.IdentityID = p.Cases[0].Identity.ID
	}
	var ids []string
	for _, c := range p.Cases {
		ids = append(ids, c.Identity.ID)
	}
	if len(ids) > 1 {
		e.Detail += "\ncases: " + strings.Join(ids, " ")
	}
	return e
}

// askedCases finds the cases, each once, and says in the pack what was asked for and what was not found.
func (d *Desk) askedCases(ctx context.Context, ask EvidenceAsk, p *evidence.Pack) ([]identity.Identity, error) {
	if len(ask.IDs) == 0 {
		return d.filteredCases(ctx, ask.Filter, p)
	}
	p.Asked = fmt.Sprintf("%d ids", len(ask.IDs))
	if len(ask.IDs) == 1 {
		p.Asked = "one case"
	}
	if len(ask.IDs) > evidence.MaxCases {
		return nil, badIDs(fmt.Sprintf("Enter at most %d ids; these are %d.", evidence.MaxCases, len(ask.IDs)))
	}
	cases, missing, err := d.foundCases(ctx, ask.IDs)
	if err == nil {
		cases, err = d.erasedCases(ctx, cases, ask.IDs, missing, p)
	}
	if err == nil && len(cases) > evidence.MaxCases {
		err = badIDs(fmt.Sprintf("These ids lead to %d cases, and a pack holds at most %d. Ask for fewer.", len(cases), evidence.MaxCases))
	}
	return cases, err
}

// foundCases finds the cases that ids lead to, each once, and the ids that lead to none.
func (d *Desk) foundCases(ctx context.Context, ids []string) (cases []identity.Identity, missing []string, err error) {
	for n, id := range ids {
		if wrong := unfit(id); wrong != "" {
			return nil, nil, badIDs(fmt.Sprintf("Entry %d: %s", n+1, wrong))
		}
		found, err := d.o.Store.Lookup(ctx, id)
		if err != nil {
			return nil, nil, err
		}
		if len(found) == 0 {
			missing = append(missing, id)
		}
		for _, i := range found {
			cases = addOnce(cases, i)
		}
	}
	return cases, missing, nil
}

func addOnce(cases []identity.Identity, i identity.Identity) []identity.Identity {
	if slices.ContainsFunc(cases, func(c identity.Identity) bool { return c.ID == i.ID }) {
		return cases
	}
	return append(cases, i)
}

func badIDs(text string) error {
	return fault.Fields("No pack was made.", map[string]string{"ref_ids": text})
}

// erasedCases adds the cases that were erased and of whose ref_ids keyed hashes are left, and says in the pack under which ref_id each was
// asked for, since the desk cannot. What leads nowhere else either is said to be missing.
func (d *Desk) erasedCases(ctx context.Context, cases []identity.Identity, asked, missing []string, p *evidence.Pack) ([]identity.Identity, error) {
	erased, err := d.o.Store.ErasedCases(ctx, asked)
	if err != nil {
		return nil, err
	}
	p.Erased = map[string][]string{}
	for _, refID := range asked {
		for _, id := range erased[refID] {
			i, err := d.o.Store.Identity(ctx, id)
			if err != nil {
				return nil, err
			}
			cases = addOnce(cases, i)
			p.Erased[i.ID] = append(p.Erased[i.ID], refID)
		}
	}
	for _, id := range missing {
		if len(erased[id]) == 0 {
			p.Missing = append(p.Missing, evidence.Missing{Asked: id, Why: "the desk knows no case with this id as of " + p.MadeAt.UTC().Format(time.RFC3339)})
		}
	}
	return cases, nil
}

func (d *Desk) filteredCases(ctx context.Context, f identity.Filter, p *evidence.Pack) (cases []identity.Identity, err error) {
	if err := searchable(f); err != nil {
		return nil, err
	}
	p.Asked = "the filter " + d.selection(f)
	f.After, f.Limit = "", identity.MaxLimit
	for {
		page, err := d.o.Store.List(ctx, f)
		if err != nil {
			return nil, err
		}
		cases = append(cases, page.Items...)
		if len(cases) >= evidence.MaxCases || page.Next == "" {
			cases = cases[:min(len(cases), evidence.MaxCases)]
			p.Beyond, p.BeyondMore = max(page.Total-int64(len(cases)), 0), page.TotalAtLeast
			return cases, nil
		}
		f.After = page.Next
	}
}

// describeCases adds what is known of each case.
func (d *Desk) describeCases(ctx context.Context, cases []identity.Identity, p *evidence.Pack) error {
	ids := make([]string, len(cases))
	for n, i := range cases {
		ids[n] = i.ID
	}
	former, err := d.o.Store.FormerIDs(ctx, ids)
	if err != nil {
		return err
	}
	refs, err := d.o.Store.FormerRefIDs(ctx, ids)
	if err != nil {
		return err
	}
	histories, err := d.o.Store.Histories(ctx, ids)
	if err != nil {
		return err
	}
	for _, i := range cases {
		c := evidence.Case{Identity: i, IDs: append([]string{i.ID}, former[i.ID]...), FormerRefIDs: refs[i.ID], History: histories[i.ID]}
		if !p.At.IsZero() {
			c.Then = identity.StandingAt(c.History, p.At)
		}
		if err := d.describeCase(ctx, &c); err != nil {
			return err
		}
		p.Cases = append(p.Cases, c)
	}
	return nil
}

func (d *Desk) describeCase(ctx context.Context, c *evidence.Case) (err error) {
	id := c.Identity.ID
	if c.Turns, err = d.o.Store.Turns(ctx, id); err != nil {
		return err
	}
	notes, err := d.o.Store.NoteCount(ctx, id)
	if err != nil {
		return err
	}
	c.Notes = int(notes)
	f := identity.EventFilter{IdentityID: id, Limit: identity.MaxLimit}
	for {
		page, err := d.o.Store.Events(ctx, f)
		if err != nil {
			return err
		}
		c.Events = append(c.Events, page.Items...)
		if page.Next == "" {
			return nil
		}
		f.After = page.Next
	}
}

// prove adds the entries of the log about the cases and their place in its chain, up to the end that it has now.
func (d *Desk) prove(ctx context.Context, p *evidence.Pack) (err error) {
	if p.Head, err = d.o.Store.AuditHead(ctx); err != nil {
		return err
	}
	var ids []string
	for _, c := range p.Cases {
		ids = append(ids, c.IDs...)
	}
	acts, err := d.o.Store.AuditOf(ctx, ids, p.Head.Seq, mostActs+1)
	if err != nil {
		return err
	}
	if len(acts) > mostActs {
		return badIDs(fmt.Sprintf("The log holds more than %d entries about these cases. Ask for fewer of them at once.", mostActs))
	}
	pins, err := d.o.Store.AuditPins(ctx)
	if err != nil {
		return err
	}
	ours := make(map[int64]bool, len(acts))
	for _, e := range acts {
		ours[e.Seq] = true
	}
	p.Proof, err = evidence.Prove(ctx, d.o.Store, ours, p.Head, pins)
	return err
}
