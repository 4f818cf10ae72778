package bench

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// child is a server that was started for one run.
type child struct {
	url   *url.URL
	debug string // where its profiles are, if anywhere
	cmd   *exec.Cmd
	done  chan struct{} // closed when all it wrote was read
	tail  tail
}

// readyPatience is how long a server may take to say that it is ready.
const readyPatience = 60 * time.Second

// What servers print when they listen, the address of profiles first.
var (
	ready    = regexp.MustCompile(`ready: (http://[^\s"]+)`)
	profiles = regexp.MustCompile(`profiles are at (http://[^\s"]+)`)
)

// startChild starts this program again, pinned to the server's core, and waits
// until it is ready.
func startChild(ctx context.Context, l Lab, args ...string) (*child, error) {
	c := &child{cmd: exec.Command(l.Program, args...), done: make(chan struct{})}
	c.cmd.Env = append(slices.DeleteFunc(os.Environ(), isSetting), "PARLEY_CONFIG="+os.DevNull)
	c.cmd.SysProcAttr = dieWithParent
	log, err := c.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := l.Pins.start(c.cmd); err != nil {
		return nil, err
	}
	address := make(chan string, 1)
	go c.watch(log, address) // it ends with the process, for which stop waits
	select {
	case a, ok := <-address:
		if ok {
			c.url, err = url.Parse(a)
			return c, err
		}
		err = fmt.Errorf("the server did not start: %s", c.tail.String())
	case <-ctx.Done():
		err = ctx.Err()
	case <-time.After(readyPatience):
		err = fmt.Errorf("the server is not ready after %s: %s", readyPatience, c.tail.String())
	}
	c.kill()
	return nil, err
}

func isSetting(variable string) bool { return strings.HasPrefix(variable, "PARLEY_") }

// watch reads what the server logs.
func (c *child) watch(log io.Reader, address chan<- string) {
	defer close(c.done)
	defer close(address)
	found := false
	lines := bufio.NewScanner(log)
	for lines.Scan() {
		c.tail.add(lines.Text())
		if at := profiles.FindStringSubmatch(lines.Text()); at != nil && !found {
			c.debug = at[1] // read once address has been sent to
		}
		if at := ready.FindStringSubmatch(lines.Text()); at != nil && !found {
			found = true
			address <- at[1]
		}
	}
	_, _ = io.Copy(io.Discard, log) // a line that was too long
}

// stop ends the server in order.
func (c *child) stop() error {
	_ = c.cmd.Process.Signal(syscall.SIGTERM)
	late := time.AfterFunc(30*time.Second, func() { _ = c.cmd.Process.Kill() })
	defer late.Stop()
	<-c.done
	if err := c.cmd.Wait(); err != nil {
		return fmt.Errorf("the server ended with %w: %s", err, c.tail.String())
	}
	return nil
}

// kill ends the server at once.
func (c *child) kill() {
	_ = c.cmd.Process.Kill()
	<-c.done
	_ = c.cmd.Wait()
}

// use returns what the server has used of the machine.
func (c *child) use() (Use, error) { return useOf(c.cmd.Process.Pid) }

// tail keeps the last lines of a log, to explain what went wrong. It is safe
// for concurrent use.
type tail struct {
	mu    sync.Mutex
	lines []string
}

func (t *tail) add(line string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lines = append(t.lines[max(0, len(t.lines)-4):], line)
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.Join(t.lines, "; ")
}

// Use is what a process has used of the machine.
type Use struct {
	CPU time.Duration // user and system, of its own, not of its children
	RSS int           // bytes
}
