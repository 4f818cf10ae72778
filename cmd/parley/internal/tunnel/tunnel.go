package tunnel

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"go.uber.org/zap"

	"parley/hub/agent/supervisor"
	"parley/hub/agent/wire"
)

const (
	// startTimeout is how long a program may take to print its address.
	startTimeout = time.Minute
	// maxLine is the most bytes of a line that are looked at.
	maxLine = 4 << 10
	// lastLines is how many lines of a program that fails are shown.
	lastLines = 5
	// maxShown is the most bytes of each.
	maxShown = 300
)

// Tunnel is a running tunnel.
type Tunnel struct {
	// immutable
	URL  string // the public address, without a slash at its end
	Name string // of the program

	child *supervisor.Child
	done  chan struct{} // closed when the program has ended
	err   error         // why; read after done is closed
}

// Spec says which program makes a port reachable.
type Spec struct {
	Name string // of the program
	Host string // for ssh, the host that forwards a port; otherwise empty
}

// Parse parses the value of a flag, such as "ssh example.com". Its error is for people.
func Parse(value string) (Spec, error) {
	name, host := "", ""
	words := strings.Fields(value)
	if len(words) > 0 && words[0] != "auto" {
		name = words[0]
	}
	p, found := find(name)
	switch {
	case !found && name == "":
		return Spec{}, errors.New("none of cloudflared, tailscale and ngrok is installed; install one, or name a host: ssh HOST")
	case !found:
		return Spec{}, fmt.Errorf("%q is none of cloudflared, tailscale, ngrok and ssh HOST", name)
	case p.needsHost && len(words) != 2 || len(words) > 1 && strings.HasPrefix(words[1], "-"):
		return Spec{}, errors.New("name the host: ssh HOST")
	case !p.needsHost && len(words) > 1:
		return Spec{}, fmt.Errorf("%s takes nothing after its name", name)
	case p.needsHost:
		host = words[1]
	}
	return Spec{p.name, host}, nil
}

// Start starts a program for a port of this machine, and waits until it prints the public
// address, until it ends, or until ctx ends. The caller must call Stop, unless there is an
// error.
func Start(ctx context.Context, s Spec, port string) (*Tunnel, error) {
	p, found := find(s.Name)
	if !found {
		return nil, fmt.Errorf("%q is no tunnel program", s.Name)
	}
	path, err := exec.LookPath(p.name)
	if err != nil {
		return nil, fmt.Errorf("%s is not installed; get it from %s", p.name, p.install)
	}
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(path, p.args(port, s.Host)...)
	cmd.Stdout, cmd.Stderr = write, write
	child, err := supervisor.Start(cmd, nil, supervisor.NewRecords("", zap.NewNop()))
	if err = errors.Join(err, write.Close()); err != nil {
		return nil, errors.Join(fmt.Errorf("%s cannot be started: %w", p.name, err), read.Close())
	}
	t := &Tunnel{Name: p.name, child: child, done: make(chan struct{})}
	address := make(chan string, 1)      // from watch, once
	go t.watch(read, p, s.Host, address) // Stop waits for it
	if err := t.await(ctx, address); err != nil {
		return nil, err
	}
	return t, nil
}

// await waits for the address, and stops the program if there is none.
func (t *Tunnel) await(ctx context.Context, address <-chan string) error {
	timeout := time.NewTimer(startTimeout)
	defer timeout.Stop()
	var err error
	select {
	case t.URL = <-address:
		return nil
	case <-t.done:
		return t.err
	case <-timeout.C:
		err = fmt.Errorf("%s has not printed an address within a minute", t.Name)
	case <-ctx.Done():
		err = ctx.Err()
	}
	t.Stop()
	return err
}

// watch reads the program's output to its end, and waits for the program.
func (t *Tunnel) watch(output *os.File, p program, host string, address chan<- string) {
	defer close(t.done)
	var last lines
	r := bufio.NewReaderSize(output, maxLine)
	for sent := false; ; {
		line, more, err := r.ReadLine()
		if err != nil {
			break
		}
		if text := strings.TrimSpace(string(line)); text != "" && !more {
			last.add(wire.ForPeople(text, maxShown))
			if found := p.address(text, host); found != "" && !sent {
				sent = true
				address <- strings.TrimSuffix(found, "/")
			}
		}
	}
	_, _ = io.Copy(io.Discard, output)
	end, err := t.child.Wait()
	_ = output.Close()
	t.err = fmt.Errorf("%s has ended%s: %s", t.Name, exitText(end), last.String())
	if err != nil {
		t.err = errors.Join(t.err, err)
	}
}

func exitText(end supervisor.End) string {
	if end.Code != nil && *end.Code != 0 {
		return fmt.Sprintf(" with status %d", *end.Code)
	}
	return ""
}

// Done is closed when the program has ended, for the reason that Err returns.
func (t *Tunnel) Done() <-chan struct{} { return t.done }

// Err returns why the program has ended. It may be called after Done is closed.
func (t *Tunnel) Err() error { return t.err }

// Stop ends the program and waits for that.
func (t *Tunnel) Stop() {
	t.child.Kill()
	<-t.done
}

// lines are the last lines of a text.
type lines []string

func (l *lines) add(line string) {
	*l = append(*l, line)
	*l = (*l)[max(0, len(*l)-lastLines):]
}

func (l lines) String() string {
	if len(l) == 0 {
		return "it has printed nothing"
	}
	return strings.Join(l, "; ")
}
