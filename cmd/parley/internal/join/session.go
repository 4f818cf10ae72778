package join

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"parley/cmd/parley/internal/complete"
	"parley/cmd/parley/internal/console"
	"parley/cmd/parley/internal/display"
	"parley/protocol"
	"parley/protocol/client"
)

// session is one call of [Run].
type session struct {
	// immutable once open has returned
	options Options
	c       *client.Client

	lines   chan console.Line    // readLines sends and closes; it waits when maxLinesAhead lines are ahead
	readErr error                // why readLines ended; set before lines is closed
	results chan lineResult      // the goroutine of startLine sends; capacity 1, so that it never waits
	fetched chan fetchedItem     // the goroutine of fetchItems sends; unbuffered, it waits for run
	pages   chan participantPage // the goroutine of fetchParticipants sends; unbuffered, it waits for run
	work    sync.WaitGroup       // these goroutines; Run closes the client, which ends them, and waits

	completer complete.Completer // run gives it what it knows, and the console asks it

	// owned by run
	room        *room
	screen      *screen
	fetching    map[string]bool    // ids of the items that are being fetched
	pageFor     int                // the number of the welcome whose participants are being fetched; 0 if none are
	attached    []protocol.Content // uploaded for the next message or prompt
	busy        bool               // a command is being carried out
	ending      bool               // and the run ends after it
	failures    int                // lines that failed
	lost        bool               // the connection is lost, and the person knows
	leaveWarned bool               // the host knows what leaving means
}

func newSession(o Options) *session {
	r := newRoom()
	return &session{
		options:  o,
		room:     r,
		screen:   newScreen(o.Out, o.Colour, r.ledger),
		lines:    make(chan console.Line, maxLinesAhead),
		results:  make(chan lineResult, 1),
		fetched:  make(chan fetchedItem),
		pages:    make(chan participantPage),
		fetching: map[string]bool{},
	}
}

// lineResult is the outcome of a command.
type lineResult struct {
	err  error
	show func() // called by run; may be nil
}

// readLines reads lines until the input ends or ctx is done. On Ctrl-C it cancels ctx.
func (s *session) readLines(ctx context.Context, cancel func()) {
	defer close(s.lines)
	next := console.LineReader(s.options.In, s.options.Terminal)
	if s.options.Console != nil {
		s.options.Console.SetCompleter(s.completer.Complete)
		next = s.options.Console.Read
	}
	for {
		line, err := next()
		if errors.Is(err, console.ErrInterrupted) {
			s.readErr = err
			cancel()
			return
		}
		if err != nil {
			if !errors.Is(err, io.EOF) {
				s.readErr = err
			}
			return
		}
		select {
		case s.lines <- line:
		case <-ctx.Done():
			return
		}
	}
}

// run handles notices, lines and results until the run ends. Before it handles anything
// else it receives the notices that have arrived, so that a line is judged by what was
// shown before it.
func (s *session) run(ctx context.Context) error {
	notices := s.c.Notices()
	for {
		lines := s.lines
		if s.busy {
			lines = nil
		}
		select {
		case n, open := <-notices:
			if open {
				s.receive(ctx, n)
				continue
			}
			if notices = nil; !s.busy {
				return s.serverEnded()
			}
		case line, more := <-lines:
			s.receivePending(ctx)
			if end, err := s.handleLine(ctx, line, more); end {
				return err
			}
		case item := <-s.fetched:
			s.receivePending(ctx)
			s.itemFetched(item)
		case page := <-s.pages:
			s.receivePending(ctx)
			s.participantsFetched(ctx, page)
		case r := <-s.results:
			s.receivePending(ctx)
			s.finishLine(r)
			if s.ending {
				return s.exitError()
			}
			if notices == nil {
				return s.serverEnded()
			}
		case <-ctx.Done():
			s.printRejoinLink()
			return nil
		}
	}
}

// receivePending receives the notices that have arrived.
func (s *session) receivePending(ctx context.Context) {
	for {
		select {
		case n, open := <-s.c.Notices():
			if !open {
				return
			}
			s.receive(ctx, n)
		default:
			return
		}
	}
}

// handleLine executes a line or, if there are no more, ends the input. end reports whether
// the run ends now.
func (s *session) handleLine(ctx context.Context, line console.Line, more bool) (end bool, err error) {
	switch {
	case !more && ctx.Err() != nil:
		s.printRejoinLink()
		return true, nil
	case !more:
		s.endInput(ctx)
	case s.execute(ctx, line):
		return true, s.exitError()
	}
	return false, nil
}

// endInput leaves the session, or only disconnects if the participant has an own link.
func (s *session) endInput(ctx context.Context) {
	s.ending = true
	if s.readErr != nil {
		s.fail(fmt.Errorf("cannot read the input: %w", s.readErr))
	}
	s.startLine(ctx, func(ctx context.Context) (func(), error) {
		if s.options.Link.ParticipantID != "" {
			return nil, nil
		}
		return nil, s.c.Leave(ctx)
	})
}

// startLine carries out a command while run continues to receive notices. The goroutine
// sends its result to results.
func (s *session) startLine(ctx context.Context, do func(context.Context) (func(), error)) {
	s.startLineFor(ctx, answerTimeout, do)
}

// startLineFor is startLine with another time limit.
func (s *session) startLineFor(ctx context.Context, limit time.Duration, do func(context.Context) (func(), error)) {
	s.busy = true
	s.work.Go(func() {
		ctx, cancel := context.WithTimeout(ctx, limit)
		defer cancel()
		show, err := do(ctx)
		s.results <- lineResult{err, show}
	})
}

func (s *session) finishLine(r lineResult) {
	s.busy = false
	if r.err != nil {
		s.fail(explain(r.err))
		return
	}
	if r.show != nil {
		r.show()
	}
}

// fail prints the error of a line.
func (s *session) fail(err error) {
	s.failures++
	s.screen.endStream()
	fmt.Fprintln(s.options.Err, display.Mark(err.Error()))
}

// exitError returns the error of a run that ends as requested. A person has seen the
// outcome of each line; a script learns here whether one failed.
func (s *session) exitError() error {
	s.screen.endStream()
	if s.failures > 0 && !s.options.Terminal {
		return fmt.Errorf("%d of the lines failed", s.failures)
	}
	return nil
}

// serverEnded returns the error of a run that the server has ended.
func (s *session) serverEnded() error {
	s.screen.endStream()
	stopped, ok := errors.AsType[*client.StopError](s.c.Err())
	if !ok || stopped.Code == protocol.CloseSessionEnded {
		return s.exitError()
	}
	return explain(stopped)
}
