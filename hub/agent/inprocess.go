package agent

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

// startDemo starts the demo agent. Its goroutine, serve, ends when its input ends or
// with terminate or kill; the session waits for gone.
func startDemo(options demo.Options) *inProcess {
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

func (p *inProcess) stdin() io.WriteCloser { return p.in }
func (p *inProcess) stdout() io.Reader     { return p.out }
func (p *inProcess) terminate()            { p.kill() }
func (p *inProcess) stderr() string        { return "" }
func (p *inProcess) gone() <-chan struct{} { return p.ended }

// kill also closes the output, in case a write blocks on it.
func (p *inProcess) kill() {
	p.cancel()
	_ = p.out.Close()
}

func (p *inProcess) exit() exit {
	if p.err == nil {
		return exit{text: "ended"}
	}
	return exit{text: "ended", stderr: p.err.Error()}
}
