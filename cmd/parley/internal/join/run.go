package join

import (
	"context"
	"errors"
	"io"
	"time"

	"parley/cmd/parley/internal/console"
	"parley/cmd/parley/internal/display"
	"parley/protocol"
	"parley/protocol/client"
)

// Options say which session to join, as whom, and where input and output are.
type Options struct {
	Link   client.Link
	Client client.Options // UserID is required with an invite

	// In is closed when Run returns. If that does not end a blocked Read, as on a
	// terminal, the goroutine that reads ends with the process.
	In  io.ReadCloser
	Out io.Writer
	Err io.Writer // for errors of commands

	Colour   bool // whether Out shows colours
	Terminal bool // whether a person types at In and sees what is typed

	// Console is the input line of a terminal, which replaces In, Out and Err. It is
	// closed before Run returns. It is nil if there is none.
	Console *console.Console
}

const (
	// maxShownEvents is how many earlier events a person sees after joining. More are
	// requested, because they tell which tool calls the open questions are about.
	maxShownEvents = 20
	// maxLinesAhead is how many lines can be typed while a command is carried out.
	maxLinesAhead = 16
	// answerTimeout is how long a command waits for its answer.
	answerTimeout = 2 * time.Minute
	// uploadTimeout is how long a file may take to be sent or received.
	uploadTimeout = 15 * time.Minute
)

// Run joins a session and stays until a command ends it, the input ends, ctx is done or
// the session ends. At the end of the input a participant who joined with an invite
// leaves, and one who joined with an own link stays a participant. The error is one line
// that says what to do; it is nil if the session has ended.
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
	s := newSession(o)
	go s.readLines(ctx, cancel) // ends with the input or with ctx; it starts first, so that Ctrl-C works while connecting
	if err := s.open(ctx); err != nil {
		return explain(err)
	}
	defer s.work.Wait()
	defer s.c.Close()
	s.completer.SetFiles(s.c.Files)
	return s.run(ctx)
}

// open connects. It opens a session that has ended, or that the participant has left, for
// reading only.
func (s *session) open(ctx context.Context) (err error) {
	s.c, err = client.Open(ctx, s.options.Link, s.options.Client)
	if err == nil || s.options.Link.ParticipantID == "" || !isOver(err) {
		return err
	}
	over := err
	s.options.Client.ReadOnly = true
	if s.c, err = client.Open(ctx, s.options.Link, s.options.Client); err != nil {
		return over
	}
	if e, ok := errors.AsType[*protocol.Error](over); ok {
		s.room.readOnly = display.OneLine(e.Message)
	}
	return nil
}

// isOver reports whether an error says that the session or the participation has ended.
func isOver(err error) bool {
	e, ok := errors.AsType[*protocol.Error](err)
	return ok && (e.Code == protocol.CodeSessionInactive || e.Code == protocol.CodeParticipantInactive)
}

const (
	hostLeftNotice = "* the host has left: until the host is back, nobody can approve prompts or answer the agent"
	leaveWarning   = `* until you are back, nobody can approve prompts, answer the agent's questions or
  close the session; open items stay open. Type /leave again to leave.`
	hostLeftText = `* you have left. Open items stay open until you are back, and nobody else can
  decide on them. To come back, use your own link, and keep it secret:`
	guestLeftText = `* you have left. Your proposals stay open, and the host can still approve them.
  You can join again with the invite link, as a new participant.`
	rejoinText = "* you are still a participant; to come back, use your own link, and keep it secret:"
)

// leave ends the participation. A host at a terminal is first told what that means for
// the others, and must repeat the command.
func (s *session) leave(ctx context.Context) (show func(), err error) {
	host := s.c.Self().Role == protocol.RoleHost
	if host && s.options.Terminal && !s.leaveWarned {
		return func() {
			s.ending, s.leaveWarned = false, true
			s.screen.line(plain, "%s", leaveWarning)
		}, nil
	}
	if err := s.c.Leave(ctx); err != nil {
		return nil, err
	}
	return func() {
		if !host {
			s.screen.line(plain, "%s", guestLeftText)
			return
		}
		s.printOwnLink(hostLeftText)
	}, nil
}

// warnHostLeft prints that no participant can decide anymore, if that is what a notice
// says.
func (s *session) warnHostLeft(n client.Notice) {
	switch n := n.(type) {
	case client.Welcome:
		if n.Session.Status != protocol.StatusActive {
			return // nothing can be decided in it anyway
		}
		for _, p := range n.Participants {
			if p.Role == protocol.RoleHost && p.LeftAt != nil {
				s.screen.line(accent, hostLeftNotice)
			}
		}
	case client.Event:
		left, ok := n.Payload.(*protocol.ParticipantLeft)
		if ok && left.Participant.Role == protocol.RoleHost && left.Participant.ID != s.c.Self().ID {
			s.screen.line(accent, hostLeftNotice)
		}
	}
}

func (s *session) printRejoinLink() { s.printOwnLink(rejoinText) }

// printOwnLink prints the participant's own link below a text. It closes the input line
// first, which would wrap the link.
func (s *session) printOwnLink(text string) {
	s.screen.endStream()
	if s.options.Console != nil {
		s.options.Console.Close()
	}
	s.screen.line(plain, "%s", text)
	s.screen.line(plain, "  parley join '%s'", s.c.Own())
}
