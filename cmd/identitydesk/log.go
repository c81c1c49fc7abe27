package main

import (
	"io"
	"log/slog"

	"identitydesk/internal/fault"
)

// newLog makes the one logger of the process.
func newLog(w io.Writer, level slog.Level, format string) *slog.Logger {
	options := &slog.HandlerOptions{Level: level}
	if format == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// describe is an error in words for the operator at the terminal: our text, and the cause below it, which only the
// operator may see.
func describe(err error) string {
	f := fault.From(err)
	switch {
	case f.Kind == fault.Internal && f.Cause != nil:
		return f.Cause.Error()
	case f.Cause != nil:
		return f.Text + " (" + f.Cause.Error() + ")"
	default:
		return f.Text
	}
}
