package handlers

import (
	"net/http"
	"time"
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
	for _, r := range (&server{}).people() {
		names = append(names, r.method+" "+r.path)
	}
	return names
}
