package handlers

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/audit"
	"identitydesk/internal/onboarding"
)

// auditFile is a file of entries that is written as they come.
type auditFile interface {
	entry(e audit.Entry) error
	end() error
}

// exportPage is how many entries are read at once for a file.
const exportPage = 500

// exportAudit writes one page of the log, or all that fits: as CSV, or as JSON, an entry a line.
func (s *server) exportAudit(c echo.Context, f audit.Filter, lines bool) error {
	whole := wholeList(c.QueryParams()) && f.Before == 0
	if whole {
		f.Limit = exportPage
	}
	if err := s.Desk.ExportingAudit(c.Request().Context(), actor(c), f, whole); err != nil {
		return err
	}
	file, err := s.newAuditFile(c, lines)
	if err != nil {
		return err
	}
	for {
		entries, next, err := s.auditPage(c, f)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if err := file.entry(e); err != nil {
				return err
			}
		}
		if f.Before = next; !whole || next == 0 {
			return file.end()
		}
	}
}

func (s *server) newAuditFile(c echo.Context, lines bool) (auditFile, error) {
	if lines {
		h := c.Response().Header()
		h.Set(echo.HeaderContentType, "application/jsonl; charset=utf-8")
		h.Set(echo.HeaderContentDisposition,
			fmt.Sprintf(`attachment; filename="%s-%s.jsonl"`, onboarding.ExportAudit, s.Now().UTC().Format("20060102-150405")))
		return &auditLines{c: c, json: json.NewEncoder(c.Response())}, nil
	}
	sheet, err := s.newSheet(c, onboarding.ExportAudit, auditHeader())
	return auditSheet{sheet}, err
}

type auditSheet struct{ *sheet }

func (a auditSheet) entry(e audit.Entry) error { return a.write(auditCells(e)) }

type auditLines struct {
	c    echo.Context
	json *json.Encoder
	rows int
}

func (a *auditLines) entry(e audit.Entry) error {
	if a.rows%deadlineRows == 0 {
		if err := pushDeadline(a.c, rowsWithin); err != nil {
			return err
		}
	}
	a.rows++
	return a.json.Encode(toAudit(e))
}

func (a *auditLines) end() error { return nil }

func auditHeader() []string {
	return []string{
		"seq", "at", "actor_id", "actor_name", "role", "action", "identity_id", "object", "detail", "request_id", "address",
		"before", "after", "reason_code", "reason_given", "prev", "hash",
	}
}

func auditCells(e audit.Entry) []string {
	return []string{
		strconv.FormatInt(e.Seq, 10), stamp(&e.At), e.ActorID, e.ActorName, e.Role, string(e.Action), e.IdentityID, e.Object, e.Detail,
		e.RequestID, e.Address, e.Before, e.After, e.ReasonCode, strconv.FormatBool(e.Words != ""), hex.EncodeToString(e.Prev), hex.EncodeToString(e.Hash),
	}
}
