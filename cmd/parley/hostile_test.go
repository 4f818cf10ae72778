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

// Two thousand connections of every kind that could have a server hold memory do
// not end one that may take 500 MiB, and the host gets in and decides. Where the
// tests are to be quick there are a fifth of both.
func TestServe_hostile_connections_under_a_memory_limit_keep_no_host_out(t *testing.T) {
	t.Parallel()
	count, limit := 400, 200<<20
	if soak() {
		count, limit = 2000, 500<<20
	}
	h := newHostility(t, count, limit)
	begun := time.Now()
	most := h.attack(t, count)
	t.Logf("%d connections came within %s", count, time.Since(begun).Round(time.Millisecond))
	h.requireHostDecides(t)
	most = max(most, h.watch(t, time.After(3*time.Second)))
	h.requireHostDecides(t)
	t.Logf("the server occupied %d MiB at the most", most>>20)
	require.Less(t, most, limit)
	h.stop()
	h.server.Stop(t)
}

// hostility is a server, a room in which much was said, and those who mean harm.
type hostility struct {
	server  *e2e.Server
	session e2e.Session
	guests  []e2e.Member
	pending []string // ids of prompts that wait
	stop    context.CancelFunc
	life    context.Context
	going   sync.WaitGroup
}

func newHostility(t *testing.T, count, limit int) *hostility {
	env := []string{fmt.Sprintf("GOMEMLIMIT=%d", limit*8/10)} // the rest is for what is not of the heap
	s := e2e.ServerConfig{Program: buildParley(t), Env: env, Data: t.TempDir(), Flags: []string{"--command-rate", "0", "--join-rate", "0"}}.Start(t)
	h := &hostility{server: s, session: s.Share(t, s.StartAgent(t, "demo"), protocol.ModePromptWithApproval)}
	h.life, h.stop = context.WithCancel(t.Context())
	t.Cleanup(func() {
		h.stop()
		h.going.Wait()
	})
	bad := "a" + strings.Repeat("\x02", 30<<10) + "b" // six times as long in JSON
	for i := range 40 {
		answer, err := h.session.PostMessage(t.Context(), h.session.Host, fmt.Sprint(i), bad)
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, answer.Status, "%s", answer.Body)
	}
	for i := range max(8, count/32) {
		h.guests = append(h.guests, h.session.Join(t, fmt.Sprint("guest ", i)))
	}
	for i := range 20 { // what waits is as much as may wait
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

// attack lets that many connections come, as fast as they can, and returns what
// the server occupied at the most meanwhile.
func (h *hostility) attack(t *testing.T, count int) (most int) {
	attacks := h.attacks()
	var next atomic.Int64
	var coming sync.WaitGroup
	for range 64 {
		coming.Go(func() {
			for n := int(next.Add(1)) - 1; n < count && h.life.Err() == nil; n = int(next.Add(1)) - 1 {
				h.harm(n, attacks[n%len(attacks)])
			}
		})
	}
	come := make(chan time.Time) // closed when all have come
	go func() { coming.Wait(); close(come) }()
	return h.watch(t, come)
}

// harm opens a connection that stays until the test is over, and sends what it is
// about. It reads nothing.
func (h *hostility) harm(n int, attack func(n int) string) {
	conn, err := new(net.Dialer).DialContext(h.life, "tcp", h.server.Address)
	if err != nil {
		return // it was refused, or the test is over
	}
	_ = conn.(*net.TCPConn).SetReadBuffer(2 << 10)
	h.going.Go(func() {
		<-h.life.Done()
		_ = conn.Close()
	})
	_ = conn.SetWriteDeadline(time.Now().Add(2 * time.Second)) // the server may take no more
	_, _ = conn.Write([]byte(attack(n)))
}

// attacks are the ways to have a server hold memory: by sending what is never
// whole, and by asking for what is never read.
func (h *hostility) attacks() []func(int) string {
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
			body := line(command(m))
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
		socket(func(m e2e.Member) string { return frame(line(resume(m))) }), // asks for much, and reads nothing
		socket(func(m e2e.Member) string { return frame(line(resume(m))) + strings.Repeat(frame(line(history(m))), 50) }),
		socket(func(m e2e.Member) string { return frame(line(resume(m))) + unfinished }),
		socket(func(e2e.Member) string { return frameHeader(64<<10) + strings.Repeat(" ", 64<<10-1) }), // before it joins
		func(int) string { return request("GET", path("/ws"), handshake) },
		func(int) string { return request("GET", path("/ws"), "X: "+strings.Repeat("x", 60<<10)) },
		get(path("/messages")),
		get(path("")),
		get(path("/archive")),
		get(path("/stream?since=none")),
		get(path("/events?limit=500&wait=60")),
		post(resume),
		post(history),
		func(n int) string { // a body that never ends
			return request("POST", path("/commands"), "Content-Type: application/json\r\nContent-Length: 1000000\r\n\r\n"+strings.Repeat(" ", 999_999))
		},
	}
}

func line(c protocol.Command) string {
	b, err := protocol.EncodeRequest(protocol.Request{ID: uuid.NewString(), Command: c})
	if err != nil {
		panic(err)
	}
	return string(b)
}

// frame is a text message with a mask that changes nothing.
func frame(payload string) string { return frameHeader(len(payload)) + payload }

func frameHeader(size int) string {
	header := binary.BigEndian.AppendUint64([]byte{0x81, 0x80 | 127}, uint64(size))
	return string(append(header, 0, 0, 0, 0))
}

// requireHostDecides has the host come in, as with a browser, and approve a prompt
// after having had a long one whole.
func (h *hostility) requireHostDecides(t *testing.T) {
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
	t.Logf("the host came in and approved a prompt within %s", time.Since(begun).Round(time.Millisecond))
}

// watch returns what the server occupies at the most until something is received.
func (h *hostility) watch(t *testing.T, until <-chan time.Time) (most int) {
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for {
		select {
		case <-look.C:
			most = max(most, h.server.ResidentMemory(t))
		case <-until:
			return most
		}
	}
}
