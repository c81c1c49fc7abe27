package handlers

import (
	"time"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// inputTime is how a browser's field for a date and a time of day writes them.
const inputTime = "2006-01-02T15:04"

// mornings are at this hour, for those who snooze until another day.
const morning = 9

// snooze puts the case to sleep.
func (s *server) snooze(c echo.Context) error {
	until, err := s.wakeAt(c)
	if err == nil {
		err = s.Desk.Snooze(c.Request().Context(), actor(c), c.Param("id"), identity.Snooze{
			Until: until, UntilEvent: posted(c, "until_event") != "", Reason: posted(c, "reason"),
		})
	}
	return s.worked(c, err, snoozed)
}

// wakeAt reads until when a case shall sleep: one of the offered spans, or a moment in the person's time zone.
func (s *server) wakeAt(c echo.Context) (time.Time, error) {
	now := s.Now().In(s.location(c))
	switch span := posted(c, "for"); span {
	case "1h":
		return now.Add(time.Hour), nil
	case "4h":
		return now.Add(4 * time.Hour), nil
	case "tomorrow":
		return dayAt(now, 1), nil
	case "monday":
		return dayAt(now, (8-int(now.Weekday())-1)%7+1), nil
	case "1w":
		return dayAt(now, 7), nil
	case "", "until":
	default:
		return time.Time{}, fault.Fields("The case was not snoozed.", map[string]string{"for": "Choose one of the offered spans."})
	}
	typed := posted(c, "until")
	if typed == "" {
		return time.Time{}, nil // the use case asks for it
	}
	for _, layout := range []string{inputTime, "2006-01-02T15:04:05", time.RFC3339} {
		if t, err := time.ParseInLocation(layout, typed, now.Location()); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fault.Fields("The case was not snoozed.", map[string]string{"until": "Enter a date and a time of day, such as 2026-03-09T09:00."})
}

// dayAt is the morning of the day that comes so many days after another.
func dayAt(t time.Time, days int) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d+days, morning, 0, 0, 0, t.Location())
}

// wake ends the snooze.
func (s *server) wake(c echo.Context) error {
	return s.worked(c, s.Desk.Wake(c.Request().Context(), actor(c), c.Param("id")), awake)
}
