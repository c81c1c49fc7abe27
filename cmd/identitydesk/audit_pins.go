package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
)

const (
	pinEvery  = time.Hour
	pinAgain  = time.Minute // after AUDIT_PIN_URL did not take one, or while there is nothing to pin
	pinWithin = 5 * time.Second
)

// pins is what the pinner needs of the store.
type pins interface {
	PinAudit(ctx context.Context) (audit.Pin, error)
	AuditPinPosted(ctx context.Context, h audit.Head) error
}

// pinner tells the end of the audit log to others: to the log of the process, and to an address where one is set. Whoever keeps it
// can show later that the log was changed.
type pinner struct {
	store       pins
	environment string
	url         string // empty for none
	client      *http.Client
	now         func() time.Time
	log         *slog.Logger

	failing atomic.Pointer[time.Time] // since when the address takes none
}

// run pins at the start, each hour, and at the end.
func (p *pinner) run(ctx context.Context) error {
	for {
		wait := pinEvery
		if p.pin(ctx) != nil {
			wait = pinAgain
		}
		select {
		case <-ctx.Done():
			ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), pinWithin)
			defer cancel()
			_ = p.pin(ending) // it is in the log
			return nil
		case <-time.After(wait):
		}
	}
}

// errEmptyLog makes a new desk look again soon.
var errEmptyLog = errors.New("the audit log has no entry yet")

// pin keeps the end as it is now and tells it.
func (p *pinner) pin(ctx context.Context) error {
	pin, err := p.store.PinAudit(ctx)
	if errors.Is(ctx.Err(), context.Canceled) {
		return err // the desk stops: it pins once more
	}
	if err != nil {
		p.log.Error("the end of the audit log was not pinned", "kind", fault.KindOf(err), "err", describe(err))
		return err
	}
	if pin.Zero() {
		return errEmptyLog
	}
	p.log.Info("audit log pinned", "seq", pin.Seq, "hash", fmt.Sprintf("%x", pin.Hash))
	if p.url == "" {
		return nil
	}
	if err := p.post(ctx, pin); err != nil {
		if at, is := errors.AsType[*url.Error](err); is {
			err = at.Err // without the address, which may hold a secret
		}
		p.log.Warn("AUDIT_PIN_URL did not take the end of the audit log", "err", err)
		p.failing.CompareAndSwap(nil, new(p.now()))
		return err
	}
	p.failing.Store(nil)
	return p.store.AuditPinPosted(ctx, pin.Head)
}

// post sends a pin. Its error holds no word of the answer.
func (p *pinner) post(ctx context.Context, pin audit.Pin) error {
	body, err := json.Marshal(map[string]any{
		"environment": p.environment, "seq": pin.Seq, "hash": fmt.Sprintf("%x", pin.Hash), "at": pin.At.UTC(),
	})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, pinWithin)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := p.client.Do(req)
	if err != nil {
		return err
	}
	if err := resp.Body.Close(); err != nil {
		return err
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return fmt.Errorf("it answers %d", resp.StatusCode)
	}
	return nil
}

// newPinner follows no redirect: the end goes where it was meant to go.
func (d *desk) newPinner() *pinner {
	return &pinner{
		store: d.store, environment: string(d.cfg.PaxosEnv), url: d.cfg.AuditPinURL.String(), now: time.Now, log: d.log,
		client: &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	}
}
