package server

import (
	"errors"
	"fmt"
	"net"

	"github.com/coreos/go-systemd/v22/activation"
	"github.com/coreos/go-systemd/v22/daemon"
)

// Activated returns the listener that systemd has opened for this process, or nil if there is
// none. Connections wait in it while the process restarts.
func Activated() (net.Listener, error) {
	listeners, err := activation.Listeners()
	if err != nil || len(listeners) == 0 {
		return nil, err
	}
	if len(listeners) > 1 || listeners[0] == nil || listeners[0].Addr().Network() != "tcp" {
		errs := []error{fmt.Errorf("the service's socket unit must open exactly one TCP socket, with ListenStream=ADDRESS:PORT; it opens %d", len(listeners))}
		for _, l := range listeners {
			if l != nil {
				errs = append(errs, l.Close())
			}
		}
		return nil, errors.Join(errs...)
	}
	return listeners[0], nil
}

// notifySystemd tells systemd about the state of the service, if it asks for that.
func notifySystemd(state string) { _, _ = daemon.SdNotify(false, state) }
