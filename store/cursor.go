package store

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"identitydesk/internal/fault"
)

// cursor is a row's place in an order: the value of the order's column (a number or a text) and the id.
type cursor struct {
	key any
	id  string
}

// token is a cursor as it travels; it names its order, so that it is not used with another.
func (c cursor) token(order string) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%s\n%v\n%s", order, c.key, c.id))
}

// parseCursor reads a token; an empty one is the first cursor.
func parseCursor(token, order string, first cursor, text bool) (cursor, error) {
	if token == "" {
		return first, nil
	}
	bad := badCursor()
	plain, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return cursor{}, bad
	}
	parts := strings.Split(string(plain), "\n")
	if len(parts) != 3 || parts[0] != order {
		return cursor{}, bad
	}
	if text {
		return cursor{key: parts[1], id: parts[2]}, nil
	}
	n, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil {
		return cursor{}, bad
	}
	return cursor{key: n, id: parts[2]}, nil
}

func badCursor() error {
	return fault.Fields("The list cannot be shown from there.",
		map[string]string{"after": "This is not the `next` of a page in this order: leave it out to begin anew."})
}

func malformed(field, wrong string) error {
	return &fault.Error{
		Kind: fault.Malformed, Text: "The list cannot be shown: " + field + " " + wrong + ".", Fields: map[string]string{field: wrong},
	}
}
