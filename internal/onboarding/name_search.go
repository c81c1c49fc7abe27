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

// longestName is the most characters of a name that is searched for: three names as long as Paxos takes them.
const longestName = 600

// namesakes is what the search by name needs of the store.
type namesakes interface {
	Namesakes(ctx context.Context, names []string) (found []identity.Identity, more bool, err error)
	NamesIndexed(ctx context.Context) (bool, error)
}

// Named is what a name has led to.
type Named struct {
	Rows    []Row
	More    bool // there are more than these
	Partial bool // the names of an older version are still being indexed: one may be missing
	AsOf    time.Time
}

// SearchName finds the cases of a person by the whole name, first and last, with the middle name or without; case, spaces and marks
// on letters do not count. It is for those who see names, and gives rows as lists do. The audit log gets the cases found and a keyed
// hash of the name, before the answer.
func (d *Desk) SearchName(ctx context.Context, a access.Actor, name string) (Named, error) {
	if err := permit(a, access.ReadNames); err != nil {
		return Named{}, err
	}
	names := identity.Names(name)
	switch {
	case len(names) == 0:
		return Named{}, fault.Fields("Nothing was searched.", map[string]string{"name": "Enter the whole name: first and last."})
	case len(name) > longestName:
		return Named{}, fault.Fields("Nothing was searched.", map[string]string{"name": fmt.Sprintf("Enter one name of at most %d characters.", longestName)})
	}
	found, more, err := d.o.Store.Namesakes(ctx, names)
	if err != nil {
		return Named{}, err
	}
	if err := d.o.Store.Record(ctx, d.searchedName(a, names, found, more)); err != nil {
		return Named{}, err
	}
	indexed, err := d.o.Store.NamesIndexed(ctx)
	if err != nil {
		return Named{}, err
	}
	rows, err := d.rows(ctx, found)
	return Named{Rows: rows, More: more, Partial: !indexed, AsOf: d.o.Now()}, err
}

func (d *Desk) searchedName(a access.Actor, names []string, found []identity.Identity, more bool) audit.Entry {
	e := entry(a, audit.SearchedName, "")
	e.Object = "name " + d.keyed(names[0])
	e.Detail = fmt.Sprintf("%d found", len(found))
	if more {
		e.Detail = fmt.Sprintf("more than %d found", len(found))
	}
	ids := make([]string, len(found))
	for n, i := range found {
		ids[n] = i.ID
	}
	switch len(ids) {
	case 0:
	case 1:
		e.IdentityID = ids[0]
	default:
		e.Detail += "\nfound: " + strings.Join(ids, " ")
	}
	return e
}
