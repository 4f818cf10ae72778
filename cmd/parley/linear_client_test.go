package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"parley/cmd/internal/e2e"
	"parley/protocol"
)

// asking gives a command under an id. The error is a *protocol.Error, or says
// that it is not known what became of the command.
type asking func(ctx context.Context, id string, c protocol.Command) ([]byte, error)

// asker is one client of a history, which asks one thing after the other.
type asker struct {
	history *history
	number  int
	user    string
	ask     asking
	chance  *rand.Rand
	asked   int
}

// client adds somebody who asks as a user.
func (h *history) client(user string, number int, ask asking, seed uint64) *asker {
	return &asker{history: h, number: number, user: user, ask: ask, chance: rand.New(rand.NewPCG(seed, uint64(number)))}
}

// overSocket asks with the Go client, which sends again by itself what a broken
// connection may have lost.
func overSocket(t *testing.T, s e2e.Session, m e2e.Member) asking {
	person := e2e.Connect(t, s.ParticipantLink(m), "")
	return func(ctx context.Context, _ string, c protocol.Command) ([]byte, error) {
		ok, err := person.Do(ctx, c)
		if err != nil {
			return nil, err
		}
		return ok.Payload, nil
	}
}

// again asks over HTTP until there is an answer, under the same id.
func again(ask func(context.Context, e2e.Member, string, protocol.Command) ([]byte, error), m e2e.Member) asking {
	return func(ctx context.Context, id string, c protocol.Command) ([]byte, error) {
		pause := time.NewTicker(10 * time.Millisecond)
		defer pause.Stop()
		for {
			payload, err := ask(ctx, m, id, c)
			if refused, ok := errors.AsType[*protocol.Error](err); err == nil || ok && !isForNow(refused) {
				return payload, err
			}
			select {
			case <-pause.C:
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
	}
}

func isForNow(e *protocol.Error) bool {
	return e.Code == protocol.CodeRateLimited || e.Code == protocol.CodeJournalUnavailable
}

// act asks for something, and notes it with the reply.
func (k *asker) act(ctx context.Context) {
	k.asked++
	if k.chance.IntN(3) == 0 {
		readings := []reading{readState, readMessages, readWelcome, readEvents}
		k.read(ctx, readings[k.chance.IntN(len(readings))])
		return
	}
	if k.chance.IntN(40) == 0 { // who is impatient now never learns what became of it
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(k.chance.IntN(5))*time.Millisecond)
		defer cancel()
	}
	id := fmt.Sprint(k.user, " ", k.number, " ", k.asked)
	k.command(ctx, id, k.choose(id))
}

// choose chooses something to ask for. What is new has its id as its text.
func (k *asker) choose(id string) act {
	guests := k.history.guests()
	modes := []protocol.Mode{protocol.ModePromptWithApproval, protocol.ModePromptWithApproval,
		protocol.ModeCommentOnly, protocol.ModeViewOnly, protocol.ModePromptDirect}
	roles := []protocol.Role{protocol.RoleCollaborator, protocol.RoleCollaborator, protocol.RoleViewer}
	a := act{by: k.user}
	p, decidable := k.history.choose(k.chance)
	switch dice := k.chance.IntN(20); {
	case decidable && (k.user == hostUser && dice < 10 || dice == 0):
		action := []string{protocol.ActionApprove, protocol.ActionReject}[k.chance.IntN(2)]
		a.do, a.about = &protocol.Approve{ApprovalID: p.id, Action: action}, p.text
	case dice == 10:
		a.do = &protocol.SetMode{Mode: modes[k.chance.IntN(len(modes))]}
	case dice == 11:
		a.about = guests[k.chance.IntN(len(guests))]
		a.do = &protocol.SetRole{ParticipantID: k.history.people[a.about].ID, Role: roles[k.chance.IntN(len(roles))]}
	case k.user != hostUser && dice > 12:
		a.do = &protocol.Prompt{Prompt: "help " + id}
	default:
		a.do = &protocol.Chat{Text: id}
	}
	return a
}

func (k *asker) command(ctx context.Context, id string, a act) {
	called := k.history.now()
	payload, err := k.ask(ctx, id, a.do)
	if refused, ok := errors.AsType[*protocol.Error](err); ok {
		if !isForNow(refused) {
			k.history.add(k.number, a, called, reply{code: refused.Code})
			return
		}
		if refused.Code == protocol.CodeRateLimited {
			return // which did nothing
		}
	}
	if err != nil {
		k.history.add(k.number, a, called, reply{lost: true})
		return
	}
	what, approval := answered(a.do, payload)
	k.history.add(k.number, a, called, reply{what: what})
	if approval.Status == protocol.ApprovalPending {
		k.history.propose(pendingPrompt{approval.ID, approval.Prompt})
	}
}

// answered reads what has happened from an answer.
func answered(c protocol.Command, payload []byte) (what string, approval protocol.Approval) {
	var a struct {
		Message     protocol.Message
		Approval    protocol.Approval
		Session     protocol.Session
		Participant protocol.Participant
	}
	if err := json.Unmarshal(payload, &a); err != nil {
		return err.Error(), a.Approval
	}
	switch c.(type) {
	case *protocol.Chat:
		return saidSo(a.Message.Text), a.Approval
	case *protocol.SetMode:
		return nowMode(a.Session.Mode), a.Approval
	case *protocol.SetRole:
		return nowRole(a.Participant.UserID, a.Participant.Role), a.Approval
	}
	return nowPrompt(a.Approval.Prompt, a.Approval.Status), a.Approval
}
