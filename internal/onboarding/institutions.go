package onboarding

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// institutions is what institutions and their members need of the store.
type institutions interface {
	SubmitInstitution(ctx context.Context, d identity.InstitutionDraft, e audit.Entry) (identity.Identity, error)
	MembersOf(ctx context.Context, ids []string) (map[string][]identity.Member, error)
	CasesOf(ctx context.Context, paxosIDs []string) (map[string]identity.Identity, error)
	InstitutionsOf(ctx context.Context, paxosID string) ([]identity.Identity, error)
}

// ExportInstitutions is the list of institutions as a file.
const ExportInstitutions = "institutions"

// Membership is what a case tells of institutions: an institution's members, and those that a person belongs to.
type Membership struct {
	Members   []identity.Traced   // none where it is no institution, or where they are not known yet
	Leads     string              // our id of the member's case that the next action is in; empty where it is in none
	BelongsTo []identity.Identity // institutions
}

// InstitutionRow is an institution as its list shows it.
type InstitutionRow struct {
	Row
	Members []identity.Traced
	Leads   string
}

// addMembership adds who belongs to an institution, and turns the advice to the member that blocks; of a person, the institutions.
func (d *Desk) addMembership(ctx context.Context, c *Case) error {
	i := c.Identity
	if i.Type != identity.Institution {
		var err error
		if i.PaxosID != "" {
			c.BelongsTo, err = d.o.Store.InstitutionsOf(ctx, i.PaxosID)
		}
		return err
	}
	found, err := d.o.Store.MembersOf(ctx, []string{i.ID})
	if err != nil {
		return err
	}
	traced, err := d.traced(ctx, found)
	if err != nil {
		return err
	}
	c.Membership.Members = traced[i.ID]
	c.Advice, c.Leads = identity.TraceMembers(c.Advice, c.Membership.Members)
	return nil
}

// traced explains the cases of members, by institution.
func (d *Desk) traced(ctx context.Context, members map[string][]identity.Member) (map[string][]identity.Traced, error) {
	out := map[string][]identity.Traced{}
	var of []advised
	for id, all := range members {
		out[id] = make([]identity.Traced, len(all))
		for n, m := range all {
			t := &out[id][n]
			t.Member = m
			if m.Case != nil {
				t.Advice = identity.Explain(*m.Case, d.Policy(), d.o.Now(), d.o.StaleAfter)
				of = append(of, advised{m.Case, &t.Advice})
			}
		}
	}
	slices.SortFunc(of, func(a, b advised) int { return cmp.Compare(a.to.ID, b.to.ID) }) // what is asked for once is remembered in one order
	return out, d.afterUploads(ctx, of)
}

// Institutions is a page of institutions, each with its members; the filter's type does not count.
func (d *Desk) Institutions(ctx context.Context, a access.Actor, f identity.Filter) ([]InstitutionRow, List, error) {
	f.Type = identity.Institution
	l, err := d.List(ctx, a, f)
	if err != nil {
		return nil, l, err
	}
	rows, err := d.withMembers(ctx, l.Rows)
	return rows, l, err
}

func (d *Desk) withMembers(ctx context.Context, rows []Row) ([]InstitutionRow, error) {
	var ids []string
	for _, r := range rows {
		ids = append(ids, r.Identity.ID)
	}
	members, err := d.o.Store.MembersOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	traced, err := d.traced(ctx, members)
	if err != nil {
		return nil, err
	}
	out := make([]InstitutionRow, len(rows))
	for n, r := range rows {
		out[n] = InstitutionRow{Row: r, Members: traced[r.Identity.ID]}
		out[n].Advice, out[n].Leads = identity.TraceMembers(r.Advice, out[n].Members)
	}
	return out, nil
}

// FoundMember is whom the id of a member has led to.
type FoundMember struct {
	Identity *identity.Identity // nil where Wrong says why
	Wrong    string
}

// FindMembers looks the members of a draft up by any id: ref_id, ours, Paxos'. Each has to lead to one person whom Paxos holds. The
// log is told whom it found.
func (d *Desk) FindMembers(ctx context.Context, a access.Actor, draft identity.InstitutionDraft) ([]FoundMember, error) {
	if err := permit(a, access.Submit); err != nil {
		return nil, err
	}
	var ids []string
	for _, m := range draft.Members {
		ids = append(ids, m.PaxosID)
	}
	found, err := d.membersBy(ctx, a, ids)
	if err != nil {
		return nil, err
	}
	return judged(draft, found), nil
}

// asMember says of a look-up that somebody typed the id into a form.
const asMember = "as a member, in a form"

// membersBy looks members up; an id that is unfit leads to nobody. The log is told of each list, and of whom it found once per person and
// case and quarter hour: a form is checked many times before it is sent.
func (d *Desk) membersBy(ctx context.Context, a access.Actor, ids []string) (map[string][]identity.Identity, error) {
	asked := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return unfit(id) != "" })
	if len(asked) == 0 {
		return nil, nil
	}
	var members []audit.Entry
	cases, err := d.o.Store.LookupMany(ctx, asked, func(cases [][]identity.Identity) []audit.Entry {
		each, list := d.lookedUpEach(a, asked, cases, time.Time{})
		members = each
		return []audit.Entry{list}
	})
	if err != nil {
		return nil, err
	}
	for _, e := range members {
		e.Detail = asMember
		if err := d.o.Store.RecordOnce(ctx, e, openedOnce); err != nil {
			return nil, err
		}
	}
	found := map[string][]identity.Identity{}
	for n, id := range asked {
		found[id] = cases[n]
	}
	return found, nil
}

// judged says of each member whom its id has led to, or why it cannot be one.
func judged(draft identity.InstitutionDraft, found map[string][]identity.Identity) []FoundMember {
	out := make([]FoundMember, len(draft.Members))
	for n, m := range draft.Members {
		if m.PaxosID == "" {
			continue // the checks say so
		}
		if out[n].Wrong = misfit(m.PaxosID, found[m.PaxosID], false); out[n].Wrong != "" {
			continue
		}
		i := found[m.PaxosID][0]
		same := func(o FoundMember) bool { return o.Identity != nil && o.Identity.ID == i.ID }
		if before := slices.IndexFunc(out[:n], same); before >= 0 {
			out[n].Wrong = "This is the same person as member " + strconv.Itoa(before+1) + ": name each once, with all of their roles."
			continue
		}
		out[n].Identity = &i
	}
	return out
}

// misfit says why what was found by an id is no member; empty where it is one.
func misfit(id string, found []identity.Identity, institutions bool) string {
	wrong := unfit(id)
	switch {
	case wrong != "":
		return wrong
	case len(found) == 0:
		return "The desk knows nobody by this id. Check it, or create the person first."
	case len(found) > 1:
		return fmt.Sprintf("This id leads to %d cases. Enter the Paxos id of the one that you mean.", len(found))
	case found[0].Type == identity.Institution && !institutions:
		return "This is an institution. Its members are persons: name them."
	case found[0].ErasedAt != nil:
		return "This case was erased here. Enter another person."
	case found[0].PaxosID == "":
		return "Paxos has not accepted this person yet. Wait for its answer, then add the member."
	}
	return ""
}

// SubmitInstitution takes an institution in; the outbox sends it. What is wrong is told as in [Desk.Submit], and of a member by its
// place, such as institution_members.0.identity_id.
func (d *Desk) SubmitInstitution(ctx context.Context, a access.Actor, draft identity.InstitutionDraft) (identity.Identity, error) {
	if err := permit(a, access.Submit); err != nil {
		return identity.Identity{}, err
	}
	ready, _, wrong, err := d.CheckInstitution(ctx, a, draft)
	if err != nil {
		return identity.Identity{}, err
	}
	if len(wrong) > 0 {
		return identity.Identity{}, fault.Fields("Some fields need another look before this can be sent to Paxos.", wrong)
	}
	i, err := d.o.Store.SubmitInstitution(ctx, ready, entry(a, audit.Submitted, ""))
	return i, heldByForm(err)
}

// CheckInstitution says what is wrong with a draft, whom its members are, and gives it as it would be sent: with Paxos' ids in the
// place of those that were typed.
func (d *Desk) CheckInstitution(
	ctx context.Context, a access.Actor, draft identity.InstitutionDraft,
) (ready identity.InstitutionDraft, found []FoundMember, wrong map[string]string, err error) {
	if found, err = d.FindMembers(ctx, a, draft); err != nil {
		return draft, nil, nil, err
	}
	wrong = draft.Check(d.o.Now())
	ready = draft
	ready.Members = slices.Clone(draft.Members)
	for n, f := range found {
		if f.Wrong != "" {
			wrong[identity.MemberField(n, "identity_id")] = f.Wrong
		}
		if f.Identity != nil {
			ready.Members[n].PaxosID = f.Identity.PaxosID
		}
	}
	return ready, found, wrong, nil
}
