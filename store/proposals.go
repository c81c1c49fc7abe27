package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/proposal"
)

// Propose keeps a proposal about a case, its texts sealed. It is a Conflict where one of its kind is open for the case, or where the
// kind cannot be done to the case as it is now: held, undecided, erased. A second click gives what the first has proposed.
func (s *Store) Propose(ctx context.Context, p proposal.Proposal, e audit.Entry) (kept proposal.Proposal, err error) {
	err = s.write(ctx, func(t *tx) error {
		r, err := findRow(t, p.IdentityID)
		if err != nil {
			return err
		}
		same, found, err := t.sameProposal(r.ID, p)
		if err != nil {
			return err
		}
		if found {
			kept, err = s.openProposal(same)
			return err
		}
		if err := t.refuseKind(p.Kind, r); err != nil {
			return err
		}
		if p.Stale(r.FactLines()) {
			return fault.New(fault.Conflict, "The case has changed meanwhile. Look at it again before you propose anything.")
		}
		other, open, err := maybe(t, scanProposal, openOfKindQuery, r.ID, string(p.Kind))
		if err == nil && open {
			err = &fault.Error{Kind: fault.Conflict, Text: other.OpenText(), Times: []time.Time{other.At}}
		}
		if err != nil {
			return err
		}
		kept = p
		kept.IdentityID, kept.RefID, kept.Rev = r.ID, r.RefID, r.Rev
		kept.At, kept.ExpiresAt = t.now, p.ExpiresAt.UTC().Truncate(time.Millisecond)
		if kept.ID, err = newID(); err != nil {
			return err
		}
		if err := t.insertProposal(kept); err != nil {
			return err
		}
		t.changes(r.ID)
		e.Object = kept.ID
		return t.auditCase(e, r.ID)
	})
	return kept, err
}

const openOfKindQuery = selectProposal + ` WHERE identity_id = $1 AND kind = $2 AND state = 'open'`

// asked is what is sealed of a proposal.
type asked struct {
	Reason  string          `json:"reason"`
	Change  proposal.Change `json:"change"`
	Payload []byte          `json:"payload,omitempty"`
}

func placeOfProposal(part, id string) []byte { return place("proposals", part, id) }

func (t *tx) insertProposal(p proposal.Proposal) error {
	policy, err := json.Marshal(p.Policy)
	if err != nil {
		return fmt.Errorf("encode a policy: %w", err)
	}
	text, err := json.Marshal(asked{p.Reason, p.Change, p.Payload})
	if err != nil {
		return fmt.Errorf("encode a proposal: %w", err)
	}
	sealed, err := t.s.sealer.Seal(text, placeOfProposal("asked", p.ID))
	if err != nil {
		return fmt.Errorf("seal a proposal: %w", err)
	}
	sum, err := t.s.sumOfProposal(p)
	if err != nil {
		return err
	}
	return t.exec(`INSERT INTO proposals (id, kind, identity_id, rev, fingerprint, policy, maker_id, maker_name, reason_code, state, at,
			expires_at, decider_id, decider_name, ended_at, asked, sum)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, '', '', NULL, $13, $14)`,
		p.ID, string(p.Kind), p.IdentityID, p.Rev, p.Fingerprint, string(policy), p.MakerID, p.MakerName, p.ReasonCode,
		string(p.State), p.At.UnixMilli(), p.ExpiresAt.UnixMilli(), sealed, sum)
}

// sealedProposal is a proposal as it is stored.
type sealedProposal struct {
	proposal.Proposal
	policy          string
	asked, answered []byte
}

const selectProposal = `SELECT id, kind, identity_id, rev, fingerprint, policy, maker_id, maker_name, reason_code, state, at, expires_at,
	decider_id, decider_name, ended_at, asked, answered,
	(SELECT i.ref_id FROM identities i WHERE i.id = proposals.identity_id) FROM proposals`

func scanProposal(rows *sql.Rows) (p sealedProposal, err error) {
	err = rows.Scan(&p.ID, intoText[proposal.Kind]{&p.Kind}, &p.IdentityID, &p.Rev, &p.Fingerprint, &p.policy, &p.MakerID, &p.MakerName,
		&p.ReasonCode, intoText[proposal.State]{&p.State}, intoTime{&p.At}, intoTime{&p.ExpiresAt}, &p.DeciderID, &p.DeciderName,
		intoTimeOrNil{&p.EndedAt}, &p.asked, &p.answered, intoText[string]{&p.RefID})
	if err == nil {
		err = json.Unmarshal([]byte(p.policy), &p.Policy)
	}
	return p, err
}

// openProposal opens what is sealed; of an erased case nothing is. What does not open is left out, and it is said why.
func (s *Store) openProposal(p sealedProposal) (proposal.Proposal, error) {
	if text := s.openProposed(&p, "asked", p.asked); p.Unread == "" && len(p.asked) > 0 {
		var a asked
		if err := json.Unmarshal(text, &a); err != nil {
			return p.Proposal, errors.New("decode a proposal") // the cause may quote what it could not read
		}
		p.Reason, p.Change, p.Payload = a.Reason, a.Change, a.Payload
		p.About = aboutProposed(p.Kind, a.Payload)
	}
	p.Answer = string(s.openProposed(&p, "answered", p.answered))
	return p.Proposal, nil
}

func (s *Store) openProposed(p *sealedProposal, part string, sealed []byte) []byte {
	if len(sealed) == 0 {
		return nil
	}
	where := placeOfProposal(part, p.ID)
	text, err := s.sealer.Open(sealed, where)
	if err != nil {
		p.Unread = string(s.unread(sealed, where))
	}
	return text
}

func findProposal(q querier, id string) (sealedProposal, error) {
	p, found, err := maybe(q, scanProposal, selectProposal+` WHERE id = $1`, id)
	if err == nil && !found {
		err = fault.New(fault.NotFound, "There is no such proposal.")
	}
	return p, err
}

// Proposal gives a proposal; NotFound where there is none.
func (s *Store) Proposal(ctx context.Context, id string) (proposal.Proposal, error) {
	p, err := findProposal(s.reader(ctx), id)
	if err != nil {
		return p.Proposal, s.mask(err)
	}
	return s.openProposal(p)
}

const proposalsOrder = ` ORDER BY is_open DESC, at DESC, id DESC`

// orderOfProposals names the order of lists of proposals for their cursors.
const orderOfProposals = "-is_open,at"

// Proposals gives one page of the proposals that a filter selects, the open ones first, the newest first of each. Of what is
// sealed of them only what each is about is told. An After that cannot be read is Invalid.
func (s *Store) Proposals(ctx context.Context, f proposal.Filter) (page proposal.Page, err error) {
	from, err := parseProposalPlace(f.After)
	if err != nil {
		return page, err
	}
	r, limit, c := s.reader(ctx), lengthOf(f.Limit), proposalFilterOf(f)
	paged := c.clone()
	paged.add(`(is_open, at, id) < (` + paged.arg(from.open) + `, ` + paged.arg(from.at) + `, ` + paged.arg(from.id) + `)`)
	found, err := all(r, scanProposal, selectProposal+paged.where()+proposalsOrder+` LIMIT `+paged.arg(int64(limit+1)), paged.args...)
	if err != nil {
		return page, s.mask(err)
	}
	if len(found) > limit {
		found = found[:limit]
		page.Next = placeInProposals(found[limit-1].Proposal).token()
	}
	for _, p := range found {
		if opened, err := s.openProposal(p); err == nil {
			p.About = opened.About
		}
		page.Items = append(page.Items, p.Proposal)
	}
	page.Total, page.TotalAtLeast, err = countUpTo(r, "proposals", c)
	return page, s.mask(err)
}

func proposalFilterOf(f proposal.Filter) (c conditions) {
	switch f.Show {
	case proposal.ShowOpen:
		c.add(`is_open = 1`)
	case proposal.ShowEnded:
		c.add(`is_open = 0`)
	case proposal.ShowMine:
		c.add(`maker_id = $?`, f.MakerID)
	case proposal.ShowAll:
	}
	if f.IdentityID != "" {
		c.add(`identity_id = $?`, f.IdentityID)
	}
	return c
}

// proposalPlace is where a proposal stands in a list.
type proposalPlace struct {
	open, at int64
	id       string
}

func placeInProposals(p proposal.Proposal) proposalPlace {
	return proposalPlace{flag(p.State == proposal.Open), p.At.UnixMilli(), p.ID}
}

func (p proposalPlace) token() string {
	return cursor{key: p.at<<1 | p.open, id: p.id}.token(orderOfProposals)
}

// parseProposalPlace reads a token; an empty one stands before every proposal.
func parseProposalPlace(token string) (proposalPlace, error) {
	first := proposalPlace{open: 2, at: math.MaxInt64}
	if token == "" {
		return first, nil
	}
	c, err := parseCursor(token, orderOfProposals, cursor{}, false)
	if err != nil {
		return first, err
	}
	key, _ := c.key.(int64)
	return proposalPlace{open: key & 1, at: key >> 1, id: c.id}, nil
}

const waitingQuery = `SELECT count(*) FROM proposals WHERE state = 'open' AND maker_id <> $1`

// waitingKey is whose proposals are not counted.
type waitingKey string

// WaitingProposals is how many open proposals a person could decide: those that others have made.
func (s *Store) WaitingProposals(ctx context.Context, userID string) (int64, error) {
	return remembered(s, waitingKey(userID), func() (int64, error) {
		n, err := one(s.reader(ctx), scanValue[int64], waitingQuery, userID)
		return n, s.mask(err)
	})
}

// refuseKind refuses what cannot be done to a case as it is now.
func (t *tx) refuseKind(k proposal.Kind, r row) error {
	switch k {
	case proposal.Erase:
		return t.refuseErase(r)
	case proposal.Control:
		return t.refuseControl(r)
	}
	return nil
}

const openMoveQuery = selectMove + ` WHERE identity_id = $1 AND (state = 'queued' OR state = 'sent') LIMIT 1`

func (t *tx) refuseErase(r row) error {
	if why := r.KeepsHere(); why != "" {
		return &fault.Error{Kind: fault.Conflict, Code: "kept", Text: why}
	}
	if m, open, err := maybe(t, scanMove, openMoveQuery, r.ID); err != nil {
		return err
	} else if open {
		return &fault.Error{Kind: fault.Conflict, Code: "kept", Text: m.KeepsText(), Times: []time.Time{m.AskedAt}}
	}
	if r.Submission == identity.Failed && r.LostSince != nil && t.now.Before(r.UpdatedAt.Add(refIDRest)) {
		return &fault.Error{
			Kind: fault.Conflict, Code: "kept",
			Text: "An answer of Paxos was lost, so that a record of this submission may still show there. Wait a quarter of an hour.",
		}
	}
	return t.refuseOnHold(r.ID)
}
