package agent

import (
	"context"
	"io"

	"parley/hub/agent/demo"
)

// inProcess is the demo agent behind a pair of in-memory pipes.
type inProcess struct {
	// immutable
	in     *io.PipeWriter
	out    *io.PipeReader
	cancel context.CancelFunc
	ended  chan struct{} // closed by the serving goroutine at its end

	err error // set before ended is closed
}

// startDemo starts the demo agent. Its goroutine ends when its input ends, or
// with terminate or kill; gone tells.
func startDemo(options demo.Options) *inProcess {
	inRead, inWrite := io.Pipe()
	outRead, outWrite := io.Pipe()
	ctx, cancel := context.WithCancel(context.Background())
	p := &inProcess{in: inWrite, out: outRead, cancel: cancel, ended: make(chan struct{})}
	go func() {
		defer close(p.ended)
		defer cancel()
		p.err = demo.Serve(ctx, inRead, outWrite, options)
		_ = outWrite.Close()
	}()
	return p
}

func (p *inProcess) stdin() io.WriteCloser { return p.in }
func (p *inProcess) stdout() io.Reader     { return p.out }
func (p *inProcess) terminate()            { p.kill() }
func (p *inProcess) stderr() string        { return "" }
func (p *inProcess) gone() <-chan struct{} { return p.ended }

// kill also closes the output, which a writer may be waiting on.
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
