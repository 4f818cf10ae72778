package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"

	"parley/cmd/parley/internal/server"
	"parley/cmd/parley/internal/tunnel"
)

// tunnelled calls run with the configuration of a server that the tunnel program of --tunnel
// makes reachable. The context that run gets also ends when the tunnel does, which is the
// error then. Without --tunnel, it only calls run.
func (s *settings) tunnelled(ctx context.Context, run func(context.Context, server.Config) error) error {
	if s.program == nil {
		return run(ctx, s.config)
	}
	c := s.config
	t, err := openTunnel(ctx, *s.program, &c)
	if err != nil {
		return err
	}
	defer t.Stop()
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	go func() { // ends with the tunnel, which this function stops
		<-t.Done()
		end(t.Err())
	}()
	if err := run(ctx, c); err != nil {
		return err
	}
	select {
	case <-t.Done():
		return t.Err()
	default:
		return nil
	}
}

// openTunnel starts a tunnel program for a server with a configuration, whose listener and
// public URL it sets.
func openTunnel(ctx context.Context, program tunnel.Spec, c *server.Config) (_ *tunnel.Tunnel, err error) {
	if c.Listener == nil {
		if c.Listener, err = server.Listen(c.Listen, "--listen"); err != nil {
			return nil, err
		}
	}
	_, port, err := net.SplitHostPort(c.Listener.Addr().String())
	if err != nil {
		return nil, err
	}
	t, err := tunnel.Start(ctx, program, port)
	if err != nil {
		return nil, errors.Join(err, c.Listener.Close())
	}
	if c.Web.PublicURL, err = url.Parse(t.URL); err != nil {
		t.Stop()
		return nil, errors.Join(fmt.Errorf("%s has printed an address that is none: %w", program.Name, err), c.Listener.Close())
	}
	c.Hub.PublicURL = t.URL
	if program.Host == "" { // ssh forwards bytes, so the headers would be a client's own
		c.Web.TrustedProxies = append(c.Web.TrustedProxies, loopback...)
	}
	return t, nil
}

// loopback are the addresses from which a tunnel program of this machine connects.
var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
