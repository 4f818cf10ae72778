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

// sendFunc sends a command under an id. If the error is not a *protocol.Error, the outcome
// of the command is not known.
type sendFunc func(ctx context.Context, id string, c protocol.Command) ([]byte, error)

// historyClient is a client of a history. It runs one operation after the other.
type historyClient struct {
	history *history
	number  int
	user    string
	send    sendFunc
	rng     *rand.Rand
	count   int
}

// client returns a client that acts as a user.
func (h *history) client(user string, number int, ask sendFunc, seed uint64) *historyClient {
	return &historyClient{history: h, number: number, user: user, send: ask, rng: rand.New(rand.NewPCG(seed, uint64(number)))}
}

// viaWebSocket sends with the Go client, which repeats what a broken connection may have
// lost.
func viaWebSocket(t *testing.T, s e2e.Session, m e2e.Member) sendFunc {
	person := e2e.Connect(t, s.ParticipantLink(m), "")
	return func(ctx context.Context, _ string, c protocol.Command) ([]byte, error) {
		ok, err := person.Do(ctx, c)
		if err != nil {
			return nil, err
		}
		return ok.Payload, nil
	}
}

// retry sends over HTTP, under the same id, until there is an answer.
func retry(send func(context.Context, e2e.Member, string, protocol.Command) ([]byte, error), m e2e.Member) sendFunc {
	return func(ctx context.Context, id string, c protocol.Command) ([]byte, error) {
		pause := time.NewTicker(10 * time.Millisecond)
		defer pause.Stop()
		for {
			payload, err := send(ctx, m, id, c)
			if refused, ok := errors.AsType[*protocol.Error](err); err == nil || ok && !isTemporary(refused) {
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

// isTemporary reports whether a refused command may succeed later.
func isTemporary(e *protocol.Error) bool {
	return e.Code == protocol.CodeRateLimited || e.Code == protocol.CodeJournalUnavailable
}

// runOne runs a random operation and records it.
func (k *historyClient) runOne(ctx context.Context) {
	k.count++
	if k.rng.IntN(3) == 0 {
		kinds := []readKind{readState, readMessages, readWelcome, readEvents}
		k.runRead(ctx, kinds[k.rng.IntN(len(kinds))])
		return
	}
	if k.rng.IntN(40) == 0 { // sometimes give up before the answer arrives
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(k.rng.IntN(5))*time.Millisecond)
		defer cancel()
	}
	id := fmt.Sprint(k.user, " ", k.number, " ", k.count)
	k.runCommand(ctx, id, k.chooseOperation(id))
}

// chooseOperation returns a random command. The id is the text of new messages and part of
// the text of new prompts.
func (k *historyClient) chooseOperation(id string) operation {
	guests := k.history.guests()
	modes := []protocol.Mode{protocol.ModePromptWithApproval, protocol.ModePromptWithApproval,
		protocol.ModeCommentOnly, protocol.ModeViewOnly, protocol.ModePromptDirect}
	roles := []protocol.Role{protocol.RoleCollaborator, protocol.RoleCollaborator, protocol.RoleViewer}
	a := operation{user: k.user}
	p, decidable := k.history.chooseProposal(k.rng)
	switch dice := k.rng.IntN(20); {
	case decidable && (k.user == hostUser && dice < 10 || dice == 0):
		action := []string{protocol.ActionApprove, protocol.ActionReject}[k.rng.IntN(2)]
		a.command, a.target = &protocol.Approve{ApprovalID: p.id, Action: action}, p.text
	case dice == 10:
		a.command = &protocol.SetMode{Mode: modes[k.rng.IntN(len(modes))]}
	case dice == 11:
		a.target = guests[k.rng.IntN(len(guests))]
		a.command = &protocol.SetRole{ParticipantID: k.history.people[a.target].ID, Role: roles[k.rng.IntN(len(roles))]}
	case k.user != hostUser && dice > 12:
		a.command = &protocol.Prompt{Prompt: "help " + id}
	default:
		a.command = &protocol.Chat{Text: id}
	}
	return a
}

// runCommand sends a command and records its outcome.
func (k *historyClient) runCommand(ctx context.Context, id string, a operation) {
	called := k.history.now()
	payload, err := k.send(ctx, id, a.command)
	if refused, ok := errors.AsType[*protocol.Error](err); ok {
		if !isTemporary(refused) {
			k.history.record(k.number, a, called, outcome{code: refused.Code})
			return
		}
		if refused.Code == protocol.CodeRateLimited {
			return // a rate-limited command has no effect
		}
	}
	if err != nil {
		k.history.record(k.number, a, called, outcome{lost: true})
		return
	}
	what, approval := effectOf(a.command, payload)
	k.history.record(k.number, a, called, outcome{effect: what})
	if approval.Status == protocol.ApprovalPending {
		k.history.addProposal(pendingPrompt{approval.ID, approval.Prompt})
	}
}

// effectOf returns the effect that an answer reports, and the approval in it.
func effectOf(c protocol.Command, payload []byte) (what string, approval protocol.Approval) {
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
		return messageEffect(a.Message.Text), a.Approval
	case *protocol.SetMode:
		return modeEffect(a.Session.Mode), a.Approval
	case *protocol.SetRole:
		return roleEffect(a.Participant.UserID, a.Participant.Role), a.Approval
	}
	return promptEffect(a.Approval.Prompt, a.Approval.Status), a.Approval
}
