package store

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
	"identitydesk/internal/queue"
)

// SubmitInstitution is [Store.Submit] for an institution. Its members are kept as the draft names them until Paxos tells of them. A second
// click gives the case that the first has made.
func (s *Store) SubmitInstitution(ctx context.Context, d identity.InstitutionDraft, e audit.Entry) (i identity.Identity, err error) {
	sum, err := s.sumOf("submitted", d)
	if err != nil {
		return i, err
	}
	err = s.write(ctx, func(t *tx) error {
		same, found, err := maybe(t, scanIdentity, sameInstitutionQuery, d.RefID, e.ActorID, t.now.Add(-clickedTwice).UnixMilli(), sum)
		if err != nil || found {
			i = same
			return err
		}
		next, entries := identity.NewInstitution(d, e.ActorID, s.Policy(), t.now)
		i, err = t.begin(next, entries, queue.Submission, e, func(id string) error { return t.keepInstitution(id, d) })
		if err != nil {
			return err
		}
		return t.keepAsk(i.ID, ask{sum: sum})
	})
	return i, err
}

// sameInstitutionQuery finds the very same submission that the same person has made a moment ago. One that has failed, or was withdrawn,
// is none.
const sameInstitutionQuery = selectRow + `WHERE ref_id = $1 AND submitted_by = $2 AND submitted_at > $3 AND ended_sum = $4
	AND submission IN ('queued', 'sent', 'accepted')`

// keepInstitution seals the draft and the name, and leaves the blind index of the institution's number.
func (t *tx) keepInstitution(id string, d identity.InstitutionDraft) error {
	if err := t.setSecret(id, secretDraft, d); err != nil {
		return err
	}
	f := d.Institution
	if err := t.setName(id, identity.Name{Last: f.Name}); err != nil {
		return err
	}
	var members []identity.InstitutionMember
	for _, m := range d.Members {
		members = append(members, identity.InstitutionMember{PaxosID: m.PaxosID, Roles: m.Roles})
	}
	if err := t.setMembers(id, members, t.now); err != nil {
		return err
	}
	return t.indexCIP(id, f.CIPID, f.CIPIDType, f.CIPIDCountry)
}

// keepMembers keeps who belongs to an institution where an answer said so. A member of whom the desk has no case is asked for.
func (t *tx) keepMembers(i identity.Identity, n identity.News) error {
	if n.Record.Members == nil || i.Type != identity.Institution {
		return nil
	}
	known, err := all(t, scanMember, membersQuery(1), i.ID)
	if err != nil {
		return err
	}
	same := slices.EqualFunc(known, n.Record.Members, func(k memberRow, m identity.InstitutionMember) bool {
		return k.PaxosID == m.PaxosID && k.told == m.Status && slices.Equal(k.Roles, m.Roles)
	})
	if same {
		return t.exec(`UPDATE institution_members SET as_of = $2 WHERE institution_id = $1`, i.ID, n.AskedAt.UnixMilli())
	}
	if err := t.setMembers(i.ID, n.Record.Members, n.AskedAt); err != nil {
		return err
	}
	t.changes(i.ID)
	for _, m := range n.Record.Members {
		_, have, err := findPaxosID(t, m.PaxosID)
		if err == nil && !have {
			err = t.enqueue(jobLook, m.PaxosID, queue.Background, "")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) setMembers(id string, members []identity.InstitutionMember, at time.Time) error {
	if err := t.exec(`DELETE FROM institution_members WHERE institution_id = $1`, id); err != nil {
		return err
	}
	for n, m := range members {
		if err := t.exec(`INSERT INTO institution_members (institution_id, place, paxos_id, roles, status, as_of)
			VALUES ($1, $2, $3, $4, $5, $6)`, id, int64(n), m.PaxosID, strings.Join(m.Roles, " "), string(m.Status), at.UnixMilli()); err != nil {
			return err
		}
	}
	return nil
}

// askForMembers has an institution asked for that a list has shown: lists never tell who belongs to it.
func (t *tx) askForMembers(i identity.Identity, n identity.News) error {
	if i.Type != identity.Institution || n.Record.Members != nil || n.By != identity.BySync {
		return nil
	}
	return t.enqueue(jobRecheck, i.ID, queue.Background, "")
}

// tellInstitutions renews the pages of the institutions that somebody belongs to whose case has moved, and has those asked for anew
// that Paxos has not decided on: no event tells that they wait for one member less.
func (t *tx) tellInstitutions(old, next identity.Identity) error {
	moved := old.Status != next.Status || old.Lane != next.Lane || old.Move != next.Move
	if next.PaxosID == "" || !moved {
		return nil
	}
	institutions, err := all(t, scanBelongs, belongsQuery, next.PaxosID)
	if err != nil {
		return err
	}
	for _, i := range institutions {
		t.changes(i.id)
		if i.undecided && old.Status != identity.StatusNone && old.Status != next.Status {
			if err := t.enqueue(jobRecheck, i.id, queue.Background, ""); err != nil {
				return err
			}
		}
	}
	return nil
}

// belongsQuery runs with every change of a case.
const belongsQuery = `SELECT i.id, i.undecided FROM institution_members m JOIN identities i ON i.id = m.institution_id WHERE m.paxos_id = $1`

type belongsRow struct {
	id        string
	undecided bool
}

func scanBelongs(rows *sql.Rows) (w belongsRow, err error) {
	return w, rows.Scan(&w.id, intoFlag{&w.undecided})
}

// memberRow is a member as it is stored.
type memberRow struct {
	identity.Member
	institution string
	told        identity.Status
}

func scanMember(rows *sql.Rows) (m memberRow, err error) {
	var roles string
	err = rows.Scan(&m.institution, &m.PaxosID, &roles, intoText[identity.Status]{&m.told}, intoTime{&m.AsOf})
	m.Roles, m.Status = strings.Fields(roles), m.told
	return m, err
}

func membersQuery(n int) string {
	return `SELECT institution_id, paxos_id, roles, status, as_of FROM institution_members WHERE institution_id IN (` +
		placeholders(1, n) + `) ORDER BY institution_id, place`
}

// MembersOf gives who belongs to each of some institutions, by our ids, each with the case that the desk has of it: the case's
// status is newer than the one that came with the institution. An institution of which nothing is known is not in it.
func (s *Store) MembersOf(ctx context.Context, ids []string) (map[string][]identity.Member, error) {
	out := map[string][]identity.Member{}
	for chunk := range slices.Chunk(ids, mostAtOnce) {
		args := atOnce(chunk)
		members, err := all(s.reader(ctx), scanMember, membersQuery(len(args)), args...)
		if err != nil {
			return nil, s.mask(err)
		}
		paxosIDs := make([]string, len(members))
		for n, m := range members {
			paxosIDs[n] = m.PaxosID
		}
		cases, err := s.CasesOf(ctx, paxosIDs)
		if err != nil {
			return nil, err
		}
		for _, m := range members {
			if i, have := cases[m.PaxosID]; have {
				m.Case = &i
				if i.Status != identity.StatusNone {
					m.Status = i.Status
				}
			}
			out[m.institution] = append(out[m.institution], m.Member)
		}
	}
	return out, nil
}

// CasesOf gives the cases that the desk has of identities at Paxos, by Paxos' ids; one of which it has none is not in it.
func (s *Store) CasesOf(ctx context.Context, ids []string) (map[string]identity.Identity, error) {
	cases := map[string]identity.Identity{}
	for chunk := range slices.Chunk(ids, mostAtOnce) {
		args := atOnce(chunk)
		found, err := all(s.reader(ctx), scanIdentity, selectRow+`WHERE paxos_id IN (`+placeholders(1, len(args))+`)`, args...)
		if err != nil {
			return nil, s.mask(err)
		}
		for _, i := range found {
			cases[i.PaxosID] = i
		}
	}
	return cases, nil
}

// InstitutionsOf gives the institutions that an identity belongs to, by its Paxos id, oldest first; 20 at most.
func (s *Store) InstitutionsOf(ctx context.Context, paxosID string) ([]identity.Identity, error) {
	found, err := all(s.reader(ctx), scanIdentity, selectRow+`WHERE id IN (SELECT institution_id FROM institution_members
		WHERE paxos_id = $1) ORDER BY created_at, id LIMIT 20`, paxosID)
	return found, s.mask(err)
}
