package client_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

func TestRealServer_changes(t *testing.T) {
	s, ctx := newRealSession(t), withPatience(t)
	host := open(t, s.host.String(), quick)
	answer, err := host.Changes(ctx, protocol.ChangesQuery{Scope: protocol.ChangesUncommitted})
	require.NoError(t, err)
	require.NotEmpty(t, answer.Reason, "this server records nothing")
	files, err := host.Files(ctx, "x")
	require.NoError(t, err)
	require.Empty(t, files.Files)
	_, err = host.Changes(ctx, protocol.ChangesQuery{Scope: "x"})
	require.ErrorIs(t, err, &protocol.Error{Code: protocol.CodeInvalidRequest})
	require.NoError(t, host.ReviewFile(ctx, "a.go", "v1", true))
}
