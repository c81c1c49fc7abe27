package handlers

import (
	"time"

	"identitydesk/internal/identity"
)

// importJSON is an import. It holds no personal data.
type importJSON struct {
	ID        string           `json:"id"`
	State     string           `json:"state"`
	ByID      string           `json:"by_id"`
	ByName    string           `json:"by_name"`
	At        *time.Time       `json:"at"`
	EndedAt   *time.Time       `json:"ended_at"`
	KeepUntil *time.Time       `json:"keep_until"` // when what it has read is erased; null while it runs and once that is done
	Rows      int              `json:"rows"`
	Done      int              `json:"done"`    // rows that wait for nothing any more
	Results   map[string]int   `json:"results"` // how many rows came to what
	SameAs    *string          `json:"same_as"` // an earlier import of the same file
	Steps     []importStepJSON `json:"steps"`
}

type importStepJSON struct {
	Kind   string     `json:"kind"`
	At     *time.Time `json:"at"`
	ByID   *string    `json:"by_id"` // null for the desk itself
	ByName *string    `json:"by_name"`
}

// openedImportJSON is an import with its rows.
type openedImportJSON struct {
	importJSON
	Items []importLineJSON `json:"items"`
}

// importLineJSON is a row. What is wrong with it is told by the names of its fields alone.
type importLineJSON struct {
	Line        int      `json:"line"`
	Result      string   `json:"result"`
	RefID       *string  `json:"ref_id"`
	IdentityID  *string  `json:"identity_id"` // the case that it became, or that held its ref_id before
	Status      *string  `json:"status"`      // of that case
	FailureCode *string  `json:"failure_code"`
	Failure     *string  `json:"failure"`
	Fields      []string `json:"fields"`

	SameGovernmentID *holderJSON `json:"same_government_id"` // the case here that holds the government id of a row that is new
}

type holderJSON struct {
	ID    string  `json:"id"`
	RefID *string `json:"ref_id"`
}

func toImport(i identity.Import) importJSON {
	j := importJSON{
		ID: i.ID, State: string(i.State), ByID: i.ByID, ByName: i.ByName, At: utc(&i.At), EndedAt: utc(i.EndedAt),
		Rows: i.Rows, Done: i.Had(), Results: map[string]int{}, SameAs: orNull(i.SameAs),
		Steps: each(i.Steps, func(s identity.ImportStep) importStepJSON {
			return importStepJSON{Kind: string(s.Kind), At: utc(&s.At), ByID: orNull(s.ByID), ByName: orNull(s.ByName)}
		}),
	}
	if i.Holds && i.State != identity.ImportRunning {
		j.KeepUntil = utc(&i.KeepUntil)
	}
	for result, n := range i.Results {
		j.Results[string(result)] = n
	}
	return j
}

func toImportLine(l identity.ImportLine) importLineJSON {
	j := importLineJSON{
		Line: l.Line, Result: string(l.Result), RefID: orNull(l.RefID), IdentityID: orNull(l.IdentityID), Status: orNull(string(l.Status)),
		FailureCode: orNull(failureCode(l)), Failure: orNull(l.FailureText()), Fields: append([]string{}, l.Fields...),
	}
	if l.HolderID != "" {
		j.SameGovernmentID = &holderJSON{ID: l.HolderID, RefID: orNull(l.HolderRef)}
	}
	return j
}
