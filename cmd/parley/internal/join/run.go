package join

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"parley/cmd/parley/internal/console"
	"parley/protocol"
	"parley/protocol/client"
)

// Options say where to join, as whom, and by which ends.
type Options struct {
	Link   client.Link
	Client client.Options // UserID is required with an invite

	// In is closed when Run returns. A reader whose Read does not end by that,
	// such as a terminal, keeps one goroutine until the process ends.
	In  io.ReadCloser
	Out io.Writer
	Err io.Writer // for lines that failed

	Colour   bool // of Out
	Terminal bool // a person types at In, and sees what is typed

	// Console is the input line of a person's terminal, in place of In, Out
	// and Err. It is closed before Run returns. Nil where there is none.
	Console *console.Console
}

// shownEvents is how much of the past a joining person sees. More is asked for,
// to know the tool calls that questions are about.
const shownEvents = 20

// linesAhead is how many lines can be typed while one is carried out.
const linesAhead = 16

// patience is how long a typed line waits for its answer.
const patience = 2 * time.Minute

// Run joins and stays until a line ends it, until the input or ctx ends, or until
// the session does. At the end of the input a participant who joined with an invite
// leaves, and one who joined with an own link stays a participant. The error says in one line what to
// do; it is nil when the session has ended by itself.
func Run(ctx context.Context, o Options) error {
	if o.Console != nil {
		defer o.Console.Close()
		o.Out, o.Err, o.Terminal = o.Console, o.Console, true
	} else {
		defer o.In.Close()
	}
	o.Client.Recent = protocol.DefaultLimits.RecentEvents
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	r := newRoom()
	s := &session{o: o, room: r, screen: newScreen(o.Out, o.Colour, r.ledger), results: make(chan result, 1), lines: make(chan console.Line, linesAhead),
		wholes: make(chan whole), pages: make(chan peoplePage), fetching: map[string]bool{}}
	go s.read(ctx, cancel) // it ends with In or with Run; Ctrl-C must work from here on
	if err := s.open(ctx); err != nil {
		return explain(err)
	}
	defer s.work.Wait()
	defer s.c.Close()
	return s.loop(ctx)
}

// open connects. It opens a session that has ended, or that the participant has
// left, for reading.
func (s *session) open(ctx context.Context) (err error) {
	s.c, err = client.Open(ctx, s.o.Link, s.o.Client)
	if err == nil || s.o.Link.ParticipantID == "" || !hasEnded(err) {
		return err
	}
	ended := err
	s.o.Client.ReadOnly = true
	if s.c, err = client.Open(ctx, s.o.Link, s.o.Client); err != nil {
		return ended
	}
	if e, ok := errors.AsType[*protocol.Error](ended); ok {
		s.room.readOnly = oneLine(e.Message)
	}
	return nil
}

// hasEnded reports whether the session, or one's part in it, is over.
func hasEnded(err error) bool {
	e, ok := errors.AsType[*protocol.Error](err)
	return ok && (e.Code == protocol.CodeSessionInactive || e.Code == protocol.CodeParticipantInactive)
}

// session is one run. All of it but what is said otherwise belongs to loop.
type session struct {
	o      Options
	c      *client.Client
	room   *room
	screen *screen

	lines   chan console.Line // read sends and closes; when it is full, read waits
	readErr error             // why read ended; set before lines is closed
	results chan result       // capacity 1: of the one line under way
	wholes  chan whole        // from fetch, which waits until loop takes them
	pages   chan peoplePage   // the same from fetchPeople
	work    sync.WaitGroup

	fetching map[string]bool // the ids of the items that fetch is about to send
	asked    int             // for which welcome's people fetchPeople asks; 0 when it does not

	busy   bool // a line is under way
	last   bool // and it is the last
	failed int  // lines that were not carried out
	lost   bool // the connection, and it was said

	toldHost bool // what becomes of the session when the host leaves
}

// result is what became of a typed line.
type result struct {
	err  error
	show func() // called by loop
}

// read reads lines until ctx is done. It cancels all work at Ctrl-C.
func (s *session) read(ctx context.Context, cancel func()) {
	defer close(s.lines)
	next := pipe(s.o.In, s.o.Terminal)
	if s.o.Console != nil {
		next = s.o.Console.Read
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

func (s *session) loop(ctx context.Context) error {
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
				return s.ended()
			}
		case line, more := <-lines:
			s.catchUp(ctx)
			if !more && ctx.Err() != nil {
				s.wayBack()
				return nil
			} else if !more {
				s.inputEnded(ctx)
			} else if s.typed(ctx, line) {
				return s.verdict()
			}
		case w := <-s.wholes:
			s.catchUp(ctx)
			s.fetched(w)
		case page := <-s.pages:
			s.catchUp(ctx)
			s.fetchedPeople(ctx, page)
		case r := <-s.results:
			s.catchUp(ctx)
			s.done(r)
			if s.last {
				return s.verdict()
			}
			if notices == nil {
				return s.ended()
			}
		case <-ctx.Done():
			s.wayBack()
			return nil
		}
	}
}

// catchUp takes in the notices that are there already, so that a line is judged by
// what was shown before it, and an answer by what came before it.
func (s *session) catchUp(ctx context.Context) {
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

// inputEnded leaves, or only disconnects where the participant has an own link.
func (s *session) inputEnded(ctx context.Context) {
	s.last = true
	if s.readErr != nil {
		s.fail(fmt.Errorf("cannot read the input: %w", s.readErr))
	}
	if s.o.Link.ParticipantID != "" {
		s.start(ctx, func(context.Context) (func(), error) { return nil, nil })
		return
	}
	s.start(ctx, func(ctx context.Context) (func(), error) { return nil, s.c.Leave(ctx) })
}

// start carries a line out while loop goes on taking in notices.
func (s *session) start(ctx context.Context, do func(context.Context) (func(), error)) {
	s.busy = true
	s.work.Go(func() {
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		show, err := do(ctx)
		s.results <- result{err, show}
	})
}

func (s *session) done(r result) {
	s.busy = false
	if r.err != nil {
		s.fail(explain(r.err))
		return
	}
	if r.show != nil {
		r.show()
	}
}

func (s *session) fail(err error) {
	s.failed++
	s.screen.endStream()
	fmt.Fprintln(s.o.Err, mark(err.Error()))
}

// verdict is how a run ends that was asked to end. A person saw what became of each
// line; a script learns at the end whether one failed.
func (s *session) verdict() error {
	s.screen.endStream()
	if s.failed > 0 && !s.o.Terminal {
		return fmt.Errorf("%d of the lines could not be carried out", s.failed)
	}
	return nil
}

// ended is the end that the server brought.
func (s *session) ended() error {
	s.screen.endStream()
	stopped, ok := errors.AsType[*client.StopError](s.c.Err())
	if !ok || stopped.Code == protocol.CloseSessionEnded {
		return s.verdict()
	}
	return explain(stopped)
}

func (s *session) wayBack() {
	s.ownLink("* you are still a participant; the way back, for your eyes only:")
}

// ownLink prints one's own link below a text. It closes the input line first,
// which would break the link into rows.
func (s *session) ownLink(text string) {
	s.screen.endStream()
	if s.o.Console != nil {
		s.o.Console.Close()
	}
	s.screen.line(plain, "%s", text)
	s.screen.line(plain, "  parley join '%s'", s.c.Own())
}
