package config_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // zones must not depend on the machine

	"github.com/stretchr/testify/require"

	"identitydesk/internal/config"
)

// environ is a right environment of a kind, to be changed by each test.
type environ map[string]string

func sandbox() environ {
	return environ{
		"PAXOS_ENV":           "sandbox",
		"BASE_URL":            "https://desk.example.com",
		"PAXOS_CLIENT_ID":     "client-1",
		"PAXOS_CLIENT_SECRET": "s3cret-of-paxos",
		"SESSION_KEYS":        strings.Repeat("ab", 32),
		"ENCRYPTION_KEYS":     "s3cret-of-keys",
		"OIDC_ISSUER":         "https://id.example.com/",
		"OIDC_CLIENT_ID":      "desk",
		"OIDC_CLIENT_SECRET":  "s3cret-of-oidc",
		"OIDC_ROLES_CLAIM":    "groups",
		"OIDC_ROLE_MAP":       "desk-analysts=analyst, desk-leads=lead",
	}
}

func production() environ { return sandbox().with("PAXOS_ENV", "production") }

func (e environ) with(pairs ...string) environ {
	out := maps.Clone(e)
	for i := 0; i < len(pairs); i += 2 {
		out[pairs[i]] = pairs[i+1]
	}
	return out
}

func (e environ) without(names ...string) environ {
	out := maps.Clone(e)
	for _, name := range names {
		delete(out, name)
	}
	return out
}

func (e environ) load() (config.Config, error) {
	var list []string
	for name, value := range e {
		list = append(list, name+"="+value)
	}
	return config.Load(list)
}

// names gives the variables that a load complains about.
func names(t *testing.T, err error) []string {
	t.Helper()
	if err == nil {
		return nil
	}
	problems, ok := errors.AsType[*config.Problems](err)
	require.True(t, ok, "%v", err)
	var out []string
	for _, problem := range problems.List {
		out = append(out, problem.Name)
	}
	return out
}

func TestEmulatorNeedsNothing(t *testing.T) {
	t.Parallel()
	c, err := config.Load(nil)
	require.NoError(t, err)
	require.Equal(t, config.Emulator, c.PaxosEnv)
	require.Equal(t, "127.0.0.1:8080", c.ListenAddr.String())
	require.Equal(t, "http://127.0.0.1:8080", c.Origin())
	require.False(t, c.SecureCookies())
	require.Equal(t, "data/emulator-desk.db", c.DatabaseURL.Path)
	require.Equal(t, "data", c.DataDir())
	require.Equal(t, "http://127.0.0.1:8081/v2", c.APIURL())
	require.Equal(t, "http://127.0.0.1:8081/oauth2/token", c.TokenURL())
	require.True(t, c.DevLoginOn())
	require.False(t, c.OIDCOn())
	require.False(t, c.WebhooksOn())
	require.Equal(t, 8, c.PaxosRPS)
	require.Len(t, c.PaxosScopes, 7)
	require.Equal(t, config.Header("X-Api-Key"), c.WebhookHeader)
	require.Equal(t, 30*time.Second, c.PollInterval)
	require.Equal(t, 5*time.Minute, c.SyncInterval)
	require.Equal(t, 15*time.Minute, c.RecheckInterval)
	require.Equal(t, 30*time.Minute, c.SessionIdle)
	require.Equal(t, config.Scopes{"openid", "profile"}, c.OIDCScopes)
	require.Equal(t, "America/New_York", c.TimeZone.String())
	require.Equal(t, config.Hours{From: 9 * time.Hour, To: 17 * time.Hour}, c.BusinessHours)
	require.Equal(t, config.HolidaysUS, c.Holidays)
	require.Equal(t, config.PendingLimit{BusinessDays: 1}, c.PendingLimit)
	require.Equal(t, config.Period{Years: 5}, c.Retention)
	require.Equal(t, config.Period{Days: 30}, c.DraftRetention)
	require.Equal(t, "data/emulator.json", c.EmulatorState)
	require.NotEmpty(t, c.PaxosClientID)
	require.NotEmpty(t, c.PaxosClientSecret.Value())
}

func TestSandboxAndProduction(t *testing.T) {
	t.Parallel()
	c, err := sandbox().load()
	require.NoError(t, err)
	require.Equal(t, "https://api.sandbox.paxos.com/v2", c.APIURL())
	require.Equal(t, "https://oauth.sandbox.paxos.com/oauth2/token", c.TokenURL())
	require.Equal(t, "data/identitydesk.db", c.DatabaseURL.Path)
	require.Equal(t, "https://desk.example.com", c.Origin())
	require.True(t, c.SecureCookies())
	require.False(t, c.DevLoginOn())
	require.True(t, c.OIDCOn())
	require.Equal(t, config.RoleMap{"desk-analysts": "analyst", "desk-leads": "lead"}, c.OIDCRoleMap)
	require.Equal(t, "https://id.example.com/", c.OIDCIssuer.String(), "an issuer's slash counts")

	c, err = production().load()
	require.NoError(t, err)
	require.Equal(t, "https://api.paxos.com/v2", c.APIURL())
	require.Equal(t, "https://oauth.paxos.com/oauth2/token", c.TokenURL())
}

func TestEveryProblemIsListedAtOnce(t *testing.T) {
	t.Parallel()
	_, err := environ{
		"PAXOS_ENV":     "production",
		"DEV_LOGIN":     "true",
		"LISTEN_ADDR":   "8080",
		"PAXOS_API_URL": "https://api.example.com/v1",
		"PAXOS_RPS":     "many",
		"SESSION_KEYS":  "s3cret",
		"TIME_ZONE":     "Mars/Olympus",
		"PENDING_LIMIT": "soon",
		"LOG_LEVEL":     "loud",
		"DATABASE_URL":  "postgres://desk:s3cret@db/desk",
	}.load()
	require.Equal(t, []string{
		"LISTEN_ADDR", "BASE_URL", "DATABASE_URL", "PAXOS_API_URL", "PAXOS_CLIENT_ID", "PAXOS_CLIENT_SECRET", "PAXOS_RPS",
		"OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_ROLES_CLAIM", "OIDC_ROLE_MAP", "DEV_LOGIN",
		"SESSION_KEYS", "ENCRYPTION_KEYS", "TIME_ZONE", "PENDING_LIMIT", "LOG_LEVEL",
	}, names(t, err))
	lines := strings.Split(err.Error(), "\n")
	require.Len(t, lines, 18)
	for _, line := range lines {
		require.Regexp(t, `^[A-Z_]+: .*(expected|use) .+`, line)
	}
	require.NotContains(t, err.Error(), "s3cret")
	require.NotContains(t, err.Error(), "unless DEV_LOGIN is true", "in production it may not be")
}

func TestRules(t *testing.T) {
	t.Parallel()
	emulator := environ{}
	for _, row := range []struct {
		name    string
		environ environ
		want    []string // variables complained about
	}{
		{"unknown environment is not taken for the emulator", environ{"PAXOS_ENV": "prod", "DEV_LOGIN": "true"}, []string{"BASE_URL", "PAXOS_ENV", "PAXOS_CLIENT_ID", "PAXOS_CLIENT_SECRET", "SESSION_KEYS", "ENCRYPTION_KEYS"}},
		{"blank counts as not set", sandbox().with("PAXOS_CLIENT_ID", "  ", "ENCRYPTION_KEYS", ""), []string{"PAXOS_CLIENT_ID", "ENCRYPTION_KEYS"}},

		{"dev log-in spares OIDC in sandbox", sandbox().with("DEV_LOGIN", "true").without("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_ROLES_CLAIM", "OIDC_ROLE_MAP"), nil},
		{"dev log-in and OIDC together in sandbox", sandbox().with("DEV_LOGIN", "true"), nil},
		{"half a provider with dev log-in", sandbox().with("DEV_LOGIN", "true").without("OIDC_CLIENT_ID", "OIDC_ROLE_MAP"), []string{"OIDC_CLIENT_ID", "OIDC_ROLE_MAP"}},
		{"half a provider in emulator", emulator.with("OIDC_CLIENT_ID", "desk"), []string{"OIDC_ISSUER", "OIDC_CLIENT_SECRET", "OIDC_ROLES_CLAIM", "OIDC_ROLE_MAP"}},
		{"dev log-in in production", production().with("DEV_LOGIN", "true"), []string{"DEV_LOGIN"}},
		{"dev log-in off in production", production().with("DEV_LOGIN", "false"), nil},
		{"dev log-in beyond loopback in sandbox", sandbox().with("DEV_LOGIN", "true", "LISTEN_ADDR", "0.0.0.0:8080"), []string{"DEV_LOGIN"}},
		{"emulator remote does not help sandbox", sandbox().with("DEV_LOGIN", "true", "LISTEN_ADDR", ":8080", "EMULATOR_REMOTE", "true"), []string{"DEV_LOGIN"}},
		{"OIDC beyond loopback in sandbox", sandbox().with("LISTEN_ADDR", ":8080"), nil},
		{"emulator beyond loopback", emulator.with("LISTEN_ADDR", "0.0.0.0:8080"), []string{"LISTEN_ADDR"}},
		{"emulator beyond loopback with dev log-in asked for", emulator.with("LISTEN_ADDR", "[::]:8080", "DEV_LOGIN", "true"), []string{"LISTEN_ADDR", "DEV_LOGIN"}},
		{"container demo", emulator.with("LISTEN_ADDR", "0.0.0.0:8080", "EMULATOR_REMOTE", "true", "DEV_LOGIN", "true"), nil},
		{"loopback by name", emulator.with("LISTEN_ADDR", "localhost:0"), nil},
		{"loopback v6", emulator.with("LISTEN_ADDR", "[::1]:8080"), nil},
		{"unreadable address is one problem", sandbox().with("DEV_LOGIN", "true", "LISTEN_ADDR", "nowhere"), []string{"LISTEN_ADDR"}},
		{"port out of range", emulator.with("LISTEN_ADDR", "127.0.0.1:80800"), []string{"LISTEN_ADDR"}},

		{"API ends in /v2", sandbox().with("PAXOS_API_URL", "https://api.example.com/v2/"), []string{"PAXOS_API_URL"}},
		{"API over plain http", sandbox().with("PAXOS_API_URL", "http://api.example.com/v2"), []string{"PAXOS_API_URL"}},
		{"API over plain http on loopback", sandbox().with("PAXOS_API_URL", "http://127.0.0.1:9/v2", "PAXOS_TOKEN_URL", "http://localhost:9/token"), nil},
		{"token over plain http", sandbox().with("PAXOS_TOKEN_URL", "http://oauth.example.com/token"), []string{"PAXOS_TOKEN_URL"}},
		{"a host that only begins like loopback", sandbox().with("PAXOS_API_URL", "http://127.0.0.1.example.com/v2"), []string{"PAXOS_API_URL"}},
		{"emulator elsewhere on this machine", emulator.with("PAXOS_API_URL", "http://127.0.0.1:9/v2"), nil},
		{"emulator against Paxos itself", emulator.with("PAXOS_API_URL", "https://api.paxos.com/v2"), []string{"PAXOS_API_URL"}},
		{"issuer over plain http", sandbox().with("OIDC_ISSUER", "http://id.example.com"), []string{"OIDC_ISSUER"}},
		{"issuer over plain http on loopback", sandbox().with("OIDC_ISSUER", "http://127.0.0.1:9"), nil},
		{"pins over plain http", sandbox().with("AUDIT_PIN_URL", "http://pins.example.com"), []string{"AUDIT_PIN_URL"}},
		{"pins over plain http on loopback", sandbox().with("AUDIT_PIN_URL", "http://127.0.0.1:9/pins"), nil},
		{"scopes of no sign-in", sandbox().with("OIDC_SCOPES", "profile groups"), []string{"OIDC_SCOPES"}},
		{"sessions that end at once", emulator.with("SESSION_IDLE", "59s"), []string{"SESSION_IDLE"}},
		{"sessions that never end", emulator.with("SESSION_IDLE", "8h1s"), []string{"SESSION_IDLE"}},
		{"sessions of a day", emulator.with("SESSION_IDLE", "8h"), nil},
		{"half of the credentials in emulator", emulator.with("PAXOS_CLIENT_ID", "x"), []string{"PAXOS_CLIENT_SECRET"}},
		{"password in a URL", sandbox().with("BASE_URL", "https://me:s3cret@desk.example.com"), []string{"BASE_URL"}},
		{"base with a path", sandbox().with("BASE_URL", "https://example.com/desk"), []string{"BASE_URL"}},
		{"base without a scheme", sandbox().with("BASE_URL", "desk.example.com"), []string{"BASE_URL"}},
		{"base over plain http", sandbox().with("BASE_URL", "http://desk.internal"), nil},

		{"rate of zero", emulator.with("PAXOS_RPS", "0"), []string{"PAXOS_RPS"}},
		{"empty key in a list", emulator.with("WEBHOOK_KEY", "a,,b"), []string{"WEBHOOK_KEY"}},
		{"header name", emulator.with("WEBHOOK_HEADER", "X Api Key"), []string{"WEBHOOK_HEADER"}},
		{"half of the webhook client", emulator.with("WEBHOOK_CLIENT_SECRET", "s3cret"), []string{"WEBHOOK_CLIENT_ID"}},
		{"session key too short", emulator.with("SESSION_KEYS", strings.Repeat("ab", 31)), []string{"SESSION_KEYS"}},
		{"second session key not hex", emulator.with("SESSION_KEYS", strings.Repeat("ab", 32)+","+strings.Repeat("zz", 32)), []string{"SESSION_KEYS"}},
		{"negative interval", emulator.with("POLL_INTERVAL", "-1s", "SYNC_INTERVAL", "0s", "RECHECK_INTERVAL", "15"), []string{"POLL_INTERVAL", "SYNC_INTERVAL", "RECHECK_INTERVAL"}},
		{"hours that end before they begin", emulator.with("BUSINESS_HOURS", "17:00-09:00"), []string{"BUSINESS_HOURS"}},
		{"hours without a dash", emulator.with("BUSINESS_HOURS", "9 to 5"), []string{"BUSINESS_HOURS"}},
		{"hours with a short form", emulator.with("BUSINESS_HOURS", "9:00-17:00"), []string{"BUSINESS_HOURS"}},
		{"zone of the machine", emulator.with("TIME_ZONE", "Local"), []string{"TIME_ZONE"}},
		{"holidays", emulator.with("HOLIDAYS", "fr"), []string{"HOLIDAYS"}},
		{"no limit", emulator.with("PENDING_LIMIT", "0bd"), []string{"PENDING_LIMIT"}},
		{"part of a business day", emulator.with("PENDING_LIMIT", "0.5bd"), []string{"PENDING_LIMIT"}},
		{"no retention", emulator.with("RETENTION", "0y"), []string{"RETENTION"}},
		{"retention without a unit", emulator.with("RETENTION", "5"), []string{"RETENTION"}},
		{"retention of two units", emulator.with("RETENTION", "5y6mo"), []string{"RETENTION"}},
		{"negative retention", emulator.with("RETENTION", "-5y"), []string{"RETENTION"}},
		{"a retention of minutes", emulator.with("RETENTION", "5m"), []string{"RETENTION"}},
		{"more than a life", emulator.with("RETENTION", "1000y"), []string{"RETENTION"}},
		{"a slip that erases the past", sandbox().with("RETENTION", "1d", "DRAFT_RETENTION", "6d"), []string{"RETENTION", "DRAFT_RETENTION"}},
		{"a retention just too short", production().with("RETENTION", "364d"), []string{"RETENTION"}},
		{"the shortest retention", production().with("RETENTION", "12mo", "DRAFT_RETENTION", "7d"), nil},
		{"the shortest retention in days", production().with("RETENTION", "365d", "DRAFT_RETENTION", "1mo"), nil},
		{"a short retention in emulator", emulator.with("RETENTION", "1d", "DRAFT_RETENTION", "1d"), nil},
		{"drafts by the hour", emulator.with("DRAFT_RETENTION", "36h"), []string{"DRAFT_RETENTION"}},
		{"negative limit", emulator.with("PENDING_LIMIT", "-2h"), []string{"PENDING_LIMIT"}},
		{"unknown role", sandbox().with("OIDC_ROLE_MAP", "a=boss"), []string{"OIDC_ROLE_MAP"}},
		{"group twice", sandbox().with("OIDC_ROLE_MAP", "a=lead,a=viewer"), []string{"OIDC_ROLE_MAP"}},
		{"group without role", sandbox().with("OIDC_ROLE_MAP", "a"), []string{"OIDC_ROLE_MAP"}},
		{"proxy without a mask", emulator.with("TRUSTED_PROXIES", "10.0.0.1"), []string{"TRUSTED_PROXIES"}},
		{"switch", emulator.with("EMULATOR_REMOTE", "yes", "DEV_LOGIN", "on"), []string{"DEV_LOGIN", "EMULATOR_REMOTE"}},
		{"log format", emulator.with("LOG_FORMAT", "xml"), []string{"LOG_FORMAT"}},
		{"no scope at all", emulator.with("PAXOS_SCOPES", ","), []string{"PAXOS_SCOPES"}},
		{"database in memory", emulator.with("DATABASE_URL", "sqlite::memory:"), []string{"DATABASE_URL"}},
		{"database without a path", emulator.with("DATABASE_URL", "sqlite:"), []string{"DATABASE_URL"}},
		{"database with two slashes", emulator.with("DATABASE_URL", "sqlite://data/x.db"), []string{"DATABASE_URL"}},
		{"database of another kind", emulator.with("DATABASE_URL", "mysql://x"), []string{"DATABASE_URL"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			_, err := row.environ.load()
			require.Equal(t, row.want, names(t, err), "%v", err)
			if err != nil {
				require.NotContains(t, err.Error(), "s3cret")
			}
		})
	}
}

func TestPostgresSaysWhatToUse(t *testing.T) {
	t.Parallel()
	_, err := environ{"DATABASE_URL": "postgres://desk:s3cret@db/desk"}.load()
	require.EqualError(t, err, "DATABASE_URL: PostgreSQL comes with a later release: use sqlite:PATH")
}

func TestValues(t *testing.T) {
	t.Parallel()
	c, err := environ{
		"WEBHOOK_KEY":     "new, old",
		"SESSION_KEYS":    strings.Repeat("ab", 32) + "," + strings.Repeat("CD", 32),
		"PENDING_LIMIT":   "36h",
		"RETENTION":       "18mo",
		"DRAFT_RETENTION": "400d",
		"BUSINESS_HOURS":  "07:30-24:00",
		"HOLIDAYS":        "none",
		"AUDIT_PIN_URL":   "https://pins.example.com/x",
		"TRUSTED_PROXIES": "10.1.2.3/8, fd00::/8",
		"LOG_LEVEL":       "DEBUG",
		"PAXOS_SCOPES":    "identity:read_identity,event:read_event",
		"DATABASE_URL":    "sqlite:/var/lib/desk/desk.db",
		"LISTEN_ADDR":     "127.0.0.1:0",
		"PAXOS_API_URL":   "http://localhost:9001/v2",
	}.load()
	require.NoError(t, err)
	require.Equal(t, "new old", c.WebhookKeys[0].Value()+" "+c.WebhookKeys[1].Value())
	require.True(t, c.WebhooksOn())
	require.Len(t, c.SessionKeys, 2)
	require.Equal(t, byte(0xcd), c.SessionKeys[1][0])
	require.Equal(t, config.PendingLimit{Plain: 36 * time.Hour}, c.PendingLimit)
	require.Equal(t, config.Period{Months: 18}, c.Retention)
	require.Equal(t, config.Period{Days: 400}, c.DraftRetention)
	require.Equal(t, config.Hours{From: 7*time.Hour + 30*time.Minute, To: 24 * time.Hour}, c.BusinessHours)
	require.Equal(t, "10.0.0.0/8", c.TrustedNetworks()[0].String())
	require.Equal(t, "fd00::/8", c.TrustedNetworks()[1].String())
	require.Equal(t, config.Scopes{"identity:read_identity", "event:read_event"}, c.PaxosScopes)
	require.Equal(t, "/var/lib/desk", c.DataDir())
	require.Equal(t, "DEBUG", c.LogLeast().String())
	require.Equal(t, "http://localhost:9001/oauth2/token", c.TokenURL(), "tokens come from the same emulator")

	c.ListenAddr = "127.0.0.1:4711" // as after listening on port 0
	require.Equal(t, "http://127.0.0.1:4711", c.Origin())
}

func TestReachable(t *testing.T) {
	t.Parallel()
	for listen, want := range map[config.Address]string{
		":8080":         "127.0.0.1:8080",
		"0.0.0.0:8080":  "127.0.0.1:8080",
		"[::]:8080":     "[::1]:8080",
		"10.0.0.5:8080": "10.0.0.5:8080",
		"localhost:80":  "localhost:80",
	} {
		require.Equal(t, want, listen.Reachable())
	}
}

func TestSecretsDoNotPrint(t *testing.T) {
	t.Parallel()
	c, err := sandbox().with("WEBHOOK_KEY", "s3cret-of-webhooks", "METRICS_TOKEN", "s3cret-of-metrics").load()
	require.NoError(t, err)
	asJSON, err := json.Marshal(c)
	require.NoError(t, err)
	for form, text := range map[string]string{
		"%v":   fmt.Sprintf("%v", c),
		"%+v":  fmt.Sprintf("%+v", &c),
		"%#v":  fmt.Sprintf("%#v", c),
		"json": string(asJSON),
	} {
		require.NotContains(t, text, "s3cret", form)
		require.NotContains(t, text, "abab", form)
		require.NotContains(t, text, "171, 171", form)
		require.NotContains(t, text, "171 171", form)
	}
}

func TestTableIsComplete(t *testing.T) {
	t.Parallel()
	table := config.Describe()
	var all []string
	for _, variable := range table {
		all = append(all, variable.Name)
		require.NotEmpty(t, variable.Meaning, variable.Name)
		require.NotEmpty(t, variable.Expects, variable.Name)
	}
	require.ElementsMatch(t, strings.Fields(`
		LISTEN_ADDR BASE_URL DATABASE_URL PAXOS_ENV PAXOS_API_URL PAXOS_TOKEN_URL PAXOS_CLIENT_ID PAXOS_CLIENT_SECRET
		PAXOS_SCOPES PAXOS_RPS WEBHOOK_HEADER WEBHOOK_KEY WEBHOOK_CLIENT_ID WEBHOOK_CLIENT_SECRET OIDC_ISSUER
		OIDC_CLIENT_ID OIDC_CLIENT_SECRET OIDC_ROLES_CLAIM OIDC_ROLE_MAP OIDC_SCOPES DEV_LOGIN SESSION_IDLE SESSION_KEYS ENCRYPTION_KEYS
		POLL_INTERVAL SYNC_INTERVAL RECHECK_INTERVAL TIME_ZONE BUSINESS_HOURS HOLIDAYS PENDING_LIMIT RETENTION DRAFT_RETENTION EMULATOR_ADDR
		EMULATOR_STATE EMULATOR_DECIDE_AFTER EMULATOR_WEBHOOK_URL EMULATOR_REMOTE AUDIT_PIN_URL TRUSTED_PROXIES METRICS_TOKEN LOG_LEVEL LOG_FORMAT`), all)
	demanded := slices.DeleteFunc(slices.Clone(table), func(v config.Variable) bool { return v.Demanded != "outside emulator" })
	require.Len(t, demanded, 5)
}

func TestMoreChecksJoinTheList(t *testing.T) {
	t.Parallel()
	never := config.Check{Name: "ENCRYPTION_KEYS", Rule: func(string) error { return errors.New("is cut short") }}
	_, err := config.Load([]string{"PAXOS_RPS=many", "ENCRYPTION_KEYS=hush"}, never)
	require.ErrorContains(t, err, "ENCRYPTION_KEYS: is cut short")
	require.ErrorContains(t, err, "PAXOS_RPS")
	require.NotContains(t, err.Error(), "hush")
	_, err = config.Load(nil, never)
	require.NoError(t, err, "what is not set is not checked")
}
