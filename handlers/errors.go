package handlers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"net/url"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/access"
	"identitydesk/internal/fault"
	"identitydesk/views"
)

// fail is the one place that turns an error into an answer. It logs only the unexpected, and never tells the cause.
func (s *server) fail(err error, c echo.Context) {
	status, f := problem(err)
	if status == http.StatusInternalServerError {
		s.Log.ErrorContext(c.Request().Context(), "request failed", "request_id", requestID(c), "route", c.Path(),
			"error", cause(err))
	}
	if c.Response().Committed {
		// Half an answer must not look like a whole one: the connection is cut.
		panic(http.ErrAbortHandler)
	}
	for _, h := range []string{"Content-Disposition", echo.HeaderContentLength} {
		c.Response().Header().Del(h)
	}
	retryAfter(c, f, s.Now())
	// A request whose body did not come in time has ended, and who sent it may still read.
	c.SetRequest(c.Request().WithContext(context.WithoutCancel(c.Request().Context())))
	if err := s.answer(c, status, f); err != nil {
		s.Log.ErrorContext(c.Request().Context(), "error page failed", "request_id", requestID(c), "error", err)
		if !c.Response().Committed {
			c.Response().WriteHeader(status) // never the 200 of an answer that nobody has written
		}
	}
}

func (s *server) answer(c echo.Context, status int, f *fault.Error) error {
	if isMachine(c.Request().URL.Path) || wantsJSON(c) || answersScript(c) {
		return writeJSON(c, status, errorBody(f, requestID(c)))
	}
	if f.Kind == fault.Unauthenticated {
		return toLogin(c)
	}
	if to := acted(c.Request()); status == http.StatusMethodNotAllowed && to != "" {
		return c.Redirect(http.StatusSeeOther, to)
	}
	if (f.Kind == fault.NotFound || status == http.StatusMethodNotAllowed) && actor(c).UserID == "" {
		// No route asked who it is. Where that cannot be learned, the page goes without its frame.
		_ = s.recognise(c)
	}
	f = s.told(c, f)
	return html(c, status, views.Error(views.ErrorPage{
		Chrome: s.page(c, ""), Status: status, Kind: f.Kind, Text: withFields(f), RequestID: requestID(c), RetryAt: f.RetryAt,
	}))
}

// acted is the address of the case where somebody opens the address of an act: the browser shows that one after a form was refused.
func acted(r *http.Request) string {
	if !isRead(r.Method) || r.URL.RawQuery != "" {
		return ""
	}
	id, _, deeper := strings.Cut(strings.TrimPrefix(r.URL.Path, "/identities/"), "/")
	if !deeper || !strings.HasPrefix(r.URL.Path, "/identities/") {
		return ""
	}
	return "/identities/" + url.PathEscape(id)
}

// toLogin sends a person without a session to the log-in, with the way back where one could be walked again.
func toLogin(c echo.Context) error {
	r := c.Request()
	to := loginPath
	if isRead(r.Method) {
		to = loginAnd(r.URL.RequestURI())
	}
	if r.URL.Path == livePath { // a stream cannot show the log-in; the page that opened it can
		return c.NoContent(http.StatusUnauthorized)
	}
	if c.Request().Header.Get("HX-Request") != "" {
		// A refresh in the background must not draw the log-in into the page; htmx goes there as a whole.
		c.Response().Header().Set("HX-Redirect", loginPath)
		return c.NoContent(http.StatusUnauthorized)
	}
	return c.Redirect(http.StatusSeeOther, to)
}

func isRead(method string) bool { return method == http.MethodGet || method == http.MethodHead }

// problem gives the status and the safe fault of any error.
func problem(err error) (int, *fault.Error) {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return statusOf(f.Kind), f
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return http.StatusRequestEntityTooLarge, fault.New(fault.TooLarge, "The request is too large.")
	}
	if h, ok := errors.AsType[*echo.HTTPError](err); ok {
		return fromEcho(h)
	}
	if errors.Is(err, context.Canceled) {
		// The asker has gone; nobody reads this.
		return http.StatusServiceUnavailable, fault.Wrap(fault.Unavailable, "The request was cancelled.", err)
	}
	return http.StatusInternalServerError, fault.From(err)
}

// inPlace is the fault that a page tells of where the person is, beside what they typed: one of some kinds, to somebody who reads pages.
// It is nil for every other error, which goes the way of all errors, and where there is none.
func (s *server) inPlace(c echo.Context, err error, kinds ...fault.Kind) *fault.Error {
	if f := fault.From(err); f != nil && slices.Contains(kinds, f.Kind) && !wantsJSON(c) {
		return s.told(c, f)
	}
	return nil
}

// told is a fault for a page: with its times told as every other time on it.
func (s *server) told(c echo.Context, f *fault.Error) *fault.Error {
	now, loc := s.Now(), s.location(c)
	return f.Told(func(t time.Time) string { return views.Clock(t, now, loc) })
}

func statusOf(k fault.Kind) int {
	switch k {
	case fault.Malformed:
		return http.StatusBadRequest
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.Unauthenticated:
		return http.StatusUnauthorized
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Conflict:
		return http.StatusConflict
	case fault.TooLarge:
		return http.StatusRequestEntityTooLarge
	case fault.Throttled:
		return http.StatusTooManyRequests
	case fault.Unavailable, fault.Lost:
		return http.StatusServiceUnavailable
	default:
		return http.StatusInternalServerError
	}
}

// fromEcho gives the router's own refusals our words.
func fromEcho(h *echo.HTTPError) (int, *fault.Error) {
	switch h.Code {
	case http.StatusNotFound:
		return h.Code, notFound()
	case http.StatusMethodNotAllowed:
		return h.Code, fault.New(fault.Malformed, "This address does not take requests of this kind.")
	case http.StatusUnsupportedMediaType:
		return h.Code, fault.New(fault.Malformed,
			"Send the fields as a form (application/x-www-form-urlencoded or multipart/form-data).")
	case http.StatusRequestEntityTooLarge:
		return h.Code, fault.New(fault.TooLarge, "The request is too large.")
	}
	if h.Code >= 400 && h.Code < 500 {
		return h.Code, fault.New(fault.Malformed, http.StatusText(h.Code)+".")
	}
	return http.StatusInternalServerError, fault.From(error(h))
}

func notFound() *fault.Error {
	return fault.New(fault.NotFound, "There is nothing at this address. It may have been mistyped.")
}

func forbidden(r access.Role) error {
	return fault.New(fault.Forbidden, fmt.Sprintf("The role %q may not do this. Ask somebody whose role may.", r))
}

// withFields is the text with what is wrong with each field behind it, for pages that have no form to show it in.
func withFields(f *fault.Error) string {
	parts := []string{f.Text}
	for _, name := range sortedKeys(f.Fields) {
		parts = append(parts, name+": "+f.Fields[name])
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " ")
}

// retryAfter tells machines what RetryAt tells people.
func retryAfter(c echo.Context, f *fault.Error, now time.Time) {
	if f.RetryAt.IsZero() {
		return
	}
	seconds := max(1, math.Ceil(f.RetryAt.Sub(now).Seconds()))
	c.Response().Header().Set(echo.HeaderRetryAfter, strconv.Itoa(int(seconds)))
}

// cause is what the log says of an unexpected error: the error below a fault, for the fault's own text says little.
func cause(err error) slog.Value {
	if p, ok := errors.AsType[*panicked](err); ok {
		return slog.GroupValue(slog.String("panic", p.what), slog.String("stack", p.stack))
	}
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Cause != nil {
		return slog.StringValue(f.Cause.Error())
	}
	return slog.StringValue(err.Error())
}

// panicked is a panic of ours as an error.
type panicked struct{ what, stack string }

func (p *panicked) Error() string { return "panic: " + p.what }

// recovered turns a panic into an error. A panic's value may hold anything, so that only the runtime's own words are kept.
func recovered(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			value := recover()
			if value == nil {
				return
			}
			if e, ok := value.(error); ok && errors.Is(e, http.ErrAbortHandler) {
				panic(value)
			}
			what := fmt.Sprintf("a %T", value)
			if e, ok := value.(runtime.Error); ok {
				what = e.Error()
			}
			err = fault.From(&panicked{what: what, stack: string(debug.Stack())})
		}()
		return next(c)
	}
}
