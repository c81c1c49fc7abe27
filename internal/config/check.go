package config

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// checker holds what the rules need: the parsed struct, which variables were set at
// all (also those that could not be read), and where findings go.
type checker struct {
	*Config
	values map[string]string
	table  []Variable
	findings
}

// check applies the rules that span variables. A variable that could not be read is
// reported already and is not reported as missing as well.
func check(c *Config, values map[string]string, table []Variable, found findings) {
	k := checker{c, values, table, found}
	k.demanded()
	k.signIn()
	k.reach()
	k.paxos()
	k.webhooks()
	k.ranges()
	k.retention()
}

func (k checker) isSet(name string) bool { return k.values[name] != "" }

func (k checker) demand(where string, names ...string) {
	for _, variable := range k.table {
		for _, name := range names {
			if variable.Name == name && !k.isSet(name) {
				k.add(name, fmt.Sprintf("not set, and demanded %s; expected %s", where, variable.Expects))
			}
		}
	}
}

// outside tells whether the rules outside emulator hold; a PAXOS_ENV that cannot be
// read was not meant to be the emulator.
func (k checker) outside() bool {
	return k.PaxosEnv != Emulator
}

func (k checker) demanded() {
	if !k.outside() {
		return
	}
	k.demand("where PAXOS_ENV is not emulator",
		"BASE_URL", "PAXOS_CLIENT_ID", "PAXOS_CLIENT_SECRET", "SESSION_KEYS", "ENCRYPTION_KEYS")
}

// longestSession is how long a session lasts at most: an idle limit beyond would mean nothing.
const longestSession = 8 * time.Hour

// signIn demands a way to sign in, and all of a provider or nothing of it.
func (k checker) signIn() {
	provider := []string{"OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_ROLES_CLAIM", "OIDC_ROLE_MAP"}
	begun := false
	for _, name := range provider {
		begun = begun || k.isSet(name)
	}
	switch {
	case begun:
		k.demand("with the other OIDC_ variables", provider...)
	case k.PaxosEnv == Production:
		k.demand("where PAXOS_ENV is production", provider...)
	case k.outside() && !k.DevLogin.On:
		k.demand("where PAXOS_ENV is not emulator, unless DEV_LOGIN is true", provider...)
	}
	if !slices.Contains(k.OIDCScopes, "openid") {
		k.add("OIDC_SCOPES", "expected scopes with openid among them, such as openid profile groups")
	}
	if k.SessionIdle < time.Minute || k.SessionIdle > longestSession {
		k.add("SESSION_IDLE", "expected a duration from 1m to 8h, such as 30m")
	}
	if k.OIDCIssuer.IsSet() && !k.OIDCIssuer.confidential() {
		k.add("OIDC_ISSUER", "expected https, as plain http is only for loopback")
	}
}

// reach keeps doors without a password, and pages of an emulator, on this machine.
func (k checker) reach() {
	local := k.ListenAddr == "" || k.ListenAddr.Loopback() // empty: could not be read
	remote := k.PaxosEnv == Emulator && k.EmulatorRemote
	if k.PaxosEnv == Emulator && !local && !remote {
		k.add("LISTEN_ADDR", "expected a loopback address, as PAXOS_ENV is emulator; EMULATOR_REMOTE=true allows others")
	}
	switch {
	case !k.DevLogin.On || !k.DevLogin.IsSet:
	case k.PaxosEnv == Production:
		k.add("DEV_LOGIN", "expected false, as PAXOS_ENV is production")
	case !local && !remote:
		k.add("DEV_LOGIN", "expected false, as LISTEN_ADDR is beyond loopback; true there needs PAXOS_ENV=emulator and EMULATOR_REMOTE=true")
	}
}

func (k checker) paxos() {
	if k.PaxosAPIURL.IsSet() && !strings.HasSuffix(k.PaxosAPIURL.Path(), apiPath) {
		k.add("PAXOS_API_URL", "expected a URL that ends in /v2")
	}
	for name, url := range map[string]URL{"PAXOS_API_URL": k.PaxosAPIURL, "PAXOS_TOKEN_URL": k.PaxosTokenURL} {
		switch {
		case !url.IsSet():
		case k.PaxosEnv == Emulator && !url.loopback():
			k.add(name, "expected a loopback address, as PAXOS_ENV is emulator; for Paxos itself set PAXOS_ENV to sandbox or production")
		case !url.confidential():
			k.add(name, "expected https, as plain http is only for loopback")
		}
	}
	if k.PaxosEnv == Emulator && k.isSet("PAXOS_CLIENT_ID") != k.isSet("PAXOS_CLIENT_SECRET") {
		k.demand("with the other half of the credentials", "PAXOS_CLIENT_ID", "PAXOS_CLIENT_SECRET")
	}
	if k.PaxosRPS < 1 || k.PaxosRPS > 1000 {
		k.add("PAXOS_RPS", "expected a whole number from 1 to 1000")
	}
}

func (k checker) webhooks() {
	if k.isSet("WEBHOOK_CLIENT_ID") != k.isSet("WEBHOOK_CLIENT_SECRET") {
		k.demand("with the other half of the credentials", "WEBHOOK_CLIENT_ID", "WEBHOOK_CLIENT_SECRET")
	}
}

func (k checker) ranges() {
	if k.AuditPinURL.IsSet() && !k.AuditPinURL.confidential() {
		k.add("AUDIT_PIN_URL", "expected https, as plain http is only for loopback")
	}
	for name, interval := range map[string]time.Duration{
		"POLL_INTERVAL":         k.PollInterval,
		"SYNC_INTERVAL":         k.SyncInterval,
		"RECHECK_INTERVAL":      k.RecheckInterval,
		"EMULATOR_DECIDE_AFTER": k.EmulatorDecideAfter,
	} {
		if interval <= 0 {
			k.add(name, "expected a duration above zero, such as 30s")
		}
	}
	if path := k.BaseURL.Path(); path != "" && path != "/" {
		k.add("BASE_URL", "expected no path, such as https://desk.example.com")
	}
}

// leastRetention and leastDraftRetention bound what is kept outside emulator: a slip such as 1d would erase the past at the start.
func leastRetention() Period      { return Period{Years: 1} }
func leastDraftRetention() Period { return Period{Days: 7} }

func (k checker) retention() {
	if !k.outside() {
		return
	}
	k.least("RETENTION", k.Retention, leastRetention(), "1y")
	k.least("DRAFT_RETENTION", k.DraftRetention, leastDraftRetention(), "7d")
}

// least refuses a period below a floor. One that could not be read is reported already.
func (k checker) least(name string, p, floor Period, word string) {
	if p != (Period{}) && p.shorter(floor) {
		k.add(name, "expected at least "+word+", as PAXOS_ENV is not emulator: what is older would be erased at once")
	}
}
