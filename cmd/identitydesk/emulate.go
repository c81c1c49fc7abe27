package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"

	"identitydesk/internal/config"
	"identitydesk/internal/emulator"
)

type emulatorCommand struct{}

// Run runs the emulator alone until it is told to stop.
func (emulatorCommand) Run(ctx context.Context, p *program) error {
	cfg, err := p.load()
	if err != nil {
		return err
	}
	log := newLog(p.stderr, cfg.LogLeast(), string(cfg.LogFormat))
	l, err := listen(ctx, "EMULATOR_ADDR", &cfg.EmulatorAddr)
	if err != nil {
		return err
	}
	defer func() { _ = l.Close() }()
	keys, err := ensureKeys(&cfg)
	if err != nil {
		return err
	}
	local, err := newEmulator(&cfg, keys, cfg.EmulatorWebhookURL.String(), log)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(p.stdout, "The emulated Paxos: http://%s (its API is under /v2, its token at /oauth2/token)\n", cfg.EmulatorAddr.Reachable())
	if cfg.EmulatorWebhookURL.String() == "" {
		_, _ = fmt.Fprintln(p.stdout, "It sends no webhooks: EMULATOR_WEBHOOK_URL is not set.")
	}
	if p.onReady != nil {
		p.onReady(addresses{emulator: "http://" + cfg.EmulatorAddr.Reachable()})
	}
	return runEmulator(ctx, l, local, log)
}

// runEmulator serves until ctx ends and every request under way has its answer, and only then saves for the last time: what was
// answered must not be forgotten.
func runEmulator(ctx context.Context, l net.Listener, local *emulator.Emulator, log *slog.Logger) error {
	living, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	lived := make(chan error, 1)
	go func() { lived <- local.Run(living) }()
	err := serveHTTP(ctx, l, local.Handler(), log)
	end()
	return errors.Join(err, <-lived)
}

// newEmulator makes the local Paxos that knows the desk's credentials and sends webhooks as Paxos would.
func newEmulator(cfg *config.Config, keys keyring, webhookURL string, log *slog.Logger) (*emulator.Emulator, error) {
	o := emulator.Options{
		ClientID: cfg.PaxosClientID, ClientSecret: cfg.PaxosClientSecret.Value(),
		StatePath: cfg.EmulatorState, StateKey: keys.sealer.Derive("emulator state"),
		WebhookURL: webhookURL, WebhookHeader: string(cfg.WebhookHeader), WebhookKey: keys.webhook,
		Showcase: true, DecideAfter: cfg.EmulatorDecideAfter, RemotePage: cfg.EmulatorRemote, Log: log,
	}
	if keys.webhook == "" && cfg.WebhookClientID != "" && webhookURL != "" { // the OAuth way
		o.WebhookTokenURL = webhookURL + "/token"
		o.WebhookClientID, o.WebhookClientSecret = cfg.WebhookClientID, cfg.WebhookClientSecret.Value()
	}
	e, err := emulator.New(o)
	if err != nil {
		return nil, fmt.Errorf("start the emulator: %w", err)
	}
	return e, nil
}

// deliverTo is where an emulator that runs with the desk sends its webhooks.
func deliverTo(cfg *config.Config) string {
	return "http://" + cfg.ListenAddr.Reachable() + "/webhooks/paxos"
}
