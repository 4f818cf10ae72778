package web

import (
	"context"
	"net/http"
	"net/netip"
	"time"

	"golang.org/x/time/rate"

	"parley/protocol"
)

// addressLimits is how often people may join from one address, how often
// credentials from there may be wrong, and how often clients there may read without
// any. This machine's own has no limit: whoever is
// there has other ways, and a proxy there has a limit of its own. An IPv6 address
// counts as its network of 64 bits, all of which is one subscriber's.
//
// Many share an address, so credentials that are right are never refused for
// others' that were wrong: what is shown is looked at first, and counted then.
type addressLimits struct {
	entries float64 // immutable; a second, negative for no limit
	reads   float64 // immutable; a second, negative for no limit
	senders *senders[netip.Prefix, *entryLimit]
}

func newAddressLimits(entries, reads float64) *addressLimits {
	fresh := func() *entryLimit { return newEntryLimit(entries, reads) }
	return &addressLimits{entries: entries, reads: reads, senders: newSenders[netip.Prefix](fresh)}
}

// attempt carries out what lets the client at an address, host and port, in: a
// join, or whatever is done by credentials. It may return a RATE_LIMITED instead
// of what carryOut returns, or ctx's error. A request's ctx makes known whose
// connection the request has come on.
func (a *addressLimits) attempt(ctx context.Context, from string, c protocol.Command, carryOut func() error) error {
	err := a.limited(ctx, from, c, carryOut)
	if err == nil {
		requestConn(ctx).identified()
	}
	return err
}

func (a *addressLimits) limited(ctx context.Context, from string, c protocol.Command, carryOut func() error) error {
	network, limited := remoteNetwork(from)
	if !limited || a.entries < 0 {
		return carryOut()
	}
	limit := a.senders.limit(network)
	if _, joins := c.(*protocol.Join); joins {
		return limit.join(ctx, carryOut)
	}
	return limit.check(carryOut())
}

// read counts in a request that reads without credentials. It returns nil or a
// RATE_LIMITED. The original's clients show credentials only where they act, so one
// that has done so before, on the same connection, has no limit.
func (a *addressLimits) read(r *http.Request) error {
	network, limited := remoteNetwork(r.RemoteAddr)
	if !limited || a.reads < 0 || requestConn(r.Context()).isKnown() {
		return nil
	}
	return a.senders.limit(network).read()
}

// remoteNetwork returns what counts as one address, and whether it is another
// machine's.
func remoteNetwork(from string) (netip.Prefix, bool) {
	network, ok := networkOf(from)
	return network, ok && !network.Addr().IsLoopback()
}

// networkOf returns what counts as one address, of a host and port. It returns
// false for what has none.
func networkOf(from string) (netip.Prefix, bool) {
	at, err := netip.ParseAddrPort(from)
	if err != nil {
		return netip.Prefix{}, false
	}
	ip := at.Addr().Unmap().WithZone("")
	bits := min(64, ip.BitLen())
	if ip.IsLoopback() {
		bits = ip.BitLen()
	}
	network, err := ip.Prefix(bits)
	return network, err == nil
}

// badCredentials reports whether something failed by the credentials that were
// shown.
func badCredentials(err error) bool {
	e, ok := asProtocol(err)
	if !ok {
		return false
	}
	switch e.Code {
	case protocol.CodeInvalidInviteToken, protocol.CodeInvalidParticipantToken, protocol.CodeParticipantNotFound:
		return true
	}
	return false
}

// entryLimit is that of one address.
type entryLimit struct {
	joins    *rate.Limiter // those that succeeded
	failures *rate.Limiter
	reads    *rate.Limiter // without credentials
	// line and readLine are where those stand who were refused. Each is told to come back when
	// its turn has come, so that many who join at once do, one after the other.
	line     *rate.Limiter
	readLine *rate.Limiter
	// joining holds one for each join that is being carried out. It holds as many
	// as may join at once, so not many more can than that. A further one waits
	// until it is known what another came to.
	joining chan struct{}
}

// longestLine is the longest that a client is told to wait.
const longestLine = time.Minute

func newEntryLimit(entries, reads float64) *entryLimit {
	fresh := func(perSecond float64, burst int) *rate.Limiter { return rate.NewLimiter(rate.Limit(perSecond), burst) }
	burst := max(1, int(entries))
	return &entryLimit{
		joins:    fresh(entries, burst),
		failures: fresh(entries, burst),
		reads:    fresh(reads, max(1, int(reads))),
		line:     fresh(entries, 1),
		readLine: fresh(reads, 1),
		joining:  make(chan struct{}, min(burst, maxJoining)),
	}
}

// maxJoining is how many joins from one address are carried out at a time.
const maxJoining = 64

// join carries a join out if there is room for one that succeeds.
func (l *entryLimit) join(ctx context.Context, carryOut func() error) error {
	select {
	case l.joining <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-l.joining }()
	if l.joins.Tokens() < 1 {
		return refuseEntry(l.line, "too many have joined from your address; wait a little")
	}
	err := carryOut()
	if err == nil {
		l.joins.Allow()
	}
	return l.check(err)
}

// check counts what failed by its credentials, and returns a RATE_LIMITED for one
// too many.
func (l *entryLimit) check(err error) error {
	if !badCredentials(err) || l.failures.Allow() {
		return err
	}
	return refuseEntry(l.line, "too many wrong credentials from your address; wait a little")
}

// read counts in a read without credentials.
func (l *entryLimit) read() error {
	if l.reads.Allow() {
		return nil
	}
	return refuseEntry(l.readLine, "too many reads without credentials from your address; wait a little, or show a participant's credentials")
}

// refuseEntry returns a RATE_LIMITED with the place in a line.
func refuseEntry(line *rate.Limiter, why string) *protocol.Error {
	now := time.Now()
	place := line.ReserveN(now, 1)
	wait := place.DelayFrom(now) + time.Duration(float64(time.Second)/float64(line.Limit()))
	if wait > longestLine {
		place.CancelAt(now)
		wait = longestLine
	}
	e := protocol.Errorf(protocol.CodeRateLimited, "%s", why)
	e.RetryAfter = wait
	return e
}

func (l *entryLimit) idle() bool {
	return full(l.joins) && full(l.failures) && full(l.line) && full(l.reads) && full(l.readLine)
}
