package protocol_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

func TestCatalogue_has_exactly_the_codes(t *testing.T) {
	codes := constants(t, "Code")
	require.Len(t, protocol.Catalogue, len(codes))
	for _, code := range codes {
		require.Contains(t, protocol.Catalogue, protocol.Code(code))
	}
}

func TestCatalogue_entries_are_consistent(t *testing.T) {
	for code, entry := range protocol.Catalogue {
		t.Run(string(code), func(t *testing.T) {
			require.NotEmpty(t, http.StatusText(entry.Status))
			require.GreaterOrEqual(t, entry.Status, 400)
			require.Contains(t, closeCodes(t), entry.Close)
			reconnects := entry.Close == protocol.CloseTryAgain || entry.Close == protocol.CloseRateLimited
			require.Equal(t, entry.Retryable, reconnects, "a client reconnects exactly if a retry can succeed")
			serverSide := entry.Status >= 500 || entry.Status == http.StatusTooManyRequests
			require.Equal(t, entry.Retryable, serverSide, "a retry can succeed exactly if the client is not at fault")
		})
	}
}

func TestError_Is_compares_codes(t *testing.T) {
	err := fmt.Errorf("join: %w", protocol.Errorf(protocol.CodeTooLarge, "%d bytes", 7))
	require.ErrorIs(t, err, &protocol.Error{Code: protocol.CodeTooLarge})
	require.NotErrorIs(t, err, &protocol.Error{Code: protocol.CodeInternal})
	require.NotErrorIs(t, protocol.Errorf(protocol.CodeInvalidRequest, "other"), protocol.ErrNotProtocol)
	require.EqualError(t, err, "join: TOO_LARGE: 7 bytes")
}

func TestAsError_hides_internal_errors(t *testing.T) {
	e := protocol.AsError(errors.New("open /home/olga/secret: permission denied"))
	require.Equal(t, protocol.CodeInternal, e.Code)
	require.NotContains(t, e.Message, "olga")
	known := protocol.Errorf(protocol.CodeTooLarge, "big")
	require.Same(t, known, protocol.AsError(fmt.Errorf("post: %w", known)))
}
