package handlers

import (
	"cmp"
	"net/http"
	"slices"
	"time"

	"identitydesk/internal/access"
)

// NewHasty is New with another time in which the body of a webhook must arrive.
func NewHasty(o Options, bodyWithin time.Duration) (http.Handler, error) {
	s, err := newServer(o)
	if err != nil {
		return nil, err
	}
	s.bodyWithin = bodyWithin
	return s.handler()
}

// NewLively is New with another pause between the signs of life of a stream.
func NewLively(o Options, heartbeat time.Duration) (http.Handler, error) {
	s, err := newServer(o)
	if err != nil {
		return nil, err
	}
	s.heartbeat = heartbeat
	return s.handler()
}

// PeoplesRoutes are the method and path of each route that asks for a session, for the test that walks them all.
func PeoplesRoutes() []string {
	var names []string
	s := &server{Options: Options{Rehearsals: true}}
	for _, r := range slices.Concat(s.people(), s.files(), s.rehearsals()) {
		names = append(names, r.method+" "+r.path)
	}
	return names
}

// Route is a line of the table, for the tests that walk it.
type Route struct {
	Method, Path string
	May          access.Permission
	Door         string // anyone, machine or person
}

// Routes is the whole table.
func Routes() (all []Route) {
	s := &server{}
	s.Assets = noAssets{}
	for door, group := range map[string]func() []route{"anyone": s.anyone, "machine": s.machines, "person": s.people} {
		for _, r := range group() {
			all = append(all, Route{r.method, r.path, r.may, door})
		}
	}
	for _, r := range s.files() {
		all = append(all, Route{r.method, r.path, r.may, "person"})
	}
	slices.SortFunc(all, func(a, b Route) int { return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method)) })
	return all
}

// noAssets serve nothing: the table asks for a handler of them while it is made.
type noAssets struct{}

func (noAssets) Path(string) string    { return "" }
func (noAssets) Handler() http.Handler { return http.NotFoundHandler() }
