package bench

import (
	"bufio"
	"context"
	"io"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestStreamer_streams_once_it_is_prompted(t *testing.T) {
	in, requests := io.Pipe()
	answers, out := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- ServeStreamer(t.Context(), in, out, 1000) }()
	lines := bufio.NewScanner(answers)
	next := func() string {
		require.True(t, lines.Scan())
		return lines.Text()
	}
	ask := func(line string) {
		_, err := io.WriteString(requests, line+"\n")
		require.NoError(t, err)
	}
	ask(`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}`)
	require.JSONEq(t, `{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":1,"sessionId":"bench"}}`, next())
	ask(`{"jsonrpc":"2.0","id":2,"method":"session/prompt","params":{}}`)
	require.Contains(t, next(), `"text":"~1;`)
	require.Contains(t, next(), `"text":"~2;`)
	require.NoError(t, requests.Close())
	go func() { _, _ = io.Copy(io.Discard, answers) }() // ends with out
	require.NoError(t, <-ended)
	require.NoError(t, out.Close())
	require.NoError(t, context.Cause(t.Context()))
}
