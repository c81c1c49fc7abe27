package views

import (
	"slices"

	"identitydesk/internal/access"
	"identitydesk/internal/identity"
)

// PreferencesPage is how the reader wants the desk to be.
type PreferencesPage struct {
	Chrome
	Preferences access.Preferences
	DeskZone    string // where nothing else is known
	BrowserZone string // empty where the browser has not told
	Errors      map[string]string
	Sessions    []access.Session // where the reader is signed in, the last used first
	This        string           // the one that asks
	Notice      string
}

// zones are the choices: the browser's own, the desk's, UTC, then places from west to east; and what is chosen, if it is another.
func (p PreferencesPage) zones() []identity.Choice {
	browser := "The browser’s"
	if p.BrowserZone != "" {
		browser += " (" + p.BrowserZone + ")"
	}
	out := []identity.Choice{{Value: "", Text: browser}, {Value: p.DeskZone, Text: "The desk’s (" + p.DeskZone + ")"}}
	for _, name := range places() {
		if name != p.DeskZone {
			out = append(out, identity.Choice{Value: name, Text: name})
		}
	}
	if chosen := p.Preferences.Zone; !slices.ContainsFunc(out, func(c identity.Choice) bool { return c.Value == chosen }) {
		out = append(out, identity.Choice{Value: chosen, Text: chosen})
	}
	return out
}

// places stand for the time zones in which most people live.
func places() []string {
	return []string{
		"UTC", "Pacific/Honolulu", "America/Anchorage", "America/Los_Angeles", "America/Denver", "America/Phoenix", "America/Chicago",
		"America/Mexico_City", "America/New_York", "America/Toronto", "America/Bogota", "America/Lima", "America/Halifax",
		"America/Santiago", "America/Sao_Paulo", "America/Argentina/Buenos_Aires", "Atlantic/Azores", "Europe/London",
		"Europe/Lisbon", "Africa/Lagos", "Europe/Amsterdam", "Europe/Berlin", "Europe/Madrid", "Europe/Paris", "Europe/Rome",
		"Europe/Stockholm", "Europe/Warsaw", "Europe/Zurich", "Africa/Cairo", "Africa/Johannesburg", "Europe/Athens",
		"Europe/Kyiv", "Asia/Jerusalem", "Europe/Istanbul", "Africa/Nairobi", "Asia/Riyadh", "Asia/Dubai", "Asia/Karachi",
		"Asia/Kolkata", "Asia/Dhaka", "Asia/Bangkok", "Asia/Jakarta", "Asia/Ho_Chi_Minh", "Asia/Singapore", "Asia/Hong_Kong",
		"Asia/Shanghai", "Asia/Manila", "Australia/Perth", "Asia/Seoul", "Asia/Tokyo", "Australia/Brisbane", "Australia/Sydney",
		"Pacific/Auckland",
	}
}
