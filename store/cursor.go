package store

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"identitydesk/internal/fault"
)

// cursor is a row's place in an order: the value of the order's column (a number or a text) and the id.
type cursor struct {
	key any
	id  string
}

// token is a cursor as it travels; it names its order, so that it is not used with another. It is kept short: it stands in every
// link of a page.
func (c cursor) token(order string) string {
	key := fmt.Sprint(c.key)
	if n, isNumber := c.key.(int64); isNumber {
		key = strconv.FormatInt(n, keyBase)
	}
	return base64.RawURLEncoding.EncodeToString([]byte(order + "\n" + key + "\n" + packed(c.id)))
}

const keyBase = 36

// packedMark begins an id that is packed: no id of ours begins with it.
const packedMark = "\x00"

// packed gives the bytes of a UUID, and any other id as it is.
func packed(id string) string {
	if u, err := uuid.Parse(id); err == nil && u.String() == id {
		return packedMark + string(u[:])
	}
	return id
}

func unpacked(id string) (string, bool) {
	raw, isPacked := strings.CutPrefix(id, packedMark)
	if !isPacked {
		return id, true
	}
	u, err := uuid.FromBytes([]byte(raw))
	return u.String(), err == nil
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
	parts := strings.SplitN(string(plain), "\n", 3)
	if len(parts) != 3 || parts[0] != order {
		return cursor{}, bad
	}
	id, whole := unpacked(parts[2])
	if !whole || !utf8.ValidString(id) {
		return cursor{}, bad
	}
	if text {
		return cursor{key: parts[1], id: id}, nil
	}
	n, err := strconv.ParseInt(parts[1], keyBase, 64)
	if err != nil {
		return cursor{}, bad
	}
	return cursor{key: n, id: id}, nil
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
