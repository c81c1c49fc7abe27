package store

import (
	"database/sql"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"identitydesk/internal/identity"
)

// row is an identity as it is stored, with what the database alone needs.
type row struct {
	identity.Identity
	tab       identity.Lane // the lane, or snoozed: what lists and counters go by
	stuck     bool
	undecided bool
	turnAt    *time.Time // the earlier of the verdict's and the snooze's end
}

// newRow is how an identity is stored at a moment.
func newRow(i identity.Identity, now time.Time) row {
	r := row{Identity: i, tab: i.Lane, turnAt: i.TurnAt}
	if i.Snoozed(now) {
		r.tab = identity.LaneSnoozed
		if r.turnAt == nil || i.SnoozedUntil.Before(*r.turnAt) {
			r.turnAt = i.SnoozedUntil
		}
	}
	r.stuck = r.tab.Stuck()
	r.undecided = i.PaxosID != "" && i.Status.Undecided()
	return r
}

func newID() (string, error) {
	id, err := uuid.NewV7()
	return id.String(), err
}

// identityColumns are the columns that [row.values] gives and [scanRow] reads, in their order.
const identityColumns = `id, paxos_id, ref_id, type, status, submission, details, documents, refresh, initials, assignee,
	lane, tab, stuck, undecided, move, move_since, due_at, turn_at, snoozed_until, pending_since, created_at, updated_at,
	asked_at, checked_at, learned_by, submitted_by, submitted_at, verification_id, attempts, attempted_at, lost_since,
	failure_code, existing_id, rev`

// columnNames is the list in identityColumns.
func columnNames() []string {
	names := strings.Split(identityColumns, ",")
	for n := range names {
		names[n] = strings.TrimSpace(names[n])
	}
	return names
}

func (r row) values() ([]any, error) {
	details, err := jsonOf(r.Details, false)
	if err != nil {
		return nil, err
	}
	documents, err := jsonOf(r.Documents, r.Documents == nil)
	if err != nil {
		return nil, err
	}
	refresh, err := jsonOf(r.Refresh, r.Refresh == nil)
	if err != nil {
		return nil, err
	}
	var paxosID any
	if r.PaxosID != "" {
		paxosID = r.PaxosID
	}
	return []any{
		r.ID, paxosID, r.RefID, string(r.Type), string(r.Status), string(r.Submission), details, documents, refresh, r.Initials,
		r.Assignee, string(r.Lane), string(r.tab), flag(r.stuck), flag(r.undecided), string(r.Move), ms(r.MoveSince),
		msOf(r.DueAt), msOf(r.turnAt), msOf(r.SnoozedUntil), msOf(r.PendingSince), msAlways(r.CreatedAt), msAlways(r.UpdatedAt),
		ms(r.AskedAt), msOf(r.CheckedAt), string(r.LearnedBy), r.SubmittedBy, msOf(r.SubmittedAt), r.VerificationID,
		int64(r.Attempts), msOf(r.AttemptedAt), msOf(r.LostSince), r.FailureCode, r.ExistingID, r.Rev,
	}, nil
}

func scanRow(rows *sql.Rows) (row, error) {
	var r row
	err := rows.Scan(
		&r.ID, intoText[string]{&r.PaxosID}, &r.RefID, intoText[identity.Type]{&r.Type}, intoText[identity.Status]{&r.Status},
		intoText[identity.Submission]{&r.Submission}, intoJSON{&r.Details}, intoJSON{&r.Documents}, intoJSON{&r.Refresh},
		&r.Initials, &r.Assignee, intoText[identity.Lane]{&r.Lane}, intoText[identity.Lane]{&r.tab}, intoFlag{&r.stuck},
		intoFlag{&r.undecided}, intoText[identity.Move]{&r.Move}, intoTime{&r.MoveSince}, intoTimeOrNil{&r.DueAt},
		intoTimeOrNil{&r.turnAt}, intoTimeOrNil{&r.SnoozedUntil}, intoTimeOrNil{&r.PendingSince}, intoTime{&r.CreatedAt},
		intoTime{&r.UpdatedAt}, intoTime{&r.AskedAt}, intoTimeOrNil{&r.CheckedAt}, intoText[identity.Source]{&r.LearnedBy},
		&r.SubmittedBy, intoTimeOrNil{&r.SubmittedAt}, &r.VerificationID, intoInt[int]{&r.Attempts},
		intoTimeOrNil{&r.AttemptedAt}, intoTimeOrNil{&r.LostSince}, &r.FailureCode, &r.ExistingID, intoInt[int64]{&r.Rev},
	)
	r.TurnAt = r.turnAt
	return r, err
}

func scanIdentity(rows *sql.Rows) (identity.Identity, error) {
	r, err := scanRow(rows)
	return r.Identity, err
}

// selectRow reads whole rows; a condition follows it.
const selectRow = `SELECT ` + identityColumns + ` FROM identities `

// requirementTypes are the types that a row is found by, each once.
func requirementTypes(i identity.Identity) []string {
	var types []string
	for _, r := range i.Details.Requirements {
		types = append(types, r.Type)
	}
	slices.Sort(types)
	return slices.Compact(types)
}

// placeholders gives "$from, … " for n values.
func placeholders(from, n int) string {
	marks := make([]string, n)
	for k := range marks {
		marks[k] = "$" + strconv.Itoa(from+k)
	}
	return strings.Join(marks, ", ")
}
