package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"identitydesk/handlers"
	"identitydesk/internal/config"
	"identitydesk/store/sample"
)

// site is a desk with invented data that answers on loopback, its workers at rest. Beside its own pages it has some that answer
// bytes which were made before.
type site struct {
	desk      *desk
	data      *sample.Data
	origin    string
	constants map[string][]byte // by path
	stop      func() error
}

// loadEnviron is the environment of a desk in a folder, on free ports. Five million cases that were made a minute apart go back for
// ten years: none of them is to be erased while it is measured.
func loadEnviron(dir string) []string {
	return []string{
		"LISTEN_ADDR=127.0.0.1:0", "EMULATOR_ADDR=127.0.0.1:0", "RETENTION=100y",
		"DATABASE_URL=sqlite:" + filepath.Join(dir, "desk.db"), "EMULATOR_STATE=" + filepath.Join(dir, "emulator.json"),
	}
}

func openSite(ctx context.Context, dir string) (*site, error) {
	cfg, err := config.Load(loadEnviron(dir))
	if err != nil {
		return nil, err
	}
	keys, err := ensureKeys(&cfg)
	if err != nil {
		return nil, err
	}
	log := newLog(io.Discard, cfg.LogLeast(), string(cfg.LogFormat))
	d, err := build(ctx, &cfg, keys, log)
	if err != nil {
		return nil, err
	}
	front, err := listen(ctx, "LISTEN_ADDR", &cfg.ListenAddr)
	if err != nil {
		return nil, errors.Join(err, d.close())
	}
	s := &site{
		desk: d, origin: "http://" + cfg.ListenAddr.Reachable(), constants: map[string][]byte{},
		data: &sample.Data{Store: d.store, URL: cfg.DatabaseURL.String(), Now: time.Now()},
	}
	handler, err := s.handler()
	if err != nil {
		return nil, errors.Join(err, front.Close(), d.close())
	}
	s.serve(ctx, front, handler)
	return s, nil
}

// serve answers until stop is called, which also closes the desk.
func (s *site) serve(ctx context.Context, front net.Listener, handler http.Handler) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- serveHTTP(ctx, front, handler, s.desk.log) }()
	s.stop = func() error {
		cancel()
		return errors.Join(<-done, s.desk.close())
	}
}

// close may be called more than once.
func (s *site) close() error {
	stop := s.stop
	s.stop = func() error { return nil }
	return stop()
}

// constantPath is where what stands beside the path of a page is answered.
const constantPath = "/constant"

// handler is the desk's, and the least that a server can do for the same bytes: they are compressed alike.
func (s *site) handler() (http.Handler, error) {
	constant, err := handlers.Compressed(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=UTF-8")
		_, _ = w.Write(s.constants[strings.TrimPrefix(r.URL.Path, constantPath)])
	}))
	if err != nil {
		return nil, err
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, constantPath) {
			constant.ServeHTTP(w, r)
			return
		}
		s.desk.handler.ServeHTTP(w, r)
	}), nil
}

// signIn gives the cookie of a new session of one of the people in the data.
func signIn(ctx context.Context, origin, user string) (string, error) {
	form := url.Values{"user": {user}, "role": {"analyst"}}.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, origin+"/login/dev", strings.NewReader(form))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := (&http.Transport{}).RoundTrip(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()
	if cookies := resp.Cookies(); resp.StatusCode == http.StatusSeeOther && len(cookies) > 0 {
		return cookies[0].Name + "=" + cookies[0].Value, nil
	}
	return "", fmt.Errorf("signing in answers %s", resp.Status)
}

// fetch gets a page, as a browser that unpacks nothing would.
func fetch(ctx context.Context, address, cookie string, packed bool) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	dress(req, cookie, packed)
	resp, err := (&http.Transport{DisableCompression: true}).RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answers %s", address, resp.Status)
	}
	return io.ReadAll(resp.Body)
}

// dress gives a request the headers that count.
func dress(req *http.Request, cookie string, packed bool) {
	req.Header.Set("Accept", "text/html")
	if cookie != "" {
		req.Header.Set("Cookie", cookie)
	}
	if packed {
		req.Header.Set("Accept-Encoding", "gzip")
	}
}
