package web_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

// npmCI installs npm's EventSource once. It has the interface of browsers, and is not
// a client of this project.
var npmCI = sync.OnceValue(func() error {
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			return fmt.Errorf("this test needs Node.js 20 or later, with npm, in PATH: %w", err)
		}
	}
	cmd := exec.Command("npm", "ci", "--ignore-scripts")
	cmd.Dir = "testdata/eventsource"
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("npm ci in web/%s: %w\n%s", cmd.Dir, err, out)
	}
	return nil
})

// page is an EventSource that runs in a process of its own.
type page struct {
	t     *testing.T
	lines *bufio.Scanner
}

func openPage(t *testing.T, url string, events int) *page {
	t.Helper()
	require.NoError(t, npmCI())
	ctx, cancel := context.WithTimeout(context.Background(), testTimeout) // the test's context ends before its cleanup
	cmd := exec.CommandContext(ctx, "node", "read.mjs", url, fmt.Sprint(events))
	cmd.Dir = "testdata/eventsource"
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	var complaints strings.Builder
	cmd.Stderr = &complaints
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_, _ = io.Copy(io.Discard, out)
		err := cmd.Wait()
		cancel()
		require.NoError(t, err, complaints.String())
	})
	return &page{t, bufio.NewScanner(out)}
}

func (p *page) says(want string) {
	p.t.Helper()
	require.Equal(p.t, want, p.line())
}

func (p *page) line() string {
	p.t.Helper()
	require.True(p.t, p.lines.Scan(), "the page has ended: %v", p.lines.Err())
	return p.lines.Text()
}

// event returns the next event, and requires that its id is its cursor.
func (p *page) event() (kind protocol.EventType, text string) {
	p.t.Helper()
	var message struct{ ID, Data string }
	line := p.line()
	require.NoError(p.t, json.Unmarshal([]byte(line), &message), line)
	var e struct {
		Type    protocol.EventType
		Cursor  string
		Payload struct{ Message struct{ Text string } }
	}
	require.NoError(p.t, json.Unmarshal([]byte(message.Data), &e))
	require.Equal(p.t, e.Cursor, message.ID)
	return e.Type, e.Payload.Message.Text
}

func TestEventSource(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModeCommentOnly)
	gil := s.join("gil", protocol.RoleViewer)
	url := w.url + s.path("/stream?"+gil.query())

	t.Run("reconnects without a gap or a duplicate after it was cut off", func(t *testing.T) {
		s := s.in(t)
		p := openPage(t, url, 1+2+1+3)
		p.says("open")
		kind, _ := p.event()
		require.Equal(t, protocol.EventType("connected"), kind)
		for i := range 2 {
			s.say(s.Host, fmt.Sprint(i))
			_, text := p.event()
			require.Equal(t, fmt.Sprint(i), text)
		}
		w.cut()
		p.says("reconnecting")
		for i := 2; i < 5; i++ {
			s.say(s.Host, fmt.Sprint(i))
		}
		p.says("open")
		kind, _ = p.event()
		require.Equal(t, protocol.EventType("connected"), kind)
		for i := 2; i < 5; i++ {
			_, text := p.event()
			require.Equal(t, fmt.Sprint(i), text)
		}
	})
	t.Run("does not reconnect after its participant has left", func(t *testing.T) {
		s := s.in(t)
		p := openPage(t, url, 100)
		p.says("open")
		p.event()
		s.leave(gil)
		kind, _ := p.event()
		require.Equal(t, protocol.EventParticipantLeft, kind)
		p.says("reconnecting")
		p.says("closed 409")
	})
	t.Run("its package is pinned without a registry's name", func(t *testing.T) {
		lock, err := os.ReadFile("testdata/eventsource/package-lock.json")
		require.NoError(t, err)
		require.NotContains(t, string(lock), `"resolved"`)
		require.NotContains(t, string(lock), "://")
	})
}
