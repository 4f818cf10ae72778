package web_test

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

// rawSocket is a WebSocket connection of a client that may break every rule.
type rawSocket struct {
	t    *testing.T
	conn io.ReadWriteCloser
	r    *bufio.Reader
}

// rawDial opens a connection to a session, and resumes as p unless p is zero.
func (s *session) rawDial(t *testing.T, p person) *rawSocket {
	t.Helper()
	conn, err := s.w.client.Transport.(*http.Transport).DialContext(t.Context(), "", "")
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	_, err = fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", s.path("/ws"))
	require.NoError(t, err)
	c := &rawSocket{t: t, conn: conn, r: bufio.NewReader(conn)}
	res, err := http.ReadResponse(c.r, nil)
	require.NoError(t, err)
	require.Equal(t, http.StatusSwitchingProtocols, res.StatusCode)
	if p.ID != "" {
		line := commandLine("r", "resume", object{"participantId": p.ID, "participantToken": p.Token})
		_, err = conn.Write(frame(text, line))
		require.NoError(t, err)
		_, _, err = c.read()
		require.NoError(t, err)
	}
	return c
}

const (
	text   = 0x81
	ping   = 0x89
	pong   = 0x8a
	begins = 0x01 // the first frame of a longer text message
	goesOn = 0x00
)

// frame returns a masked frame, whose mask changes nothing.
func frame(first byte, payload string) []byte {
	b := []byte{first, 0x80 | 126}
	if len(payload) <= 125 {
		b[1] = 0x80 | byte(len(payload))
	} else {
		b = binary.BigEndian.AppendUint16(b, uint16(len(payload)))
	}
	return append(append(b, 0, 0, 0, 0), payload...)
}

// read returns the next frame's opcode and payload.
func (c *rawSocket) read() (opcode byte, payload []byte, err error) {
	var head [2]byte
	if _, err := io.ReadFull(c.r, head[:]); err != nil {
		return 0, nil, err
	}
	size := uint64(head[1])
	var more [8]byte
	switch head[1] {
	case 126:
		_, err = io.ReadFull(c.r, more[6:])
		size = binary.BigEndian.Uint64(more[:])
	case 127:
		_, err = io.ReadFull(c.r, more[:])
		size = binary.BigEndian.Uint64(more[:])
	}
	if err != nil {
		return 0, nil, err
	}
	payload = make([]byte, size)
	_, err = io.ReadFull(c.r, payload)
	return head[0] & 0xf, payload, err
}

// floods sends the same frame until the server closes the connection. It returns the
// close code, how often the frame was sent, and what was answered before.
func (c *rawSocket) floods(what []byte) (code, sent int, answers int) {
	c.t.Helper()
	written := later(0, func() {
		for {
			if _, err := c.conn.Write(what); err != nil {
				return
			}
			sent++
		}
	})
	const closing = 8
	for {
		opcode, payload, err := c.read()
		require.NoError(c.t, err)
		if opcode == closing {
			code = int(binary.BigEndian.Uint16(payload))
			_ = c.conn.Close()
			<-written
			return code, sent, answers
		}
		answers++
	}
}

// Frames without a command have a limit too, also before the first command.
func TestSocket_Floods(t *testing.T) {
	for name, what := range map[string][]byte{
		"pings":                       frame(ping, "are you there"),
		"pings without a payload":     frame(ping, ""),
		"pongs":                       frame(pong, "I am"),
		"empty messages":              frame(text, ""),
		"blank messages":              frame(text, " \n\r\n\t"),
		"pings within a message":      bytes.Join([][]byte{frame(begins, " "), frame(ping, ""), frame(goesOn|0x80, " ")}, nil),
		"pings within a long message": bytes.Join([][]byte{frame(begins, "{"), bytes.Repeat(frame(ping, ""), 500)}, nil),
		"ping commands":               frame(text, commandLine("1", "ping", nil)),
	} {
		for _, joined := range []bool{false, true} {
			t.Run(fmt.Sprint(name, ", joined ", joined), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					w := newBubble(t, func(s *setup) { s.web.CommandRate = 20 })
					s := w.share(protocol.ModeCommentOnly)
					var who person
					if joined {
						who = s.Host
					}
					begin := time.Now()
					code, sent, answers := s.rawDial(t, who).floods(what)
					require.Equal(t, protocol.CloseRateLimited, code)
					require.Less(t, sent, 1000, "the client may write some frames more while the connection is being closed")
					require.LessOrEqual(t, answers, 150)
					require.Less(t, time.Since(begin), protocol.FirstCommandTimeout)
					w.stop()
				})
			})
		}
	}
}

// Bytes without a command are read no faster than the limit, in frames of any size.
// A client that only checks whether the connection is alive is not slowed down.
func TestSocket_is_read_no_faster_than_the_limit(t *testing.T) {
	const bytesASecond, atOnce = 20 * 64 << 10, 60 * 64 << 10 // with the cost of frames
	for name, what := range map[string][]byte{
		"long messages": bytes.Join([][]byte{
			frame(begins, string(bytes.Repeat([]byte("\n"), 60_000))), frame(goesOn|0x80, commandLine("1", "typing", object{"active": true})),
		}, nil),
		"frames of a byte": bytes.Join([][]byte{
			frame(begins, " "), bytes.Repeat(frame(goesOn, " "), 2_000), frame(goesOn|0x80, commandLine("1", "typing", object{"active": true})),
		}, nil),
		"frames of none": bytes.Join([][]byte{
			frame(begins, ""), bytes.Repeat(frame(goesOn, ""), 2_000), frame(goesOn|0x80, commandLine("1", "typing", object{"active": true})),
		}, nil),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newBubble(t, func(s *setup) { s.web.CommandRate = 20 })
				s := w.share(protocol.ModeCommentOnly)
				c := s.rawDial(t, s.Host)
				go func() { _, _ = io.Copy(io.Discard, c.r) }()
				begin, n := time.Now(), 0
				for time.Since(begin) < 20*time.Second { // the next ping would get no pong
					_, err := c.conn.Write(what)
					require.NoError(t, err, "it is held back, and not cut off")
					n += len(what)
				}
				require.LessOrEqual(t, n, atOnce+21*bytesASecond)
				_ = c.conn.Close()
				w.stop()
			})
		})
	}
}

func TestSocket_that_pings_now_and_then_is_read_at_once(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newBubble(t, func(s *setup) { s.web.CommandRate = 20 })
		s := w.share(protocol.ModeCommentOnly).settle()
		c := s.rawDial(t, s.Host)
		answered := make(chan string, 1)
		go func() {
			for {
				switch opcode, payload, err := c.read(); {
				case err != nil:
					return
				case opcode == ping&0xf:
					_, _ = c.conn.Write(frame(pong, ""))
				case opcode == text&0xf && bytes.Contains(payload, []byte(`"pong"`)):
					answered <- string(payload)
				}
			}
		}()
		for range 100 {
			_, err := c.conn.Write(frame(ping, "x"))
			require.NoError(t, err)
			<-time.After(time.Second)
		}
		_, err := c.conn.Write(frame(text, commandLine("1", "ping", nil)))
		require.NoError(t, err)
		require.JSONEq(t, `{"type":"pong","id":"1"}`, <-answered)
		_ = c.conn.Close()
		w.stop()
	})
}

// A client that has not joined needs no long message.
func TestSocket_the_first_message_must_be_short(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModeCommentOnly)
	c := w.dial(s.ID)
	join := commandLine("1", "join", object{"inviteToken": s.Invite, "userId": "gil"})
	c.send(join + string(bytes.Repeat([]byte(" "), 64<<10-len(join))))
	c.welcome()
	c = w.dial(s.ID)
	c.send(join + string(bytes.Repeat([]byte(" "), 64<<10)))
	c.closed(protocol.CloseTooBig)
}

// Messages and bodies that are not finished take bounded memory in total. Short ones
// are still received.
func TestMemory_of_unfinished_messages_is_bounded(t *testing.T) {
	w := newWorld(t, func(s *setup) { s.web.MaxInbound = 512 << 10 })
	s := w.share(protocol.ModeCommentOnly)
	gil := s.join("gil", protocol.RoleCollaborator)
	long := strings.Repeat(" ", 300<<10)
	stalled := func(t *testing.T) net.Conn {
		conn, err := net.Dial("tcp", strings.TrimPrefix(w.url, "http://"))
		require.NoError(t, err)
		t.Cleanup(func() { _ = conn.Close() })
		_, err = fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
			s.path("/messages"), 1<<20, long)
		require.NoError(t, err)
		return conn
	}
	var stuck []net.Conn
	for range 3 {
		stuck = append(stuck, stalled(t))
	}
	body := `{"participantId":"` + gil.ID + `","participantToken":"` + gil.Token + `","text":"long"` + long + `}`
	say := func() reply { return w.call("POST", s.path("/messages"), body) }
	require.Eventually(t, func() bool { return say().status == http.StatusTooManyRequests }, testTimeout, 10*time.Millisecond)
	c, _ := s.connect(gil)
	c.send(commandLine("1", "ping", nil) + long)
	c.closed(protocol.CloseTryAgain)
	s.say(gil, "a short one gets through")
	for _, conn := range stuck {
		_ = conn.Close()
	}
	require.Eventually(t, func() bool { return say().status == http.StatusOK }, testTimeout, 10*time.Millisecond)
	c, _ = s.connect(gil)
	c.send(commandLine("1", "ping", nil) + long)
	require.Equal(t, &protocol.PongMessage{ID: "1"}, c.answer())
}

func TestSocket_that_does_not_finish_a_message_is_closed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newBubble(t)
		s := w.share(protocol.ModeCommentOnly)
		c := s.rawDial(t, s.Host)
		_, err := c.conn.Write(append([]byte{text, 0x80 | 126, 0x10, 0, 0, 0, 0, 0}, "{"...))
		require.NoError(t, err)
		begin := time.Now()
		for err == nil {
			_, _, err = c.read()
		}
		require.Less(t, time.Since(begin), 2*time.Minute)
		w.stop()
	})
}
