package onboarding

import (
	"context"
	"fmt"
	"strings"
	"time"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// longestQuery is the most characters that a look-up takes; no id has as many.
const longestQuery = 256

// personal is what is wrong with a query that looks like personal data.
const personal = "This looks like personal data, which must not stand in an address. Search by ref_id or another id instead."

// Lookup finds cases by an id of any kind: ref_id (former ones too), ours, Paxos', an event's, a verification's. None found
// is no error; the time says as of when the cache holds none. Text that looks like personal data is Invalid. Every look-up
// is logged before its answer: with the case found, else with the kind of query and a keyed hash of it.
func (d *Desk) Lookup(ctx context.Context, a access.Actor, q string) ([]Row, time.Time, error) {
	if err := permit(a, access.ReadCases); err != nil {
		return nil, time.Time{}, err
	}
	q = strings.TrimSpace(q)
	if wrong := unfit(q); wrong != "" {
		return nil, time.Time{}, fault.Fields("Look up one id.", map[string]string{"q": wrong})
	}
	found, err := d.o.Store.Lookup(ctx, q)
	if err != nil {
		return nil, time.Time{}, err
	}
	if err := d.o.Store.Record(ctx, d.lookedUp(a, q, found)); err != nil {
		return nil, time.Time{}, err
	}
	rows, err := d.rows(ctx, found)
	return rows, d.o.Now(), err
}

// unfit says what is wrong with a query; empty where nothing is.
func unfit(q string) string {
	switch {
	case q == "":
		return "Enter an id: a ref_id, or the id of an identity, an event or a verification."
	case len(q) > longestQuery:
		return fmt.Sprintf("Enter one id of at most %d characters.", longestQuery)
	case identity.LooksPersonal(q):
		return personal
	default:
		return ""
	}
}

func (d *Desk) lookedUp(a access.Actor, q string, found []identity.Identity) audit.Entry {
	e := entry(a, audit.LookedUp, "")
	if len(found) == 1 {
		e.IdentityID = found[0].ID
		return e
	}
	e.Object = queryKind(q) + " " + d.keyed(q)
	e.Detail = fmt.Sprintf("%d found", len(found))
	return e
}

// queryKind is "uuid" for what has the form of one, which the ids of Paxos and of the desk have, else "text".
func queryKind(q string) string {
	if len(q) != 36 || strings.Count(q, "-") != 4 || strings.Trim(strings.ToLower(q), "0123456789abcdef-") != "" {
		return "text"
	}
	return "uuid"
}
