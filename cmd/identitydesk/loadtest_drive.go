package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
)

// drive is what a process beside the desk is to ask for, so that the desk's own process uses the processors for its answers alone.
type drive struct {
	URL         string
	Cookie      string
	Packed      bool
	Connections int
	For         time.Duration
}

// driven is what became of it.
type driven struct {
	Requests int
	P50, P99 time.Duration
}

type driveCommand struct{}

// Run reads a drive, does it and writes what became of it.
func (driveCommand) Run(ctx context.Context, p *program) error {
	var d drive
	if err := json.NewDecoder(os.Stdin).Decode(&d); err != nil {
		return fmt.Errorf("read what to ask for: %w", err)
	}
	result, err := d.do(ctx)
	if err != nil {
		return err
	}
	return json.NewEncoder(p.stdout).Encode(result)
}

// do asks over each connection for one page after the other.
func (d drive) do(ctx context.Context) (driven, error) {
	client := &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: d.Connections, MaxConnsPerHost: d.Connections}
	defer client.CloseIdleConnections()
	took := make([][]time.Duration, d.Connections)
	end := time.Now().Add(d.For)
	group, ctx := errgroup.WithContext(ctx)
	for n := range took {
		group.Go(func() error {
			for time.Now().Before(end) {
				began := time.Now()
				if err := d.ask(ctx, client); err != nil {
					return err
				}
				took[n] = append(took[n], time.Since(began))
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return driven{}, err
	}
	all := slices.Concat(took...)
	if len(all) == 0 {
		return driven{}, errors.New("nothing was answered in time")
	}
	slices.Sort(all)
	return driven{Requests: len(all), P50: all[len(all)/2], P99: all[len(all)*99/100]}, nil
}

func (d drive) ask(ctx context.Context, client *http.Transport) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, d.URL, nil)
	if err != nil {
		return err
	}
	dress(req, d.Cookie, d.Packed)
	resp, err := client.RoundTrip(req)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, resp.Body)
	if err = errors.Join(err, resp.Body.Close()); err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answers %s", d.URL, resp.Status)
	}
	return err
}

// beside does a drive in a process of its own.
func (d drive) beside(ctx context.Context, environ []string) (result driven, err error) {
	self, err := os.Executable()
	if err != nil {
		return result, fmt.Errorf("find this program: %w", err)
	}
	told, err := json.Marshal(d)
	if err != nil {
		return result, err
	}
	cmd := exec.CommandContext(ctx, self, "drive")
	cmd.Env, cmd.Stdin, cmd.Stderr = environ, bytes.NewReader(told), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return result, fmt.Errorf("ask for pages: %w", err)
	}
	return result, json.Unmarshal(out, &result)
}
