package handlers

import (
	"net/url"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
)

// zoneCookie is where the script leaves the browser's time zone.
const zoneCookie = "zone"

// maxZone is how long the name of a time zone can be.
const maxZone = 64

// zones keeps the time zones that were asked for, since reading one takes long.
type zones struct{ known sync.Map }

// named gives a time zone by its IANA name; nil where there is none.
func (z *zones) named(name string) *time.Location {
	if name == "" || name == "Local" || len(name) > maxZone {
		return nil
	}
	if known, ok := z.known.Load(name); ok {
		return known.(*time.Location)
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	z.known.Store(name, loc)
	return loc
}

// location is where times of day are told for: what the person chose, else their browser's, else the desk's.
func (s *server) location(c echo.Context) *time.Location {
	if loc := s.zones.named(preferences(c).Zone); loc != nil {
		return loc
	}
	if loc := s.zones.named(browserZone(c)); loc != nil {
		return loc
	}
	return s.Location
}

// browserZone is the name that the browser gave.
func browserZone(c echo.Context) string {
	cookie, err := c.Cookie(zoneCookie)
	if err != nil {
		return ""
	}
	name, err := url.QueryUnescape(cookie.Value)
	if err != nil {
		return ""
	}
	return name
}

// knownZone is the name where there is such a zone, else empty.
func (s *server) knownZone(name string) string {
	if s.zones.named(name) == nil {
		return ""
	}
	return name
}
