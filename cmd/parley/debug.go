package main

import (
	"errors"
	"net/http"
	"net/http/pprof"
	"time"

	"go.uber.org/zap"

	"parley/cmd/internal/cli"
	"parley/web"
)

// debugServer serves Go's profiles, for finding out what a server is busy with
// and what fills its memory. They show nothing of a session but addresses and
// names of functions; still, only this machine reaches them.
type debugServer struct {
	http *http.Server
	done chan struct{} // closed when nothing is accepted any more
}

// startDebug listens on a loopback address; an empty one starts nothing.
func startDebug(address string, log *zap.Logger) (*debugServer, error) {
	if address == "" {
		return nil, nil
	}
	if !web.IsLoopback(address) {
		return nil, cli.Usagef("--debug-listen: %s is not a loopback address", address)
	}
	listener, err := listen(address, "--debug-listen")
	if err != nil {
		return nil, err
	}
	d := &debugServer{
		http: &http.Server{
			Handler:           debugHandler(),
			ReadHeaderTimeout: 10 * time.Second,
			IdleTimeout:       2 * time.Minute,
			ErrorLog:          zap.NewStdLog(log),
		},
		done: make(chan struct{}),
	}
	go func() { // stop ends it and waits
		defer close(d.done)
		if err := d.http.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.Error("profiles are no longer served", zap.Error(err))
		}
	}()
	log.Info("profiles are at http://" + listener.Addr().String() + "/debug/pprof/")
	return d, nil
}

func (d *debugServer) stop() error {
	if d == nil {
		return nil
	}
	err := d.http.Close()
	<-d.done
	return err
}

// debugHandler refuses names that are not loopback's: a page in a browser could
// have a name of its own lead here.
func debugHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !web.IsLoopback(r.Host) {
			http.Error(w, "this name is not allowed", http.StatusForbidden)
			return
		}
		mux.ServeHTTP(w, r)
	})
}
