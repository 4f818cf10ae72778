package web

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"parley/web/internal/live"
)

func TestClientError_distinguishes_a_timeout_from_a_shutdown(t *testing.T) {
	s := &Server{log: zap.NewNop()}
	late := s.clientError("/", fmt.Errorf("read: %w", context.DeadlineExceeded))
	require.Equal(t, errTooSlow, late)
	require.True(t, late.Entry().Retryable)
	require.NotContains(t, late.Message, "shutting down")
	require.Equal(t, live.ErrShuttingDown, s.clientError("/", context.Canceled))
}
