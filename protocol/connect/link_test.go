package connect_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/protocol/connect"
)

// end is one end of a connection in a test: it processes what it takes when it is told to.
type end struct {
	stream *connect.Stream
	put    []string // what it has put
	got    []string // what it has processed
	inbox  []connect.Frame
	last   uint64 // the number of the newest frame that it has processed, which a restart does not lose
}

// link is two ends and the messages that are on their way between them.
type link struct {
	t      require.TestingT
	ends   [2]*end
	limit  int
	onWire [2][][]byte // to the end with the index
}

func newLink(t require.TestingT, limit int) *link {
	l := &link{t: t, limit: limit}
	for i := range l.ends {
		l.ends[i] = &end{stream: connect.NewStream(limit)}
	}
	l.connect()
	return l
}

// put puts a line at an end, and reports whether there was room.
func (l *link) put(i int, text string) bool {
	e := l.ends[i]
	if _, ok := e.stream.Put(connect.TypeLine, []byte(text)); !ok {
		return false
	}
	e.put = append(e.put, text)
	return true
}

// send puts the next message of an end on the wire, and reports whether there was one.
func (l *link) send(i int) bool {
	f, ok := l.ends[i].stream.Next()
	if ok {
		l.onWire[1-i] = append(l.onWire[1-i], f.Encode())
	}
	return ok
}

// deliver delivers the oldest message on the wire to an end.
func (l *link) deliver(i int) bool {
	if len(l.onWire[i]) == 0 {
		return false
	}
	message := l.onWire[i][0]
	l.onWire[i] = l.onWire[i][1:]
	f, err := connect.Decode(message)
	require.NoError(l.t, err)
	fresh, err := l.ends[i].stream.Take(f)
	require.NoError(l.t, err)
	if fresh {
		l.ends[i].inbox = append(l.ends[i].inbox, f)
	}
	return true
}

// process processes the oldest frame that an end has taken.
func (l *link) process(i int) bool {
	e := l.ends[i]
	if len(e.inbox) == 0 {
		return false
	}
	f := e.inbox[0]
	e.inbox = e.inbox[1:]
	if f.Number > e.last { // else it was sent again, since the acknowledgement was lost in a restart
		e.got, e.last = append(e.got, string(f.Body)), f.Number
	}
	e.stream.Processed(f.Number)
	return true
}

// cut breaks the connection: what is on the wire is lost.
func (l *link) cut() {
	l.onWire = [2][][]byte{}
	for _, e := range l.ends {
		e.stream.Disconnect()
	}
}

// restart breaks the connection, and lets the server, which is the second end, lose its memory
// but for what it has put and what it has processed.
func (l *link) restart() {
	l.cut()
	connector, server := l.ends[0].stream, l.ends[1]
	server.stream, server.inbox = connect.RestoreStream(l.limit, connector.Taken(), connector.Acknowledged()), nil
	for _, text := range server.put[connector.Taken():] {
		server.stream.Force(connect.TypeLine, []byte(text))
	}
}

// connect begins a connection, on which each end says what it has.
func (l *link) connect() {
	for i, e := range l.ends {
		require.NoError(l.t, e.stream.Connect(l.ends[1-i].stream.Taken()))
	}
}

// step does everything that can be done once, and reports whether there was something.
func (l *link) step() (some bool) {
	for i := range l.ends {
		for _, act := range []func(int) bool{l.send, l.deliver, l.process} {
			some = act(i) || some
		}
	}
	return some
}

// settle runs until nothing is left to do.
func (l *link) settle() {
	for l.step() {
	}
}

// requireExact requires that each end has processed what the other has put, once and in
// order, and that nothing is kept.
func (l *link) requireExact() {
	for i, e := range l.ends {
		require.Equal(l.t, strings.Join(l.ends[1-i].put, "\n"), strings.Join(e.got, "\n"))
		frames, bytes := e.stream.Kept()
		require.Zero(l.t, frames)
		require.Zero(l.t, bytes)
	}
}

// turn is a recorded turn: the lines of the agent (a), and of the server (s).
var turn = func() (lines []string) {
	lines = append(lines, `s{"id":3,"method":"session/prompt"}`)
	for i := range 12 {
		lines = append(lines, fmt.Sprintf(`a{"method":"session/update","n":%d}`, i))
	}
	lines = append(lines, `a{"id":7,"method":"session/request_permission"}`, `s{"id":7,"result":{}}`)
	for i := range 5 {
		lines = append(lines, fmt.Sprintf(`a{"method":"session/update","n":%d}`, 12+i))
	}
	return append(lines, `a{"id":3,"result":{"stopReason":"end_turn"}}`)
}()

// play plays the recorded turn, and calls between after every single step.
func play(l *link, between func()) {
	for _, line := range turn {
		i := 0
		if line[0] == 's' {
			i = 1
		}
		require.True(l.t, l.put(i, line))
		for _, act := range []func() bool{
			func() bool { return l.send(i) }, func() bool { return l.deliver(1 - i) }, func() bool { return l.process(1 - i) },
			func() bool { return l.send(1 - i) }, func() bool { return l.deliver(i) },
		} {
			act()
			between()
		}
	}
	l.settle()
	l.requireExact()
}

func TestStream_survives_a_cut_or_a_restart_of_the_server_after_every_step_of_a_turn(t *testing.T) {
	steps := 0
	play(newLink(t, 1<<20), func() { steps++ })
	require.Equal(t, 5*len(turn), steps)
	for _, fault := range []func(*link){(*link).cut, (*link).restart} {
		for cutAfter := range steps {
			l, step := newLink(t, 1<<20), 0
			play(l, func() {
				if step == cutAfter {
					fault(l)
					l.connect()
				}
				step++
			})
		}
	}
}

func TestStream_survives_a_fault_after_every_step(t *testing.T) {
	for _, fault := range []func(*link){(*link).cut, (*link).restart} {
		l := newLink(t, 1<<20)
		play(l, func() {
			fault(l)
			l.connect()
		})
	}
}

func TestStream_carries_a_backlog_of_ten_thousand_frames(t *testing.T) {
	l := newLink(t, 64<<20)
	l.cut()
	for i := range 10_000 {
		require.True(t, l.put(0, fmt.Sprint(i)))
	}
	l.connect()
	for range 3_000 {
		l.send(0)
		l.deliver(1)
	}
	l.cut() // nothing of it was processed
	l.connect()
	l.settle()
	l.requireExact()
}
