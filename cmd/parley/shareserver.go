package main

import (
	"cmp"
	"context"
	"net"

	"parley/cmd/parley/internal/operators"
	"parley/cmd/parley/internal/server"
	"parley/cmd/parley/internal/share"
	"parley/cmd/parley/internal/tunnel"
)

// shareOperator is the name of the key with which "parley share" uses a server of its own.
const shareOperator = "parley share"

// ownedServer is a server that "parley share" has started. It is protected, since others can
// reach it, or because programs of this machine, the agent among them, could use it otherwise.
type ownedServer struct {
	*server.Server
	key    string
	public string         // the address for others; empty if only this machine reaches it
	tunnel *tunnel.Tunnel // nil for none
}

// startOwn starts a server with its data in a directory. It calls fail if the tunnel ends.
func (s *sharing) startOwn(ctx context.Context, c server.Config, listen string, fail func(error)) (_ share.Server, err error) {
	store := operators.Open(c.Data)
	if _, err := store.Revoke(shareOperator); err != nil {
		return nil, err
	}
	own := &ownedServer{}
	if own.key, err = store.Add(shareOperator); err != nil {
		return nil, err
	}
	c.Web.Protected = true
	address := cmp.Or(listen, defaultListen)
	if s.lan {
		_, port, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		address, c.TLS.SelfSigned = net.JoinHostPort("0.0.0.0", port), true
	}
	if c.Listener, err = listenNear(address); err != nil {
		return nil, err
	}
	c.Listen = c.Listener.Addr().String()
	if s.program != nil {
		if own.tunnel, err = openTunnel(ctx, *s.program, &c); err != nil {
			return nil, err
		}
		own.public = own.tunnel.URL
		go func() { // ends with the tunnel, which Stop ends
			<-own.tunnel.Done()
			fail(own.tunnel.Err())
		}()
	}
	if own.Server, err = server.Start(ctx, c); err != nil {
		own.stopTunnel()
		return nil, err
	}
	if s.lan {
		own.public = own.Server.URL()
	}
	return own, nil
}

// Token returns the operator's key.
func (o *ownedServer) Token() string { return o.key }

// PublicURL returns the address for others, or an empty string.
func (o *ownedServer) PublicURL() string { return o.public }

// Stop stops the server, and its tunnel.
func (o *ownedServer) Stop() error {
	defer o.stopTunnel()
	return o.Server.Stop()
}

func (o *ownedServer) stopTunnel() {
	if o.tunnel != nil {
		o.tunnel.Stop()
	}
}
