package handlers

import (
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/access"
	"identitydesk/internal/fault"
	"identitydesk/views"
)

const teamPath = "/team"

// showTeam is who works how many cases, and who is away.
func (s *server) showTeam(c echo.Context) error { return s.answerTeam(c, nil) }

// answerTeam shows the team, with what is wrong with what was just asked for.
func (s *server) answerTeam(c echo.Context, refused *fault.Error) error {
	loads, err := s.Desk.Team(c.Request().Context(), actor(c))
	if err != nil {
		return err
	}
	if wantsJSON(c) {
		return writeJSON(c, http.StatusOK, map[string]any{"items": each(loads, s.toLoadJSON)})
	}
	p := views.TeamPage{
		Chrome: s.page(c, views.SectionTeam), Notice: s.takeNotice(c, teamPath), Loads: loads, Me: actor(c).UserID,
		CanAssign: actor(c).Can(access.Assign), CanGoAway: actor(c).Can(access.WorkCases),
	}
	status := http.StatusOK
	if refused != nil {
		status = statusOf(refused.Kind)
		p.Refused = views.Refusal{Act: path.Base(c.Path()), Text: refused.Text, Errors: refused.Fields, Typed: typed(c)}
	}
	return html(c, status, views.Team(p))
}

// loadJSON is a person with how much they have claimed.
type loadJSON struct {
	UserID    string     `json:"user_id"`
	Name      string     `json:"name"`
	Role      string     `json:"role"`
	Claimed   int64      `json:"claimed"`
	Stuck     int64      `json:"stuck"`
	Overdue   int64      `json:"overdue"`
	Snoozed   int64      `json:"snoozed"`
	AwayUntil *time.Time `json:"away_until"`
}

func (s *server) toLoadJSON(l access.Load) loadJSON {
	j := loadJSON{UserID: l.ID, Name: l.Name, Role: string(l.Role), Claimed: l.Claimed, Stuck: l.Stuck, Overdue: l.Overdue, Snoozed: l.Snoozed}
	if l.Away(s.Now()) {
		j.AwayUntil = utc(l.AwayUntil)
	}
	return j
}

// goAway marks somebody as away until the beginning of a day, or as back.
func (s *server) goAway(c echo.Context) error {
	who := posted(c, "user")
	if who == "" {
		who = actor(c).UserID
	}
	var until *time.Time
	if posted(c, "back") == "" {
		day, err := time.ParseInLocation(time.DateOnly, strings.TrimSpace(posted(c, "until")), s.location(c))
		if err != nil {
			return s.teamRefused(c, fault.Fields("Nothing was changed.", map[string]string{"until": "Enter the day of coming back, such as 2026-03-09."}))
		}
		until = &day
	}
	freed, err := s.Desk.Away(c.Request().Context(), actor(c), who, until, posted(c, "release") != "")
	if err != nil {
		return s.teamRefused(c, err)
	}
	if until == nil {
		return s.teamChanged(c, cameBack)
	}
	return s.teamChanged(c, wentAway.counted(freed))
}

// rebalance moves cases from one person to another.
func (s *server) rebalance(c echo.Context) error {
	n, err := strconv.Atoi(strings.TrimSpace(posted(c, "n")))
	if err != nil {
		return s.teamRefused(c, fault.Fields("No case was moved.", map[string]string{"n": "Enter a number of cases."}))
	}
	moved, err := s.Desk.Rebalance(c.Request().Context(), actor(c), posted(c, "from"), posted(c, "to"), n)
	if err != nil {
		return s.teamRefused(c, err)
	}
	return s.teamChanged(c, rebalanced.counted(moved))
}

func (s *server) teamRefused(c echo.Context, err error) error {
	if f := s.inPlace(c, err, fault.Invalid, fault.Conflict); f != nil {
		return s.answerTeam(c, f)
	}
	return err
}

func (s *server) teamChanged(c echo.Context, n notice) error {
	if wantsJSON(c) {
		return s.answerTeam(c, nil)
	}
	s.leaveNotice(c, teamPath, n)
	return c.Redirect(http.StatusSeeOther, teamPath)
}
