package handlers

import (
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/access"
	"identitydesk/internal/fault"
	"identitydesk/views"
)

// asksByName reports whether a posted look-up is for a name. A name is taken from the body alone: it must not stand in an address.
func asksByName(c echo.Context) bool { return c.Request().PostForm.Has("name") }

// nameInAddress refuses what came in an address: it is in the browser's history and in other people's logs by now.
func nameInAddress(c echo.Context) error {
	if !c.QueryParams().Has("name") {
		return nil
	}
	return fault.Fields("Nothing was searched.", map[string]string{"name": "A name must not stand in an address. Send it in a form (POST)."})
}

// namedJSON answers the search by name.
type namedJSON struct {
	Items   []caseJSON `json:"items"`
	More    bool       `json:"more"`    // there are more than these
	Partial bool       `json:"partial"` // names from before an update are still being indexed: one may be missing
	AsOf    *time.Time `json:"as_of"`
}

// lookUpName finds the cases of a person by the whole name.
func (s *server) lookUpName(c echo.Context) error {
	name := c.Request().PostForm.Get("name")
	var err error
	if strings.TrimSpace(c.Request().PostForm.Get("ref_ids")) != "" {
		err = fault.Fields("Nothing was searched.", map[string]string{"name": "Search for a name or for ids, not for both at once."})
	}
	if err == nil {
		err = nameInAddress(c)
	}
	if err != nil {
		return s.nameRefused(c, name, err)
	}
	found, err := s.Desk.SearchName(c.Request().Context(), actor(c), name)
	if err != nil {
		return s.nameRefused(c, name, err)
	}
	if wantsJSON(c) {
		return writeJSON(c, http.StatusOK, namedJSON{
			Items: each(found.Rows, toCase), More: found.More, Partial: found.Partial, AsOf: utc(&found.AsOf),
		})
	}
	p := s.lookupPage(c)
	p.Rows, p.AsOf = each(found.Rows, toRow), found.AsOf
	p.Name.Searched, p.Name.Typed, p.Name.More, p.Name.Partial = true, name, found.More, found.Partial
	return s.showLookup(c, http.StatusOK, p)
}

func (s *server) nameRefused(c echo.Context, name string, err error) error {
	f := s.inPlace(c, err, fault.Invalid)
	if f == nil || !actor(c).Can(access.ReadNames) {
		return err
	}
	p := s.lookupPage(c)
	p.Name.Typed, p.Name.Error = name, f.Fields["name"]
	return s.showLookup(c, http.StatusUnprocessableEntity, p)
}

func nameForm(c echo.Context) views.NameForm {
	return views.NameForm{May: actor(c).Can(access.ReadNames)}
}
