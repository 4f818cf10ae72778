package peer

import (
	"context"
	"io"

	"parley/hub/agent/demo"
)

// inProcess is the demo agent behind a pair of in-memory pipes. It is safe for
// concurrent use.
type inProcess struct {
	// immutable
	in     *io.PipeWriter
	out    *io.PipeReader
	cancel context.CancelFunc
	ended  chan struct{} // closed by serve when it ends, never sent to

	err error // set before ended is closed
}

// StartDemo starts the demo agent. Its goroutine, serve, ends when its input ends or
// with Terminate or Kill; the caller waits for Gone.
func StartDemo(options demo.Options) Peer {
	inRead, inWrite := io.Pipe()
	outRead, outWrite := io.Pipe()
	ctx, cancel := context.WithCancel(context.Background())
	p := &inProcess{in: inWrite, out: outRead, cancel: cancel, ended: make(chan struct{})}
	go p.serve(ctx, inRead, outWrite, options)
	return p
}

func (p *inProcess) serve(ctx context.Context, in io.Reader, out *io.PipeWriter, options demo.Options) {
	defer close(p.ended)
	defer p.cancel()
	p.err = demo.Serve(ctx, in, out, options)
	_ = out.Close()
}

func (p *inProcess) Stdin() io.WriteCloser { return p.in }
func (p *inProcess) Stdout() io.Reader     { return p.out }
func (p *inProcess) Terminate()            { p.Kill() }
func (p *inProcess) Stderr() string        { return "" }
func (p *inProcess) Gone() <-chan struct{} { return p.ended }

// Kill also closes the output, in case a write blocks on it.
func (p *inProcess) Kill() {
	p.cancel()
	_ = p.out.Close()
}

func (p *inProcess) Exit() Exit {
	if p.err == nil {
		return Exit{Text: "ended"}
	}
	return Exit{Text: "ended", Stderr: p.err.Error()}
}
