package handlers

import (
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/fault"
	"identitydesk/internal/inbox"
	"identitydesk/internal/onboarding"
	"identitydesk/views"
)

// many is what a list of ids has led to.
type many struct {
	ranged inbox.Range // read before the list: where it has ended, no line is older than it
	lines  []onboarding.Found
	then   views.Then
	asOf   time.Time
}

// lookUpMany finds the cases of a list of ids, and their status at a moment where that is asked for. The list travels in the body,
// so that it stands in no address.
func (s *server) lookUpMany(c echo.Context) error {
	if asksByName(c) {
		return s.lookUpName(c)
	}
	found, err := s.findMany(c)
	if f := s.inPlace(c, err, fault.Invalid); f != nil {
		p := s.listPage(c)
		p.Errors = f.Fields
		return s.showLookup(c, http.StatusUnprocessableEntity, p)
	}
	switch {
	case err != nil:
		return err
	case posted(c, "format") == "csv", c.QueryParam("format") == "csv":
		return s.manySheet(c, found)
	case wantsJSON(c):
		return s.manyJSON(c, found)
	}
	p := s.listPage(c)
	p.AsOf, p.Asked, p.Then = found.asOf, len(found.lines), found.then
	for _, l := range found.lines {
		p.Answers = append(p.Answers, toAnswers(l)...)
	}
	p.Range.Read = rangeRead(found.ranged)
	return html(c, http.StatusOK, views.Lookup(p))
}

// listPage is the page with the list and the moment as they were typed.
func (s *server) listPage(c echo.Context) views.LookupPage {
	p := s.lookupPage(c)
	p.Many, p.RefIDs, p.Then = true, posted(c, "ref_ids"), thenOf(c.Request().PostForm, p.Location, p.Now)
	return p
}

func (s *server) findMany(c echo.Context) (found many, err error) {
	asked, err := listed(posted(c, "ref_ids"))
	if err != nil {
		return found, err
	}
	if found.then = thenOf(c.Request().PostForm, s.location(c), s.Now()); found.then.Error != "" {
		return found, thenWrong(found.then)
	}
	if found.ranged, err = s.Inbox.Range(c.Request().Context()); err != nil {
		return found, err
	}
	found.lines, found.asOf, err = s.Desk.LookupMany(c.Request().Context(), actor(c), asked, found.then.At)
	return found, err
}

// toAnswers are one line per case found, or one for a miss.
func toAnswers(l onboarding.Found) []views.Answer {
	if len(l.Cases) == 0 {
		return []views.Answer{{Asked: l.Asked, ErasedAt: l.ErasedAt}}
	}
	return each(l.Cases, func(f onboarding.FoundCase) views.Answer {
		return views.Answer{Asked: l.Asked, Case: &f.Identity, By: matchName(f.By), DecidedBefore: f.DecidedBefore, Then: f.Then}
	})
}

func matchName(m onboarding.Match) string {
	switch m {
	case onboarding.ByRefID:
		return ""
	case onboarding.ByFormerRefID:
		return "former ref_id"
	case onboarding.ByOurID:
		return "the desk's id"
	case onboarding.ByPaxosID:
		return "Paxos id"
	case onboarding.ByVerificationID:
		return "verification id"
	default:
		return "event id or former id"
	}
}

type foundJSON struct {
	Asked     string `json:"asked"`
	MatchedBy string `json:"matched_by"`
	caseJSON
	DecidedAt     *time.Time `json:"decided_at"`
	DecidedBefore *time.Time `json:"decided_before"` // where it is not known when it was decided: it was first seen so then
	standingJSON
}

// lineJSON is one id of a list: our ids of the cases that it led to.
type lineJSON struct {
	Asked    string     `json:"asked"`
	IDs      []string   `json:"ids"`
	ErasedAt *time.Time `json:"erased_at,omitempty"` // when the case was erased that had this ref_id
}

// manyJSON answers the look-up of a list. Lines stand in its order, items are the cases found, missing is what led to none.
type manyJSON struct {
	Lines   []lineJSON  `json:"lines"`
	Items   []foundJSON `json:"items"`
	Missing []string    `json:"missing"`
	AskedAt *time.Time  `json:"asked_at"`
	AsOf    *time.Time  `json:"as_of"`
	Range   *rangeJSON  `json:"range"` // the range of dates that is being read from Paxos, or was last
}

func (s *server) manyJSON(c echo.Context, found many) error {
	j := toMany(found)
	if r := found.ranged; !r.Zero() {
		j.Range = new(toRange(r))
	}
	return writeJSON(c, http.StatusOK, j)
}

func toMany(found many) manyJSON {
	j := manyJSON{Items: []foundJSON{}, Missing: []string{}, AskedAt: utc(&found.then.At), AsOf: utc(&found.asOf)}
	for _, l := range found.lines {
		if len(l.Cases) == 0 {
			j.Missing = append(j.Missing, l.Asked)
		}
		j.Lines = append(j.Lines, lineJSON{Asked: l.Asked, ErasedAt: utc(l.ErasedAt), IDs: each(l.Cases, func(f onboarding.FoundCase) string { return f.Identity.ID })})
		for _, f := range l.Cases {
			j.Items = append(j.Items, foundJSON{
				Asked: l.Asked, MatchedBy: string(f.By), caseJSON: toCase(f.Row), DecidedAt: utc(f.Identity.DecidedAt),
				DecidedBefore: utc(f.DecidedBefore), standingJSON: toStanding(f.Then),
			})
		}
	}
	return j
}

// manySheet is the table as a file: each line that was asked for stands in it, found or not.
func (s *server) manySheet(c echo.Context, found many) error {
	if err := s.Desk.Exporting(c.Request().Context(), actor(c), onboarding.ExportLookup, fmt.Sprintf("%d asked", len(found.lines))); err != nil {
		return err
	}
	header := append([]string{"asked", "found"}, caseHeader()...)
	sheet, err := s.newSheet(c, onboarding.ExportLookup, append(header,
		"as_of", "matched_by", "decided_at", "decided_before", "asked_at", "status_at", "known_from"))
	if err != nil {
		return err
	}
	for _, l := range found.lines {
		for _, cells := range found.cells(l) {
			if err := sheet.write(cells); err != nil {
				return err
			}
		}
	}
	return sheet.end()
}

// cells are one line per case found, or one for a miss.
func (m many) cells(l onboarding.Found) [][]string {
	asOf, askedAt := stamp(&m.asOf), stamp(&m.then.At)
	if len(l.Cases) == 0 {
		miss := append([]string{l.Asked, "no"}, make([]string, len(caseHeader()))...)
		miss[len(miss)-1] = stamp(l.ErasedAt) // the last cell of a case
		return [][]string{append(miss, asOf, "", "", "", askedAt, "", "")}
	}
	return each(l.Cases, func(f onboarding.FoundCase) []string {
		return append(append([]string{l.Asked, "yes"}, caseCells(f.Row)...), asOf, string(f.By), stamp(f.Identity.DecidedAt),
			stamp(f.DecidedBefore), askedAt, string(f.Then.Status), stamp(&f.Then.KnownFrom))
	})
}
