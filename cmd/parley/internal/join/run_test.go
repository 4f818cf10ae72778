package join

import (
	"bytes"
	"context"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"parley/cmd/parley/internal/ledger"
	"parley/protocol"
	"parley/protocol/client"
	"parley/protocol/client/clienttest"
)

// capture is a buffer that is safe for concurrent use.
type capture struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *capture) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *capture) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// person is a running "parley join".
type person struct {
	t        *testing.T
	in       *io.PipeWriter // of a pipe
	typing   io.Writer      // of a terminal
	out, err capture
	ended    chan error
	stop     context.CancelFunc
}

func start(t *testing.T, link, name string, terminal bool) *person {
	l, err := client.ParseLink(link)
	require.NoError(t, err)
	in, typed := io.Pipe()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	p := &person{t: t, in: typed, ended: make(chan error, 1), stop: cancel}
	go func() {
		p.ended <- Run(ctx, Options{
			Link: l, In: in, Out: &p.out, Err: &p.err, Terminal: terminal,
			Client: client.Options{UserID: name, BackoffBase: time.Millisecond, BackoffMax: time.Millisecond},
		})
	}()
	t.Cleanup(cancel)
	return p
}

func (p *person) types(lines ...string) {
	p.t.Helper()
	_, err := io.WriteString(p.in, strings.Join(lines, "\n")+"\n")
	require.NoError(p.t, err)
}

func (p *person) sees(text string) {
	p.t.Helper()
	if !assert.Eventually(p.t, func() bool { return strings.Contains(p.out.String(), text) }, 20*time.Second, time.Millisecond) {
		p.t.Fatalf("%q is not shown; the output is:\n%s", text, p.out.String())
	}
}

func (p *person) ends() error {
	p.t.Helper()
	select {
	case err := <-p.ended:
		return err
	case <-time.After(time.Minute):
		p.t.Fatalf("the client does not end; the output is:\n%s", p.out.String())
		return nil
	}
}

func TestRun_with_piped_lines(t *testing.T) {
	s := clienttest.New(t)
	p := start(t, s.InviteLink(), "ann", false)
	p.types("hello", "/prompt do it")
	p.sees("? #1 ann proposes: do it\n")
	host := start(t, s.HostLink(), "", false)
	host.sees("? #1 ann proposes: do it\n")
	host.types("/edit #1 do it well", "/approve 1", "")
	host.sees("? #1 would be sent to the agent as: do it well\n  (/approve #1 sends this text; /edit #1 without a text discards it)\n")
	p.sees("* Olga approved #1, edited: do it well\n")
	p.types("/who", "/history 2", "")
	require.NoError(t, p.in.Close())
	require.NoError(t, p.ends())
	out := p.out.String()
	for _, want := range []string{
		"* you are ann, collaborator", "ann: hello\n", "? #1 ann proposes: do it\n", "* Olga (host)\n", "--- the last 2 events\n",
	} {
		require.Contains(t, out, want)
	}
	require.NotContains(t, out, "\x1b", "no colours in a pipe")
	require.Empty(t, p.err.String())
	left := func(r protocol.Request) bool { return r.Command.CommandType() == protocol.CommandLeave }
	require.True(t, slices.ContainsFunc(s.Seen(), left), "a participant who joined with an invite leaves at the end")
}

func TestRun_sends_a_prompt_as_what_its_author_was_shown(t *testing.T) {
	s := clienttest.New(t)
	host := start(t, s.HostLink(), "", false)
	ann := start(t, s.InviteLink(), "ann", false)
	ann.types("/prompt first")
	ann.sees("? #1 ann proposes: first")
	changed := protocol.Errorf(protocol.CodePromptNotAsExpected, "it would run without an approval now")
	s.Intercept(func(r protocol.Request) clienttest.Fault {
		if p, ok := r.Command.(*protocol.Prompt); ok && p.Prompt == "late" {
			return clienttest.Fault{Error: changed}
		}
		return clienttest.Fault{}
	})
	ann.types("/prompt late")
	require.Eventually(t, func() bool {
		return strings.Contains(ann.err.String(), "it would run without an approval now; to send it anyway, type it again: /prompt late\n")
	}, 20*time.Second, time.Millisecond)
	host.types("/prompt of the host", "/mode prompt_direct")
	ann.sees("* Olga set the mode to prompt_direct")
	ann.types("/prompt second")
	ann.sees("ann proposes: second") // the server of this test treats all prompts as proposals
	sent := map[string]protocol.PromptAs{}
	for _, r := range s.Seen() {
		if p, ok := r.Command.(*protocol.Prompt); ok {
			sent[p.Prompt] = p.As
		}
	}
	require.Equal(t, map[string]protocol.PromptAs{
		"first": protocol.PromptAsProposal, "late": protocol.PromptAsProposal,
		"of the host": protocol.PromptAsDirect, "second": protocol.PromptAsDirect,
	}, sent)
}

func TestRun_reports_to_a_script_that_a_line_failed(t *testing.T) {
	s := clienttest.New(t)
	p := start(t, s.InviteLink(), "ann", false)
	p.types("/cancel", "/dance", "/approve", "/allow", "hello")
	require.NoError(t, p.in.Close())
	require.EqualError(t, p.ends(), "4 of the lines failed")
	require.Equal(t, 4, strings.Count(p.err.String(), "\n"), p.err.String())
	require.Contains(t, p.err.String(), "no turn is open\n")
	require.Contains(t, p.out.String(), "ann: hello", "the other lines succeeded")
}

func TestRun_reports_a_line_that_is_too_long(t *testing.T) {
	s := clienttest.New(t)
	p := start(t, s.InviteLink(), "ann", false)
	_, err := io.WriteString(p.in, strings.Repeat("x", 1<<20)) // nothing reads the rest
	require.NoError(t, err)
	require.EqualError(t, p.ends(), "1 of the lines failed")
	require.NoError(t, p.in.Close())
	require.Contains(t, p.err.String(), "cannot read the input: a line is longer than 1048576 bytes\n")
}

func TestRun_as_a_host_with_an_own_link(t *testing.T) {
	s := clienttest.New(t)
	host := start(t, s.HostLink(), "", true)
	host.sees("* you are Olga, host")
	ann := start(t, s.InviteLink(), "ann", true)
	host.sees("* ann joined (collaborator)")
	ann.types("/prompt do it")
	host.sees("? #1 ann proposes: do it\n  (/approve #1 or /reject #1)")
	host.types("/reject #1 not today")
	ann.sees("* Olga rejected #1: do it (not today)")
	s.Ask(protocol.Permission{RequestID: "q", ToolCall: []byte(`{"title":"Run it"}`), Options: []byte(`[{"optionId":"o","name":"Once","kind":"allow_once"}]`)})
	host.sees("? #2 the agent asks to: Run it")
	host.types("/allow")
	require.Eventually(t, func() bool { return strings.Contains(host.err.String(), "appeared while you were typing") }, 20*time.Second, time.Millisecond, "the client does not know when the line was begun")
	host.types("/allow #2", "/mode prompt_direct", "/help")
	ann.sees("* the agent's question #2 (Run it) was answered with Once (Olga)")
	ann.sees("* Olga set the mode to prompt_direct")
	host.sees("/quit")
	ann.types("a message that is not echoed", "/leave")
	require.NoError(t, ann.ends())
	require.NotContains(t, ann.out.String(), "ann: a message that")
	host.sees("* ann left")
	require.NoError(t, host.in.Close())
	require.NoError(t, host.ends())
	leaves := 0
	for _, r := range s.Seen() {
		if _, left := r.Command.(*protocol.Leave); left {
			leaves++
		}
	}
	require.Equal(t, 1, leaves, "a participant with an own link stays when the input ends")
}

func TestRun_prints_the_own_link(t *testing.T) {
	s := clienttest.New(t)
	p := start(t, s.InviteLink(), "ann", true)
	p.types("/quit")
	require.NoError(t, p.ends())
	_, rest, found := strings.Cut(p.out.String(), "parley join '")
	require.True(t, found)
	link, _, _ := strings.Cut(rest, "'")
	again := start(t, link, "", true)
	again.sees("* you are ann")
	again.stop()
	require.NoError(t, again.ends(), "an interrupt ends the client in order")
	require.Contains(t, again.out.String(), link)
}

func TestRun_reports_a_reconnection_once(t *testing.T) {
	s := clienttest.New(t)
	p := start(t, s.InviteLink(), "ann", true)
	p.sees("* you are ann")
	s.CloseAll(protocol.CloseRestarting)
	p.sees("* connected again\n")
	require.Equal(t, 1, strings.Count(p.out.String(), "connection is lost"))
	p.types("/quit")
	require.NoError(t, p.ends())
}

func TestRun_ends_with_the_session(t *testing.T) {
	s := clienttest.New(t)
	p := start(t, s.InviteLink(), "ann", true)
	p.sees("* you are ann")
	s.Emit(&protocol.SessionClosed{Status: protocol.StatusClosed})
	s.CloseAll(protocol.CloseSessionEnded)
	require.NoError(t, p.ends())
	require.Contains(t, p.out.String(), "* the session is closed\n")
}

func TestRun_reports_why_it_ended(t *testing.T) {
	s := clienttest.New(t)
	p := start(t, s.InviteLink(), "ann", true)
	p.sees("* you are ann")
	s.CloseAll(protocol.CloseRemoved)
	require.EqualError(t, p.ends(), "the host has removed you")

	wrong := strings.Replace(s.InviteLink(), "INVITE", "WRONG", 1)
	require.ErrorContains(t, start(t, wrong, "bob", true).ends(), "ask for a new link")
	nobody := start(t, "http://127.0.0.1:1/s/1f0c9c52-6d1e-4b7a-9a53-2f6a8b1c0d11#i=I", "bob", true)
	require.ErrorContains(t, nobody.ends(), "cannot reach http://127.0.0.1:1")
}

func TestRun_prints_no_control_characters_of_others(t *testing.T) {
	s := clienttest.New(t)
	p := start(t, s.InviteLink(), "ann", true)
	p.sees("* you are ann")
	mallory := start(t, s.InviteLink(), "mallory", true)
	mallory.types("\x1b[2J\x1b]0;owned\x07hi\u202e", "/quit")
	require.NoError(t, mallory.ends())
	p.sees("mallory: ⟨U+001B⟩[2J⟨U+001B⟩]0;owned⟨U+0007⟩hi⟨U+202E⟩\n  ! 4 characters cannot be seen and are marked above\n")
	p.types("/quit")
	require.NoError(t, p.ends())
	require.NotContains(t, p.out.String(), "\x1b")
}

func TestRun_warns_a_host_who_leaves(t *testing.T) {
	s := clienttest.New(t)
	host := start(t, s.HostLink(), "", true)
	ann := start(t, s.InviteLink(), "ann", true)
	host.sees("* ann joined (collaborator)")
	host.types("/leave")
	host.sees("open items stay open. Type /leave again to leave.")
	host.types("still here")
	ann.sees("Olga: still here")
	host.types("/leave")
	require.NoError(t, host.ends())
	require.Contains(t, host.out.String(), "parley join '"+s.HostLink(), "the link with which the host comes back")
	ann.sees("* the host has left: until the host is back, nobody can approve prompts or answer the agent")
	ann.types("/leave")
	require.NoError(t, ann.ends())
	require.Contains(t, ann.out.String(), "You can join again with the invite link")
}

func TestRun_warns_that_nobody_can_decide_only_in_an_active_session(t *testing.T) {
	host := protocol.Participant{ID: "p", Role: protocol.RoleHost, LeftAt: new(time.Now())}
	for status, want := range map[protocol.SessionStatus]string{
		protocol.StatusActive:  hostLeftNotice + "\n",
		protocol.StatusExpired: "",
		protocol.StatusClosed:  "",
	} {
		var out strings.Builder
		s := &session{screen: newScreen(&out, false, ledger.New())}
		s.warnHostLeft(client.Welcome{Welcome: protocol.Welcome{
			Session: protocol.Session{Status: status}, Participants: []protocol.Participant{host},
		}})
		require.Equal(t, want, out.String(), status)
	}
}
