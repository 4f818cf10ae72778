package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
	"go.uber.org/zap"

	"parley/cmd/internal/cli"
	"parley/cmd/parley/internal/certs"
	"parley/cmd/parley/internal/operators"
	"parley/hub"
	"parley/hub/agent"
	"parley/hub/agent/remote"
	"parley/hub/blobs/dir"
	"parley/hub/journal"
	"parley/hub/journal/sqlite"
	"parley/hub/worktree"
	"parley/protocol"
	"parley/protocol/client"
	"parley/web"
)

// Server is a running server. Its methods are safe for concurrent use; Stop may be called
// once.
type Server struct {
	// immutable
	url        string
	log        *zap.Logger
	journal    *sqlite.Journal
	hub        *hub.Hub
	worktrees  *worktree.Store
	connectors *remote.Server
	registry   *remote.Registry
	web        *web.Server
	http       *http.Server
	profiles   *profileServer // nil unless configured
	certs      *certs.Source  // nil unless the server uses TLS
	signIn     string         // the link by which the first operator signs in; empty if there is one
	isOpen     bool           // whether the server asks for no operator's key
	isExposed  bool           // whether other machines reach it, as far as the settings tell
	ballast    *ballast

	failed chan error    // the goroutine that serves HTTP sends at most one error; its capacity is one, so that it never waits
	done   chan struct{} // closed when that goroutine has ended

	// brokenPipe is never read. Because it is notified, a server goes on without its log when
	// whatever reads that has ended. Agents do not inherit this, as they would if the signal were
	// ignored.
	brokenPipe chan os.Signal
}

// AttachmentsDir is the name of the directory in the data directory that holds the files
// that participants upload.
const AttachmentsDir = "attachments"

const (
	// stopTimeout bounds an orderly stop. Agents have their own time limit within it.
	stopTimeout = 20 * time.Second
	// disconnectTimeout is the part of stopTimeout in which clients can disconnect. A
	// WebSocket that does not answer its close frame takes five seconds.
	disconnectTimeout = 8 * time.Second
	// closeTimeout is how long the disk may take to close the journal.
	closeTimeout = 5 * time.Second
)

// Start opens the journal, starts the hub and serves HTTP. An error is a usage error of
// package cli if the configuration is invalid.
func Start(ctx context.Context, c Config) (_ *Server, err error) {
	log, err := newLogger(c.LogLevel, c.LogFormat)
	if err != nil {
		return nil, err
	}
	listener := c.Listener
	if listener == nil {
		if listener, err = Listen(c.Listen, "--listen"); err != nil {
			return nil, err
		}
	}
	s := &Server{
		log:    log,
		failed: make(chan error, 1),

		brokenPipe: make(chan os.Signal),
		done:       make(chan struct{}),
	}
	if s.profiles, err = startProfiles(c.DebugListen, log); err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	s.url, c.Web.Listen = urlOf(c, listener.Addr().String()), listener.Addr().String()
	if err = s.openProvider(ctx, &c); err == nil {
		err = s.startHub(ctx, c)
	}
	if err != nil {
		return nil, errors.Join(err, listener.Close(), s.profiles.stop())
	}
	c.Web.Connectors = s.connectors
	c.Web.Logger, c.Web.MaxOpen = log, cmp.Or(c.Web.MaxOpen, connectionLimit())
	c.Web.StrictTransport, c.Web.Certificate = s.certs.IsTrusted, s.certs.Pin()
	s.isOpen, s.isExposed = !c.Web.IsProtected(), c.isExposed()
	c.Web.Operators = operators.Open(c.Data)
	s.web = web.New(s.hub, c.Web)
	s.http = s.web.HTTPServer(c.Listen)
	limitMemory(os.Getenv("GOMEMLIMIT"), systemMemoryLimit())
	s.ballast = newBallast()
	signal.Notify(s.brokenPipe, syscall.SIGPIPE)
	go s.serve(listener) // Stop ends it and waits
	s.certs.Watch()
	return s, nil
}

func (s *Server) serve(listener net.Listener) {
	defer close(s.done)
	serve := s.http.Serve
	if s.certs != nil {
		s.http.TLSConfig = s.certs.Config()
		serve = func(l net.Listener) error { return s.http.ServeTLS(l, "", "") }
	}
	if err := serve(listener); !errors.Is(err, http.ErrServerClosed) {
		s.failed <- fmt.Errorf("serve: %w", err)
	}
}

// Listen listens on the address that a flag has. TCP keep-alives are off, because every
// connection has a heartbeat or a time-out.
func Listen(address, flag string) (net.Listener, error) {
	config := net.ListenConfig{KeepAlive: -1}
	l, err := config.Listen(context.Background(), "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %s: %w; choose another address with %s", address, errors.Unwrap(err), flag)
	}
	return l, nil
}

// startHub opens the journal and starts the hub on it.
func (s *Server) startHub(ctx context.Context, c Config) (err error) {
	data, err := filepath.Abs(c.Data) // git and agents run in other directories
	if err != nil {
		return err
	}
	if s.journal, err = openJournal(c, s.log); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.journal.Close())
		}
	}()
	sessions, err := s.journal.List(ctx, journal.Filter{Limit: 1})
	if err != nil {
		return err
	}
	key, err := LoadKey(c.Data, len(sessions) > 0)
	if err != nil {
		return err
	}
	if s.certs, err = openCerts(c, s.log); err != nil {
		return err
	}
	if s.signIn, err = s.signInLink(c); err != nil {
		return err
	}
	attachments, err := dir.Open(filepath.Join(data, AttachmentsDir), c.Attachments)
	if err != nil {
		return err
	}
	c.Hub.Attachments = attachments
	if c.Hub.Checkpoints, err = LoadCheckpointKey(data); err != nil {
		return err
	}
	s.registry = remote.NewRegistry()
	c.Hub.RemoteWorktrees = s.registry.Worktrees
	isolation, err := c.Isolation(data)
	if err != nil {
		return err
	}
	launcher, err := agent.NewLauncher(c.Agents, s.log, agent.Options{
		Version:      c.Version,
		DemoPace:     agent.DefaultDemoPace,
		DemoDir:      filepath.Join(data, "demo"),
		RunDir:       filepath.Join(data, "agents"),
		Attachments:  attachments,
		FilesDir:     isolation.FilesDir,
		Isolation:    isolation.Plan,
		StartTimeout: c.AgentStartTimeout,
		Rate:         c.AgentRate,
		Ignored:      worktree.Ignored,
		Known:        c.KnownAgents,
		Remote:       s.registry,

		ProtocolVersion: c.AgentProtocol,
	})
	if err != nil {
		return cli.Usagef("%w", err)
	}
	isolation.log(s.log)
	s.logAgents(launcher.Profiles())
	s.worktrees = worktree.New(filepath.Join(data, "changes"), s.log)
	c.Hub.Logger, c.Hub.MaxBacklogs, c.Hub.Worktrees = s.log, outboundBytes(c.Hub.MaxBacklogs), s.worktrees
	s.hub = hub.New(s.journal, launcher, key, c.Hub)
	s.connectors = remote.NewServer(s.registry, s.hub, s.log, c.ConnectorHeartbeat)
	if err = s.hub.Start(ctx); err != nil {
		s.worktrees.Close()
	}
	return err
}

// logAgents logs which agents can be started, and says what to do if there is only the
// demo agent.
func (s *Server) logAgents(profiles []protocol.AgentProfile) {
	names := make([]string, len(profiles))
	for i, p := range profiles {
		names[i] = p.Name
	}
	s.log.Info("agents that can be started: " + strings.Join(names, ", "))
	if len(profiles) == 1 {
		s.log.Info("no agent is configured or installed; parley agents says how to get one")
	}
}

// URL returns the URL of the server.
func (s *Server) URL() string { return s.url }

// Hub returns the hub, for callers in the same process.
func (s *Server) Hub() *hub.Hub { return s.hub }

// Pin returns the fingerprint of the server's certificate for links, or an empty string if
// links need none.
func (s *Server) Pin() string { return s.certs.Pin() }

// Run reports that the server is ready, waits until ctx is done or the server fails, and
// stops it.
func (s *Server) Run(ctx context.Context) error {
	s.log.Info("parley is ready: " + s.url)
	notifySystemd(daemon.SdNotifyReady)
	if pin := s.Pin(); pin != "" {
		s.log.Info("the certificate's SHA-256 fingerprint, to be compared in the browser's warning: " + client.Fingerprint(pin))
	}
	s.logAccess()
	return errors.Join(s.Wait(ctx), s.Stop())
}

// Wait waits until ctx is done or the server fails, and returns the failure.
func (s *Server) Wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-s.failed:
		return err
	}
}

// Stop stops the server in order: it asks clients to reconnect later and cuts off those
// that stay connected, lets sessions complete their work, ends the agents, and closes the
// journal last.
func (s *Server) Stop() error {
	s.log.Info("stopping")
	notifySystemd(daemon.SdNotifyStopping)
	ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	s.disconnectClients(ctx)
	<-s.done
	s.connectors.Close()
	err := s.hub.Stop(ctx)
	s.registry.Close()
	s.worktrees.Close()
	s.certs.Close()
	err = errors.Join(err, s.closeJournal(), s.profiles.stop())
	s.ballast.stop()
	_ = s.log.Sync() // standard error cannot always be synced
	signal.Stop(s.brokenPipe)
	return err
}

// disconnectClients waits until all clients have disconnected, and cuts off those that
// do not disconnect in time. Agents and the journal keep the rest of the time.
func (s *Server) disconnectClients(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, disconnectTimeout)
	defer cancel()
	if err := errors.Join(s.web.Shutdown(ctx), s.http.Shutdown(ctx)); err != nil {
		s.log.Warn("some clients did not disconnect in time and are cut off")
		_ = s.http.Close() // nothing but these connections is left
	}
}

// closeJournal closes the journal. If the disk does not respond in time, it leaves the
// journal as a crash would.
func (s *Server) closeJournal() error {
	closed := make(chan error, 1)
	go func() { closed <- s.journal.Close() }() // ends with the process at the latest
	select {
	case err := <-closed:
		return err
	case <-time.After(closeTimeout):
		return errors.New("the disk does not respond; the journal contains everything that was acknowledged, and the next start recovers it")
	}
}
