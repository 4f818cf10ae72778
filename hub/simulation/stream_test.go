package simulation

import (
	"context"
	"slices"
	"sync"

	"parley/hub"
	"parley/hub/feed"
	"parley/protocol"
)

// stream is how a client's lines come from the hub, whichever way the hub
// delivers them. next and begin are for one goroutine, send for another; close
// may be called from anywhere.
type stream interface {
	// begin tells where an event stream begins: behind which event, and how that
	// is called. It goes before next.
	begin(ctx context.Context) (protocol.Cursor, string, error)
	// next waits for lines. It returns a *feed.Closed when the hub has ended the
	// stream; after any other error the client comes back, too.
	next(ctx context.Context) ([]feed.Line, error)
	// send hands a command over; its answer comes from next.
	send(ctx context.Context, r protocol.Request) error
	close()
}

// attach opens a stream with a join or resume. An event stream yields nothing
// but events.
func attach(ctx context.Context, h *hub.Hub, room string, r protocol.Request, eventsOnly, push bool) (stream, error) {
	sub, err := h.Attach(ctx, room, r, eventsOnly)
	if err != nil {
		return nil, err
	}
	if !push {
		return pulled{sub}, nil
	}
	p := &pushed{pulled: pulled{sub}, eventsOnly: eventsOnly, woken: true, ready: make(chan struct{}, 1)}
	sub.Push(p)
	return p, nil
}

// pulled is a stream that asks for its lines.
type pulled struct{ sub *feed.Subscription }

func (p pulled) begin(ctx context.Context) (protocol.Cursor, string, error) {
	return p.sub.Opening(ctx)
}

func (p pulled) next(ctx context.Context) ([]feed.Line, error) { return p.sub.Next(ctx) }

func (p pulled) send(ctx context.Context, r protocol.Request) error { return p.sub.Send(ctx, r) }

func (p pulled) close() { p.sub.Close() }

// pushed is a stream that is handed its lines, as many bursts as it has room
// for, and asks for those for which it had none.
type pushed struct {
	pulled
	eventsOnly bool          // immutable
	ready      chan struct{} // sent to by Offer and Wake; holds one, since one look finds all

	mu      sync.Mutex
	offered []feed.Line // in front of what Take has; guarded by mu
	bursts  int         // among offered; guarded by mu
	woken   bool        // Take is to be called; guarded by mu
}

// roomForBursts is how many a client takes that has not read the ones before.
const roomForBursts = 3

// Offer implements feed.Sink.
func (p *pushed) Offer(b *feed.Burst) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bursts >= roomForBursts {
		return false
	}
	p.bursts++
	for _, l := range b.Lines {
		if !p.eventsOnly || l.Cursor != "" {
			p.offered = append(p.offered, l)
		}
	}
	p.signal()
	return true
}

// Cut implements feed.Sink. Take says why.
func (p *pushed) Cut() {}

// Wake implements feed.Sink.
func (p *pushed) Wake() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.woken = true
	p.signal()
}

func (p *pushed) signal() {
	select {
	case p.ready <- struct{}{}:
	default:
	}
}

func (p *pushed) next(ctx context.Context) ([]feed.Line, error) {
	for {
		p.mu.Lock()
		lines, woken := slices.Clip(p.offered), p.woken
		p.offered, p.bursts = nil, 0
		p.woken = woken && len(lines) > 0
		p.mu.Unlock()
		if len(lines) > 0 {
			return lines, nil
		}
		if woken {
			lines, err := p.sub.Take(ctx)
			if len(lines) > 0 {
				p.Wake() // there may be more
			}
			if len(lines) > 0 || err != nil {
				return lines, err
			}
			continue
		}
		select {
		case <-p.ready:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
