package store

import (
	"encoding/json"
	"fmt"
	"time"
)

// ms is how a time is stored: unix milliseconds, NULL for the zero time.
func ms(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMilli()
}

func msOf(t *time.Time) any {
	if t == nil {
		return nil
	}
	return ms(*t)
}

// msAlways is for columns that order lists: they are never NULL, and the zero time is the earliest there is.
func msAlways(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// jsonOf is a value as JSON text, NULL where it is absent.
func jsonOf(v any, absent bool) (any, error) {
	if absent {
		return nil, nil
	}
	text, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode a column: %w", err)
	}
	return string(text), nil
}

// The types below read columns into fields, see [database/sql.Scanner].

type intoTime struct{ to *time.Time }

func (d intoTime) Scan(v any) error {
	n, ok := v.(int64)
	if !ok || n == 0 {
		*d.to = time.Time{}
		return nil
	}
	*d.to = time.UnixMilli(n).UTC()
	return nil
}

type intoTimeOrNil struct{ to **time.Time }

func (d intoTimeOrNil) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		*d.to = nil
		return nil
	}
	t := time.UnixMilli(n).UTC()
	*d.to = &t
	return nil
}

type intoInt[T ~int | ~int64] struct{ to *T }

func (d intoInt[T]) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return fmt.Errorf("a number is stored as %T", v)
	}
	*d.to = T(n)
	return nil
}

type intoFlag struct{ to *bool }

func (d intoFlag) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return fmt.Errorf("a flag is stored as %T", v)
	}
	*d.to = n != 0
	return nil
}

type intoText[T ~string] struct{ to *T }

func (d intoText[T]) Scan(v any) error {
	switch v := v.(type) {
	case string:
		*d.to = T(v)
	case []byte:
		*d.to = T(v)
	case nil:
		*d.to = ""
	default:
		return fmt.Errorf("a text is stored as %T", v)
	}
	return nil
}

type intoJSON struct{ to any }

func (d intoJSON) Scan(v any) error {
	text, ok := v.(string)
	if !ok || text == "{}" {
		return nil
	}
	return json.Unmarshal([]byte(text), d.to)
}
