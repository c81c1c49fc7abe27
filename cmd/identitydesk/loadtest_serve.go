package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"identitydesk/internal/config"
	"identitydesk/store/sample"
)

// processes measures the desk as it is run, in a process of its own on the data: how soon it is ready, and how much memory it takes
// alone and with many pages open.
func (t *loadtest) processes(ctx context.Context) error {
	t.tell("starting desks on it")
	first, err := t.startServe(ctx) // brings what a first start has to do behind it
	if err != nil {
		return err
	}
	if err := first.end(); err != nil {
		return err
	}
	var rounds []load
	for range t.Rounds {
		s, err := t.startServe(ctx)
		if err != nil {
			return err
		}
		if err := s.end(); err != nil {
			return err
		}
		rounds = append(rounds, load{p50: s.took})
	}
	bare, err := t.startBare(ctx)
	if err != nil {
		return err
	}
	t.table.start(t.Identities, median(rounds).p50, bare)
	return t.memory(ctx)
}

// startBare is how long this program takes to start and do nothing.
func (t *loadtest) startBare(ctx context.Context) (time.Duration, error) {
	self, err := os.Executable()
	if err != nil {
		return 0, fmt.Errorf("find this program: %w", err)
	}
	var rounds []load
	for range t.Rounds {
		cmd := exec.CommandContext(ctx, self, "version")
		cmd.Env = t.undesked()
		began := time.Now()
		if err := cmd.Run(); err != nil {
			return 0, fmt.Errorf("start this program: %w", err)
		}
		rounds = append(rounds, load{p50: time.Since(began)})
	}
	return median(rounds).p50, nil
}

// memory opens pages on a desk and looks how much more memory it takes.
func (t *loadtest) memory(ctx context.Context) (err error) {
	s, err := t.startServe(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.end()) }()
	alone, known := s.resident()
	if !known { // only Linux tells
		return nil
	}
	ctx, closeAll := context.WithCancel(ctx)
	defer closeAll()
	cookie := ""
	for n := range t.Pages {
		if n%pagesOfSession == 0 {
			if cookie, err = signIn(ctx, s.origin, sample.PersonID(n/pagesOfSession)); err != nil {
				return err
			}
		}
		if _, err := fetch(ctx, s.origin+"/queue", cookie, true); err != nil {
			return err
		}
		if err := openLive(ctx, s.origin, cookie); err != nil {
			return err
		}
	}
	crowded, _ := s.resident()
	t.table.memory(t.Identities, t.Pages, crowded, alone)
	return nil
}

// pagesOfSession is how many open pages one session has; the desk allows 8.
const pagesOfSession = 8

// openLive opens the stream of an open page, which ends with ctx.
func openLive(ctx context.Context, origin, cookie string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, origin+"/live", nil)
	if err != nil {
		return err
	}
	dress(req, cookie, false)
	resp, err := (&http.Transport{}).RoundTrip(req)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return errors.Join(fmt.Errorf("/live answers %s", resp.Status), resp.Body.Close())
	}
	go func() {
		_, _ = io.Copy(io.Discard, resp.Body) // ends with ctx
		_ = resp.Body.Close()
	}()
	return nil
}

// served is a desk in a process of its own.
type served struct {
	cmd    *exec.Cmd
	origin string
	took   time.Duration // from its start until it was ready
}

// readyBy is how long a desk may take to be ready.
const readyBy = 2 * time.Minute

// startServe runs serve on the data, and waits until it is ready.
func (t *loadtest) startServe(ctx context.Context) (*served, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	ctx, giveUp := context.WithTimeout(ctx, readyBy)
	defer giveUp()
	cmd := exec.Command(self, "serve")
	cmd.Env, cmd.Dir = append(t.undesked(), append(loadEnviron(t.dir), "LOG_LEVEL=error")...), t.dir
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start a desk: %w", err)
	}
	cmd.Stderr = t.program.stderr
	s := &served{cmd: cmd}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start a desk: %w", err)
	}
	lines := bufio.NewScanner(out)
	for s.origin == "" && lines.Scan() {
		if _, address, found := strings.Cut(lines.Text(), ": "); found {
			s.origin = address
		}
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	if s.origin == "" {
		return nil, errors.Join(errors.New("a desk on the data did not start"), cmd.Wait())
	}
	for {
		if _, err = fetch(ctx, s.origin+"/readyz", "", false); err == nil || ctx.Err() != nil {
			break
		}
		time.Sleep(time.Millisecond)
	}
	s.took = time.Since(began)
	if err != nil {
		return nil, errors.Join(err, s.end())
	}
	return s, nil
}

// undesked is the environment without a single variable of the desk's, so that no desk that is measured is somebody's.
func (t *loadtest) undesked() []string {
	known := map[string]bool{}
	for _, v := range config.Describe() {
		known[v.Name] = true
	}
	var rest []string
	for _, each := range t.program.environ {
		if name, _, _ := strings.Cut(each, "="); !known[name] {
			rest = append(rest, each)
		}
	}
	return rest
}

// end stops the desk and waits for its end.
func (s *served) end() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("stop a desk: %w", err)
	}
	if err := s.cmd.Wait(); err != nil {
		return fmt.Errorf("a desk stopped badly: %w", err)
	}
	return nil
}

// resident is how much memory the process holds, in bytes.
func (s *served) resident() (int64, bool) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return 0, false
	}
	_, rest, found := strings.Cut(string(status), "VmRSS:")
	words := strings.Fields(rest)
	if !found || len(words) == 0 {
		return 0, false
	}
	kilobytes, err := strconv.ParseInt(words[0], 10, 64)
	return kilobytes << 10, err == nil
}
