package server

import (
	"errors"
	"net/http"
	"net/http/pprof"
	"time"

	"go.uber.org/zap"

	"parley/cmd/internal/cli"
	"parley/web"
)

// profileServer serves Go's profiles, which show what a server spends its time and
// memory on. They contain no data of sessions, only addresses and names of functions;
// nevertheless only this machine can read them.
type profileServer struct {
	http *http.Server
	done chan struct{} // closed when the server has ended
}

// startProfiles serves profiles on a loopback address. It returns nil if the address is
// empty.
func startProfiles(address string, log *zap.Logger) (*profileServer, error) {
	if address == "" {
		return nil, nil
	}
	if !web.IsLoopback(address) {
		return nil, cli.Usagef("--debug-listen: %s is not a loopback address", address)
	}
	listener, err := Listen(address, "--debug-listen")
	if err != nil {
		return nil, err
	}
	p := &profileServer{
		http: &http.Server{
			Handler:           profileHandler(),
			ReadHeaderTimeout: 10 * time.Second,
			IdleTimeout:       2 * time.Minute,
			ErrorLog:          zap.NewStdLog(log),
		},
		done: make(chan struct{}),
	}
	go func() { // stop ends it and waits
		defer close(p.done)
		if err := p.http.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.Error("profiles are no longer served", zap.Error(err))
		}
	}()
	log.Info("profiles are at http://" + listener.Addr().String() + "/debug/pprof/")
	return p, nil
}

// stop closes all connections. It does nothing on a nil profileServer.
func (p *profileServer) stop() error {
	if p == nil {
		return nil
	}
	err := p.http.Close()
	<-p.done
	return err
}

// profileHandler refuses requests whose Host is not a loopback name. Otherwise a web page
// could read the profiles through a name of its own that resolves to this machine.
func profileHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !web.IsLoopback(r.Host) {
			http.Error(w, "this host name is not allowed", http.StatusForbidden)
			return
		}
		mux.ServeHTTP(w, r)
	})
}
