package config

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Zone is a time zone of the IANA list.
type Zone struct {
	*time.Location
}

// UnmarshalText takes a name such as Europe/Berlin. "Local" is refused, as it means
// another zone on another machine.
func (z *Zone) UnmarshalText(text []byte) error {
	loc, err := time.LoadLocation(string(text))
	if err != nil || loc == time.Local {
		return errForm
	}
	z.Location = loc
	return nil
}

// Hours are daily working hours, as time since midnight on the wall clock.
type Hours struct {
	From, To time.Duration
}

// String gives the hours as they are written in the environment.
func (h Hours) String() string { return clockOnWall(h.From) + "-" + clockOnWall(h.To) }

func clockOnWall(t time.Duration) string {
	return fmt.Sprintf("%02d:%02d", int(t.Hours()), int(t.Minutes())%60)
}

// UnmarshalText takes HH:MM-HH:MM; 24:00 ends a day.
func (h *Hours) UnmarshalText(text []byte) error {
	from, to, found := strings.Cut(string(text), "-")
	start, okStart := wallClock(strings.TrimSpace(from))
	end, okEnd := wallClock(strings.TrimSpace(to))
	if !found || !okStart || !okEnd {
		return errForm
	}
	if end <= start {
		return plainError("expected hours that end after they begin, such as 09:00-17:00")
	}
	*h = Hours{start, end}
	return nil
}

func wallClock(text string) (time.Duration, bool) {
	if text == "24:00" {
		return 24 * time.Hour, true
	}
	clock, err := time.Parse("15:04", text)
	if err != nil || len(text) != len("15:04") {
		return 0, false
	}
	return time.Duration(clock.Hour())*time.Hour + time.Duration(clock.Minute())*time.Minute, true
}

// maxBusinessDays is a year of them: more is a slip of the keyboard.
const maxBusinessDays = 250

// PendingLimit is a number of business days or, where that is zero, a plain duration.
type PendingLimit struct {
	BusinessDays int
	Plain        time.Duration
}

// String gives the limit as it is written in the environment.
func (l PendingLimit) String() string {
	if l.BusinessDays > 0 {
		return strconv.Itoa(l.BusinessDays) + "bd"
	}
	return l.Plain.String()
}

// UnmarshalText takes 1bd, or a duration such as 36h.
func (l *PendingLimit) UnmarshalText(text []byte) error {
	if days, found := strings.CutSuffix(string(text), "bd"); found {
		n, err := strconv.Atoi(days)
		if err != nil || n < 1 || n > maxBusinessDays {
			return plainError("expected 1bd to 250bd, or a duration such as 36h")
		}
		*l = PendingLimit{BusinessDays: n}
		return nil
	}
	plain, err := time.ParseDuration(string(text))
	if err != nil || plain <= 0 {
		return errForm
	}
	*l = PendingLimit{Plain: plain}
	return nil
}
