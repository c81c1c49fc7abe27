package emulator

import (
	"bytes"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The log names identities by the emulator's own ids alone: a ref_id belongs to whoever made it up.
func TestLogHasNoRefIDs(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	r := newRig(t, func(o *Options) { o.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	status, made := r.call(http.MethodPost, "/identity/identities", personBody(nil))
	require.Equal(t, http.StatusOK, status, made)
	r.pass(3 * time.Second)
	require.Contains(t, log.String(), "identity created")
	require.Contains(t, log.String(), made["id"])
	require.NotEmpty(t, made["ref_id"])
	require.NotContains(t, log.String(), made["ref_id"])
}
