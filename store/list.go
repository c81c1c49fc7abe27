package store

import (
	"context"
	"fmt"
	"math"
	"strings"

	"identitydesk/internal/identity"
)

// lastRune follows every text that a ref_id can go on with.
const lastRune = "\U0010FFFF"

// order is how a list is sorted: by a column and, among equals, by id.
type order struct {
	column string
	down   bool
	text   bool // the column holds text, not a number
}

func orderOf(f identity.Filter) (order, bool) {
	switch f.Sort {
	case identity.SortCreatedDesc:
		return order{column: "created_at", down: true}, true
	case identity.SortCreated:
		return order{column: "created_at"}, true
	case identity.SortUpdatedDesc:
		return order{column: "updated_at", down: true}, true
	case identity.SortUpdated:
		return order{column: "updated_at"}, true
	case identity.SortDue:
		return order{column: "due_at"}, true
	case "":
		if f.Query != "" || f.RefID != "" { // what is looked for by ref_id comes in its order
			return order{column: "ref_id", text: true}, true
		}
		return order{column: "created_at", down: true}, true
	}
	return order{}, false
}

// first is the cursor before every row. A list always starts at a cursor, since that is what makes the database walk the
// index of the order instead of sorting.
func (o order) first() cursor {
	switch {
	case o.text:
		return cursor{key: "", id: ""}
	case o.down:
		return cursor{key: int64(math.MaxInt64), id: ""}
	}
	return cursor{key: int64(math.MinInt64), id: ""}
}

func (o order) String() string {
	if o.down {
		return "-" + o.column
	}
	return o.column
}

// since gives the condition for what comes behind a cursor, and the order.
func (o order) since(c *conditions, from cursor) (orderBy string) {
	sign, down := ">", ""
	if o.down {
		sign, down = "<", " DESC"
	}
	c.add(fmt.Sprintf(`(%s, id) %s (%s, %s)`, o.column, sign, c.arg(from.key), c.arg(from.id)))
	return fmt.Sprintf(` ORDER BY %s%s, id%s`, o.column, down, down)
}

// keyOf is the value of the order's column in a row.
func (o order) keyOf(i identity.Identity) any {
	switch o.column {
	case "updated_at":
		return msAlways(i.UpdatedAt)
	case "due_at":
		return msOf(i.DueAt)
	case "ref_id":
		return i.RefID
	}
	return msAlways(i.CreatedAt)
}

// List gives one page of the identities that a filter selects. The page may be shared: nobody may change it. An order that is none is Malformed, an After that cannot be
// read Invalid.
func (s *Store) List(ctx context.Context, f identity.Filter) (identity.Page, error) {
	if lengthOf(f.Limit) > identity.DefaultLimit { // too much to remember
		return s.list(ctx, f)
	}
	return remembered(s, f, func() (identity.Page, error) { return s.list(ctx, f) })
}

func (s *Store) list(ctx context.Context, f identity.Filter) (identity.Page, error) {
	page, c, err := s.pageOf(ctx, f, lengthOf(f.Limit))
	if err != nil {
		return page, err
	}
	page.Total, page.TotalAtLeast, err = s.total(ctx, f, c)
	return page, s.mask(err)
}

// pageOf is a page without its total, and what it was filtered by.
func (s *Store) pageOf(ctx context.Context, f identity.Filter, limit int) (page identity.Page, c conditions, err error) {
	o, ok := orderOf(f)
	if !ok {
		return page, c, malformed("sort", "is none of the orders: created_at, updated_at (a leading minus turns them round), due_at")
	}
	from, err := parseCursor(f.After, o.String(), o.first(), o.text)
	if err != nil {
		return page, c, err
	}
	r := s.reader(ctx)
	if c, err = filterOf(r, f); err != nil {
		return page, c, s.mask(err)
	}
	page, err = s.page(r, f, c, o, from, limit)
	return page, c, s.mask(err)
}

func (s *Store) page(r reader, f identity.Filter, c conditions, o order, from cursor, limit int) (page identity.Page, err error) {
	query, args := pageQuery(f, c, o, from, limit)
	if page.Items, err = some(r, limit+1, scanIdentity, query, args...); err != nil {
		return page, err
	}
	if len(page.Items) > limit {
		page.Items = page.Items[:limit]
		last := page.Items[limit-1]
		page.Next = cursor{key: o.keyOf(last), id: last.ID}.token(o.String())
	}
	return page, nil
}

// pageQuery asks for one row more than is shown, which tells whether there is a next page. What a person holds and what nobody
// does are two walks of an index that the database merges, since no index has both in the order of a list.
func pageQuery(f identity.Filter, c conditions, o order, from cursor, limit int) (string, []any) {
	c = c.clone()
	orderBy := o.since(&c, from)
	query := selectRow + c.where()
	if f.MineOrFree != "" {
		mine := c.clone()
		mine.add(`assignee <> '' AND assignee = $?`, f.MineOrFree)
		c.add(`assignee = ''`)
		query = selectRow + c.where() + ` UNION ALL ` + selectRow + mine.where()
		c.args = mine.args
	}
	return query + orderBy + ` LIMIT ` + c.arg(int64(limit+1)), c.args
}

func lengthOf(limit int) int {
	if limit <= 0 {
		return identity.DefaultLimit
	}
	return min(limit, identity.MaxLimit)
}

// filterOf turns a filter into conditions. Literals stand where a partial index asks for them.
func filterOf(q querier, f identity.Filter) (c conditions, err error) {
	if f.Stuck {
		c.add(`stuck = 1`)
	}
	if f.Lane != "" {
		c.add(`tab = $?`, string(f.Lane))
	}
	if f.Sort == identity.SortDue && !f.Stuck { // every stuck case has a due time; saying so would lead to another index
		c.add(`due_at IS NOT NULL`)
	}
	if f.Status != "" {
		c.add(`status = $?`, string(f.Status))
	}
	if f.Type == identity.Institution {
		c.add(`type = 'INSTITUTION'`) // said in the text, so that their own index is taken: they are few among many
	} else if f.Type != "" {
		c.add(`type = $?`, string(f.Type))
	}
	if f.Requirement != "" {
		c.add(`EXISTS (SELECT 1 FROM identity_requirements r WHERE r.type = $? AND r.identity_id = identities.id)`, f.Requirement)
	}
	if f.Assignee != "" {
		c.add(`assignee <> '' AND assignee = $?`, f.Assignee)
	}
	if f.Free {
		c.add(`assignee = ''`)
	}
	if f.Lane.Stuck() && !f.Stuck && (f.Free || f.MineOrFree+f.Assignee != "") { // which leads to the index of what is held
		c.add(`stuck = 1`)
	}
	if f.Tag != "" {
		c.add(`id IN (SELECT identity_id FROM identity_tags WHERE tag = $?)`, f.Tag)
	}
	if !f.CreatedFrom.IsZero() {
		c.add(`created_at >= $?`, f.CreatedFrom.UnixMilli())
	}
	if !f.CreatedTo.IsZero() {
		c.add(`created_at < $?`, f.CreatedTo.UnixMilli())
	}
	return c, addIDs(q, &c, f)
}

// addIDs adds what is looked for by id. Ids of other kinds are found first, so that the common case stays one walk over the
// index of ref_ids.
func addIDs(q querier, c *conditions, f identity.Filter) error {
	if f.RefID != "" {
		former, err := all(q, scanValue[string], `SELECT identity_id FROM former_ref_ids WHERE ref_id = $1 LIMIT 20`, f.RefID)
		if err != nil {
			return err
		}
		addAny(c, `ref_id = `+c.arg(f.RefID), former)
	}
	if f.Query != "" {
		others, err := all(q, scanValue[string], otherIDsQuery, f.Query)
		if err != nil {
			return err
		}
		addAny(c, `ref_id >= `+c.arg(f.Query)+` AND ref_id < `+c.arg(f.Query+lastRune), others)
	}
	return nil
}

// addAny adds a condition, or any of these ids.
func addAny(c *conditions, term string, ids []string) {
	if len(ids) == 0 {
		c.add(term)
		return
	}
	marks := make([]string, len(ids))
	for n, id := range ids {
		marks[n] = c.arg(id)
	}
	c.add(`(` + term + ` OR id IN (` + strings.Join(marks, ", ") + `))`)
}
