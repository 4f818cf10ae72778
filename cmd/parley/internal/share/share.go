package share

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"go.uber.org/zap"

	"parley/cmd/parley/internal/connector"
	"parley/cmd/parley/internal/display"
	"parley/hub/agent/isolate"
	"parley/hub/agent/profile"
	"parley/hub/worktree"
	"parley/protocol"
	"parley/protocol/client"
)

// Options say what to share, and how.
type Options struct {
	Store  string // the directory of all shares
	Dir    string // absolute; the agent works in it
	Server string // the URL of the server; empty for one of its own
	Token  string // an operator's key, if Server asks for one
	Pin    string // the fingerprint of Server's certificate, as in a link, or empty
	Resume bool   // continue the share of Dir that was used last

	Agent       profile.Profile // without a command with Resume: the one of before
	Isolation   *isolate.Plan   // what is kept from the agent; nil for nothing
	Name        string          // of the host
	Title       string
	Permissions string

	// StartServer starts a server with its data in a directory, at an address that was used
	// before unless that is empty. The server calls fail if others cannot reach it any more.
	StartServer func(ctx context.Context, data, listen string, fail func(error)) (Server, error)
	// Show shows the room to the user, and returns when the user leaves it, or ctx ends.
	Show func(ctx context.Context, link string) error

	public string // the address of the own server for others; empty for that of this machine

	Out io.Writer // for the links and what happens
	QR  bool      // show the invite as a QR code
	Log *zap.Logger
}

// Server is a server of the user's own.
type Server interface {
	URL() string       // for this machine
	PublicURL() string // for others; empty if they cannot reach it
	Token() string     // an operator's key
	Pin() string       // the fingerprint of its certificate, as in a link, or empty
	Stop() error
}

// Run shares an agent until the user leaves the room, ctx ends or the server refuses the
// agent. Then the agent has ended.
func Run(ctx context.Context, o Options) (err error) {
	s, err := o.slot()
	if err != nil {
		return err
	}
	defer s.release()
	if err := s.save(); err != nil {
		return err
	}
	if s.record.Server != "" {
		return o.connect(ctx, s, s.record.Server)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	failed := make(chan error, 1) // why others cannot reach the server any more; the first reason
	own, err := o.StartServer(ctx, filepath.Join(s.dir, "data"), s.record.Listen, func(err error) {
		select {
		case failed <- err:
		default:
		}
		cancel()
	})
	if err != nil {
		return err
	}
	s.record.Listen = address(own.URL())
	o.Token, o.Pin, o.public = own.Token(), own.Pin(), own.PublicURL()
	err = o.connect(ctx, s, own.URL())
	select {
	case why := <-failed:
		err = errors.Join(err, why)
	default:
	}
	return errors.Join(err, own.Stop())
}

// slot returns the slot of the share that begins or continues.
func (o Options) slot() (*slot, error) {
	if !o.Resume {
		return newSlot(o.Store, record{
			Dir: o.Dir, Server: o.Server, Epoch: nextEpoch(0), Key: rand.Text() + rand.Text(),
			Agent: o.Agent.Name, Command: o.Agent.Command, Env: o.Agent.Env,
		})
	}
	s, err := resumeSlot(o.Store, o.Dir, o.Server)
	if err != nil {
		return nil, err
	}
	if len(o.Agent.Command) > 0 {
		s.record.Agent, s.record.Command, s.record.Env = o.Agent.Name, o.Agent.Command, o.Agent.Env
	}
	s.record.Epoch = nextEpoch(s.record.Epoch)
	return s, s.save()
}

// nextEpoch returns an epoch above the last. It follows the clock, so that the newest process
// takes over although the data was copied to another machine.
func nextEpoch(last uint64) uint64 { return max(last+1, uint64(time.Now().Unix())) }

// connect runs the connector, and the room beside it.
func (o Options) connect(ctx context.Context, s *slot, server string) error {
	files := filepath.Join(s.dir, "files")
	if err := os.MkdirAll(files, 0o700); err != nil {
		return err
	}
	changes := worktree.New(filepath.Join(s.dir, "changes"), o.Log)
	defer changes.Close()
	states := make(chan connector.Status, 1) // the newest; the connector replaces it
	c := connector.New(connector.Options{
		Server: server, Token: o.Token, Pin: o.Pin, Agent: s.record.profile(), Dir: s.record.Dir, Isolation: o.Isolation.With(files),
		Key: s.record.Key, Epoch: s.record.Epoch, Title: o.Title, Permissions: o.Permissions, FilesDir: files,
		Worktrees: changes,
		Log:       o.Log, Changed: func(now connector.Status) { replace(states, now) },
	})
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, 1) // from the connector, once
	go func() {                  // ends with ctx; connect waits for it
		err := c.Run(ctx)
		cancel()
		ended <- err
	}()
	err := o.room(ctx, s, server, states)
	cancel()
	if refused := <-ended; refused != nil {
		return fmt.Errorf("the server does not accept this agent: %w", refused)
	}
	if errors.Is(err, context.Canceled) {
		err = nil
	}
	fmt.Fprintln(o.Out, "The agent has ended. parley share --resume in this directory continues the session.")
	return err
}

// replace puts a value into a channel of capacity one, in the place of one that was not
// received.
func replace[T any](to chan T, v T) {
	select {
	case <-to:
	default:
	}
	to <- v
}

// room waits for the agent, shares it, and shows the room.
func (o Options) room(ctx context.Context, s *slot, address string, states <-chan connector.Status) error {
	server, err := client.NewServer(address, client.ServerOptions{Token: o.Token, Certificate: o.Pin})
	if err != nil {
		return err
	}
	host, err := o.awaitConnection(ctx, address, states)
	if err != nil {
		return err
	}
	if s.record.Link != "" && s.record.Server == "" { // its port may be another one than before
		if err := s.move(address, cmp.Or(o.public, address), o.Pin); err != nil {
			return err
		}
	}
	if s.record.Link == "" || hasEnded(ctx, server, s.record.Link) {
		if err := o.awaitAgent(ctx, server, host); err != nil {
			return err
		}
		if err := o.create(ctx, s, server, host); err != nil {
			return err
		}
	}
	o.showLinks(s.record)
	return o.Show(ctx, s.record.Link)
}

// hasEnded reports whether a session has been closed, or does not exist any more, so that a
// new one is to be shared on the agent.
func hasEnded(ctx context.Context, server *client.Server, link string) bool {
	own, err := client.ParseLink(link)
	if err != nil {
		return true
	}
	state, err := server.State(ctx, own)
	if refusal, ok := errors.AsType[*protocol.Error](err); ok {
		return slices.Contains(endedCodes, refusal.Code)
	}
	return err == nil && state.Session.Status != protocol.StatusActive
}

// endedCodes are the errors of a session that has ended. A protected server does not tell
// whether a session exists to whoever has no valid token for it.
var endedCodes = []protocol.Code{
	protocol.CodeSessionNotFound, protocol.CodeSessionInactive, protocol.CodeInvalidParticipantToken,
}

// move makes the user's own link that of an address, and the invite that of an address for
// others, with the fingerprint of the server's certificate.
func (s *slot) move(address, public, pin string) error {
	for link, server := range map[*string]string{&s.record.Link: address, &s.record.Invite: public} {
		l, err := client.ParseLink(*link)
		if err != nil {
			return err
		}
		l.Server, l.Certificate = server, pin
		*link = l.String()
	}
	return s.save()
}

// awaitConnection waits for the first connection, and returns the id of the host session.
func (o Options) awaitConnection(ctx context.Context, server string, states <-chan connector.Status) (string, error) {
	said := false
	for {
		select {
		case now := <-states:
			if now.Connected {
				return now.HostSession, nil
			}
			if !said {
				said = true
				fmt.Fprintf(o.Out, "Waiting for %s: %s\n", server, display.OneLine(now.Err.Error()))
			}
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
}

// pollInterval is how often the state of a starting agent is read.
const pollInterval = 200 * time.Millisecond

// awaitAgent waits until the agent is ready. A server that refuses it ends ctx.
func (o Options) awaitAgent(ctx context.Context, server *client.Server, host string) error {
	ticker := time.NewTicker(pollInterval)
	defer ticker.Stop()
	shown := ""
	for {
		session, err := server.HostSession(ctx, host)
		if err == nil && session.Status != protocol.AgentStarting {
			return nil
		}
		if detail := display.OneLine(session.Detail); detail != "" && detail != shown {
			shown = detail
			fmt.Fprintf(o.Out, "The agent starts: %s\n", detail)
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// create creates the shared session, and stores the links.
func (o Options) create(ctx context.Context, s *slot, server *client.Server, host string) error {
	shared, err := server.Share(ctx, protocol.CreateSharedSession{HostSessionID: host, HostUserID: o.Name})
	if err != nil {
		return err
	}
	s.record.Link, s.record.Invite = shared.Own.String(), shared.Invite.String()
	return s.save()
}
