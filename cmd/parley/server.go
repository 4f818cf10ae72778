package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"go.uber.org/zap"

	"parley/cmd/internal/cli"
	"parley/hub"
	"parley/hub/agent"
	"parley/hub/journal"
	"parley/hub/journal/sqlite"
	"parley/web"
)

// server is everything that runs in a serving process.
type server struct {
	url     string
	log     *zap.Logger
	journal *sqlite.Journal
	hub     *hub.Hub
	web     *web.Server
	http    *http.Server
	debug   *debugServer  // nil unless asked for
	failed  chan error    // from the goroutine that accepts, at most one
	done    chan struct{} // closed when nothing is accepted any more
	ballast *ballast
}

const (
	// stopTimeout bounds an orderly end: agents have their own time within it.
	stopTimeout = 20 * time.Second
	// partTimeout is how long clients may take of it to go. A socket that says
	// nothing to its close has five seconds.
	partTimeout = 8 * time.Second
	// closeTimeout is how long the disk may take for the end of the journal.
	closeTimeout = 5 * time.Second
)

// startServer opens the journal, starts the hub and listens.
func startServer(ctx context.Context, s serveSettings) (_ *server, err error) {
	log, err := newLogger(s.logLevel, s.logFormat)
	if err != nil {
		return nil, err
	}
	listener, err := listen(s.listen, "--listen")
	if err != nil {
		return nil, err
	}
	srv := &server{
		url:    "http://" + listener.Addr().String(),
		log:    log,
		failed: make(chan error, 1),
		done:   make(chan struct{}),
	}
	if srv.debug, err = startDebug(s.debugListen, log); err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	if err := srv.open(ctx, s); err != nil {
		return nil, errors.Join(err, listener.Close(), srv.debug.stop())
	}
	srv.web = web.New(srv.hub, web.Options{
		Logger:       log,
		Listen:       listener.Addr().String(),
		AllowHosts:   s.allowHosts,
		AllowOrigins: s.allowOrigins,
		LegacyRejoin: s.legacyRejoin,
		CommandRate:  webRate(s.commandRate),
		JoinRate:     webRate(s.joinRate),
		ReadRate:     webRate(s.readRate),

		MaxUnfinished: s.maxUnfinished,
		MaxOpen:       connectionLimit(),
	})
	srv.http = srv.web.HTTPServer(s.listen)
	limitMemory(os.Getenv("GOMEMLIMIT"), systemMemoryLimit())
	srv.ballast = newBallast()
	go func() {
		defer close(srv.done)
		if err := srv.http.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			srv.failed <- fmt.Errorf("serve: %w", err)
		}
	}()
	return srv, nil
}

// listen listens on the address that a flag has. Connections have heartbeats or
// a time-out of their own, and no need of TCP's.
func listen(address, flag string) (net.Listener, error) {
	config := net.ListenConfig{KeepAlive: -1}
	l, err := config.Listen(context.Background(), "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %s: %w; choose another address with %s", address, errors.Unwrap(err), flag)
	}
	return l, nil
}

// open opens the journal and starts the hub on it.
func (srv *server) open(ctx context.Context, s serveSettings) (err error) {
	if srv.journal, err = sqlite.Open(s.data, srv.journalOptions(s)); err != nil {
		if _, ok := errors.AsType[*sqlite.LogDamageError](err); ok {
			return explainJournal(err, s.data)
		}
		return fmt.Errorf("cannot use %s: %w; choose another directory with --data", s.data, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, srv.journal.Close())
		}
	}()
	sessions, err := srv.journal.List(ctx, journal.Filter{Limit: 1})
	if err != nil {
		return err
	}
	key, err := loadKey(s.data, len(sessions) > 0)
	if err != nil {
		return err
	}
	launcher, err := agent.NewLauncher(s.profiles, srv.log, agent.Options{
		Version:  version(),
		DemoPace: agent.DefaultDemoPace,
		DemoDir:  filepath.Join(s.data, "demo"),
		RunDir:   filepath.Join(s.data, "agents"),

		StartTimeout: s.agentStartTimeout,
	})
	if err != nil {
		return cli.Usagef("%w", err)
	}
	options := s.hubOptions()
	options.Logger = srv.log
	srv.hub = hub.New(srv.journal, launcher, key, options)
	return srv.hub.Start(ctx)
}

func (srv *server) journalOptions(s serveSettings) sqlite.Options {
	return sqlite.Options{
		CommitInterval: s.commitInterval,
		Salvage:        s.salvage,
		Notice:         func(text string) { srv.log.Warn(text, zap.String("data", s.data)) },
	}
}

// stop ends the server in order: connections are told to come back, and cut off
// if they do not go, sessions finish what they have begun, agents end, the
// journal is closed last.
func (srv *server) stop() error {
	srv.log.Info("stopping")
	ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	srv.part(ctx)
	<-srv.done
	err := errors.Join(srv.hub.Stop(ctx), srv.closeJournal(), srv.debug.stop())
	srv.ballast.stop()
	_ = srv.log.Sync() // standard error cannot always be synced
	return err
}

// closeJournal closes the journal unless the disk does not answer. Then it is left
// as a crash would leave it.
func (srv *server) closeJournal() error {
	closed := make(chan error, 1)
	go func() { closed <- srv.journal.Close() }() // ends with the process at the latest
	select {
	case err := <-closed:
		return err
	case <-time.After(closeTimeout):
		return errors.New("the disk does not answer; what was acknowledged is in the journal, and the next start goes on from there")
	}
}

// part parts with clients. One that does not go is no reason to fail, nor to
// take from the time that agents and the journal need.
func (srv *server) part(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, partTimeout)
	defer cancel()
	if err := errors.Join(srv.web.Shutdown(ctx), srv.http.Shutdown(ctx)); err != nil {
		srv.log.Warn("some clients did not go and are cut off")
		_ = srv.http.Close() // they are all that is left
	}
}
