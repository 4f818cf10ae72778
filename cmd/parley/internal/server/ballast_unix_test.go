//go:build unix

package server

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"parley/protocol"
	"parley/web"
)

// BenchmarkBallast measures a message in a room of 100, with and without the ballast. The
// figure to compare is the processor time, which the clients share.
func BenchmarkBallast(b *testing.B) {
	for _, name := range []string{"with", "without"} {
		b.Run(name, func(b *testing.B) {
			s, err := Start(b.Context(), Config{
				Listen: "127.0.0.1:0", Data: b.TempDir(), LogLevel: "error", LogFormat: "console",
				Web: web.Options{CommandRate: -1, JoinRate: -1},
			})
			require.NoError(b, err)
			defer func() { require.NoError(b, s.Stop()) }()
			if name == "without" {
				s.ballast.bytes = nil
				runtime.GC()
			}
			r := newBenchRoom(b, s, 100)
			defer r.close()
			before := processorTime(b)
			b.ResetTimer()
			r.talk(b, b.N)
			b.ReportMetric(float64(processorTime(b)-before)/float64(b.N)/float64(time.Microsecond), "cpu-µs/op")
		})
	}
}

// processorTime returns the user and system time that this process has used.
func processorTime(b *testing.B) time.Duration {
	var use unix.Rusage
	require.NoError(b, unix.Getrusage(unix.RUSAGE_SELF, &use))
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}

// benchRoom is a shared session with connected participants.
type benchRoom struct {
	speaker *websocket.Conn
	cancel  context.CancelFunc
	reading sync.WaitGroup // a goroutine for each listener; close ends them and waits
}

func newBenchRoom(b *testing.B, s *Server, people int) *benchRoom {
	host := &protocol.CreateHostSession{Agent: "demo"}
	require.NoError(b, host.Normalize())
	session, err := s.Hub().CreateHost(b.Context(), host, "")
	require.NoError(b, err)
	shared := &protocol.CreateSharedSession{HostSessionID: session.ID, HostUserID: "host"}
	require.NoError(b, shared.Normalize())
	created, err := s.Hub().CreateShared(b.Context(), shared, "")
	require.NoError(b, err)
	ctx, cancel := context.WithCancel(b.Context())
	r := &benchRoom{cancel: cancel}
	for i := range people {
		conn, _, err := websocket.Dial(ctx, "ws"+s.URL()[len("http"):]+"/api/shared-sessions/"+created.Session.ID+"/ws",
			&websocket.DialOptions{Subprotocols: []string{protocol.Subprotocol}})
		require.NoError(b, err)
		conn.SetReadLimit(-1)
		join := &protocol.Join{InviteToken: created.InviteToken, UserID: fmt.Sprint("user ", i)}
		require.NoError(b, conn.Write(ctx, websocket.MessageText, encode(b, "join", join)))
		_, _, err = conn.Read(ctx) // the welcome
		require.NoError(b, err)
		if r.speaker = conn; i < people-1 {
			r.reading.Go(func() { discard(ctx, conn) })
		}
	}
	return r
}

// discard reads from a connection until it ends.
func discard(ctx context.Context, conn *websocket.Conn) {
	for {
		_, message, err := conn.Reader(ctx)
		if err != nil {
			return
		}
		_, _ = io.Copy(io.Discard, message)
	}
}

func (r *benchRoom) close() {
	r.cancel()
	_ = r.speaker.CloseNow()
	r.reading.Wait()
}

// talk sends n messages, of which at most 32 are in flight, and waits for their events.
func (r *benchRoom) talk(b *testing.B, n int) {
	const inFlight = 32
	event := []byte(`"type":"message_created"`)
	for sent, received := 0, 0; received < n; {
		for ; sent < n && sent-received < inFlight; sent++ {
			line := encode(b, fmt.Sprint(sent), &protocol.Chat{Text: "a message of the usual length, more or less"})
			require.NoError(b, r.speaker.Write(b.Context(), websocket.MessageText, line))
		}
		_, message, err := r.speaker.Read(b.Context())
		require.NoError(b, err)
		received += bytes.Count(message, event)
	}
}

func encode(b *testing.B, id string, c protocol.Command) []byte {
	line, err := protocol.EncodeRequest(protocol.Request{ID: id, Command: c})
	require.NoError(b, err)
	return line
}
