package store

import (
	"slices"
	"strconv"
	"strings"
)

// conditions collects what a list is filtered by.
type conditions struct {
	terms []string
	args  []any
}

// arg adds an argument and gives its placeholder.
func (c *conditions) arg(v any) string {
	c.args = append(c.args, v)
	return "$" + strconv.Itoa(len(c.args))
}

// add adds a condition. Every `$?` in it stands for the one value.
func (c *conditions) add(term string, value ...any) {
	for _, v := range value {
		term = strings.ReplaceAll(term, "$?", c.arg(v))
	}
	c.terms = append(c.terms, term)
}

func (c *conditions) where() string {
	if len(c.terms) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(c.terms, " AND ")
}

// clone lets one list of conditions grow in two ways.
func (c *conditions) clone() conditions {
	return conditions{terms: slices.Clone(c.terms), args: slices.Clone(c.args)}
}
