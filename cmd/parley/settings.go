package main

import (
	"time"

	"github.com/spf13/cobra"

	"parley/cmd/internal/cli"
	"parley/cmd/parley/internal/certs"
	"parley/cmd/parley/internal/provider"
	"parley/cmd/parley/internal/redaction"
	"parley/cmd/parley/internal/server"
	"parley/cmd/parley/internal/tunnel"
	"parley/hub/agent/known"
	"parley/hub/agent/profile"
	"parley/hub/blobs"
	"parley/hub/journal/sqlite"
)

// defaultListen is the default of --listen, at which the other commands expect the server.
const defaultListen = "127.0.0.1:7777"

// settings are the settings of serve and demo. Flags set the fields of config directly,
// but for those that need parsing.
type settings struct {
	config    server.Config
	agents    []string // values of --agent
	installed bool     // value of --installed-agents
	publicURL string   // value of --public-url
	proxies   []string // values of --trusted-proxies
	tunnel    string   // value of --tunnel
	redact    redaction.Flags

	program *tunnel.Spec // that --tunnel names; set by complete, nil for none
}

// addFlags adds the flags that serve and demo share.
func (s *settings) addFlags(cmd *cobra.Command) {
	c := &s.config
	f := cmd.Flags()
	f.String("config", "", "YAML file with settings (default: parley/parley.yaml in the user's configuration directory, if it exists)")
	f.StringVar(&c.Listen, "listen", defaultListen, "address to listen on, as HOST:PORT; port 0 chooses a free port")
	f.StringVar(&c.DebugListen, "debug-listen", "", "loopback address that serves Go's profiles under /debug/pprof/; empty to serve none")
	f.StringVar(&c.LogLevel, "log-level", "info", "least severe messages to log: debug, info, warn or error")
	f.StringVar(&c.LogFormat, "log-format", "console", "console or json")
	f.DurationVar(&c.CommitInterval, "commit-interval", sqlite.DefaultCommitInterval, "maximum time that a commit waits under load so that more events can share it, up to 1s; 0 to never wait")
	s.addReachFlags(cmd)
	s.addTLSFlags(cmd)
	s.addIdentityFlags(cmd)
	s.addAgentFlags(cmd)
	s.addLimitFlags(cmd)
	s.addAttachmentFlags(cmd)
	s.redact.Add(cmd)
}

// addReachFlags adds the flags about the ways in which others reach the server.
func (s *settings) addReachFlags(cmd *cobra.Command) {
	defer cli.Group(cmd, "To be reached by others")()
	w := &s.config.Web
	f := cmd.Flags()
	f.BoolVar(&w.Protected, "protected", false, "ask for an operator's key to list sessions and start agents, and for credentials to read a session, also on loopback; the default if --listen, --public-url, --tunnel, --trusted-proxies, --allow-host, --allow-origin or --acme make the server reachable")
	f.BoolVar(&w.InsecureOpen, "insecure-open", false, "do not ask for that: everyone who can reach the port can start agents, and so run code on this machine")
	f.StringVar(&s.publicURL, "public-url", "", "address at which others reach this server, such as https://parley.example.com/team; links carry it, and requests may name its host")
	f.StringVar(&s.tunnel, "tunnel", "", `program that makes this server reachable, and whose address is then the public URL: cloudflared, tailscale, ngrok, or "ssh HOST"; auto takes the first of the three that is installed`)
	f.StringSliceVar(&s.proxies, "trusted-proxies", nil, "addresses and networks of proxies whose Forwarded or X-Forwarded-For, -Proto and -Host headers are believed, such as 127.0.0.1,10.0.0.0/8")
	f.StringArrayVar(&w.AllowHosts, "allow-host", nil, "name that requests may have in their Host header, in addition to loopback names and the listen address; may be repeated")
	f.StringArrayVar(&w.AllowOrigins, "allow-origin", nil, "origin whose web pages may call the API, such as https://chat.example.com; may be repeated")
	f.Bool("legacy-rejoin", true, "when a client joins over REST under the user id of a guest who joined over REST, answer with that guest's token, as old clients expect; by default only on loopback without --public-url, --trusted-proxies, --allow-host and --allow-origin, and only for requests that no proxy has forwarded")
}

// addIdentityFlags adds the flags about who people are.
func (s *settings) addIdentityFlags(cmd *cobra.Command) {
	defer cli.Group(cmd, "Who people are")()
	o, w := &s.config.OIDC, &s.config.Web
	f := cmd.Flags()
	f.StringVar(&o.Issuer, "oidc-issuer", "", "URL of the OpenID provider with which people sign in to use this server as they use it with an operator's key, each with what they have started themselves; protects the server")
	f.StringVar(&o.ClientID, "oidc-client-id", "", "client id of this server at the provider, where its redirect URI is the server's address followed by /api/sign-in/callback")
	f.StringVar(&o.ClientSecretFile, "oidc-client-secret-file", "", "file with the client secret, which only the server's user can read; empty for a public client")
	f.StringVar(&o.DeviceClientID, "oidc-device-client-id", "", "client id for parley login, which has no secret (default: that of --oidc-client-id)")
	f.StringSliceVar(&o.Audiences, "oidc-audience", nil, "further audience of tokens of the provider that programs may send, as Authorization: Bearer TOKEN")
	f.StringVar(&o.Name, "oidc-name", "", `name of the provider on the button "Sign in with …" (default: its host)`)
	f.StringVar(&o.UserClaim, "oidc-user-claim", provider.DefaultUserClaim, "claim with the user id: email, which must be verified, sub, preferred_username or another")
	f.StringVar(&o.NameClaim, "oidc-name-claim", provider.DefaultNameClaim, "claim with the display name")
	f.StringVar(&o.GroupsClaim, "oidc-groups-claim", provider.DefaultGroupsClaim, "claim with the groups; a dot leads into a claim, as in realm_access.roles")
	f.StringSliceVar(&o.AllowGroups, "oidc-allow-groups", nil, "groups whose members may use the server (default: everyone with an account)")
	f.StringSliceVar(&o.AllowDomains, "oidc-allow-domains", nil, "domains of the verified e-mail addresses of those who may use the server, such as example.com (default: all)")
	f.StringSliceVar(&o.AdminGroups, "oidc-admin-groups", nil, "groups whose members may use everything that others have started, as operators may")
	f.StringVar(&w.IdentityHeader, "identity-header", "", "header in which a proxy of --trusted-proxies, which signs people in, names the user, such as X-Forwarded-User; the proxy must remove it from what clients send")
	f.StringVar(&w.IdentityNameHeader, "identity-name-header", "", "header in which that proxy gives the user's display name")
}

// addTLSFlags adds the flags about the server's certificate.
func (s *settings) addTLSFlags(cmd *cobra.Command) {
	defer cli.Group(cmd, "HTTPS")()
	t := &s.config.TLS
	f := cmd.Flags()
	f.StringVar(&t.CertFile, "tls-cert", "", "serve HTTPS with the certificate in this PEM file, which is read again when it changes and on SIGHUP; requires --tls-key")
	f.StringVar(&t.KeyFile, "tls-key", "", "PEM file with the private key of --tls-cert")
	f.BoolVar(&t.SelfSigned, "tls-self-signed", false, "serve HTTPS with a certificate that the server creates and keeps in the data directory; links contain its fingerprint, and browsers show a warning")
	f.StringArrayVar(&t.ACMEHosts, "acme", nil, "serve HTTPS with a certificate for this public name from Let's Encrypt, whose terms of service you accept; requests to port 443 of the name must reach the server; may be repeated")
	f.StringVar(&t.ACMEDirectory, "acme-directory", certs.DefaultACMEDirectory, "URL of the ACME directory of another authority for --acme")
}

// addAgentFlags adds the flags about agents and their turns.
func (s *settings) addAgentFlags(cmd *cobra.Command) {
	defer cli.Group(cmd, "Agents and their turns")()
	c, h := &s.config, &s.config.Hub
	f := cmd.Flags()
	f.StringArrayVar(&s.agents, "agent", nil, `agent that clients can start, as NAME="COMMAND ARGS"; may be repeated`)
	f.BoolVar(&s.installed, "installed-agents", true, "let clients also start the common agents that are installed on this machine; parley agents lists them")
	f.DurationVar(&c.AgentStartTimeout, "agent-start-timeout", 3*time.Minute, "time after which an agent that is not ready for a prompt is ended; the first start of an npx agent includes its download")
	f.StringVar((*string)(&c.Isolate), "isolate", string(server.IsolateAuto), "whether the server's data and key are kept from agents: auto, which does so if the server asks for keys and this system can do it; require, which does so or does not start; or off")
	f.StringVar(&c.AgentUser, "agent-user", "", "user of this system who runs the agents, which requires that the server may switch users (default: the server's own, whose agents --isolate keeps from the key)")
	f.IntVar(&c.AgentProtocol, "acp-version", 2, "newest version of the Agent Client Protocol to agree on with agents: 1, or 2, which is a preview; an agent that does not know it uses version 1")
	f.DurationVar(&h.AgentIdleAfter, "agent-idle-after", 10*time.Minute, "time without an open shared session after which an agent is ended, to be started again when needed; 0 for never (default: twice --idle-after if only that is given)")
	f.IntVar(&h.MaxAgents, "max-agents", 32, "maximum number of agents that run at the same time")
	f.IntVar(&h.MaxOwnAgents, "max-own-agents", 8, "maximum number of agents that one person or operator of a protected server runs at the same time")
	f.DurationVar(&h.TurnTimeout, "turn-timeout", 0, "time after which a turn of an agent is cancelled; 0 for never")
	f.DurationVar(&h.DetachTimeout, "detach-timeout", time.Hour, "time after which a turn ends if the machine that shares its agent has no connection; 0 for never")
	f.DurationVar(&h.PermissionTimeout, "permission-timeout", 30*time.Minute, "time after which an unanswered permission request is rejected")
	f.DurationVar(&h.SilenceAfter, "silence-after", 2*time.Minute, "time without output in a turn after which the participants are told that the agent is silent; 0 for never")
	f.IntVar(&c.AgentRate, "agent-rate", 512<<10, "bytes per second that an agent may add to its sessions on average, after two minutes' worth at once; a faster agent has to wait; questions, plans and other announcements count as 64 KiB at least; 0 for no limit")
	f.IntVar(&h.MaxEvent, "max-event-bytes", 4<<20, "maximum size in bytes of an agent's notification that is forwarded in full")
}

// addLimitFlags adds the flags that bound memory and rates.
func (s *settings) addLimitFlags(cmd *cobra.Command) {
	defer cli.Group(cmd, "Limits")()
	h, w := &s.config.Hub, &s.config.Web
	f := cmd.Flags()
	f.DurationVar(&h.IdleAfter, "idle-after", 5*time.Minute, "time without use after which a session is removed from memory")
	f.IntVar(&h.MaxParticipants, "max-participants", 1000, "maximum number of participants in a session at the same time")
	f.IntVar(&h.MaxSessions, "max-sessions", 10_000, "maximum number of shared sessions that are active at the same time; 0 for no limit")
	f.IntVar(&h.MaxConnections, "max-connections", 2000, "maximum number of connections to a session")
	f.IntVar(&h.MaxOwnConnections, "max-own-connections", 16, "maximum number of connections of one participant to a session")
	f.IntVar(&h.MaxPending, "max-pending", 100, "maximum number of prompts in a session that wait for the host")
	f.IntVar(&h.MaxOwnPending, "max-own-pending", 5, "maximum number of prompts of one participant that wait for the host")
	f.IntVar(&h.MaxQueued, "max-queued", 32, "maximum number of approved prompts in a session that run or wait for the agent")
	f.IntVar(&w.MaxOpen, "max-open-connections", 0, "maximum number of connections to the server; 0 for 90 % of the files that the process may open (ulimit -n)")
	f.IntVar(&w.MaxUnfinished, "max-unfinished", 1000, "maximum number of connections whose clients have not completed a request, or have opened a WebSocket and not joined; beyond it the oldest connections of the address that has the most are closed")
	f.IntVar(&h.MaxBacklogs, "max-outbound-bytes", 0, "maximum memory in bytes for data that waits for slow clients; beyond it the slowest are disconnected, and reconnect; 0 for a quarter of the memory limit (GOMEMLIMIT or the system's), or 256 MiB without one")
	f.IntVar(&h.MaxBacklog, "max-own-outbound-bytes", 1<<20, "maximum memory in bytes for data that waits for one connection; beyond it the connection is closed, and its client reconnects")
	f.IntVar(&w.MaxInbound, "max-inbound-bytes", 64<<20, "maximum memory in bytes for long messages and bodies that have begun to arrive")
	f.IntVar(&h.MaxPromptBytes, "max-prompt-bytes", 64<<20, "maximum memory in bytes for the prompts that wait for hosts or agents in all sessions; the last quarter is for prompts of up to 4 KiB, and beyond it a session that has none accepts one such prompt")
	f.Float64Var(&w.CommandRate, "command-rate", 20, "commands per second from one participant, over all its connections; 0 for no limit")
	f.Float64Var(&w.JoinRate, "join-rate", 10, "joins per second, and wrong credentials per second, from one address other than this machine's; 0 for no limit")
	f.Float64Var(&w.ReadRate, "read-rate", 50, "reads per second without credentials from one address other than this machine's; 0 for no limit")
}

// addAttachmentFlags adds the flags that bound what participants upload.
func (s *settings) addAttachmentFlags(cmd *cobra.Command) {
	defer cli.Group(cmd, "Limits of attachments")()
	a, d := &s.config.Attachments, blobs.DefaultLimits
	f := cmd.Flags()
	f.Int64Var(&a.File, "max-attachment-bytes", d.File, "maximum size in bytes of a file that is attached to a prompt or message, up to 1 GiB; the files of one prompt or message may have 20 MiB together, or the size of one file if that is more; 0 to accept no files")
	f.Int64Var(&a.Session, "max-session-attachment-bytes", d.Session, "maximum size in bytes of all files of a session together, each counted as 16 KiB at least; files that nothing names are deleted after an hour, and the others with their session")
	f.Int64Var(&a.Total, "max-total-attachment-bytes", d.Total, "maximum size in bytes of the files of all sessions together; the disk must also keep 256 MiB free for the journal, or a quarter of a small one")
	f.IntVar(&s.config.Hub.MaxUploads, "max-uploads", 64, "maximum number of files that are received at the same time; from one participant, 4 are")
}

// complete adds the settings of the environment and the file, checks all of them, and
// makes config ready for [server.Start].
func (s *settings) complete(cmd *cobra.Command) error {
	if err := s.completeAgents(cmd); err != nil {
		return err
	}
	if l := s.config.Listener; l != nil {
		s.config.Listen = l.Addr().String() // so the checks are about what others can reach
	}
	s.config.Version = version()
	if !cmd.Flags().Changed("agent-idle-after") {
		s.config.Hub.AgentIdleAfter = 2 * s.config.Hub.IdleAfter
	}
	if f := cmd.Flags(); f.Changed("legacy-rejoin") {
		rejoin, err := f.GetBool("legacy-rejoin")
		if err != nil {
			return cli.Usagef("%w", err)
		}
		s.config.Web.LegacyRejoin = &rejoin
	}
	if err := s.check(); err != nil {
		return cli.Usagef("%w", err)
	}
	s.replaceZeros()
	s.config.Web.AllowHosts = append(s.config.Web.AllowHosts, s.config.TLS.ACMEHosts...)
	return nil
}

// completeAgents adds the settings of the environment and the file, and determines which
// agents can be started.
func (s *settings) completeAgents(cmd *cobra.Command) error {
	profiles, err := applyConfig(cmd)
	if err != nil {
		return err
	}
	for _, short := range s.agents {
		p, err := profile.Parse(short)
		if err != nil {
			return cli.Usagef("--agent: %w", err)
		}
		profiles = append(profiles, p)
	}
	s.config.Agents = profiles
	if s.installed {
		s.config.KnownAgents = known.NewFinder(nil)
	}
	return nil
}

// replaceZeros replaces zeros that mean "never" or "no limit" in flags by -1, because zero
// means the default in the options of packages hub and web.
func (s *settings) replaceZeros() {
	for _, d := range []*time.Duration{&s.config.Hub.SilenceAfter, &s.config.Hub.AgentIdleAfter, &s.config.Hub.DetachTimeout} {
		if *d == 0 {
			*d = -1
		}
	}
	if s.config.Hub.MaxSessions == 0 {
		s.config.Hub.MaxSessions = -1
	}
	for _, rate := range []*float64{&s.config.Web.CommandRate, &s.config.Web.JoinRate, &s.config.Web.ReadRate} {
		if *rate == 0 {
			*rate = -1
		}
	}
}
