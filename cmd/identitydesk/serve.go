package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"identitydesk/internal/config"
	"identitydesk/store"
)

// stopGrace is how long a stop waits for requests that are under way.
const stopGrace = 10 * time.Second

// addresses are where a started desk answers.
type addresses struct {
	desk     string
	emulator string // empty outside PAXOS_ENV=emulator
}

type serveCommand struct{}

// Run runs the desk until it is told to stop.
func (serveCommand) Run(ctx context.Context, p *program) error {
	cfg, err := p.load()
	if err != nil {
		return err
	}
	return p.serve(ctx, &cfg)
}

// serve listens first, so that a port that is taken is found before anything else happens; then it makes sure that no other desk
// runs on the database, builds, runs, and stops in the order opposite to building.
func (p *program) serve(ctx context.Context, cfg *config.Config) (err error) {
	log := newLog(p.stderr, cfg.LogLeast(), string(cfg.LogFormat))
	front, err := listen(ctx, "LISTEN_ADDR", &cfg.ListenAddr)
	if err != nil {
		return err
	}
	defer func() { _ = front.Close() }()
	release, err := store.Occupy(cfg.DatabaseURL.String())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, release()) }()

	ctx, stop := context.WithCancel(ctx)
	group, ctx := errgroup.WithContext(ctx)
	defer func() { // what began before an error still writes: wait for its end
		stop()
		_ = group.Wait()
	}()
	started := addresses{desk: cfg.Origin()}
	keys, err := ensureKeys(cfg)
	if err != nil {
		return err
	}
	if cfg.PaxosEnv == config.Emulator {
		if err := store.TryKeys(ctx, cfg.DatabaseURL.String(), keys.sealer); err != nil { // before the emulator's file, which says less
			return err
		}
		back, err := listen(ctx, "EMULATOR_ADDR", &cfg.EmulatorAddr)
		if err != nil {
			return err
		}
		defer func() { _ = back.Close() }()
		local, err := newEmulator(cfg, keys, deliverTo(cfg), log)
		if err != nil {
			return err
		}
		started.emulator = "http://" + cfg.EmulatorAddr.Reachable()
		group.Go(func() error { return runEmulator(ctx, back, local, log) })
	}

	d, err := build(ctx, cfg, keys, log)
	if err != nil {
		return err
	}
	defer func() {
		err = errors.Join(err, d.close())
		log.Info("stopped")
	}()
	defer context.AfterFunc(ctx, func() {
		log.Info("stopping: requests and jobs under way come to their end, nothing new begins; a second signal stops at once")
	})()
	defer context.AfterFunc(ctx, d.live.Close)() // open pages must not hold the stop up
	group.Go(func() error { return d.work(ctx) })
	group.Go(func() error { return serveHTTP(ctx, front, d.handler, log) })
	p.announce(started, cfg)
	return group.Wait()
}

// announce tells the person at the terminal where to go.
func (p *program) announce(a addresses, cfg *config.Config) {
	_, _ = fmt.Fprintf(p.stdout, "Identity Desk %s: %s\n", versionString(), a.desk)
	if a.emulator != "" {
		_, _ = fmt.Fprintf(p.stdout, "The emulated Paxos: %s\n", a.emulator)
	}
	if cfg.DevLoginOn() {
		_, _ = fmt.Fprintln(p.stdout, "Sign in with any name and a development role. Stop with Ctrl-C.")
	}
	if p.onReady != nil {
		p.onReady(a)
	}
}

// listen opens a port and writes the one it got back into the address, which may have asked for any.
func listen(ctx context.Context, name string, addr *config.Address) (net.Listener, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", addr.String())
	if err != nil {
		return nil, fmt.Errorf("%s: cannot listen on %s; is another desk running? %w", name, addr, err)
	}
	if err := addr.UnmarshalText([]byte(l.Addr().String())); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return l, nil
}

// limited is a server that waits for nobody for long: headers must come within seconds, a body within half a minute.
func limited(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}

// serveHTTP answers until ctx ends, then lets requests under way come to their end.
func serveHTTP(ctx context.Context, l net.Listener, h http.Handler, log *slog.Logger) error {
	server := limited(h, log)
	stopped := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		// ctx has ended: the time to stop needs a context of its own.
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopGrace)
		defer cancel()
		stopped <- server.Shutdown(ending)
	})
	err := server.Serve(l)
	if stop() { // ctx has not ended: the server broke by itself
		return fmt.Errorf("serve on %s: %w", l.Addr(), err)
	}
	return <-stopped
}
