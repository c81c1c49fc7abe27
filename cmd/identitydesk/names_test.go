package main

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
)

// slowNames has some names left, and fails once.
type slowNames struct{ calls int }

func (s *slowNames) IndexNames(context.Context, int) (bool, error) {
	s.calls++
	if s.calls == 2 {
		return false, errors.New("disk full")
	}
	return s.calls == 4, nil
}

func TestNamesAreIndexedUntilThereAreNoneLeft(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var names slowNames
		require.NoError(t, indexNames(t.Context(), &names, slog.New(slog.DiscardHandler)))
		require.Equal(t, 4, names.calls)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		require.NoError(t, indexNames(ctx, &slowNames{}, slog.New(slog.DiscardHandler)))
	})
}
