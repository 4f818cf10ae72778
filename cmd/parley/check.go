package main

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"parley/cmd/parley/internal/server"
	"parley/hub/blobs"
)

// check returns an error for the first setting that is invalid.
func (s *settings) check() error {
	for _, check := range []func() error{s.checkLimits, s.checkAttachments, s.checkPublicURL, s.checkTunnel, s.checkProxies, s.checkOrigins, s.checkHosts, s.checkIsolate, s.checkRedact, s.checkIdentities, s.config.TLS.Check, s.checkListen} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// checkIdentities checks how people prove who they are.
func (s *settings) checkIdentities() error {
	o, w := &s.config.OIDC, &s.config.Web
	switch {
	case w.IdentityNameHeader != "" && w.IdentityHeader == "":
		return errors.New("--identity-name-header requires --identity-header")
	case w.IdentityHeader != "" && len(w.TrustedProxies) == 0:
		return errors.New("--identity-header requires --trusted-proxies: anybody else could write the header")
	case o.Issuer == "" && o.ClientID == "":
		return nil
	}
	w.Protected = w.Protected || !w.InsecureOpen
	return o.Check()
}

func (s *settings) checkLimits() error {
	c, h, w := &s.config, &s.config.Hub, &s.config.Web
	return cmp.Or(
		notNegative("--turn-timeout", h.TurnTimeout, "0 means never"),
		positive("--permission-timeout", h.PermissionTimeout, "30m"),
		positive("--idle-after", h.IdleAfter, "5m"),
		positive("--agent-start-timeout", c.AgentStartTimeout, "3m"),
		checkAgentProtocol(c.AgentProtocol),
		notNegative("--silence-after", h.SilenceAfter, "0 means never"),
		notNegative("--detach-timeout", h.DetachTimeout, "0 means never"),
		notNegative("--agent-idle-after", h.AgentIdleAfter, "0 means never"),
		positive("--max-agents", h.MaxAgents, "32"),
		positive("--max-own-agents", h.MaxOwnAgents, "8"),
		between("--commit-interval", c.CommitInterval, 0, time.Second),
		notNegative("--agent-rate", c.AgentRate, "0 means no limit"),
		positive("--max-event-bytes", h.MaxEvent, "4194304"),
		positive("--max-participants", h.MaxParticipants, "1000"),
		notNegative("--max-sessions", h.MaxSessions, "0 means no limit"),
		positive("--max-connections", h.MaxConnections, "2000"),
		positive("--max-own-connections", h.MaxOwnConnections, "16"),
		positive("--max-pending", h.MaxPending, "100"),
		positive("--max-own-pending", h.MaxOwnPending, "5"),
		positive("--max-queued", h.MaxQueued, "32"),
		notNegative("--max-open-connections", w.MaxOpen, "0 means 90 % of the files that the process may open"),
		positive("--max-own-outbound-bytes", h.MaxBacklog, "1048576"),
		positive("--max-inbound-bytes", w.MaxInbound, "67108864"),
		notNegative("--max-outbound-bytes", h.MaxBacklogs, "0 means a quarter of the memory limit"),
		positive("--max-prompt-bytes", h.MaxPromptBytes, "67108864"),
		notNegative("--command-rate", w.CommandRate, "0 means no limit"),
		notNegative("--join-rate", w.JoinRate, "0 means no limit"),
		notNegative("--read-rate", w.ReadRate, "0 means no limit"),
		positive("--max-unfinished", w.MaxUnfinished, "1000"),
	)
}

// Bounds of the settings of attachments.
const (
	maxAttachmentBytes = 1 << 30
	maxUploads         = 10_000
)

// checkAttachments checks that a limit leaves room for what a narrower one allows.
func (s *settings) checkAttachments() error {
	a := s.config.Attachments
	atLeast := max(a.File, blobs.MinCharge)
	if err := notNegative("--max-attachment-bytes", a.File, "0 means that no files are accepted"); err != nil {
		return err
	}
	switch {
	case a.File > maxAttachmentBytes:
		return fmt.Errorf("--max-attachment-bytes: %d is greater than %d (1 GiB)", a.File, maxAttachmentBytes)
	case a.Session < atLeast:
		return fmt.Errorf("--max-session-attachment-bytes: %d is less than %d, which one file may count", a.Session, atLeast)
	case a.Total < a.Session:
		return fmt.Errorf("--max-total-attachment-bytes: %d is less than --max-session-attachment-bytes, which is %d", a.Total, a.Session)
	}
	return between("--max-uploads", s.config.Hub.MaxUploads, 1, maxUploads)
}

// checkAgentProtocol checks that Parley speaks a version of the Agent Client Protocol.
func checkAgentProtocol(version int) error {
	if version == 1 || version == 2 {
		return nil
	}
	return fmt.Errorf("--acp-version: %d is neither 1 nor 2", version)
}

// positive checks that the value of a flag is greater than zero.
func positive[T int | time.Duration](flag string, value T, example string) error {
	if value > 0 {
		return nil
	}
	return fmt.Errorf("%s: %v is not greater than 0; give a value such as %s", flag, value, example)
}

// notNegative checks that the value of a flag is zero or greater.
func notNegative[T int | int64 | float64 | time.Duration](flag string, value T, zero string) error {
	if value >= 0 {
		return nil
	}
	return fmt.Errorf("%s: %v is negative; %s", flag, value, zero)
}

// between checks that the value of a flag is in a range, which includes both ends.
func between[T int | time.Duration](flag string, value, low, high T) error {
	if low <= value && value <= high {
		return nil
	}
	return fmt.Errorf("%s: %v is not between %v and %v", flag, value, low, high)
}

// checkIsolate checks --isolate and that it fits --agent-user.
func (s *settings) checkIsolate() error {
	switch c := s.config; {
	case !slices.Contains([]server.Isolate{server.IsolateAuto, server.IsolateRequire, server.IsolateOff}, c.Isolate):
		return fmt.Errorf("--isolate: %q is none of auto, require and off", c.Isolate)
	case c.Isolate == server.IsolateOff && c.AgentUser != "":
		return errors.New("--agent-user isolates agents; it cannot be used with --isolate off")
	}
	return nil
}

// checkOrigins rejects values that no browser sends as Origin and that therefore allow
// nothing: a host name alone, a URL with a path, a star.
func (s *settings) checkOrigins() error {
	for _, origin := range s.config.Web.AllowOrigins {
		u, err := url.Parse(strings.TrimSuffix(origin, "/"))
		if err != nil || u.Host == "" || u.Scheme+"://"+u.Host != u.String() {
			return fmt.Errorf("--allow-origin: %q is not an origin, such as https://chat.example.com", origin)
		}
	}
	return nil
}

// checkHosts rejects values that no request has as Host: a URL, a star.
func (s *settings) checkHosts() error {
	for _, host := range s.config.Web.AllowHosts {
		if host == "" || strings.ContainsAny(host, "/* ") {
			return fmt.Errorf("--allow-host: %q is not a host name, such as chat.example.com", host)
		}
	}
	return nil
}

// checkListen checks the address and who is asked for keys.
func (s *settings) checkListen() error {
	address := s.config.Listen
	if _, _, err := net.SplitHostPort(address); err != nil {
		return fmt.Errorf("--listen: %q is not HOST:PORT, such as 127.0.0.1:7777", address)
	}
	if s.config.Web.InsecureOpen && s.config.Web.Protected {
		return errors.New("--protected and --insecure-open exclude each other")
	}
	return nil
}

// checkRedact computes what is masked.
func (s *settings) checkRedact() (err error) {
	s.config.Hub.Redact, err = s.redact.Rules()
	return err
}
