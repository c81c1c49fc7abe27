package config

import (
	"errors"
	"fmt"
	"strings"

	"github.com/caarlos0/env/v11"
)

// Defaults that depend on PAXOS_ENV.
const (
	emulatorDatabase = "data/emulator-desk.db"
	paxosDatabase    = "data/identitydesk.db"
	// emulatorClient is both id and secret of the credentials the emulator knows.
	emulatorClient = "emulator"
)

// Check is a rule for one variable that this package cannot know, such as what a
// sealing key looks like. Its error must not hold the value.
type Check struct {
	Name string
	Rule func(value string) error
}

// Load reads an environment as os.Environ gives it. A blank value counts as not set.
// More checks apply to variables that are set. An error is always *Problems, and
// lists all that is wrong at once.
func Load(environ []string, more ...Check) (Config, error) {
	table := Describe()
	values := set(environ)
	var c Config
	found, err := parse(&c, values, table)
	if err != nil {
		return Config{}, err
	}
	c.fillIn()
	check(&c, values, table, found)
	for _, m := range more {
		if values[m.Name] == "" {
			continue
		}
		if err := m.Rule(values[m.Name]); err != nil {
			found.add(m.Name, err.Error())
		}
	}
	if err := found.err(table); err != nil {
		return Config{}, err
	}
	return c, nil
}

// set gives what is set to more than spaces.
func set(environ []string) map[string]string {
	values := make(map[string]string, len(environ))
	for name, value := range env.ToMap(environ) {
		if trimmed := strings.TrimSpace(value); trimmed != "" {
			values[name] = trimmed
		}
	}
	return values
}

// parse fills c and collects what cannot be read. Its error is a defect of the table.
func parse(c *Config, values map[string]string, table []Variable) (findings, error) {
	found := findings{}
	err := env.ParseWithOptions(c, env.Options{Environment: values})
	if err == nil {
		return found, nil
	}
	all, ok := errors.AsType[env.AggregateError](err)
	if !ok {
		return nil, fmt.Errorf("read the environment: %w", err)
	}
	for _, one := range all.Errors {
		broken, ok := errors.AsType[env.ParseError](one)
		if !ok {
			return nil, fmt.Errorf("read the environment: %w", one)
		}
		for _, variable := range table {
			if variable.field == broken.Name {
				found.add(variable.Name, reason(broken.Err, variable))
			}
		}
	}
	return found, nil
}

// reason words what is wrong. Only our own errors are quoted: those of the standard
// library repeat the value, which may be a secret.
func reason(err error, variable Variable) string {
	if own, ok := errors.AsType[plainError](err); ok {
		return string(own)
	}
	return "expected " + variable.Expects
}

// plainError is an error whose text is safe to print and says more than "expected ...".
type plainError string

func (e plainError) Error() string { return string(e) }

// fillIn sets the defaults that depend on other variables.
func (c *Config) fillIn() {
	if c.DatabaseURL.Path == "" {
		c.DatabaseURL.Path = paxosDatabase
		if c.PaxosEnv == Emulator {
			c.DatabaseURL.Path = emulatorDatabase
		}
	}
	if c.PaxosEnv != Emulator {
		return
	}
	if c.PaxosClientID == "" && c.PaxosClientSecret == "" {
		c.PaxosClientID, c.PaxosClientSecret = emulatorClient, emulatorClient
	}
	if !c.DevLogin.IsSet && !c.OIDCOn() {
		c.DevLogin.On = true
	}
}
