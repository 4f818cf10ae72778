package streamer

import (
	"bufio"
	"io"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/cmd/parley-bench/internal/meter"
)

func TestPool_streams_for_a_process_that_has_passed_its_pipes(t *testing.T) {
	all, err := NewPool(1000, meter.NewTally().Now)
	require.NoError(t, err)
	in, requests := pipe(t)
	answers, out := pipe(t)
	ended := make(chan error, 1)
	go func() { ended <- Serve(all.Path(), in, out) }()
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
	all.Close()
	require.NoError(t, <-ended)
}

func TestStreamer_postpones_a_chunk_if_the_pipe_is_full(t *testing.T) {
	answers, out := pipe(t)
	s := &streamer{out: out}
	require.NoError(t, s.stream(1e6, 1), "a pipe takes no million chunks")
	first := s.seq
	require.Less(t, first, uint64(1e6))
	_, err := io.CopyN(io.Discard, answers, 32<<10)
	require.NoError(t, err)
	require.NoError(t, s.stream(1e6, 1))
	require.Greater(t, s.seq, first)
}

func pipe(t *testing.T) (r, w *os.File) {
	r, w, err := os.Pipe()
	require.NoError(t, err)
	t.Cleanup(func() { _, _ = r.Close(), w.Close() })
	return r, w
}
