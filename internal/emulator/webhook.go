package emulator

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	giveUpAfter   = 24 * time.Hour
	longestPause  = time.Hour
	deliverWithin = 5 * time.Second
	mostInFlight  = 10
	heldBack      = 10 * time.Second // the longest a reordered webhook waits for a later one
)

// announce queues the webhooks of an event as a fault or the identity's own fate
// has it, and says which. The caller holds the lock.
func (e *Emulator) announce(ev *event, rec *record, at time.Time) string {
	if e.opts.WebhookURL == "" {
		return ""
	}
	how := Fault{Do: doOf(rec.Fate)}
	if t := e.faults.take(CallWebhook, "", []string{rec.ID, rec.RefID, ev.ID}); t != nil {
		how = t.Fault
	}
	e.send(ev, how, at)
	return how.Do
}

// doOf is what the fate of an identity's webhooks does to each of them.
func doOf(fate string) string {
	switch fate {
	case fateLost:
		return DoLose
	case fateTwice:
		return DoDuplicate
	case fateLate:
		return DoDelay
	}
	return ""
}

// send queues the webhooks of an event. The caller holds the lock.
func (e *Emulator) send(ev *event, how Fault, at time.Time) {
	if e.opts.WebhookURL == "" {
		return
	}
	ev.Undelivered = 1
	first := &delivery{EventID: ev.ID, At: at, Until: at.Add(giveUpAfter), twin: how.Do == DoAtOnce}
	switch how.Do {
	case DoLose:
		return
	case DoDelay:
		first.At = at.Add(orElse(how.Delay, e.scaled(lateBy)))
	case DoReorder:
		first.At = at.Add(orElse(how.Delay, heldBack))
		e.held[first] = struct{}{}
	case DoDuplicate:
		again := *first
		again.At = at.Add(orElse(how.Delay, e.scaled(2*time.Second)))
		e.queue.push(&again)
	}
	e.queue.push(first)
	wake(e.wakeHooks)
}

// deliver sends webhooks until ctx ends, and waits for those in flight.
func (e *Emulator) deliver(ctx context.Context) {
	var flying sync.WaitGroup
	defer flying.Wait()
	for wait := time.Duration(0); pause(ctx, wait, e.wakeHooks); {
		wait = e.deliverDue(ctx, &flying)
	}
}

// deliverDue starts every delivery that is due, no faster than the rate, and
// says how long there is nothing to send.
func (e *Emulator) deliverDue(ctx context.Context, flying *sync.WaitGroup) time.Duration {
	for {
		e.mu.Lock()
		d, ok := e.queue.take(e.now())
		wait := e.queue.waiting.wait(e.now())
		e.mu.Unlock()
		if !ok {
			return wait
		}
		if e.hooks.rate.Wait(ctx) != nil || !e.hooks.enter(ctx) {
			e.putBack(d)
			return 0
		}
		flying.Go(func() {
			defer e.hooks.leave()
			e.attempt(ctx, d)
		})
	}
}

// putBack leaves a delivery for the next start.
func (e *Emulator) putBack(d *delivery) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.queue.push(d)
}

// attempt makes one delivery and settles what comes of it.
func (e *Emulator) attempt(ctx context.Context, d *delivery) {
	e.mu.Lock()
	ev := *e.data.byEvent[d.EventID]
	delete(e.held, d)
	e.mu.Unlock()
	if err := e.keep(); err != nil { // the receiver asks for the event, also after a crash
		e.log.ErrorContext(ctx, "emulator: webhook put off, state not saved", "event", ev.ID, "err", err)
		e.mu.Lock()
		defer e.mu.Unlock()
		e.retryLater(d)
		return
	}
	err := e.request(ctx, ev, d.twin)
	if err != nil && ctx.Err() != nil {
		e.putBack(d)
		return
	}
	e.hooks.outcomes.hear(ctx, e.opts, err)
	e.mu.Lock()
	defer e.mu.Unlock()
	defer e.changed()
	if err == nil {
		e.queue.done(d)
		e.data.byEvent[d.EventID].Undelivered = 0
		e.letFollow(&ev)
		return
	}
	e.log.Debug("emulator: webhook not delivered", "event", ev.ID, "attempt", d.Attempt+1, "reason", reasonOf(err))
	e.retryLater(d)
}

// request tells the receiver of an event, with a twin of the request at the same
// moment where one is asked for, and notes what the receiver took. The first
// request alone decides whether there will be another attempt.
func (e *Emulator) request(ctx context.Context, ev event, twin bool) error {
	hook := webhook{ID: ev.ID, Type: ev.Type, Source: "com.paxos", Time: ev.CreatedAt, Object: "event", IsTest: ev.Test}
	once := func() error {
		err := e.hooks.send(ctx, hook)
		if err == nil {
			e.acknowledged(ev.ID)
		}
		return err
	}
	var other sync.WaitGroup
	if twin {
		other.Go(func() { _ = once() })
	}
	err := once()
	other.Wait()
	return err
}

// letFollow makes those due that were held until a later event was delivered.
func (e *Emulator) letFollow(delivered *event) {
	due := map[*delivery]struct{}{}
	for d := range e.held {
		if d.EventID != delivered.ID && !e.data.byEvent[d.EventID].CreatedAt.After(delivered.CreatedAt) {
			due[d] = struct{}{}
			delete(e.held, d)
		}
	}
	if len(due) > 0 {
		e.queue.hasten(due, e.now())
		wake(e.wakeHooks)
	}
}

// retryLater plans the next attempt, or gives up after 24 hours.
func (e *Emulator) retryLater(d *delivery) {
	d.At = e.now().Add(backoff(e.opts.RetryAfter, d.Attempt, rand.Float64()))
	d.Attempt++
	if d.At.After(d.Until) {
		e.queue.done(d)
		return
	}
	e.queue.push(d)
	wake(e.wakeHooks)
}

// backoff doubles from the first pause, up to an hour; chance (0 to 1) spreads
// it by a fifth either way.
func backoff(first time.Duration, attempt int, chance float64) time.Duration {
	pause := first << min(attempt, 20)
	if pause > longestPause || pause <= 0 {
		pause = longestPause
	}
	return time.Duration(float64(pause) * (0.8 + 0.4*chance))
}

// hookSender makes the requests: it knows the receiver and how to prove itself.
type hookSender struct {
	opts   Options
	client *http.Client
	rate   *rate.Limiter
	places chan struct{}

	outcomes outcomes

	mu     sync.Mutex
	bearer string
	until  time.Time
}

func newHookSender(o Options) *hookSender {
	return &hookSender{
		opts: o, rate: rate.NewLimiter(rate.Limit(o.WebhooksPerSecond), 1), places: make(chan struct{}, mostInFlight),
		client: &http.Client{Timeout: deliverWithin, CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse // a redirect is no 2xx: it is retried
		}},
	}
}

func (h *hookSender) enter(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return false
	case h.places <- struct{}{}:
		return true
	}
}

func (h *hookSender) leave() { <-h.places }

// send makes one request; anything but a 2xx answer is an error.
func (h *hookSender) send(ctx context.Context, hook webhook) error {
	body, err := json.Marshal(hook)
	if err != nil {
		return fmt.Errorf("encode webhook: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.opts.WebhookURL, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("webhook address: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	if err := h.authenticate(ctx, req); err != nil {
		return err
	}
	status, _, err := h.do(req)
	if err != nil {
		return err
	}
	if status == http.StatusUnauthorized {
		h.forgetToken()
	}
	if status/100 != 2 {
		return &unwelcome{status: status}
	}
	return nil
}

func (h *hookSender) do(req *http.Request) (int, []byte, error) {
	res, err := h.client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxBody))
	return res.StatusCode, body, errors.Join(err, res.Body.Close())
}

// authenticate adds the API key, the bearer token, or both, as set up.
func (h *hookSender) authenticate(ctx context.Context, req *http.Request) error {
	if h.opts.WebhookKey != "" {
		req.Header.Set(h.opts.WebhookHeader, h.opts.WebhookKey)
	}
	if h.opts.WebhookTokenURL == "" {
		return nil
	}
	token, err := h.token(ctx)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	return nil
}

// token fetches the receiver's token, sending id and secret both as Basic and
// in the form, and keeps it until shortly before it ends.
func (h *hookSender) token(ctx context.Context) (string, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.bearer != "" && h.opts.Now().Before(h.until) {
		return h.bearer, nil
	}
	form := url.Values{
		"grant_type": {"client_credentials"}, "client_id": {h.opts.WebhookClientID}, "client_secret": {h.opts.WebhookClientSecret},
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.opts.WebhookTokenURL, strings.NewReader(form.Encode()))
	if err != nil {
		return "", fmt.Errorf("webhook token address: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth(url.QueryEscape(h.opts.WebhookClientID), url.QueryEscape(h.opts.WebhookClientSecret))
	status, body, err := h.do(req)
	if err != nil {
		return "", fmt.Errorf("fetch webhook token: %w", err)
	}
	var answer struct {
		Token   string `json:"access_token"`
		Expires int    `json:"expires_in"`
	}
	if err := json.Unmarshal(body, &answer); status != http.StatusOK || err != nil || answer.Token == "" {
		return "", &unwelcome{status: status, asToken: true}
	}
	h.bearer = answer.Token
	h.until = h.opts.Now().Add(time.Duration(answer.Expires)*time.Second - 30*time.Second)
	return h.bearer, nil
}

func (h *hookSender) forgetToken() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.bearer = ""
}
