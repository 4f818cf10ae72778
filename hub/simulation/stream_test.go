package simulation

import (
	"context"
	"slices"
	"sync"

	"parley/hub"
	"parley/hub/feed"
	"parley/protocol"
)

// stream delivers a client's lines, in one of the ways in which the hub can. One goroutine
// calls begin and next, another may call send; close may be called from any goroutine.
type stream interface {
	// begin returns where an event stream begins: the cursor and the outcome of the
	// resume. It is called before next.
	begin(ctx context.Context) (protocol.Cursor, string, error)
	// next waits for lines. Its error is a [*feed.Closed] if the hub has ended the stream.
	next(ctx context.Context) ([]feed.Line, error)
	// send sends a command. Its answer comes from next.
	send(ctx context.Context, r protocol.Request) error
	close()
}

// attach opens a stream with a join or a resume. With eventsOnly it yields only events.
func attach(ctx context.Context, h *hub.Hub, room string, r protocol.Request, eventsOnly, push bool) (stream, error) {
	sub, err := h.Attach(ctx, room, r, hub.AttachOptions{EventsOnly: eventsOnly})
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

// pushed is a stream to which the hub pushes bursts of lines, as long as there is room. It
// asks for the others.
type pushed struct {
	pulled
	eventsOnly bool          // immutable
	ready      chan struct{} // sent to by Offer and Wake, received by next, never closed; capacity 1, since one signal is enough

	mu      sync.Mutex
	offered []feed.Line // lines before those of Take; guarded by mu
	bursts  int         // number of bursts in offered; guarded by mu
	woken   bool        // Take must be called; guarded by mu
}

// roomForBursts is the maximum number of unread bursts.
const roomForBursts = 3

// Offer implements [feed.Sink].
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

// Cut implements [feed.Sink]. Take returns the reason.
func (p *pushed) Cut() {}

// Wake implements [feed.Sink].
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
				p.Wake() // there may be more lines
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
