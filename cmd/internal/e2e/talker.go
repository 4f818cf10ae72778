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

// Talker reads and sends messages over connections that break, and checks that no event
// is missing, arrives twice or changes. It repeats a command that was not acknowledged
// under the same id.
type Talker struct {
	// must not change during a visit
	Name    string
	Member  Member
	Session Session
	Pace    time.Duration // average time between two messages
	Heard   func()        // called at each acknowledgement; may be nil

	rng *rand.Rand // owned by Visit, which one goroutine calls

	mu       sync.Mutex
	place    place           // guarded by mu
	said     int             // guarded by mu
	waiting  []string        // guarded by mu: messages not acknowledged yet, oldest first
	answered map[string]bool // guarded by mu: acknowledged messages
}

// maxWaiting keeps commands that may have to be repeated within the number that the server
// remembers, and below what it accepts at once.
const maxWaiting = 40

// NewTalker returns a talker for a member that has received all events up to the cursor at.
func NewTalker(s Session, name string, m Member, r *Record, at string, seed uint64) *Talker {
	from, err := protocol.ParseCursor(at)
	if err != nil {
		panic(err) // it came from the server
	}
	return &Talker{
		Name: name, Member: m, Session: s, Pace: 10 * time.Millisecond,
		rng:      rand.New(rand.NewPCG(seed, 0)),
		place:    place{r, from},
		answered: map[string]bool{},
	}
}

// Visit connects, reads and sends until ctx ends, and disconnects. The error is always a
// *Violation: that the server is away or the connection breaks is expected.
func (k *Talker) Visit(ctx context.Context, by Transport, politely bool) error {
	return k.visit(ctx, by, politely, k.talk)
}

func (k *Talker) visit(ctx context.Context, by Transport, politely bool, meanwhile func(context.Context, feed)) error {
	f, err := k.Session.open(ctx, by, k.Member, k.at())
	if err != nil {
		return onlyViolation(err)
	}
	ctx, cancel := context.WithCancel(ctx)
	read := make(chan error, 1)
	go func() { // ends with the feed; waited for below
		defer cancel()
		read <- k.read(f)
	}()
	if k.sayAgain(ctx, f) {
		meanwhile(ctx, f)
	}
	f.end(politely)
	return onlyViolation(<-read)
}

func onlyViolation(err error) error {
	if v, ok := errors.AsType[*Violation](err); ok {
		return v
	}
	return nil
}

func (k *Talker) at() protocol.Cursor {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.place.at
}

func (k *Talker) read(f feed) error {
	for {
		lines, err := f.next()
		for _, l := range lines {
			if err := k.hear(l); err != nil {
				return fmt.Errorf("%s: %w", k.Name, err)
			}
		}
		if err != nil {
			return err
		}
	}
}

func (k *Talker) hear(l line) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case l.isEvent():
		return k.place.take(l)
	case l.Type == protocol.TypeOK:
		k.settle(l.ID)
	case l.Type == protocol.TypeConnected && l.Resume != protocol.ResumeOK:
		return violation("the stream began with %s", l.raw)
	case l.Type == protocol.TypeWelcome:
		return requireResumed(l)
	case l.Type == protocol.TypeError && !l.Error.Retryable:
		return violation("%s was answered %s", l.ID, l.raw)
	}
	return nil
}

func requireResumed(l line) error {
	var w struct {
		Resume string `json:"resume"`
	}
	if err := json.Unmarshal(l.Payload, &w); err != nil || w.Resume != protocol.ResumeOK {
		return violation("the welcome did not resume: %s", l.raw)
	}
	return nil
}

// settle records an acknowledgement. mu must be locked.
func (k *Talker) settle(id string) {
	if k.Heard != nil {
		k.Heard()
	}
	k.answered[id] = true
	k.waiting = slices.DeleteFunc(k.waiting, func(other string) bool { return other == id })
}

// sayAgain repeats the messages that were not acknowledged. It returns false if ctx has
// ended.
func (k *Talker) sayAgain(ctx context.Context, f feed) bool {
	for _, id := range k.unsettled() {
		if !k.say(ctx, f, id) {
			<-ctx.Done() // continue to read: only sending has failed
			return false
		}
	}
	return ctx.Err() == nil
}

// talk sends new messages until ctx ends.
func (k *Talker) talk(ctx context.Context, f feed) {
	for {
		pause := time.NewTimer(time.Duration(k.rng.Int64N(2*int64(k.Pace) + 1)))
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
			return
		}
		if id := k.think(); id != "" && !k.say(ctx, f, id) {
			<-ctx.Done()
			return
		}
	}
}

func (k *Talker) unsettled() []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Clone(k.waiting)
}

// think returns the id of a new message, which is its text too, or nothing while too many
// are not acknowledged.
func (k *Talker) think() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.waiting) >= maxWaiting {
		return ""
	}
	k.said++
	id := fmt.Sprintf("%s says %d", k.Name, k.said)
	k.waiting = append(k.waiting, id)
	return id
}

// say sends a message. It returns false if its outcome is not known, after which nothing
// more may be sent on the connection.
func (k *Talker) say(ctx context.Context, f feed, id string) bool {
	if socket, ok := f.(*socketFeed); ok {
		return socket.send(id, &protocol.Chat{Text: id}) == nil
	}
	answer, err := k.Session.Say(ctx, k.Member, id, id)
	if err != nil || answer.Status != http.StatusOK {
		return false
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.settle(id)
	return true
}
