package web

import (
	"net/netip"
	"time"

	"golang.org/x/time/rate"

	"parley/protocol"
)

// addressLimits is how often somebody may join, or show credentials that are
// not good, from one address. This machine's own has no limit: whoever is there
// has other ways, and a proxy there has a limit of its own. An IPv6 address
// counts as its network of 64 bits, all of which is one subscriber's.
type addressLimits struct {
	rate    float64 // immutable; a second
	senders *senders[netip.Prefix, *entryLimit]
}

func newAddressLimits(perSecond float64) *addressLimits {
	fresh := func() *entryLimit { return newEntryLimit(perSecond) }
	return &addressLimits{rate: perSecond, senders: newSenders[netip.Prefix](fresh)}
}

// attempt carries out what lets somebody in who comes from an address, host and
// port: a join, or whatever is done by credentials. It may return a RATE_LIMITED
// instead.
func (a *addressLimits) attempt(from string, c protocol.Command, carryOut func() error) error {
	network, limited := a.network(from)
	if !limited {
		return carryOut()
	}
	limit := a.senders.limit(network)
	_, joins := c.(*protocol.Join)
	if err := limit.admit(joins, time.Now()); err != nil {
		return err
	}
	err := carryOut()
	if !joins && badCredentials(err) {
		limit.failures.Allow()
	}
	return err
}

// network returns what counts as one address, and whether it has a limit.
func (a *addressLimits) network(from string) (netip.Prefix, bool) {
	at, err := netip.ParseAddrPort(from)
	ip := at.Addr().Unmap().WithZone("")
	if a.rate < 0 || err != nil || ip.IsLoopback() {
		return netip.Prefix{}, false
	}
	network, err := ip.Prefix(min(64, ip.BitLen()))
	return network, err == nil
}

// badCredentials reports whether something failed by the credentials that were
// shown. A wrong invite is not among them: its join counts already.
func badCredentials(err error) bool {
	e, ok := asProtocol(err)
	return ok && (e.Code == protocol.CodeInvalidParticipantToken || e.Code == protocol.CodeParticipantNotFound)
}

// entryLimit is that of one address.
type entryLimit struct {
	joins    *rate.Limiter
	failures *rate.Limiter
	// line is where those stand who were refused. Each is told to come back when
	// its turn has come, so that many who join at once do, one after the other.
	line *rate.Limiter
}

// longestLine is the longest that somebody is told to wait.
const longestLine = time.Minute

func newEntryLimit(perSecond float64) *entryLimit {
	fresh := func(burst int) *rate.Limiter { return rate.NewLimiter(rate.Limit(perSecond), burst) }
	burst := max(1, int(perSecond))
	return &entryLimit{joins: fresh(burst), failures: fresh(burst), line: fresh(1)}
}

// admit counts a join in, or finds that there were not too many failures. It
// returns nil or a RATE_LIMITED.
func (l *entryLimit) admit(joins bool, now time.Time) error {
	if joins && l.joins.AllowN(now, 1) || !joins && l.failures.TokensAt(now) >= 1 {
		return nil
	}
	place := l.line.ReserveN(now, 1)
	wait := place.DelayFrom(now) + time.Duration(float64(time.Second)/float64(l.line.Limit()))
	if wait > longestLine {
		place.CancelAt(now)
		wait = longestLine
	}
	e := protocol.Errorf(protocol.CodeRateLimited, "too many have tried to get in from your address; wait a little")
	e.RetryAfter = wait
	return e
}

func (l *entryLimit) idle() bool { return full(l.joins) && full(l.failures) && full(l.line) }
