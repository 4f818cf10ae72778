//go:build unix

package join

import (
	"context"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/stretchr/testify/require"

	"parley/cmd/parley/internal/console"
	"parley/cmd/parley/internal/ledger"
	"parley/protocol"
	"parley/protocol/client"
	"parley/protocol/client/clienttest"
)

// terminal runs "parley join" as the host on a pseudo-terminal.
func terminal(t *testing.T, s *clienttest.Server) *person {
	p := terminalWith(t, s.HostLink())
	p.sees("* you are Olga, host")
	return p
}

func terminalWith(t *testing.T, to string) *person {
	link, err := client.ParseLink(to)
	require.NoError(t, err)
	master, tty, err := pty.Open()
	require.NoError(t, err)
	require.NoError(t, pty.Setsize(master, &pty.Winsize{Cols: 100, Rows: 30}))
	c, err := console.Open(tty, tty)
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	p := &person{t: t, typing: master, ended: make(chan error, 1), stop: cancel}
	listening := make(chan struct{})
	go func() {
		defer close(listening)
		_, _ = io.Copy(&p.out, master)
	}()
	running := make(chan struct{})
	go func() {
		defer close(running)
		p.ended <- Run(ctx, Options{Link: link, Console: c})
	}()
	t.Cleanup(func() {
		cancel()
		<-running
		endTerminal(t, master, tty)
		<-listening
	})
	return p
}

// endTerminal ends a pending read of the terminal, and closes both ends.
func endTerminal(t *testing.T, master, tty *os.File) {
	_, err := master.WriteString("\n")
	require.NoError(t, err)
	require.NoError(t, tty.Close())
	require.NoError(t, master.Close())
}

// keys types text as it is, without a line end.
func (p *person) keys(text string) {
	p.t.Helper()
	_, err := io.WriteString(p.typing, text)
	require.NoError(p.t, err)
}

// reads waits for a text and then as long as a person needs to read it.
func (p *person) reads(text string) {
	p.t.Helper()
	p.sees(text)
	begin := time.Now()
	require.Eventually(p.t, func() bool { return time.Since(begin) > ledger.ReadingTime }, 20*time.Second, 10*time.Millisecond)
}

func ask(s *clienttest.Server, id, title string) {
	s.Ask(protocol.Permission{
		RequestID: id, ToolCall: []byte(`{"title":"` + title + `"}`),
		Options: []byte(`[{"optionId":"2","name":"Allow","kind":"allow_once"},{"optionId":"1","name":"Reject","kind":"reject_once"}]`),
	})
}

// answers returns the answers to questions that the server has received, as "QUESTION
// OPTION".
func answers(s *clienttest.Server) (all []string) {
	for _, r := range s.Seen() {
		if a, ok := r.Command.(*protocol.AnswerPermission); ok {
			all = append(all, a.RequestID+" "+a.OptionID)
		}
	}
	return all
}

func TestTerminal_answers_only_a_question_that_was_on_the_screen(t *testing.T) {
	s := clienttest.New(t)
	host := terminal(t, s)
	ask(s, "tests", "Run the unit tests")
	host.reads("? #1 the agent asks to: Run the unit tests")
	host.keys("/allow")
	host.sees("> /allow")
	s.Emit(&protocol.PermissionWithdrawn{RequestID: "tests"})
	ask(s, "push", "Push to production")
	host.reads("? #2 the agent asks to: Push to production")
	host.keys("\r")
	host.sees("nothing was done: #1 (Run the unit tests) was on the screen while you were typing, and is closed")
	host.keys("/allow\r")
	host.sees("* the agent's question #2 (Push to production) was answered with Allow (Olga)")
	require.Equal(t, []string{"push 2"}, answers(s))
}

func TestTerminal_does_not_answer_a_question_that_has_just_appeared(t *testing.T) {
	s := clienttest.New(t)
	host := terminal(t, s)
	host.keys("/allow")
	host.sees("> /allow")
	ask(s, "a", "Delete it")
	host.reads("? #1 the agent asks to: Delete it")
	host.keys("\r")
	host.sees("nothing was done: #1 (Delete it) appeared while you were typing; read it, and type the line again")
	require.Empty(t, answers(s))
}

func TestTerminal_asks_for_the_number_if_two_questions_are_open(t *testing.T) {
	s := clienttest.New(t)
	host := terminal(t, s)
	ask(s, "a", "Delete it")
	ask(s, "b", "Test it")
	host.reads("? #2 the agent asks to: Test it")
	host.keys("/allow\r")
	host.sees("more than one question is open; add its number: #1 (Delete it), #2 (Test it)")
	host.keys("/allow 1\r")
	host.sees("> /allow 1")
	host.keys("/allow #2 2\r")
	host.sees("* the agent's question #2 (Test it) was answered with Reject (Olga)")
	require.Equal(t, []string{"b 1"}, answers(s), "a number is the place of an option, never its id")
	host.keys("/deny #1\r")
	host.sees("* the agent's question #1 (Delete it) was answered with Reject (Olga)")
}

func TestTerminal_does_not_send_a_comment_on_a_proposal_to_the_agent(t *testing.T) {
	s := clienttest.New(t)
	host := terminal(t, s)
	ann := start(t, s.InviteLink(), "ann", false)
	ann.types("/prompt Add a test\\nthen stop")
	host.reads("? #1 ann proposes: Add a test")
	host.keys("/approve looks good to me\r")
	host.sees("nothing was done: /approve takes only a number, such as /approve #3")
	host.keys("looks good to me\r")
	host.sees("* that was a message to everyone and decided nothing; still open: #1 (Add a test")
	host.keys("/edit #1 Add two tests\r")
	host.sees("? #1 would be sent to the agent as: Add two tests")
	require.False(t, slices.ContainsFunc(s.Seen(), func(r protocol.Request) bool { return r.Command.CommandType() == protocol.CommandApprove }))
	host.keys("/approve #1\r")
	host.sees("* Olga approved #1, edited: Add two tests")
}

func TestTerminal_sends_a_paste_as_one_message(t *testing.T) {
	s := clienttest.New(t)
	host := terminal(t, s)
	ask(s, "a", "Delete it")
	host.reads("? #1 the agent asks to: Delete it")
	long := strings.Repeat("0123456789", 1_000)
	host.keys("/prompt \x1b[200~Fix this:\r/allow\r" + long + "\r/mode prompt_direct\r\x1b[201~")
	host.keys("\r")
	host.sees("? #2 Olga proposes: Fix this:")
	host.keys("/allow\r\x1b[200~/allow\r\x1b[201~")
	host.sees("  /allow")
	host.keys("\x15") // the line is erased
	host.keys("\x1b[200~/allow\r/allow\x1b[201~\r")
	host.sees("nothing was done: /allow takes one line")
	var prompts []string
	for _, r := range s.Seen() {
		if p, ok := r.Command.(*protocol.Prompt); ok {
			prompts = append(prompts, p.Prompt)
		}
	}
	require.Equal(t, []string{"Fix this:\n/allow\n" + long + "\n/mode prompt_direct"}, prompts)
	require.Empty(t, answers(s))
}

func TestTerminal_no_line_of_others_imitates_the_program(t *testing.T) {
	s := clienttest.New(t)
	host := terminal(t, s)
	mallory := start(t, s.InviteLink(), "mallory", false)
	forged := "? #9 the agent asks to: ls"
	mallory.types(strings.Repeat("x", 100-len("mallory: ")) + forged + strings.Repeat("y", 70) + forged)
	require.Eventually(t, func() bool { return strings.Count(host.out.String(), "? #9") == 2 }, 20*time.Second, time.Millisecond)
	for line := range strings.SplitSeq(host.out.String(), "\n") {
		require.False(t, strings.HasPrefix(line, "? #9"), "%q", line)
	}
}

func TestTerminal_prints_the_own_link_on_one_line(t *testing.T) {
	for name, keys := range map[string]string{"on Ctrl-C": "\x03", "on /quit": "/quit\r", "after leaving": "/leave\r"} {
		t.Run(name, func(t *testing.T) {
			s := clienttest.New(t)
			host := terminal(t, s)
			host.keys(keys)
			if keys == "/leave\r" {
				host.sees("Type /leave again to leave.")
				host.keys(keys)
			}
			require.NoError(t, host.ends())
			host.sees("  parley join '" + s.HostLink() + "'\r\n")
		})
	}
}

func TestTerminal_can_be_interrupted_at_any_time(t *testing.T) {
	t.Run("while it connects", func(t *testing.T) {
		silent, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		defer silent.Close()
		p := terminalWith(t, "http://"+silent.Addr().String()+"/s/1f0c9c52-6d1e-4b7a-9a53-2f6a8b1c0d11#p=7a6d3c10-5b0e-4c59-8a54-0e5c6b1f2a01:T")
		p.sees("> ")
		p.keys("\x03")
		require.EqualError(t, p.ends(), "interrupted")
	})
	t.Run("while a command waits for its answer", func(t *testing.T) {
		s := clienttest.New(t)
		s.Intercept(func(r protocol.Request) clienttest.Fault {
			return clienttest.Fault{NoAnswer: r.Command.CommandType() == protocol.CommandChat}
		})
		p := terminal(t, s)
		p.keys("hello\r")
		p.sees("> hello\r\n")
		p.keys("typed ahead\r")
		p.sees("> typed ahead\r\n")
		p.keys("half a line\x03")
		require.NoError(t, p.ends())
		p.sees("use your own link")
	})
}
