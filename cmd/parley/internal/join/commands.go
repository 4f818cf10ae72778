package join

import (
	"context"
	"errors"
	"fmt"

	"parley/cmd/parley/internal/console"
	"parley/cmd/parley/internal/display"
	"parley/protocol"
	"parley/protocol/client"
)

// execute carries out a line, or starts to. It reports whether the run ends now.
func (s *session) execute(ctx context.Context, line console.Line) (end bool) {
	if line.TooLong {
		s.fail(fmt.Errorf("nothing was done: a line has at most %d bytes", console.MaxLine))
		return false
	}
	c, err := parse(line.Text)
	if err != nil {
		s.fail(err)
		return false
	}
	m := moment{line.Began, line.Ended, s.options.Terminal}
	switch c.verb {
	case verbHelp:
		s.screen.line(plain, "%s", HelpText)
	case verbWho:
		s.screen.participants(s.room)
		s.fetchParticipants(ctx)
	case verbQuit:
		s.printRejoinLink()
		return true
	case verbShow:
		s.showItem(ctx, c)
	case verbApprove, verbReject, verbEdit:
		s.decide(ctx, c, m)
	case verbAllow, verbDeny:
		s.answer(ctx, c, m)
	case verbSet, verbUnset:
		s.setOption(ctx, c)
	case verbCancel:
		s.cancel(ctx, c, m)
	case verbNone:
	default:
		s.ending = c.verb == verbLeave
		c.as = s.room.expectedPromptAs(m)
		s.startLine(ctx, func(ctx context.Context) (func(), error) { return s.runCommand(ctx, c) })
		if c.verb == verbMessage {
			s.warnNothingDecided()
		}
	}
	return false
}

// runCommand carries out a command that needs no state that run owns.
func (s *session) runCommand(ctx context.Context, c command) (show func(), err error) {
	switch c.verb {
	case verbMessage:
		_, err = s.c.Chat(ctx, c.text, "")
	case verbPrompt:
		err = s.sendPrompt(ctx, c)
	case verbMode:
		_, err = s.c.SetMode(ctx, protocol.Mode(c.text))
	case verbStop:
		err = s.c.StopAgent(ctx)
	case verbLeave:
		return s.leave(ctx)
	case verbHistory:
		return s.history(ctx, c.number)
	}
	return nil, err
}

// warnNothingDecided tells the host that a message decided nothing, if it could have been
// meant as an answer to an open item.
func (s *session) warnNothingDecided() {
	if s.room.self.Role != protocol.RoleHost {
		return
	}
	if open := s.room.ledger.openDecisions(); len(open) > 0 {
		s.screen.line(dim, "* that was a message to everyone and decided nothing; still open: %s", listItems(open))
	}
}

// sendPrompt sends a prompt on the condition that it becomes what its author was shown: a
// proposal, or a prompt that runs at once.
func (s *session) sendPrompt(ctx context.Context, c command) error {
	_, err := s.c.PromptAs(ctx, c.text, c.as)
	if e, ok := errors.AsType[*protocol.Error](err); ok && e.Code == protocol.CodePromptNotAsExpected {
		return fmt.Errorf("%s; to send it anyway, type it again: /prompt %s", display.OneLine(e.Message), display.Short(c.text, 100))
	}
	return err
}

func (s *session) showItem(ctx context.Context, c command) {
	if c.number == 0 {
		s.screen.openItems(s.room)
		s.fetchItems(ctx, s.room.ledger.openDecisions())
		return
	}
	i, err := s.room.ledger.numbered(c.number)
	if err != nil {
		s.fail(err)
		return
	}
	s.screen.item(s.room, i)
	s.fetchItems(ctx, []*item{i})
}

// decide approves, rejects or edits a proposal.
func (s *session) decide(ctx context.Context, c command, m moment) {
	i, err := s.room.ledger.pick(kindProposal, c.number, m, false)
	if err != nil {
		s.fail(err)
		return
	}
	id, edited := i.approval.ID, i.edited
	if c.verb == verbEdit {
		i.edited = c.text
		if c.text == "" {
			s.screen.proposal(s.room, i)
		} else {
			s.screen.editedPrompt(i)
		}
		return
	}
	s.startLine(ctx, func(ctx context.Context) (func(), error) {
		var err error
		if c.verb == verbApprove {
			_, err = s.c.Approve(ctx, id, edited)
		} else {
			_, err = s.c.Reject(ctx, id, c.text)
		}
		return nil, err
	})
}

// answer answers a question of the agent.
func (s *session) answer(ctx context.Context, c command, m moment) {
	i, err := s.room.ledger.pick(kindQuestion, c.number, m, c.text != "")
	if err != nil {
		s.fail(err)
		return
	}
	once := map[verb]string{verbAllow: "allow_once", verbDeny: "reject_once"}[c.verb]
	o, err := i.question.choose(c.text, once)
	if err != nil {
		s.fail(fmt.Errorf("nothing was done: %w; type /allow %s and the number", err, i.label()))
		return
	}
	id := i.id
	s.startLine(ctx, func(ctx context.Context) (func(), error) {
		return nil, s.c.AnswerPermission(ctx, id, o.ID)
	})
}

// cancel stops a turn, or withdraws a proposal.
func (s *session) cancel(ctx context.Context, c command, m moment) {
	k := kindTurn
	if i, err := s.room.ledger.numbered(c.number); err == nil && i.kind == kindProposal {
		k = kindProposal
	}
	i, err := s.room.ledger.pick(k, c.number, m, false)
	if err != nil {
		s.fail(err)
		return
	}
	id := i.id
	s.startLine(ctx, func(ctx context.Context) (func(), error) {
		_, err := s.c.Cancel(ctx, id)
		return nil, err
	})
}

// history reads the last n events. show prints them.
func (s *session) history(ctx context.Context, n int) (show func(), err error) {
	answer, err := s.c.History(ctx, protocol.History{Limit: n})
	if err != nil {
		return nil, err
	}
	events, err := client.DecodeEvents(answer.Events)
	if err != nil {
		return nil, err
	}
	return func() { s.replay(events) }, nil
}
