package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
	"parley/protocol"
	"parley/protocol/client"
)

// Two thousand connections of every kind that makes a server hold memory do not crash a
// server with a limit of 500 MiB, and the host can still join and decide. Unless
// PARLEY_SOAK is set, both numbers are smaller.
func TestServe_hostile_connections_under_a_memory_limit_do_not_lock_out_the_host(t *testing.T) {
	t.Parallel()
	count, limit := 400, 200<<20
	if isSoak() {
		count, limit = 2000, 500<<20
	}
	h := newAttackTest(t, count, limit)
	begun := time.Now()
	most := h.attack(t, count)
	t.Logf("%d connections were opened within %s", count, time.Since(begun).Round(time.Millisecond))
	h.requireHostDecides(t)
	most = max(most, h.peakMemory(t, time.After(3*time.Second)))
	h.requireHostDecides(t)
	t.Logf("the server occupied at most %d MiB", most>>20)
	require.Less(t, most, limit)
	h.cancel()
	h.server.Stop(t)
}

// attackTest is a server, a session with many large messages, and hostile connections to
// it.
type attackTest struct {
	server      *e2e.Server
	session     e2e.Session
	guests      []e2e.Member
	pending     []string // ids of prompts that wait for approval
	cancel      context.CancelFunc
	ctx         context.Context
	connections sync.WaitGroup
}

func newAttackTest(t *testing.T, count, limit int) *attackTest {
	env := []string{fmt.Sprintf("GOMEMLIMIT=%d", limit*8/10)} // the rest is for memory outside the heap
	s := e2e.ServerConfig{Program: buildParley(t), Env: env, Data: t.TempDir(), Flags: []string{"--command-rate", "0", "--join-rate", "0"}}.Start(t)
	h := &attackTest{server: s, session: s.Share(t, s.StartAgent(t, "demo"), protocol.ModePromptWithApproval)}
	h.ctx, h.cancel = context.WithCancel(t.Context())
	t.Cleanup(func() {
		h.cancel()
		h.connections.Wait()
	})
	bad := "a" + strings.Repeat("\x02", 30<<10) + "b" // six times as long when encoded as JSON
	for i := range 40 {
		answer, err := h.session.PostMessage(t.Context(), h.session.Host, fmt.Sprint(i), bad)
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, answer.Status, "%s", answer.Body)
	}
	for i := range max(8, count/32) {
		h.guests = append(h.guests, h.session.Join(t, fmt.Sprint("guest ", i)))
	}
	for i := range 20 { // fill the space for pending prompts
		_, _ = h.session.Do(t.Context(), h.guests[i%8], fmt.Sprint("long ", i), &protocol.Prompt{Prompt: bad})
	}
	for i := range 3 {
		_, err := h.session.Do(t.Context(), h.guests[i], fmt.Sprint("short ", i), &protocol.Prompt{Prompt: "do it"})
		require.NoError(t, err)
	}
	w, err := h.session.Welcome(t.Context(), h.session.Host)
	require.NoError(t, err)
	for _, a := range w.Approvals {
		if a.Prompt == "do it" {
			h.pending = append(h.pending, a.ID)
		}
	}
	return h
}

// attack opens count hostile connections as fast as possible, and returns the peak memory
// of the server in the meantime.
func (h *attackTest) attack(t *testing.T, count int) (most int) {
	payloads := h.payloads()
	var next atomic.Int64
	var opening sync.WaitGroup
	for range 64 {
		opening.Go(func() {
			for n := int(next.Add(1)) - 1; n < count && h.ctx.Err() == nil; n = int(next.Add(1)) - 1 {
				h.connect(n, payloads[n%len(payloads)])
			}
		})
	}
	opened := make(chan time.Time) // closed when all connections have been opened
	go func() { opening.Wait(); close(opened) }()
	return h.peakMemory(t, opened)
}

// connect opens a connection that stays open until the test ends, and sends a payload. It
// reads nothing.
func (h *attackTest) connect(n int, payload func(n int) string) {
	conn, err := new(net.Dialer).DialContext(h.ctx, "tcp", h.server.Address)
	if err != nil {
		return // the connection was refused, or the test has ended
	}
	_ = conn.(*net.TCPConn).SetReadBuffer(2 << 10)
	h.connections.Go(func() {
		<-h.ctx.Done()
		_ = conn.Close()
	})
	_ = conn.SetWriteDeadline(time.Now().Add(2 * time.Second)) // the server may stop reading
	_, _ = conn.Write([]byte(payload(n)))
}

// payloads are the ways to make a server hold memory: requests that are never complete,
// and answers that are never read.
func (h *attackTest) payloads() []func(int) string {
	guest := func(n int) e2e.Member { return h.guests[n%len(h.guests)] }
	path := h.session.Path
	request := func(method, path, more string) string {
		return method + " " + path + " HTTP/1.1\r\nHost: " + h.server.Address + "\r\n" + more
	}
	get := func(path string) func(int) string {
		return func(n int) string {
			m := guest(n)
			return request("GET", path, "Authorization: Bearer "+m.Token+"\r\nParley-Participant: "+m.ID+"\r\n\r\n")
		}
	}
	post := func(command func(m e2e.Member) protocol.Command) func(int) string {
		return func(n int) string {
			m := guest(n)
			body := encodeCommand(command(m))
			return request("POST", path("/commands"), fmt.Sprintf("Authorization: Bearer %s\r\nParley-Participant: %s\r\n"+
				"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", m.Token, m.ID, len(body), body))
		}
	}
	const handshake = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
	socket := func(frames func(m e2e.Member) string) func(int) string {
		return func(n int) string { return request("GET", path("/ws"), handshake+"\r\n"+frames(guest(n))) }
	}
	resume := func(m e2e.Member) protocol.Command {
		return &protocol.Resume{ParticipantID: m.ID, ParticipantToken: m.Token, Recent: 200}
	}
	history := func(e2e.Member) protocol.Command { return &protocol.History{Limit: 500} }
	unfinished := frameHeader(1<<20) + strings.Repeat(" ", 1<<20-1)
	return []func(int) string{
		socket(func(m e2e.Member) string { return encodeFrame(encodeCommand(resume(m))) }), // requests much and reads nothing
		socket(func(m e2e.Member) string {
			return encodeFrame(encodeCommand(resume(m))) + strings.Repeat(encodeFrame(encodeCommand(history(m))), 50)
		}),
		socket(func(m e2e.Member) string { return encodeFrame(encodeCommand(resume(m))) + unfinished }),
		socket(func(e2e.Member) string { return frameHeader(64<<10) + strings.Repeat(" ", 64<<10-1) }), // an incomplete frame before the client joins
		func(int) string { return request("GET", path("/ws"), handshake) },
		func(int) string { return request("GET", path("/ws"), "X: "+strings.Repeat("x", 60<<10)) },
		get(path("/messages")),
		get(path("")),
		get(path("/archive")),
		get(path("/stream?since=none")),
		get(path("/events?limit=500&wait=60")),
		post(resume),
		post(history),
		func(n int) string { // an incomplete body
			return request("POST", path("/commands"), "Content-Type: application/json\r\nContent-Length: 1000000\r\n\r\n"+strings.Repeat(" ", 999_999))
		},
	}
}

func encodeCommand(c protocol.Command) string {
	b, err := protocol.EncodeRequest(protocol.Request{ID: uuid.NewString(), Command: c})
	if err != nil {
		panic(err)
	}
	return string(b)
}

// encodeFrame returns a text message with a mask of zeros.
func encodeFrame(payload string) string { return frameHeader(len(payload)) + payload }

func frameHeader(size int) string {
	header := binary.BigEndian.AppendUint64([]byte{0x81, 0x80 | 127}, uint64(size))
	return string(append(header, 0, 0, 0, 0))
}

// requireHostDecides joins as the host, as a browser does, fetches a long prompt in full,
// and approves another one.
func (h *attackTest) requireHostDecides(t *testing.T) {
	t.Helper()
	begun := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), e2e.Timeout)
	defer cancel()
	c, err := client.Open(ctx, h.session.HostLink(), client.Options{Recent: 200})
	require.NoError(t, err)
	defer c.Close()
	long := ""
	go func() { // ends with the client
		for range c.Notices() {
		}
	}()
	w, err := h.session.Welcome(ctx, h.session.Host)
	require.NoError(t, err)
	for _, a := range w.Approvals {
		if a.Truncated {
			long = a.ID
		}
	}
	require.NotEmpty(t, long)
	whole, err := c.WholeApproval(ctx, long)
	require.NoError(t, err)
	require.Greater(t, len(whole.Prompt), 30<<10)
	id := h.pending[0]
	h.pending = h.pending[1:]
	_, err = c.Approve(ctx, id, "")
	require.NoError(t, err)
	t.Logf("the host joined and approved a prompt within %s", time.Since(begun).Round(time.Millisecond))
}

// peakMemory returns the peak memory of the server until something is received from until.
func (h *attackTest) peakMemory(t *testing.T, until <-chan time.Time) (most int) {
	poll := time.NewTicker(20 * time.Millisecond)
	defer poll.Stop()
	for {
		select {
		case <-poll.C:
			most = max(most, h.server.ResidentMemory(t))
		case <-until:
			return most
		}
	}
}
