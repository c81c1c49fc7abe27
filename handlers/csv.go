package handlers

import (
	"encoding/csv"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/identity"
	"identitydesk/internal/onboarding"
)

// How often a long file pushes its own deadline on, and how far.
const (
	deadlineRows = 500
	rowsWithin   = time.Minute
)

// sheet writes rows as they come. Nothing is sent until the first few rows are there, so that an error before them is still
// answered as one.
type sheet struct {
	c    echo.Context
	csv  *csv.Writer
	rows int
}

// newSheet begins a file named after what it holds and when.
func (s *server) newSheet(c echo.Context, what string, header []string) (*sheet, error) {
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, "text/csv; charset=utf-8")
	h.Set(echo.HeaderContentDisposition, fmt.Sprintf(`attachment; filename="%s-%s.csv"`, what, s.Now().UTC().Format("20060102-150405")))
	sh := &sheet{c: c, csv: csv.NewWriter(c.Response())}
	return sh, sh.csv.Write(header)
}

func (sh *sheet) write(cells []string) error {
	for i, cell := range cells {
		cells[i] = harmless(cell)
	}
	if sh.rows%deadlineRows == 0 {
		if err := pushDeadline(sh.c, rowsWithin); err != nil {
			return err
		}
	}
	sh.rows++
	return sh.csv.Write(cells)
}

func (sh *sheet) end() error {
	sh.csv.Flush()
	return sh.csv.Error()
}

// pushDeadline gives an answer that long from now on.
func pushDeadline(c echo.Context, within time.Duration) error {
	err := http.NewResponseController(c.Response()).SetWriteDeadline(time.Now().Add(within))
	if errors.Is(err, http.ErrNotSupported) {
		return nil
	}
	return err
}

// formulaSigns begin what a spreadsheet takes for a formula, or what it passes over before one. The last four are the wide forms of
// the first, which some take for the same.
const formulaSigns = "=+-@\t\r\n＝＋－＠"

// harmless keeps a spreadsheet from taking a cell for a formula.
func harmless(cell string) string {
	if first, _ := utf8.DecodeRuneInString(cell); cell != "" && strings.ContainsRune(formulaSigns, first) {
		return "'" + cell
	}
	return cell
}

func caseHeader() []string {
	return []string{
		"id", "paxos_id", "ref_id", "type", "status", "submission", "lane", "move",
		"blocking_type", "blocking_status", "blocking_awaiting", "blocking_text",
		"due_at", "pending_since", "created_at", "updated_at", "checked_at", "learned_by", "assignee",
		"initials", "sentence", "next_action", "snoozed_until", "submitted_at", "verification_id", "attempts",
		"assignee_name", "assigned_at", "tags", "woke", "warn_at", "decided_at", "unusual", "erased_at",
	}
}

// caseCells flattens a case; what blocks it stands in four cells, its parts joined by semicolons.
func caseCells(r onboarding.Row) []string {
	i, a := r.Identity, r.Advice
	part := func(of func(identity.Blocking) string) string { return strings.Join(each(a.Blocking, of), "; ") }
	return []string{
		i.ID, i.PaxosID, i.RefID, string(i.Type), string(i.Status), string(i.Submission), string(i.Lane), string(i.Move),
		part(func(b identity.Blocking) string { return b.Type }), part(func(b identity.Blocking) string { return b.Status }),
		part(func(b identity.Blocking) string { return b.Awaiting }), part(func(b identity.Blocking) string { return b.Text }),
		stamp(i.DueAt), stamp(i.PendingSince), stamp(&i.CreatedAt), stamp(&i.UpdatedAt), stamp(i.CheckedAt), string(i.LearnedBy), i.Assignee,
		i.Initials, a.Sentence, string(a.Next), stamp(i.SnoozedUntil), stamp(i.SubmittedAt), i.VerificationID, strconv.Itoa(i.Attempts),
		r.Holder, stamp(i.AssignedAt), strings.Join(r.Tags, " "), string(i.Woke), stamp(i.WarnAt), stamp(i.DecidedAt), strconv.FormatBool(r.Unusual),
		stamp(i.ErasedAt),
	}
}

func eventHeader() []string {
	return []string{
		"id", "type", "state", "attempts", "received_at", "processed_at", "last_error", "deliveries", "identity_id",
		"occurred_at", "paxos_id", "is_test", "heard_by",
	}
}

func eventCells(e identity.Event) []string {
	return []string{
		e.ID, e.Type, string(e.State), strconv.Itoa(e.Attempts), stamp(&e.ReceivedAt), stamp(e.ProcessedAt), e.LastError,
		strconv.Itoa(e.Deliveries), e.IdentityID, stamp(&e.OccurredAt), e.PaxosID, strconv.FormatBool(e.IsTest), string(e.HeardBy),
	}
}

// stamp is a time in a cell; empty for none.
func stamp(t *time.Time) string {
	if t == nil || t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}
