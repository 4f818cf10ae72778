//go:build unix

package console

import (
	"bytes"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/term"
)

// device is a pseudo-terminal with a Console at one end and the test at the other.
type device struct {
	t       *testing.T
	master  *os.File
	console *Console
	lines   chan Line // what Read returned; read closes it after the first error
	err     error     // that error

	mu  sync.Mutex
	out bytes.Buffer // guarded by mu: everything that was sent to the terminal
}

func open(t *testing.T, width, height int) *device {
	master, tty, err := pty.Open()
	require.NoError(t, err)
	require.NoError(t, pty.Setsize(master, &pty.Winsize{Cols: uint16(width), Rows: uint16(height)}))
	before, err := term.GetState(int(tty.Fd()))
	require.NoError(t, err)
	c, err := Open(tty, tty)
	require.NoError(t, err)
	d := &device{t: t, master: master, console: c, lines: make(chan Line, 100)}
	var work sync.WaitGroup
	work.Go(d.listen)
	work.Go(d.read)
	t.Cleanup(func() {
		c.Close()
		after, err := term.GetState(int(tty.Fd()))
		require.NoError(t, err)
		require.Equal(t, before, after, "Close leaves raw mode")
		d.types("\n") // ends a pending read of the terminal
		require.NoError(t, tty.Close())
		work.Wait()
		require.NoError(t, master.Close())
	})
	return d
}

func (d *device) listen() {
	buffer := make([]byte, 4096)
	for {
		n, err := d.master.Read(buffer)
		d.mu.Lock()
		d.out.Write(buffer[:n])
		d.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (d *device) read() {
	defer close(d.lines)
	for {
		line, err := d.console.Read()
		if err != nil {
			d.err = err
			return
		}
		d.lines <- line
	}
}

func (d *device) types(text string) {
	d.t.Helper()
	_, err := io.WriteString(d.master, text)
	require.NoError(d.t, err)
}

func (d *device) prints(text string) {
	_, err := io.WriteString(d.console, text)
	require.NoError(d.t, err)
}

func (d *device) shown() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.out.String()
}

func (d *device) sees(text string) {
	d.t.Helper()
	if !assert.Eventually(d.t, func() bool { return strings.Contains(d.shown(), text) }, 20*time.Second, time.Millisecond) {
		d.t.Fatalf("%q is not shown; the terminal shows %q", text, d.shown())
	}
}

func (d *device) next() string {
	d.t.Helper()
	select {
	case line, open := <-d.lines:
		require.True(d.t, open, "%v", d.err)
		return line.Text
	case <-time.After(time.Minute):
		d.t.Fatalf("Read returns no line; the terminal shows %q", d.shown())
		return ""
	}
}

func (d *device) ends() error {
	d.t.Helper()
	select {
	case line, open := <-d.lines:
		require.False(d.t, open, "%v", line)
	case <-time.After(time.Minute):
		d.t.Fatal("Read does not end")
	}
	return d.err
}

func TestConsole_reads_lines(t *testing.T) {
	d := open(t, 80, 24)
	d.sees("\x1b[?2004h")
	d.types("hellp\x7fo 👩‍👩‍👧\x7f👍\r")
	require.Equal(t, "hello 👍", d.next())
	d.sees("> hello 👍\r\n")
	d.types("\r")
	require.Equal(t, "", d.next())
	d.types("x")
	d.sees("> x")
	d.types("\x7f\x04")
	require.Equal(t, io.EOF, d.ends())
}

func TestConsole_interrupts(t *testing.T) {
	d := open(t, 80, 24)
	d.types("half a li\x03")
	require.Equal(t, ErrInterrupted, d.ends())
}

func TestConsole_reads_a_paste_as_one_line(t *testing.T) {
	d := open(t, 80, 24)
	d.types("/prompt \x1b[200~Fix this:\r\n/approve\r/allow\r\x1b[201~")
	d.sees("  /allow")
	d.types("\r")
	require.Equal(t, "/prompt Fix this:\n/approve\n/allow\n", d.next())
	d.types("a terminal without bracketed paste:\n/approve\n/mode prompt_direct\n")
	require.Equal(t, "a terminal without bracketed paste:\n/approve\n/mode prompt_direct", d.next())
	large := strings.Repeat("a large paste arrives in chunks\n", 1_000) + "/allow"
	for rest := large + "\n"; rest != ""; {
		n := min(1024, len(rest))
		if end := strings.LastIndexByte(rest[:n], '\n') + 1; end > 0 {
			n = end // each chunk ends with a line end
		}
		d.types(rest[:n])
		rest = rest[n:]
	}
	require.Equal(t, large, d.next())
}

func TestConsole_reads_lines_that_are_typed_ahead_one_by_one(t *testing.T) {
	d := open(t, 80, 24)
	for _, line := range []string{"one", "two", "three"} {
		d.types(line + "\r")
		require.Equal(t, line, d.next())
	}
}

func TestConsole_reads_lines_that_are_longer_than_a_terminal_allows(t *testing.T) {
	d := open(t, 80, 24)
	text := strings.Repeat("0123456789", 2_000)
	d.types(text)
	d.types("\r")
	require.Equal(t, text, d.next())
	pasted := strings.Repeat("a line of a paste\n", 10_000)
	d.types(pasteBegin + strings.ReplaceAll(pasted, "\n", "\r") + pasteEnd)
	d.types("\r")
	require.Equal(t, pasted, d.next())
}

func TestConsole_shows_output_above_the_input_line(t *testing.T) {
	d := open(t, 20, 10)
	d.types("typing")
	d.sees("> typing")
	d.prints("agent: Hel")
	d.sees("agent: Hel\r\n> typing")
	d.prints("lo\n")
	d.sees("agent: Hello\r\n> typing")
	d.prints("a long line is broken between words\n")
	d.sees("a long line is \r\n    broken between \r\n    words\r\n> typing")
	d.types("\r")
	require.Equal(t, "typing", d.next())
}

func TestConsole_redraws_only_the_last_row_of_an_unfinished_line(t *testing.T) {
	d := open(t, 20, 10)
	d.types("typing")
	d.sees("> typing")
	d.prints("\x1b[2m" + strings.Repeat("y", 1000))
	d.sees("\x1b[2m    yyyyyy\r\n> typing")
	d.console.mu.Lock()
	require.Less(t, len(d.console.partial), 40)
	require.Len(t, d.console.drawn, 2)
	d.console.mu.Unlock()
	d.prints("yyy\n\x1b[0m")
	d.sees("\x1b[2m    yyyyyyyyy\x1b[0m\r\n> typing")
}

func TestConsole_shows_output_above_a_long_input_line(t *testing.T) {
	d := open(t, 80, 24)
	d.types(pasteBegin + strings.Repeat("a line of a paste\r", 50_000) + pasteEnd)
	d.sees("… 49991 more rows above")
	for range 2_000 {
		d.prints("word ")
	}
	d.prints("\nend\n")
	d.sees("end\r\n")
	d.types("\r")
	require.Len(t, d.next(), 50_000*len("a line of a paste\n"))
}

func TestConsole_erases_as_many_rows_as_a_narrower_terminal_shows(t *testing.T) {
	d := open(t, 41, 10)
	d.types(strings.Repeat("x", 70))
	d.sees("\x1b[34C")
	require.NoError(t, pty.Setsize(d.master, &pty.Winsize{Cols: 21, Rows: 10}))
	d.prints("hi\n")
	d.sees("\r\x1b[2A\x1b[Jhi\r\n") // the terminal shows the row of 40 columns as two rows
}

func TestConsole_after_Close_writes_to_the_terminal_unchanged(t *testing.T) {
	d := open(t, 20, 10)
	d.prints("unfinished")
	d.console.Close()
	d.sees("\x1b[Junfinished\r\n\x1b[?2004l")
	d.prints("a line that is longer than the terminal\n")
	d.sees("a line that is longer than the terminal\r\n")
}

func TestTab_completes_the_line_as_far_as_the_candidates_agree(t *testing.T) {
	d := open(t, 80, 24)
	d.console.SetCompleter(func(before string) Completion {
		if !strings.HasPrefix(before, "say /re") {
			return Completion{}
		}
		found := []Candidate{{Text: "/review ", Note: "reads\neverything\x1b[2J"}, {Text: "/revert "}}
		if strings.HasPrefix(before, "say /revi") {
			found = found[:1]
		}
		return Completion{From: len("say "), Candidates: found}
	})
	d.types("say /re")
	d.types("\t")
	d.sees("say /rev")
	d.types("\t") // they agree no further, so they are listed
	d.sees("/revert")
	d.sees("/review  reads everything⟨U+001B⟩[2J")
	d.types("i\t")
	d.sees("say /review ")
	d.types("it\r")
	require.Equal(t, "say /review it", (<-d.lines).Text)
	d.types("nothing\t")
	d.sees("> nothing")
	d.types("\r")
	require.Equal(t, "nothing", (<-d.lines).Text)
	d.types("a\tb\r")
	require.Equal(t, "a\tb", (<-d.lines).Text, "a tab in a paste is text")
}
