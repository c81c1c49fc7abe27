package handlers

import (
	"strings"
	"time"

	"identitydesk/internal/identity"
	"identitydesk/internal/onboarding"
)

// institutionJSON is an institution as its list tells it.
type institutionJSON struct {
	caseJSON
	membershipJSON
}

// membershipJSON is what a case tells of institutions.
type membershipJSON struct {
	LegalForm  *string      `json:"institution_type"` // Paxos' words, null where the desk has not heard them
	Business   *string      `json:"institution_sub_type"`
	Regulation *string      `json:"regulation_status"`
	Trading    *string      `json:"trading_type"`
	Members    []memberJSON `json:"members"`
	Blocker    *string      `json:"blocking_member"` // our id of the member's case that the next action is in
	BelongsTo  []string     `json:"belongs_to"`      // our ids of the institutions that a person belongs to
}

type memberJSON struct {
	ID      *string    `json:"id"` // our id of the member's case; null where the desk has none yet
	PaxosID string     `json:"paxos_id"`
	RefID   *string    `json:"ref_id"`
	Roles   []string   `json:"roles"`
	Status  *string    `json:"status"`
	Lane    *string    `json:"lane"`
	Move    *string    `json:"move"`
	Blocks  bool       `json:"blocks"`
	AsOf    *time.Time `json:"as_of"`
}

func toMembership(i identity.Identity, members []identity.Traced, leads string, of []identity.Identity) membershipJSON {
	j := membershipJSON{Members: each(members, toMember), Blocker: orNull(leads), BelongsTo: []string{}}
	for _, institution := range of {
		j.BelongsTo = append(j.BelongsTo, institution.ID)
	}
	if f := i.Details.Institution; f != nil {
		j.LegalForm, j.Business = orNull(f.LegalForm), orNull(f.Business)
		j.Regulation, j.Trading = orNull(f.Regulation), orNull(f.Trading)
	}
	return j
}

func toInstitution(r onboarding.InstitutionRow) institutionJSON {
	return institutionJSON{caseJSON: toCase(r.Row), membershipJSON: toMembership(r.Identity, r.Members, r.Leads, nil)}
}

func toMember(m identity.Traced) memberJSON {
	j := memberJSON{
		PaxosID: m.PaxosID, Roles: append([]string{}, m.Roles...), Status: orNull(string(m.Status)), Blocks: m.Blocks(), AsOf: utc(&m.AsOf),
	}
	if m.Case != nil {
		j.ID, j.RefID, j.Lane = orNull(m.Case.ID), orNull(m.Case.RefID), orNull(string(m.Case.Lane))
		j.Move = orNull(string(m.Advice.Move))
	}
	return j
}

func institutionHeader() []string {
	return append(caseHeader(), "institution_type", "institution_sub_type", "regulation_status", "trading_type", "members", "members_blocking")
}

// institutionCells are those of the case; the members stand in two cells, joined by semicolons.
func institutionCells(r onboarding.InstitutionRow) []string {
	var all, blocking []string
	for _, m := range r.Members {
		all = append(all, m.Name()+" "+string(m.Status))
		if m.Blocks() {
			blocking = append(blocking, m.Name())
		}
	}
	var f identity.InstitutionFacts
	if r.Identity.Details.Institution != nil {
		f = *r.Identity.Details.Institution
	}
	return append(caseCells(r.Row), f.LegalForm, f.Business, f.Regulation, f.Trading, strings.Join(all, "; "), strings.Join(blocking, "; "))
}
