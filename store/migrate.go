package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/pressly/goose/v3"
)

// Migrate brings the schema up to date. A schema that a newer program has made is refused.
func (s *Store) Migrate(ctx context.Context) error {
	err := s.withMigrations(func(p *goose.Provider) error {
		have, newest, err := p.GetVersions(ctx)
		if err != nil {
			return fmt.Errorf("read the database's version: %w", err)
		}
		if have > newest {
			return fmt.Errorf("the database has schema version %d and this program knows %d: start the newer program", have, newest)
		}
		if have > 0 && have < sealedSince {
			if err := s.sealHead(ctx); err != nil { // first, and not again: an end that loses its seal later on is found
				return fmt.Errorf("seal the audit log: %w", err)
			}
		}
		if _, err := p.Up(ctx); err != nil {
			return fmt.Errorf("bring the database up to date: %w", err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := s.giveHandles(ctx); err != nil {
		return fmt.Errorf("bring the database up to date: %w", err)
	}
	return s.loadSettings(ctx)
}

// withMigrations uses a connection of its own, since the writer's is never given away.
func (s *Store) withMigrations(use func(*goose.Provider) error) (err error) {
	db, err := sql.Open(s.src.driver, s.src.writer)
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	p, err := goose.NewProvider(s.src.goose, db, s.src.migrations)
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	return use(p)
}
