package join

import (
	"context"
	"errors"
	"fmt"

	"parley/cmd/parley/internal/command"
	"parley/cmd/parley/internal/complete"
	"parley/cmd/parley/internal/console"
	"parley/cmd/parley/internal/display"
	"parley/cmd/parley/internal/ledger"
	"parley/protocol"
	"parley/protocol/client"
)

// execute carries out a line, or starts to. It reports whether the run ends now.
func (s *session) execute(ctx context.Context, line console.Line) (end bool) {
	if line.TooLong {
		s.fail(fmt.Errorf("nothing was done: a line has at most %d bytes", console.MaxLine))
		return false
	}
	c, err := command.Parse(line.Text)
	if err != nil {
		s.fail(s.room.explainLine(line.Text, err))
		return false
	}
	m := ledger.Moment{Began: line.Began, Ended: line.Ended, Person: s.options.Terminal}
	switch c.Verb {
	case command.Quit:
		s.printRejoinLink()
		return true
	case command.None:
		return false
	}
	if s.showState(ctx, c) || s.executeDecision(ctx, c, m) || s.executeOnAgent(ctx, c) || s.executeOnFiles(ctx, c) {
		return false
	}
	s.ending = c.Verb == command.Leave
	c.As = s.room.expectedPromptAs(m)
	content := s.takeAttached(c.Verb)
	s.startLine(ctx, func(ctx context.Context) (func(), error) { return s.runCommand(ctx, c, content) })
	if c.Verb == command.Message {
		s.warnNothingDecided()
	}
	return false
}

// showState carries out a command that shows what is known. It reports whether c is one.
func (s *session) showState(ctx context.Context, c command.Command) bool {
	switch c.Verb {
	case command.Help:
		s.screen.line(plain, "%s", command.Explain(c.Text))
	case command.Commands:
		s.screen.commands(s.room)
	case command.Who:
		s.screen.participants(s.room)
		s.fetchParticipants(ctx)
	case command.Agent:
		s.screen.agentFacts(s.room)
	case command.Show:
		s.showItem(ctx, c)
	case command.Queue:
		s.showQueue(ctx)
	default:
		return false
	}
	return true
}

// executeDecision carries out a command about an item, which counts only if the person has
// seen the item. It reports whether c is one.
func (s *session) executeDecision(ctx context.Context, c command.Command, m ledger.Moment) bool {
	switch c.Verb {
	case command.Edit:
		if s.isOwnPrompt(c.Number) {
			s.editOwn(ctx, c, m)
		} else {
			s.decide(ctx, c, m)
		}
	case command.Approve, command.Reject:
		s.decide(ctx, c, m)
	case command.Allow, command.Deny:
		s.answer(ctx, c, m)
	case command.Answer, command.Skip:
		s.fillIn(c, m)
	case command.Accept, command.Decline, command.Dismiss:
		s.resolve(ctx, c, m)
	case command.Cancel:
		s.cancel(ctx, c, m)
	case command.Withdraw:
		s.withdraw(ctx, c, m)
	case command.Move:
		s.movePrompt(ctx, c, m)
	default:
		return false
	}
	return true
}

// executeOnAgent carries out a command about the agent. It reports whether c is one.
func (s *session) executeOnAgent(ctx context.Context, c command.Command) bool {
	switch c.Verb {
	case command.Set, command.Unset:
		s.setOption(ctx, c)
	case command.SignIn:
		s.signIn(ctx, c)
	case command.Switch:
		s.switchAgent(ctx, c)
	case command.StopTool:
		s.stopTool(ctx, c)
	default:
		return false
	}
	return true
}

// executeOnFiles carries out a command about attachments. It reports whether c is one.
func (s *session) executeOnFiles(ctx context.Context, c command.Command) bool {
	switch c.Verb {
	case command.Attach:
		s.attach(ctx, c)
	case command.Detach:
		s.detach()
	case command.Save:
		s.save(ctx, c)
	default:
		return false
	}
	return true
}

// runCommand carries out a command that needs no state that run owns. content is for a
// message or prompt, which has it if the server accepts it.
func (s *session) runCommand(ctx context.Context, c command.Command, content []protocol.ContentBlock) (show func(), err error) {
	sent := func() { s.attached = nil }
	switch c.Verb {
	case command.Message:
		_, err = s.c.ChatWith(ctx, protocol.Chat{Text: c.Text, Content: content})
		return sent, err
	case command.Prompt:
		return sent, s.sendPrompt(ctx, c, protocol.WhenQueue, content)
	case command.Interrupt:
		return sent, s.sendPrompt(ctx, c, protocol.WhenInterrupt, content)
	case command.Mode:
		_, err = s.c.SetMode(ctx, protocol.Mode(c.Text))
	case command.Stop:
		err = s.c.StopAgent(ctx)
	case command.Restart:
		err = s.c.RestartAgent(ctx)
	case command.Leave:
		return s.leave(ctx)
	case command.History:
		return s.history(ctx, c.Number)
	}
	return nil, err
}

// warnNothingDecided tells the host that a message decided nothing, if it could have been
// meant as an answer to an open item.
func (s *session) warnNothingDecided() {
	if s.room.self.Role != protocol.RoleHost {
		return
	}
	if open := s.room.ledger.OpenDecisions(); len(open) > 0 {
		s.screen.line(dim, "* that was a message to everyone and decided nothing; still open: %s", ledger.ListItems(open))
	}
}

// sendPrompt sends a prompt on the condition that it becomes what its author was shown: a
// proposal, or a prompt that runs at once.
func (s *session) sendPrompt(ctx context.Context, c command.Command, when protocol.When, content []protocol.ContentBlock) error {
	content = append(content, complete.FileLinks(ctx, c.Text, s.c.Files)...)
	content = content[:min(len(content), protocol.DefaultLimits.ContentBlocks)] // the text still names the other files
	_, err := s.c.PromptWith(ctx, protocol.Prompt{Prompt: c.Text, As: c.As, When: when, Content: content})
	return explainUnexpected(err, c)
}

// explainUnexpected completes the error for a prompt that would become something else than
// its author was shown.
func explainUnexpected(err error, c command.Command) error {
	if e, ok := errors.AsType[*protocol.Error](err); ok && e.Code == protocol.CodePromptNotAsExpected {
		return fmt.Errorf("%s; to send it anyway, type it again: %s %s", display.OneLine(e.Message), c.Verb, display.Short(c.Text, 100))
	}
	return err
}

func (s *session) showItem(ctx context.Context, c command.Command) {
	if c.Number == 0 {
		s.screen.openItems(s.room)
		s.fetchItems(ctx, s.room.ledger.OpenDecisions())
		return
	}
	i, err := s.room.ledger.Numbered(c.Number)
	if err != nil {
		s.fail(err)
		return
	}
	s.screen.item(s.room, i)
	s.fetchItems(ctx, []*ledger.Item{i})
}

// decide approves, rejects or edits a proposal.
func (s *session) decide(ctx context.Context, c command.Command, m ledger.Moment) {
	i, err := s.room.ledger.Pick(ledger.KindProposal, c.Number, m, false)
	if err != nil {
		s.fail(err)
		return
	}
	id, edited := i.Approval.ID, i.Edited
	if c.Verb == command.Edit {
		i.Edited = c.Text
		if c.Text == "" {
			s.screen.proposal(s.room, i)
		} else {
			s.screen.editedPrompt(i)
		}
		return
	}
	s.startLine(ctx, func(ctx context.Context) (func(), error) {
		var err error
		if c.Verb == command.Approve {
			_, err = s.c.Approve(ctx, id, edited)
		} else {
			_, err = s.c.Reject(ctx, id, c.Text)
		}
		return nil, err
	})
}

// answer answers a question of the agent.
func (s *session) answer(ctx context.Context, c command.Command, m ledger.Moment) {
	i, err := s.room.ledger.Pick(ledger.KindQuestion, c.Number, m, c.Text != "")
	if err != nil {
		s.fail(err)
		return
	}
	once := map[command.Verb]string{command.Allow: "allow_once", command.Deny: "reject_once"}[c.Verb]
	o, err := i.Question.Choose(c.Text, once)
	if err != nil {
		s.fail(fmt.Errorf("nothing was done: %w; type /allow %s and the number", err, i.Label()))
		return
	}
	id := i.ID
	s.startLine(ctx, func(ctx context.Context) (func(), error) {
		return nil, s.c.AnswerPermission(ctx, id, o.ID)
	})
}

// cancel stops a turn, or withdraws a proposal.
func (s *session) cancel(ctx context.Context, c command.Command, m ledger.Moment) {
	k := ledger.KindTurn
	if i, err := s.room.ledger.Numbered(c.Number); err == nil && i.Kind == ledger.KindProposal {
		k = ledger.KindProposal
	}
	i, err := s.room.ledger.Pick(k, c.Number, m, false)
	if err != nil {
		s.fail(err)
		return
	}
	id := i.ID
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
