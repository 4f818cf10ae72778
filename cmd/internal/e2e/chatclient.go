package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"

	"parley/protocol"
)

// ChatClient reads events and sends messages over connections that break, and checks
// that no event is missing, arrives twice or changes. It repeats a command that was not
// acknowledged under the same id.
type ChatClient struct {
	// must not change during a call of Run
	Name      string
	Member    Member
	Session   Session
	MeanPause time.Duration // average time between two messages
	OnAck     func()        // called at each acknowledgement; may be nil

	rng *rand.Rand // owned by Run, which one goroutine calls at a time

	mu             sync.Mutex // guards the fields below
	position       position
	sent           int             // number of messages
	unacknowledged []string        // ids of messages, oldest first
	acknowledged   map[string]bool // ids of messages
}

// maxUnacknowledged is the maximum number of commands that may need to be repeated. It is
// below the number of commands that the server remembers, and below its burst limit.
const maxUnacknowledged = 40

// NewChatClient returns a client for a member that has received all events up to the
// cursor at.
func NewChatClient(s Session, name string, m Member, r *Record, at string, seed uint64) *ChatClient {
	from, err := protocol.ParseCursor(at)
	if err != nil {
		panic(err) // the cursor is the server's
	}
	return &ChatClient{
		Name: name, Member: m, Session: s, MeanPause: 10 * time.Millisecond,
		rng:          rand.New(rand.NewPCG(seed, 0)),
		position:     position{r, from},
		acknowledged: map[string]bool{},
	}
}

// Run connects, reads and sends until ctx is done, and disconnects, in order if orderly
// is true. The error is always a *Violation: an unreachable server and a broken
// connection are expected.
func (k *ChatClient) Run(ctx context.Context, by Transport, orderly bool) error {
	return k.run(ctx, by, orderly, k.sendMessages)
}

// run connects, sends again what was not acknowledged and calls send, which must return
// when its context is done.
func (k *ChatClient) run(ctx context.Context, by Transport, orderly bool, send func(context.Context, feed)) error {
	f, err := k.Session.open(ctx, by, k.Member, k.cursor())
	if err != nil {
		return onlyViolation(err)
	}
	ctx, cancel := context.WithCancel(ctx)
	read := make(chan error, 1)
	go func() { // ends with the feed; waited for below
		defer cancel()
		read <- k.read(f)
	}()
	if k.resend(ctx, f) {
		send(ctx, f)
	}
	f.close(orderly)
	return onlyViolation(<-read)
}

// onlyViolation returns the *Violation that err wraps, or nil.
func onlyViolation(err error) error {
	if v, ok := errors.AsType[*Violation](err); ok {
		return v
	}
	return nil
}

func (k *ChatClient) cursor() protocol.Cursor {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.position.cursor
}

// read receives lines until the connection ends.
func (k *ChatClient) read(f feed) error {
	for {
		lines, err := f.next()
		for _, l := range lines {
			if err := k.receive(l); err != nil {
				return fmt.Errorf("%s: %w", k.Name, err)
			}
		}
		if err != nil {
			return err
		}
	}
}

func (k *ChatClient) receive(l line) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case l.isEvent():
		return k.position.advance(l)
	case l.Type == protocol.TypeOK:
		k.acknowledge(l.ID)
	case l.Type == protocol.TypeConnected && l.Resume != protocol.ResumeOK:
		return violation("the stream began with %s", l.raw)
	case l.Type == protocol.TypeWelcome:
		return checkResumed(l)
	case l.Type == protocol.TypeError && !l.Error.Retryable:
		return violation("%s was answered %s", l.ID, l.raw)
	}
	return nil
}

// checkResumed returns a *Violation unless a welcome continues at the cursor.
func checkResumed(l line) error {
	var w struct {
		Resume string `json:"resume"`
	}
	if err := json.Unmarshal(l.Payload, &w); err != nil || w.Resume != protocol.ResumeOK {
		return violation("the welcome did not resume: %s", l.raw)
	}
	return nil
}

// acknowledge records an acknowledgement. mu must be locked.
func (k *ChatClient) acknowledge(id string) {
	if k.OnAck != nil {
		k.OnAck()
	}
	k.acknowledged[id] = true
	k.unacknowledged = slices.DeleteFunc(k.unacknowledged, func(other string) bool { return other == id })
}

// resend repeats the messages that were not acknowledged. It returns false if ctx is
// done.
func (k *ChatClient) resend(ctx context.Context, f feed) bool {
	for _, id := range k.pending() {
		if !k.send(ctx, f, id) {
			<-ctx.Done() // continue to read: only sending has failed
			return false
		}
	}
	return ctx.Err() == nil
}

// sendMessages sends new messages until ctx is done.
func (k *ChatClient) sendMessages(ctx context.Context, f feed) {
	for {
		pause := time.NewTimer(time.Duration(k.rng.Int64N(2*int64(k.MeanPause) + 1)))
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
			return
		}
		if id := k.nextMessage(); id != "" && !k.send(ctx, f, id) {
			<-ctx.Done()
			return
		}
	}
}

func (k *ChatClient) pending() []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Clone(k.unacknowledged)
}

// nextMessage returns the id of a new message, which is its text too. It returns an
// empty string while too many messages are not acknowledged.
func (k *ChatClient) nextMessage() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.unacknowledged) >= maxUnacknowledged {
		return ""
	}
	k.sent++
	id := fmt.Sprintf("%s says %d", k.Name, k.sent)
	k.unacknowledged = append(k.unacknowledged, id)
	return id
}

// send sends a message. It returns false if the outcome is not known, after which
// nothing more may be sent on the connection.
func (k *ChatClient) send(ctx context.Context, f feed, id string) bool {
	if socket, ok := f.(*webSocketFeed); ok {
		return socket.send(id, &protocol.Chat{Text: id}) == nil
	}
	response, err := k.Session.PostMessage(ctx, k.Member, id, id)
	if err != nil || response.Status != http.StatusOK {
		return false
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.acknowledge(id)
	return true
}
