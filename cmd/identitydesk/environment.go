package main

import (
	"errors"
	"strings"

	"identitydesk/internal/config"
	"identitydesk/internal/secret"
)

// load reads and checks the environment, the sealing keys included, so that everything wrong with it is told at once.
func (p *program) load() (config.Config, error) {
	return config.Load(p.environ, config.Check{Name: secret.Variable, Rule: func(value string) error {
		_, err := secret.Parse(value)
		if err != nil {
			return errors.New(strings.TrimPrefix(err.Error(), secret.Variable+": ")) // the list says the name
		}
		return nil
	}})
}
