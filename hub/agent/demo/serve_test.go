package demo_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub/agent/demo"
)

// client exchanges lines with Serve, for tests of what the launcher hides.
type client struct {
	t    *testing.T
	in   *io.PipeWriter
	out  *bufio.Scanner
	done chan error // sent the error of Serve, once, by the goroutine of serve; capacity 1, so that it need not wait
}

func serve(t *testing.T, ctx context.Context, options demo.Options) *client {
	inRead, inWrite := io.Pipe()
	outRead, outWrite := io.Pipe()
	timer := time.AfterFunc(patience, func() { _ = outRead.Close() }) // fails a test that hangs
	t.Cleanup(func() { timer.Stop() })
	c := &client{t: t, in: inWrite, out: bufio.NewScanner(outRead), done: make(chan error, 1)}
	go func() { // ends with Serve; the test receives from done
		c.done <- demo.Serve(ctx, inRead, outWrite, options)
		_ = outWrite.Close()
	}()
	return c
}

func (c *client) write(format string, args ...any) {
	_, err := fmt.Fprintf(c.in, format+"\n", args...)
	require.NoError(c.t, err)
}

// until returns the next lines up to the first that contains text.
func (c *client) until(text string) []string {
	var lines []string
	for c.out.Scan() {
		lines = append(lines, c.out.Text())
		if strings.Contains(c.out.Text(), text) {
			return lines
		}
	}
	c.t.Fatalf("no %s in %s", text, lines)
	return nil
}

func (c *client) newSession() string {
	c.write(`{"jsonrpc":"2.0","id":1,"method":"session/new","params":{"cwd":"/srv/shop","mcpServers":[]}}`)
	var m struct{ Result struct{ SessionID string } }
	require.NoError(c.t, json.Unmarshal([]byte(c.until(`"id":1`)[0]), &m))
	c.until("available_commands_update")
	return m.Result.SessionID
}

func TestServe_replays_a_conversation_before_the_answer_to_load(t *testing.T) {
	t.Parallel()
	for name, dir := range map[string]string{"from memory": "", "from a file": t.TempDir()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			history := demo.NewHistory(dir)
			c := serve(t, t.Context(), demo.Options{History: history})
			id := c.newSession()
			c.write(`{"jsonrpc":"2.0","id":2,"method":"session/prompt","params":{"sessionId":%q,"prompt":[{"type":"text","text":"show a plan"}]}}`, id)
			c.until(`"stopReason":"end_turn"`)
			require.NoError(t, c.in.Close())
			require.NoError(t, <-c.done)

			c = serve(t, t.Context(), demo.Options{History: history})
			c.write(`{"jsonrpc":"2.0","id":3,"method":"session/load","params":{"sessionId":%q,"cwd":"/srv/shop","mcpServers":[]}}`, id)
			lines := c.until(`"id":3`)
			require.Contains(t, lines[0], `"sessionUpdate":"user_message_chunk"`)
			require.Contains(t, lines[0], `"text":"show a plan"`)
			require.Contains(t, lines[1], `"text":"Here is my plan."`, "a message is replayed as a whole")
			require.Contains(t, lines[2], `"sessionUpdate":"plan"`)
			c.until("available_commands_update")
			require.NoError(t, c.in.Close())
			require.NoError(t, <-c.done)
		})
	}
}

func TestServe_refuses_invalid_requests(t *testing.T) {
	t.Parallel()
	c := serve(t, t.Context(), demo.Options{})
	id := c.newSession()
	for request, want := range map[string]string{
		`{"jsonrpc":"2.0","id":"a","method":"session/none","params":{}}`:                                                                                     `"id":"a","error":{"code":-32601`,
		`{"jsonrpc":"2.0","id":5,"method":"session/prompt","params":{"sessionId":"x","prompt":[]}}`:                                                          `"id":5,"error":{"code":-32002`,
		`{"jsonrpc":"2.0","id":6,"method":"session/prompt","params":[]}`:                                                                                     `"id":6,"error":{"code":-32602`,
		`{"jsonrpc":"2.0","id":7,"method":"session/load","params":{"sessionId":"demo-x"}}`:                                                                   `"id":7,"error":{"code":-32002`,
		"not JSON\n{}\n" + `{"jsonrpc":"2.0","id":8,"result":1}` + "\n" + `{"jsonrpc":"2.0","id":9,"method":"authenticate","params":{"methodId":"account"}}`: `"id":9,"result":{}`,
	} {
		c.write("%s", request)
		c.until(want)
	}
	prompt := `{"jsonrpc":"2.0","id":%d,"method":"session/prompt","params":{"sessionId":%q,"prompt":[{"type":"text","text":"wait"}]}}`
	c.write(prompt, 10, id)
	c.until("in_progress")
	c.write(prompt, 11, id)
	c.until(`"id":11,"error":{"code":-32600`)
	c.write(`{"jsonrpc":"2.0","method":"session/cancel","params":{"sessionId":%q}}`, id)
	c.until(`"id":10,"result":{"stopReason":"cancelled"}`)
	require.NoError(t, c.in.Close())
	require.NoError(t, <-c.done)
}

func TestServe_returns_during_a_turn_when_its_context_ends(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	c := serve(t, ctx, demo.Options{})
	id := c.newSession()
	c.write(`{"jsonrpc":"2.0","id":2,"method":"session/prompt","params":{"sessionId":%q,"prompt":[{"type":"text","text":"wait"}]}}`, id)
	c.until("in_progress")
	cancel()
	for c.out.Scan() { // the rest of the turn
	}
	require.ErrorIs(t, <-c.done, context.Canceled)
}

func TestServe_cancels_a_scene_before_its_tool_calls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := serve(t, t.Context(), demo.Options{Pace: time.Millisecond})
		id := c.newSession()
		c.write(`{"jsonrpc":"2.0","id":2,"method":"session/prompt","params":{"sessionId":%q,"prompt":[{"type":"text","text":"updates"}]}}`, id)
		c.until("agent_message_chunk")
		c.write(`{"jsonrpc":"2.0","method":"session/cancel","params":{"sessionId":%q}}`, id)
		c.until(`"id":2,"result":{"stopReason":"cancelled"}`)
		require.NoError(t, c.in.Close())
		require.NoError(t, <-c.done)
	})
}

func TestServe_keeps_its_version_once_a_session_was_opened(t *testing.T) {
	t.Parallel()
	c := serve(t, t.Context(), demo.Options{Version: 2})
	c.newSession()
	c.write(`{"jsonrpc":"2.0","id":2,"method":"initialize","params":{"protocolVersion":2}}`)
	require.Contains(t, c.until(`"id":2`)[0], "a session was opened already")
	require.NoError(t, c.in.Close())
	require.NoError(t, <-c.done)
}

func TestServe_keeps_its_pace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := serve(t, t.Context(), demo.Options{Pace: time.Millisecond})
		id := c.newSession()
		begin := time.Now()
		c.write(`{"jsonrpc":"2.0","id":2,"method":"session/prompt","params":{"sessionId":%q,"prompt":[{"type":"text","text":"markdown"}]}}`, id)
		lines := c.until("end_turn")
		chunks := time.Duration(bytes.Count([]byte(strings.Join(lines, "\n")), []byte("agent_message_chunk")))
		require.Equal(t, chunks*time.Millisecond, time.Since(begin))
		require.NoError(t, c.in.Close())
		require.NoError(t, <-c.done)
	})
}
