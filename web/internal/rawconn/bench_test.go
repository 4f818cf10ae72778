//go:build linux

package rawconn

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"
)

// Each benchmark compares one trick of this package with what the code would do
// without it, and reports how much less the trick costs, in percent. A trick whose
// benchmark reports less than 5 % is to be removed. doc.go has the results.

// compare runs both functions by turns, and reports the medians of what they return
// and the gain.
func compare(b *testing.B, unit string, with, without func() float64) {
	b.Helper()
	with() // warm up
	without()
	var costs [2][]float64
	for b.Loop() {
		costs[0] = append(costs[0], with())
		costs[1] = append(costs[1], without())
	}
	for i := range costs {
		slices.Sort(costs[i])
	}
	median := func(c []float64) float64 { return c[len(c)/2] }
	w, wo := median(costs[0]), median(costs[1])
	b.ReportMetric(0, "ns/op") // means nothing here
	b.ReportMetric(w, unit+"-with")
	b.ReportMetric(wo, unit+"-without")
	b.ReportMetric(100*(1-w/wo), "%gain")
}

// cpuTime returns what f takes of the process's processor time, in nanoseconds for
// each of n operations.
func cpuTime(n int, f func()) float64 {
	before := processTime()
	f()
	return float64(processTime()-before) / float64(n)
}

func processTime() int64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return u.Utime.Nano() + u.Stime.Nano()
}

// An event for each of many clients that keep up: written at once by the goroutine
// that has it, instead of by a goroutine of each connection.
func BenchmarkWriteAtOnce(b *testing.B) {
	const clients, events = 100, 20
	event := bytes.Repeat([]byte("e"), 300)
	group := newReceivers(b, clients)
	var written sync.WaitGroup
	var conns []*Conn
	var queues []chan []byte
	for _, n := range group.servers {
		conns = append(conns, New(n, timeout, func() {}))
		queue := make(chan []byte, events)
		queues = append(queues, queue)
		b.Cleanup(func() { close(queue) })
		go func() {
			for p := range queue {
				_, _ = n.Write(p)
				written.Done()
			}
		}()
	}
	run := func(writeAll func()) func() float64 {
		return func() float64 {
			cost := cpuTime(clients*events, func() {
				for range events {
					writeAll()
				}
			})
			group.drain(events * len(event))
			return cost
		}
	}
	compare(b, "ns", run(func() {
		for _, c := range conns {
			c.TryWrite(event)
		}
	}), run(func() {
		written.Add(clients)
		for _, q := range queues {
			q <- event
		}
		written.Wait()
	}))
}

// The system call of one write: past the scheduler, instead of syscall.Write.
func BenchmarkSendPastTheScheduler(b *testing.B) {
	const clients, events = 100, 20
	event := bytes.Repeat([]byte("e"), 300)
	group := newReceivers(b, clients)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	run := func(send func(fd uintptr, p []byte) (int, error)) func() float64 {
		call := func(fd uintptr) bool {
			_, err := send(fd, event)
			return err == nil
		}
		return func() float64 {
			cost := cpuTime(clients*events, func() {
				for range events {
					for _, raw := range group.raws {
						_ = raw.Write(call)
					}
				}
			})
			group.drain(events * len(event))
			return cost
		}
	}
	compare(b, "ns", run(send), run(func(fd uintptr, p []byte) (int, error) { return syscall.Write(int(fd), p) }))
}

// receivers are connections whose clients read only when they are told to.
type receivers struct {
	servers []net.Conn
	raws    []syscall.RawConn
	clients []net.Conn
	buf     []byte
}

func newReceivers(b *testing.B, n int) *receivers {
	r := &receivers{buf: make([]byte, 64<<10)}
	for range n {
		server, client := connect(b)
		r.servers = append(r.servers, server)
		r.raws = append(r.raws, rawSocket(server))
		r.clients = append(r.clients, client)
	}
	return r
}

// drain reads so many bytes from each connection.
func (r *receivers) drain(n int) {
	for _, c := range r.clients {
		for left := n; left > 0; {
			got, err := c.Read(r.buf[:min(left, len(r.buf))])
			if err != nil {
				panic(err)
			}
			left -= got
		}
	}
}

// The memory of a WebSocket that waits after a message: in a goroutine that has
// handed over to a new one, instead of in the same one.
func BenchmarkHandOver(b *testing.B) {
	compare(b, "B", inChild(b, "handover"), inChild(b, "stay"))
}

// The memory of a WebSocket that waits: with an input that holds a buffer only while
// it has bytes, instead of the buffers of net/http and of the library.
func BenchmarkInputWithoutBuffer(b *testing.B) {
	compare(b, "B", inChild(b, "handover"), inChild(b, "library"))
}

// childVariable is the environment variable that makes this test binary measure.
const childVariable = "RAWCONN_WAITING_BYTES"

// inChild returns a measurement of waitingBytes in a process of its own. In the same
// process one measurement would change the size with which the stacks of the next
// one begin.
func inChild(b *testing.B, kind string) func() float64 {
	return func() float64 {
		cmd := exec.CommandContext(b.Context(), os.Args[0], "-test.run", "TestMeasureWaitingBytes")
		cmd.Env = append(os.Environ(), childVariable+"="+kind)
		out, err := cmd.Output()
		require.NoError(b, err, string(out))
		first, _, _ := strings.Cut(string(out), "\n")
		bytes, err := strconv.ParseFloat(first, 64)
		require.NoError(b, err)
		return bytes
	}
}

// TestMeasureWaitingBytes measures for a benchmark, and prints the result.
func TestMeasureWaitingBytes(t *testing.T) {
	switch os.Getenv(childVariable) {
	case "handover":
		fmt.Println(waitingBytes(t, acceptSmall, true))
	case "stay":
		fmt.Println(waitingBytes(t, acceptSmall, false))
	case "library":
		fmt.Println(waitingBytes(t, acceptPlain, true))
	default:
		t.Skip("it is for the benchmarks")
	}
}

// reader reads a message from one WebSocket.
type reader interface {
	read() error
	wait() bool
}

// waitingBytes returns the memory, heap and stack, of each of many WebSockets that
// wait after a message.
func waitingBytes(b testing.TB, accept func(testing.TB, net.Conn) (reader, func()), handsOver bool) float64 {
	const conns = 500
	var servers, clients []net.Conn
	for range conns {
		server, client := connect(b)
		servers, clients = append(servers, server), append(clients, client)
	}
	before := memoryInUse()
	var waiting, ended sync.WaitGroup
	for i := range conns {
		waiting.Add(1)
		ended.Add(1)
		go func() {
			r, closeConn := accept(b, servers[i])
			if err := r.read(); err != nil {
				b.Error(err)
			}
			useStack()
			end := func() {
				waiting.Done()
				for r.wait() && r.read() == nil {
				}
				closeConn()
				ended.Done()
			}
			if handsOver {
				go end()
			} else {
				end()
			}
		}()
		_, err := clients[i].Write(clientFrame(final|opText, "a message"))
		require.NoError(b, err)
	}
	waiting.Wait()
	used := memoryInUse() - before
	for i := range conns {
		clients[i].Close()
	}
	ended.Wait()
	return float64(used) / conns
}

// useStack takes as much stack as a command does that is carried out.
//
//go:noinline
func useStack() {
	var room [6 << 10]byte
	touch(&room)
}

//go:noinline
func touch(*[6 << 10]byte) {}

// memoryInUse returns the bytes of the heap and of stacks, after collections that
// also shrink stacks.
func memoryInUse() int64 {
	for range 3 {
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc) + int64(m.StackInuse)
}

type smallReader struct{ ws *WebSocket }

func (r smallReader) wait() bool { return r.ws.Wait() }
func (r smallReader) read() error {
	message, err := r.ws.NextMessage()
	if err == nil {
		_, err = io.Copy(io.Discard, message)
	}
	return err
}

func acceptSmall(b testing.TB, n net.Conn) (reader, func()) {
	ws, err := Accept(&hijackedWriter{httptest.NewRecorder(), n}, upgradeRequest(), WebSocketOptions{
		Subprotocol: "parley", WriteTimeout: timeout, Flush: func() {}, Received: func(int) {},
		Ping: func() (bool, error) { return true, nil }, Pong: func() error { return nil },
	})
	if err != nil {
		b.Error(err)
	}
	return smallReader{ws}, ws.Close
}

// plainReader reads by the library alone.
type plainReader struct{ ws *websocket.Conn }

func (r plainReader) wait() bool { return true }
func (r plainReader) read() error {
	_, message, err := r.ws.Reader(context.Background())
	if err == nil {
		_, err = io.Copy(io.Discard, message)
	}
	return err
}

func acceptPlain(b testing.TB, n net.Conn) (reader, func()) {
	ws, err := websocket.Accept(&hijackedWriter{httptest.NewRecorder(), n}, upgradeRequest(), &websocket.AcceptOptions{Subprotocols: []string{"parley"}})
	if err != nil {
		b.Error(err)
	}
	return plainReader{ws}, func() { _ = ws.CloseNow() }
}
