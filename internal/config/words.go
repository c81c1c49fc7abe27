package config

import (
	"log/slog"
	"slices"
	"strconv"
	"strings"
)

// PaxosEnv is which Paxos the desk talks to.
type PaxosEnv string

// The environments.
const (
	Emulator   PaxosEnv = "emulator"
	Sandbox    PaxosEnv = "sandbox"
	Production PaxosEnv = "production"
)

// UnmarshalText takes one of the three words.
func (e *PaxosEnv) UnmarshalText(text []byte) error {
	return oneOf(e, text, Emulator, Sandbox, Production)
}

// Holidays names a list of days on which nobody works.
type Holidays string

// The lists.
const (
	HolidaysUS   Holidays = "us"
	HolidaysNone Holidays = "none"
)

// UnmarshalText takes one of the two words.
func (h *Holidays) UnmarshalText(text []byte) error {
	return oneOf(h, text, HolidaysUS, HolidaysNone)
}

// Format is the form of log lines.
type Format string

// The formats.
const (
	Text Format = "text"
	JSON Format = "json"
)

// UnmarshalText takes one of the two words.
func (f *Format) UnmarshalText(text []byte) error { return oneOf(f, text, Text, JSON) }

func oneOf[T ~string](target *T, text []byte, allowed ...T) error {
	word := T(text)
	if !slices.Contains(allowed, word) {
		return errForm
	}
	*target = word
	return nil
}

// LogLevel is a level of log/slog.
type LogLevel slog.Level

// UnmarshalText takes debug, info, warn or error.
func (l *LogLevel) UnmarshalText(text []byte) error {
	level, known := map[string]slog.Level{
		"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError,
	}[strings.ToLower(string(text))]
	if !known {
		return errForm
	}
	*l = LogLevel(level)
	return nil
}

// Switch is true or false, and remembers whether somebody said so.
type Switch struct {
	On    bool
	IsSet bool
}

// UnmarshalText takes true or false.
func (s *Switch) UnmarshalText(text []byte) error {
	on, err := strconv.ParseBool(string(text))
	if err != nil {
		return errForm
	}
	*s = Switch{On: on, IsSet: true}
	return nil
}

// Header is the name of an HTTP header.
type Header string

// UnmarshalText takes letters, digits and dashes; HTTP allows a few more signs that
// no provider uses.
func (h *Header) UnmarshalText(text []byte) error {
	for _, b := range text {
		letter := 'a' <= b|0x20 && b|0x20 <= 'z'
		if !letter && (b < '0' || b > '9') && b != '-' && b != '_' {
			return errForm
		}
	}
	*h = Header(text)
	return nil
}

// Scopes are what an access token is asked for.
type Scopes []string

// UnmarshalText takes scopes separated by spaces or commas.
func (s *Scopes) UnmarshalText(text []byte) error {
	*s = strings.FieldsFunc(string(text), func(r rune) bool { return r == ' ' || r == ',' })
	if len(*s) == 0 {
		return errForm
	}
	return nil
}

// RoleMap gives the role of each group at the identity provider.
type RoleMap map[string]string

// UnmarshalText takes group=role pairs separated by commas. The last = divides, as
// group names may hold one.
func (m *RoleMap) UnmarshalText(text []byte) error {
	pairs := RoleMap{}
	for part := range strings.SplitSeq(string(text), ",") {
		at := strings.LastIndex(part, "=")
		if at < 0 {
			return errForm
		}
		group, role := strings.TrimSpace(part[:at]), strings.TrimSpace(part[at+1:])
		if group == "" || !slices.Contains([]string{"viewer", "analyst", "lead", "auditor", "admin"}, role) {
			return errForm
		}
		if _, twice := pairs[group]; twice {
			return plainError("expected each group once")
		}
		pairs[group] = role
	}
	*m = pairs
	return nil
}
