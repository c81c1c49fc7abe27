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
	closedAt  *time.Time // see [identity.Identity.ClosedAt]
}

// newRow is how an identity is stored at a moment. Its turn is the first at which anything shown of it changes by time alone:
// the verdict, the warning, or the end of its sleep.
func newRow(i identity.Identity, now time.Time) row {
	r := row{Identity: i, tab: i.Lane}
	if i.WarnAt != nil {
		warn := i.WarnAt.Truncate(time.Millisecond) // as it is stored, so that its turn has come when it says
		r.WarnAt = &warn
	}
	r.TurnAt = earlier(i.TurnAt, i.SnoozedUntil)
	if r.WarnAt != nil && now.Before(*r.WarnAt) {
		r.TurnAt = earlier(r.TurnAt, r.WarnAt)
	}
	if i.Snoozed(now) {
		r.tab = identity.LaneSnoozed
	}
	r.stuck = r.tab.Stuck()
	r.undecided = i.PaxosID != "" && i.Status.Undecided() && i.ErasedAt == nil
	r.closedAt = i.ClosedAt()
	return r
}

// earlier is the earlier of two moments; nil is never.
func earlier(a, b *time.Time) *time.Time {
	if a == nil || b != nil && b.Before(*a) {
		return b
	}
	return a
}

func newID() (string, error) {
	id, err := uuid.NewV7()
	return id.String(), err
}

// identityColumns are the columns that [row.values] gives and [scanRow] reads, in their order.
const identityColumns = `id, paxos_id, ref_id, type, status, submission, details, documents, refresh, initials, assignee,
	assigned_at, active_at, snoozed_until, snoozed_by, until_event, woke_at, woke,
	lane, tab, stuck, undecided, move, move_since, due_at, warn_at, turn_at, pending_since, decided_at, created_at, updated_at,
	asked_at, checked_at, learned_by, submitted_by, submitted_at, verification_id, attempts, attempted_at, lost_since,
	failure_code, existing_id, linking_at, erased_at, closed_at, rev`

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
		r.Assignee, msOf(r.AssignedAt), msOf(r.ActiveAt), msOf(r.SnoozedUntil), r.SnoozedBy, flag(r.UntilEvent), msOf(r.WokeAt),
		string(r.Woke), string(r.Lane), string(r.tab), flag(r.stuck), flag(r.undecided), string(r.Move), ms(r.MoveSince),
		msOf(r.DueAt), msOf(r.WarnAt), msOf(r.TurnAt), msOf(r.PendingSince), msOf(r.DecidedAt), msAlways(r.CreatedAt), msAlways(r.UpdatedAt),
		ms(r.AskedAt), msOf(r.CheckedAt), string(r.LearnedBy), r.SubmittedBy, msOf(r.SubmittedAt), r.VerificationID,
		int64(r.Attempts), msOf(r.AttemptedAt), msOf(r.LostSince), r.FailureCode, r.ExistingID, msOf(r.LinkingSince),
		msOf(r.ErasedAt), msOf(r.closedAt), r.Rev,
	}, nil
}

func scanRow(rows *sql.Rows) (row, error) {
	var r row
	err := rows.Scan(
		&r.ID, intoText[string]{&r.PaxosID}, &r.RefID, intoText[identity.Type]{&r.Type}, intoText[identity.Status]{&r.Status},
		intoText[identity.Submission]{&r.Submission}, intoJSON{&r.Details}, intoJSON{&r.Documents}, intoJSON{&r.Refresh},
		&r.Initials, &r.Assignee, intoTimeOrNil{&r.AssignedAt}, intoTimeOrNil{&r.ActiveAt}, intoTimeOrNil{&r.SnoozedUntil},
		&r.SnoozedBy, intoFlag{&r.UntilEvent}, intoTimeOrNil{&r.WokeAt}, intoText[identity.Waking]{&r.Woke},
		intoText[identity.Lane]{&r.Lane}, intoText[identity.Lane]{&r.tab}, intoFlag{&r.stuck},
		intoFlag{&r.undecided}, intoText[identity.Move]{&r.Move}, intoTime{&r.MoveSince}, intoTimeOrNil{&r.DueAt},
		intoTimeOrNil{&r.WarnAt}, intoTimeOrNil{&r.TurnAt}, intoTimeOrNil{&r.PendingSince}, intoTimeOrNil{&r.DecidedAt}, intoTime{&r.CreatedAt},
		intoTime{&r.UpdatedAt}, intoTime{&r.AskedAt}, intoTimeOrNil{&r.CheckedAt}, intoText[identity.Source]{&r.LearnedBy},
		&r.SubmittedBy, intoTimeOrNil{&r.SubmittedAt}, &r.VerificationID, intoInt[int]{&r.Attempts},
		intoTimeOrNil{&r.AttemptedAt}, intoTimeOrNil{&r.LostSince}, &r.FailureCode, &r.ExistingID, intoTimeOrNil{&r.LinkingSince},
		intoTimeOrNil{&r.ErasedAt}, intoTimeOrNil{&r.closedAt}, intoInt[int64]{&r.Rev},
	)
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
