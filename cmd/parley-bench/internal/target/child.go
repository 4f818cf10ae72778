package target

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

	"parley/cmd/parley-bench/internal/machine"
)

// child is a server process that was started for one run.
type child struct {
	url   *url.URL // immutable once startChild has returned, as debug
	debug string   // URL of its profiles, if it serves any
	cmd   *exec.Cmd
	done  chan struct{} // closed when the standard error of the process has been read to its end
	tail  tail
}

// readyTimeout is how long a server may take to report that it is ready.
const readyTimeout = 60 * time.Second

// Lines that servers log when they listen. That of profiles comes first.
var (
	ready    = regexp.MustCompile(`ready: (http://[^\s"]+)`)
	profiles = regexp.MustCompile(`profiles are at (http://[^\s"]+)`)
)

// startChild starts a server, pinned to the core for servers, and waits until it is
// ready.
func (l Lab) startChild(ctx context.Context, program string, args ...string) (*child, error) {
	c := &child{cmd: exec.Command(program, args...), done: make(chan struct{})}
	c.cmd.Env = append(slices.DeleteFunc(os.Environ(), isSetting), "PARLEY_CONFIG="+os.DevNull)
	c.cmd.SysProcAttr = machine.DieWithParent
	log, err := c.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := l.Pins.Start(c.cmd); err != nil {
		return nil, err
	}
	address := make(chan string, 1)
	go c.watch(log, address) // ends with the process; stop and kill wait for it
	select {
	case a, ok := <-address:
		if ok {
			c.url, err = url.Parse(a)
			return c, err
		}
		err = fmt.Errorf("the server did not start: %s", c.tail.String())
	case <-ctx.Done():
		err = ctx.Err()
	case <-time.After(readyTimeout):
		err = fmt.Errorf("the server is not ready after %s: %s", readyTimeout, c.tail.String())
	}
	c.kill()
	return nil, err
}

func isSetting(variable string) bool { return strings.HasPrefix(variable, "PARLEY_") }

// watch reads the log of the server. It sends the address of the server to address,
// and closes that when the log has ended.
func (c *child) watch(log io.Reader, address chan<- string) {
	defer close(c.done)
	defer close(address)
	found := false
	lines := bufio.NewScanner(log)
	for lines.Scan() {
		c.tail.add(lines.Text())
		if at := profiles.FindStringSubmatch(lines.Text()); at != nil && !found {
			c.debug = at[1] // read after a receive from address
		}
		if at := ready.FindStringSubmatch(lines.Text()); at != nil && !found {
			found = true
			address <- at[1]
		}
	}
	_, _ = io.Copy(io.Discard, log) // the scanner stops at a line that is too long
}

// stop stops the server in order, or kills it after half a minute.
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

// kill kills the server and waits for its end.
func (c *child) kill() {
	_ = c.cmd.Process.Kill()
	<-c.done
	_ = c.cmd.Wait()
}

// Use returns the processor time and memory that the server has used.
func (c *child) Use() (machine.Usage, error) { return machine.UsageOf(c.cmd.Process.Pid) }

// tail keeps the last five lines of a log, for error messages. It is safe for
// concurrent use.
type tail struct {
	mu    sync.Mutex
	lines []string
}

func (t *tail) add(line string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lines = append(t.lines[max(0, len(t.lines)-4):], line)
}

// String returns the lines, separated by semicolons.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.Join(t.lines, "; ")
}
