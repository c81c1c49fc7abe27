package handlers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"

	"identitydesk/internal/fault"
)

func TestProblem(t *testing.T) {
	t.Parallel()
	wrap := func(err error) error { return fmt.Errorf("load the case: %w", err) }
	for _, tc := range []struct {
		err    error
		status int
		kind   fault.Kind
	}{
		{fault.New(fault.Malformed, ""), 400, fault.Malformed},
		{fault.New(fault.Unauthenticated, ""), 401, fault.Unauthenticated},
		{fault.New(fault.Forbidden, ""), 403, fault.Forbidden},
		{fault.New(fault.NotFound, ""), 404, fault.NotFound},
		{fault.New(fault.Conflict, ""), 409, fault.Conflict},
		{fault.New(fault.TooLarge, ""), 413, fault.TooLarge},
		{fault.New(fault.Invalid, ""), 422, fault.Invalid},
		{fault.New(fault.Throttled, ""), 429, fault.Throttled},
		{fault.New(fault.Internal, ""), 500, fault.Internal},
		{fault.New(fault.Unavailable, ""), 503, fault.Unavailable},
		{fault.New(fault.Lost, ""), 503, fault.Lost},
		{fault.New("unheard of", ""), 500, "unheard of"},
		{wrap(fault.New(fault.NotFound, "")), 404, fault.NotFound},
		{wrap(echo.ErrNotFound), 404, fault.NotFound},
		{wrap(echo.ErrMethodNotAllowed), 405, fault.Malformed},
		{wrap(echo.ErrUnsupportedMediaType), 415, fault.Malformed},
		{echo.ErrStatusRequestEntityTooLarge, 413, fault.TooLarge},
		{echo.ErrTeapot, 418, fault.Malformed},
		{echo.ErrBadGateway, 500, fault.Internal},
		{wrap(&http.MaxBytesError{}), 413, fault.TooLarge},
		{wrap(context.Canceled), 503, fault.Unavailable},
		{errors.New("anything"), 500, fault.Internal},
	} {
		status, f := problem(tc.err)
		require.Equal(t, tc.status, status, tc.err)
		require.Equal(t, tc.kind, f.Kind, tc.err)
	}
}

// Half an answer must not look like a whole one.
func TestAnErrorInMidAnswerCutsTheConnection(t *testing.T) {
	t.Parallel()
	s := &server{Options: Options{Log: slog.New(slog.DiscardHandler), Now: time.Now}}
	e := echo.New()
	e.Use(s.logged, recovered)
	e.GET("/", func(c echo.Context) error {
		_, err := io.WriteString(c.Response(), "half")
		c.Response().Flush()
		return errors.Join(err, errors.New("the disk is gone"))
	})
	srv := httptest.NewUnstartedServer(e)
	srv.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	srv.Start()
	defer srv.Close()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL, nil)
	require.NoError(t, err)
	resp, err := srv.Client().Do(req)
	require.NoError(t, err)
	body, err := io.ReadAll(resp.Body)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.Equal(t, "half", string(body))
	require.NoError(t, resp.Body.Close())
}

func TestRecovered(t *testing.T) {
	t.Parallel()
	var none []int
	for value, want := range map[string]func(){
		"a string":                    func() { panic("Quillon Zarathorn") },
		"index out of range [1] with": func() { _ = none[len(none)+1] },
		"a *errors.errorString":       func() { panic(errors.New("Quillon Zarathorn")) },
	} {
		err := recovered(func(echo.Context) error { want(); return nil })(nil)
		require.Equal(t, fault.Internal, fault.KindOf(err))
		require.Contains(t, cause(err).String(), value)
		require.NotContains(t, cause(err).String(), "Quillon", "a panic's value may be personal data")
	}
	require.PanicsWithValue(t, http.ErrAbortHandler, func() {
		_ = recovered(func(echo.Context) error { panic(http.ErrAbortHandler) })(nil)
	})
}
