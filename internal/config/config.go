// Package config turns the environment into one checked struct, or into the list
// of everything that is wrong with it.
package config

import (
	"log/slog"
	"net"
	"net/netip"
	"path/filepath"
	"time"
)

// Config is the whole environment, parsed and checked by Load.
//
// The struct is also the one table of all variables: its tags feed the parser, the
// `help` command and the error texts. `env` and `envDefault` are the name and the
// default, `shown` replaces the default in the help where it depends on others,
// `means` says what it is for, `expects` what a right value looks like, `demanded`
// where it must be set.
type Config struct {
	ListenAddr  Address  `env:"LISTEN_ADDR" envDefault:"127.0.0.1:8080" means:"address the desk listens on" expects:"host:port, such as 127.0.0.1:8080"`
	BaseURL     URL      `env:"BASE_URL" shown:"http://LISTEN_ADDR in emulator" demanded:"outside emulator" means:"address at which people open the desk; cookies are Secure where it is https" expects:"http:// or https:// and a host, without a path, such as https://desk.example.com"`
	DatabaseURL Database `env:"DATABASE_URL" shown:"sqlite:data/identitydesk.db; in emulator sqlite:data/emulator-desk.db" means:"where the desk keeps its data" expects:"sqlite:PATH"`

	PaxosEnv          PaxosEnv `env:"PAXOS_ENV" envDefault:"emulator" means:"which Paxos to talk to: emulator (a local stand-in with invented people, started along), sandbox or production" expects:"emulator, sandbox or production"`
	PaxosAPIURL       URL      `env:"PAXOS_API_URL" shown:"that of PAXOS_ENV" means:"another address of the Paxos API" expects:"a URL that ends in /v2; plain http only on loopback"`
	PaxosTokenURL     URL      `env:"PAXOS_TOKEN_URL" shown:"that of PAXOS_ENV" means:"another address for access tokens" expects:"a URL; plain http only on loopback"`
	PaxosClientID     string   `env:"PAXOS_CLIENT_ID" shown:"emulator in emulator" demanded:"outside emulator" means:"client id of the API credentials made in the Paxos dashboard" expects:"the client id"`
	PaxosClientSecret Secret   `env:"PAXOS_CLIENT_SECRET" shown:"emulator in emulator" demanded:"outside emulator" means:"client secret of the same credentials" expects:"the client secret"`
	PaxosScopes       Scopes   `env:"PAXOS_SCOPES" envDefault:"identity:read_identity identity:write_identity identity:read_account identity:write_account identity:read_identity_control identity:write_identity_control events:read_event" means:"scopes to ask for, separated by spaces" expects:"scopes such as identity:read_identity, separated by spaces"`
	PaxosRPS          int      `env:"PAXOS_RPS" envDefault:"8" means:"most calls to Paxos, of all kinds, that start in any one second" expects:"a whole number from 1 to 1000"`

	WebhookHeader       Header   `env:"WEBHOOK_HEADER" envDefault:"X-Api-Key" means:"header in which Paxos sends the webhook key" expects:"a header name, such as X-Api-Key"`
	WebhookKeys         []Secret `env:"WEBHOOK_KEY" means:"key that Paxos sends with each webhook; several, separated by commas, while rotating" expects:"one key or several, separated by commas, none empty"`
	WebhookClientID     string   `env:"WEBHOOK_CLIENT_ID" means:"client id with which Paxos asks the desk for a webhook token (the OAuth way)" expects:"the client id that Paxos was given"`
	WebhookClientSecret Secret   `env:"WEBHOOK_CLIENT_SECRET" means:"client secret for the same" expects:"the client secret that Paxos was given"`

	OIDCIssuer       URL     `env:"OIDC_ISSUER" demanded:"outside emulator, unless DEV_LOGIN is true" means:"identity provider that signs people in" expects:"the issuer's URL; plain http only on loopback"`
	OIDCClientID     string  `env:"OIDC_CLIENT_ID" demanded:"with OIDC_ISSUER" means:"client id of the desk at the provider" expects:"the client id"`
	OIDCClientSecret Secret  `env:"OIDC_CLIENT_SECRET" demanded:"with OIDC_ISSUER" means:"client secret of the desk at the provider" expects:"the client secret"`
	OIDCRolesClaim   string  `env:"OIDC_ROLES_CLAIM" demanded:"with OIDC_ISSUER" means:"claim of the ID token that lists a person's groups" expects:"a claim name, such as groups"`
	OIDCRoleMap      RoleMap `env:"OIDC_ROLE_MAP" demanded:"with OIDC_ISSUER" means:"which group has which role" expects:"group=role pairs separated by commas, the role being viewer, analyst, lead, auditor or admin"`
	OIDCScopes       Scopes  `env:"OIDC_SCOPES" envDefault:"openid profile" means:"scopes to ask the provider for; some tell groups only for a scope of their own" expects:"scopes such as openid profile groups, openid among them"`
	DevLogin         Switch  `env:"DEV_LOGIN" shown:"true in emulator without OIDC_ISSUER" means:"sign in by choosing a role, without a password" expects:"true or false"`

	SessionIdle    time.Duration `env:"SESSION_IDLE" envDefault:"30m" means:"how long a session may lie unused; eight hours after the sign-in it ends in any case" expects:"a duration from 1m to 8h, such as 30m"`
	SessionKeys    []HexKey      `env:"SESSION_KEYS" shown:"made on first start in emulator" demanded:"outside emulator" means:"keys that sign session cookies, separated by commas; the first one signs" expects:"64 hex digits each (openssl rand -hex 32), separated by commas"`
	EncryptionKeys Secret        `env:"ENCRYPTION_KEYS" shown:"made on first start in emulator" demanded:"outside emulator" means:"keys that encrypt personal data" expects:"the one line that identitydesk keys generate prints"`

	PollInterval    time.Duration `env:"POLL_INTERVAL" envDefault:"30s" means:"how often Paxos is asked for events that no webhook announced" expects:"a duration such as 30s"`
	SyncInterval    time.Duration `env:"SYNC_INTERVAL" envDefault:"5m" means:"how often the list of identities is brought up to date" expects:"a duration such as 5m"`
	RecheckInterval time.Duration `env:"RECHECK_INTERVAL" envDefault:"15m" means:"age at which an undecided record is asked for again" expects:"a duration such as 15m"`

	TimeZone      Zone         `env:"TIME_ZONE" envDefault:"America/New_York" means:"time zone of the team's working hours" expects:"a time zone name, such as America/New_York"`
	BusinessHours Hours        `env:"BUSINESS_HOURS" envDefault:"09:00-17:00" means:"the team's working hours, Monday to Friday" expects:"HH:MM-HH:MM, such as 09:00-17:00"`
	Holidays      Holidays     `env:"HOLIDAYS" envDefault:"us" means:"days on which the team does not work" expects:"us or none"`
	PendingLimit  PendingLimit `env:"PENDING_LIMIT" envDefault:"1bd" means:"how long a move may take before the case is overdue: business days, or a duration that runs around the clock" expects:"business days such as 1bd, or a duration such as 36h"`

	Retention      Period `env:"RETENTION" envDefault:"5y" means:"how long a case is kept after its decision or its end; then everything personal about it is erased; at least 1y outside emulator" expects:"years such as 5y, months such as 18mo, or days such as 400d"`
	DraftRetention Period `env:"DRAFT_RETENTION" envDefault:"30d" means:"how long the details of a failed submission wait for somebody; then they are erased and the submission is withdrawn; at least 7d outside emulator" expects:"days such as 30d, months such as 2mo, or years such as 1y"`

	EmulatorAddr        Address       `env:"EMULATOR_ADDR" envDefault:"127.0.0.1:8081" means:"address the emulator listens on" expects:"host:port, such as 127.0.0.1:8081"`
	EmulatorState       string        `env:"EMULATOR_STATE" envDefault:"data/emulator.json" means:"file in which the emulator keeps its people" expects:"a file path"`
	EmulatorDecideAfter time.Duration `env:"EMULATOR_DECIDE_AFTER" envDefault:"3s" means:"how long the emulator leaves a new person PENDING" expects:"a duration such as 3s"`
	EmulatorWebhookURL  URL           `env:"EMULATOR_WEBHOOK_URL" means:"where the emulator command sends webhooks" expects:"a URL"`
	EmulatorRemote      bool          `env:"EMULATOR_REMOTE" envDefault:"false" means:"let an emulator desk listen beyond this machine" expects:"true or false"`

	AuditPinURL    URL      `env:"AUDIT_PIN_URL" means:"where the number and the hash of the audit log's last entry are sent each hour, as JSON by POST, so that the log cannot be changed unseen" expects:"a URL; plain http only on loopback"`
	TrustedProxies Networks `env:"TRUSTED_PROXIES" means:"proxies whose X-Forwarded-For is believed, separated by commas" expects:"networks such as 10.0.0.0/8, separated by commas"`
	MetricsToken   Secret   `env:"METRICS_TOKEN" means:"bearer token for /metrics and the details of /readyz; without it they answer on loopback only" expects:"any text"`
	LogLevel       LogLevel `env:"LOG_LEVEL" envDefault:"info" means:"least important log lines to write" expects:"debug, info, warn or error"`
	LogFormat      Format   `env:"LOG_FORMAT" envDefault:"text" means:"form of log lines" expects:"text or json"`
}

// Paxos' addresses by environment.
const (
	sandboxAPI      = "https://api.sandbox.paxos.com/v2"
	sandboxToken    = "https://oauth.sandbox.paxos.com/oauth2/token"
	productionAPI   = "https://api.paxos.com/v2"
	productionToken = "https://oauth.paxos.com/oauth2/token"

	apiPath   = "/v2"
	tokenPath = "/oauth2/token"
)

// APIURL is the root of the Paxos API, without a slash at the end. In emulator it
// follows EmulatorAddr, which a caller that listens on port 0 sets afterwards.
func (c *Config) APIURL() string {
	switch {
	case c.PaxosAPIURL.IsSet():
		return c.PaxosAPIURL.String()
	case c.PaxosEnv == Production:
		return productionAPI
	case c.PaxosEnv == Sandbox:
		return sandboxAPI
	default:
		return "http://" + c.EmulatorAddr.Reachable() + apiPath
	}
}

// TokenURL is where access tokens come from; see APIURL for emulator.
func (c *Config) TokenURL() string {
	switch {
	case c.PaxosTokenURL.IsSet():
		return c.PaxosTokenURL.String()
	case c.PaxosEnv == Production:
		return productionToken
	case c.PaxosEnv == Sandbox:
		return sandboxToken
	case c.PaxosAPIURL.IsSet():
		// Another emulator answers for tokens on the same address.
		return c.PaxosAPIURL.Origin() + tokenPath
	default:
		return "http://" + c.EmulatorAddr.Reachable() + tokenPath
	}
}

// Origin is scheme, host and port at which people open the desk. Without BASE_URL it
// follows ListenAddr, which a caller that listens on port 0 sets afterwards.
func (c *Config) Origin() string {
	if c.BaseURL.IsSet() {
		return c.BaseURL.Origin()
	}
	return "http://" + c.ListenAddr.Reachable()
}

// SecureCookies tells whether cookies are Secure and HSTS is sent.
func (c *Config) SecureCookies() bool { return c.BaseURL.Scheme() == "https" }

// DevLoginOn tells whether people may sign in by choosing a role.
func (c *Config) DevLoginOn() bool { return c.DevLogin.On }

// OIDCOn tells whether a provider is configured.
func (c *Config) OIDCOn() bool { return c.OIDCIssuer.IsSet() }

// WebhooksOn tells whether any delivery can be accepted; else the desk only polls.
func (c *Config) WebhooksOn() bool { return len(c.WebhookKeys) > 0 || c.WebhookClientID != "" }

// DataDir is the folder of the database file, in which keys are kept too.
func (c *Config) DataDir() string { return filepath.Dir(c.DatabaseURL.Path) }

// LogLeast is the least level to log.
func (c *Config) LogLeast() slog.Level { return slog.Level(c.LogLevel) }

// TrustedNetworks are the proxies to believe, nil where none.
func (c *Config) TrustedNetworks() []*net.IPNet {
	var out []*net.IPNet
	for _, prefix := range c.TrustedProxies {
		out = append(out, ipNet(prefix))
	}
	return out
}

func ipNet(prefix netip.Prefix) *net.IPNet {
	return &net.IPNet{
		IP:   prefix.Addr().AsSlice(),
		Mask: net.CIDRMask(prefix.Bits(), prefix.Addr().BitLen()),
	}
}
