package limit

import (
	"context"
	"net/netip"

	"parley/protocol"
)

// Addresses bounds, for each client address, how often participants join, how
// often credentials are wrong, and how often clients read without credentials.
//
// This machine's own addresses have no limit: a program here has other ways to do
// harm, and a proxy here has limits of its own. An IPv6 address counts as its
// network of 64 bits.
//
// Clients may share an address, so valid credentials are never refused because
// another client's were wrong: credentials are checked first and counted then. What refuses
// a client that goes on in spite of refusals is a [Slow].
type Addresses struct {
	// immutable
	joins   float64 // per second; negative for no limit
	reads   float64 // per second; negative for no limit
	entries *table[netip.Prefix, *address]
}

// NewAddresses returns limits of joins and of reads without credentials, per second and
// address. Wrong credentials have the limit of joins. Negative rates mean no
// limit.
func NewAddresses(joins, reads float64) *Addresses {
	create := func() *address { return newAddress(joins, reads) }
	return &Addresses{joins: joins, reads: reads, entries: newTable[netip.Prefix](create)}
}

// Attempt calls do, which checks the credentials of a client at a host and port.
// It returns do's error, or a RATE_LIMITED error in its place.
func (a *Addresses) Attempt(hostport string, do func() error) error {
	network, limited := remoteNetwork(hostport)
	if !limited || a.joins < 0 {
		return do()
	}
	return a.entries.get(network).check(do())
}

// Join is [Addresses.Attempt] for a join, which counts also when it succeeds. It
// waits while too many joins from the address are in progress, and returns ctx's error
// when ctx ends meanwhile.
func (a *Addresses) Join(ctx context.Context, hostport string, do func() error) error {
	network, limited := remoteNetwork(hostport)
	if !limited || a.joins < 0 {
		return do()
	}
	return a.entries.get(network).join(ctx, do)
}

// Do calls do, which checks the credentials of a command from a host and port and
// carries it out. It is [Addresses.Join] for a join, and [Addresses.Attempt] for any
// other command or nil. On success it notes that the client, which may be nil, is
// known.
func (a *Addresses) Do(ctx context.Context, hostport string, client *Connection, c protocol.Command, do func() error) error {
	var err error
	if _, joins := c.(*protocol.Join); joins {
		err = a.Join(ctx, hostport, do)
	} else {
		err = a.Attempt(hostport, do)
	}
	if err == nil {
		client.Identified()
	}
	return err
}

// Read counts one read without credentials by a client at a host and port. It
// returns nil or a RATE_LIMITED error.
func (a *Addresses) Read(hostport string) error {
	network, limited := remoteNetwork(hostport)
	if !limited || a.reads < 0 {
		return nil
	}
	return a.entries.get(network).read()
}
