package views

import (
	"strings"
	"time"

	"identitydesk/internal/access"
)

// lone is the frame of a page that nobody is signed in on.
func (b book) lone() Chrome {
	c := b.chrome("", "")
	c.UserName, c.Stuck, c.Banners = "", 0, Banners{}
	return c
}

// doors are the pages between the desk and the identity provider.
func (b book) doors() []Story {
	silent := LoginPage{Chrome: b.lone(), OIDC: true, Problem: "Your organisation’s sign-in does not answer just now. Try again in a moment."}
	return []Story{
		{"login/unreachable", "", Login(silent)},
		{"login/no-role", "", NoEntry(NoEntryPage{
			Chrome: b.lone(), NoRole: true, Text: "You are signed in at your organisation, but none of your groups has a role at this desk.",
		})},
		{"login/disabled", "", NoEntry(NoEntryPage{Chrome: b.lone(), Text: "You are not let into this desk any more. Ask an admin of the desk."})},
		{"login/signed-out", "", SignedOut(SignedOutPage{Chrome: b.lone(), EndSession: "/logout", IDToken: "an.id.token", ClientID: "desk", Back: "/login"})},
	}
}

// session is one that was opened a while ago.
func (b book) session(n byte, address string, age, idle time.Duration) access.Session {
	return access.Session{
		Hash: []byte{n, 1, 2, 3, 4, 5, 6, 7, 8}, Role: access.Analyst, CreatedAt: b.ago(age), SeenAt: b.ago(idle), Address: address,
	}
}

func (b book) persons() []Person {
	people := b.staff()
	dana, kim, robin, vera := people["dana"], people["kim"], people["robin"], people["vera"]
	dana.ID, dana.LastSeenAt = "auth0|5f7c8ec7c33c6c004bbafe82", b.ago(time.Minute)
	kim.LastSeenAt, robin.LastSeenAt, vera.LastSeenAt = b.ago(3*day), b.ago(time.Second), b.ago(40*day)
	robin.Role, vera.DisabledAt = access.Admin, b.at(39*day)
	return []Person{
		{User: dana, Sessions: []access.Session{
			b.session(1, "192.0.2.17", 4*time.Hour, time.Minute), b.session(2, "2001:db8:85a3:8d3:1319:8a2e:370:7348", 6*time.Hour, 20*time.Minute),
		}},
		{User: kim},
		{User: robin, Sessions: []access.Session{b.session(3, "", time.Hour, time.Second)}},
		{User: vera},
	}
}

func (b book) people() []Story {
	page := func(r access.Role) PeoplePage {
		return PeoplePage{
			Chrome: b.chrome(r, SectionPeople), People: b.persons(), Me: "robin", This: b.session(3, "", 0, 0).ID(),
			CanManage: access.May(r, access.ManagePeople),
			Reasons:   []ReasonChoice{{"left", "Left the team"}, {"suspicion", "Suspected misuse"}, {"other", "Another reason"}},
		}
	}
	refused, done := page(access.Admin), page(access.Admin)
	refused.Refused = Refusal{
		Act: "disable", Text: "Nothing was changed.", Errors: map[string]string{"reason_code": "Choose a reason from the list.", "reason": "Say which other reason."},
		Typed: map[string]string{"user": refused.People[0].ID, "reason": "gone"},
	}
	done.Notice = "The person can sign in again."
	return []Story{
		{"people/admin", access.Admin, People(page(access.Admin))},
		{"people/refused", access.Admin, People(refused)},
		{"people/done", access.Admin, People(done)},
		{"people/auditor", access.Auditor, People(page(access.Auditor))},
	}
}

func (b book) tokens() []Story {
	token := func(name string, role access.Role, age, life time.Duration) access.APIToken {
		return access.APIToken{
			ID: "token-m4x2kqz7ab", Name: name, Role: role, MadeBy: "robin", MadeByName: "Robin Vance", MadeAt: b.ago(age), ExpiresAt: b.ago(age - life),
		}
	}
	used, revoked := token("Nightly export for the warehouse", access.Auditor, 20*day, 90*day), token("Trial", access.Viewer, 30*day, 90*day)
	used.UsedAt, revoked.RevokedAt = b.at(2*time.Hour), b.at(29*day)
	page := func(r access.Role, all ...access.APIToken) TokensPage {
		return TokensPage{
			Chrome: b.chrome(r, SectionPeople), Tokens: all, CanManage: access.May(r, access.ManagePeople), BaseURL: "https://desk.example.com",
			Roles: access.Roles(), Role: access.Viewer, Days: "90",
		}
	}
	full := page(access.Admin, used, token("Monitor", access.Viewer, day, 30*day), token("Old", access.Lead, 100*day, 90*day), revoked)
	made, refused := full, full
	made.Made, made.Secret = "Monitor", "idk_"+strings.Repeat("ABCDEFGH", 3)+"IJ"
	refused.Problem, refused.Name, refused.Days = "No token was made.", "", "0"
	refused.Errors = map[string]string{
		"name": "Enter what the token is for, in 1 to 64 characters.", "role": "Choose one of the roles.", "days": "Enter a number of days from 1 to 366.",
	}
	return []Story{
		{"tokens/some", access.Admin, Tokens(full)},
		{"tokens/made", access.Admin, Tokens(made)},
		{"tokens/refused", access.Admin, Tokens(refused)},
		{"tokens/none", access.Admin, Tokens(page(access.Admin))},
		{"tokens/auditor", access.Auditor, Tokens(page(access.Auditor, full.Tokens...))},
	}
}
