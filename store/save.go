package store

import (
	"fmt"
	"slices"
	"strings"

	"identitydesk/internal/identity"
)

// save is the one function that writes identities, so that lane, counters, requirements and former ref_ids cannot drift from
// the row. A zero old inserts next under a new id; else the columns that differ are written. The lane is judged anew. That Paxos
// was asked again and told nothing new is stored, and is no change of the case.
func (t *tx) save(old row, next identity.Identity) (identity.Identity, error) {
	next = next.Assessed(t.s.Policy(), t.now)
	if old.ID == "" {
		return t.insert(next)
	}
	next.ID, next.Rev = old.ID, old.Rev
	r := newRow(next, t.now)
	changed, err := t.update(old, &r)
	if err != nil || !changed {
		return r.Identity, err
	}
	next = r.Identity
	t.count(old, -1)
	t.count(r, 1)
	t.changes(next.ID)
	return next, t.saveAround(old, next)
}

// changes notes that who watches a case must be told.
func (t *tx) changes(id string) {
	if !slices.Contains(t.effects.changed, id) {
		t.effects.changed = append(t.effects.changed, id)
	}
}

func (t *tx) insert(next identity.Identity) (_ identity.Identity, err error) {
	if next.ID, err = newID(); err != nil {
		return next, err
	}
	next.Rev = 1
	r := newRow(next, t.now)
	values, err := r.values()
	if err != nil {
		return next, err
	}
	if err := t.exec(insertIdentity(len(values)), values...); err != nil {
		return next, err
	}
	next = r.Identity
	t.count(r, 1)
	t.changes(next.ID)
	return next, t.saveAround(row{}, next)
}

func insertIdentity(columns int) string {
	return `INSERT INTO identities (` + identityColumns + `) VALUES (` + placeholders(1, columns) + `)`
}

// isMoment reports whether a column only says when Paxos was asked and heard.
func isMoment(column string) bool { return column == "asked_at" || column == "checked_at" }

// update writes the columns that differ, since each one left alone spares its indexes. A row is changed, and gets the next
// revision, where any differs but the moments at which Paxos was asked.
func (t *tx) update(old row, next *row) (changed bool, err error) {
	was, err := old.values()
	if err != nil {
		return false, err
	}
	will, err := next.values()
	if err != nil {
		return false, err
	}
	var set []string
	var args []any
	for n, name := range columnNames() {
		if was[n] != will[n] {
			args = append(args, will[n])
			set = append(set, fmt.Sprintf("%s = $%d", name, len(args)))
			changed = changed || !isMoment(name)
		}
	}
	if len(set) == 0 {
		return false, nil
	}
	if changed {
		next.Rev = old.Rev + 1
	}
	args = append(args, next.Rev, old.ID, old.Rev)
	touched, err := t.affect(fmt.Sprintf(`UPDATE identities SET %s, rev = $%d WHERE id = $%d AND rev = $%d`,
		strings.Join(set, ", "), len(args)-2, len(args)-1, len(args)), args...)
	if err == nil && touched != 1 {
		err = fmt.Errorf("case %s changed while it was being written", old.ID)
	}
	return changed, err
}

// saveAround keeps the tables beside a row in step with it.
func (t *tx) saveAround(old row, next identity.Identity) error {
	if old.RefID != "" && old.RefID != next.RefID {
		if err := t.addFormerRefID(old.RefID, next.ID); err != nil {
			return err
		}
	}
	if err := t.forgetReason(old, next); err != nil {
		return err
	}
	if err := t.saveTurn(old, next); err != nil {
		return err
	}
	if err := t.saveAge(old, next); err != nil {
		return err
	}
	if err := t.saveImported(old, next); err != nil {
		return err
	}
	if err := t.tellInstitutions(old.Identity, next); err != nil {
		return err
	}
	was, will := requirementTypes(old.Identity), requirementTypes(next)
	if slices.Equal(was, will) {
		return nil
	}
	if len(was) > 0 {
		if err := t.exec(`DELETE FROM identity_requirements WHERE identity_id = $1`, next.ID); err != nil {
			return err
		}
	}
	for _, kind := range will {
		if err := t.exec(`INSERT INTO identity_requirements (type, identity_id) VALUES ($1, $2)`, kind, next.ID); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) addFormerRefID(refID, id string) error {
	return t.exec(`INSERT INTO former_ref_ids (ref_id, identity_id) VALUES ($1, $2) ON CONFLICT DO NOTHING`, refID, id)
}

// remove deletes a row that has become one with another; what belongs to it has moved before.
func (t *tx) remove(r row) error {
	t.count(r, -1)
	t.changes(r.ID)
	return t.exec(`DELETE FROM identities WHERE id = $1`, r.ID)
}
