package server

import (
	"net"
	"time"

	"parley/cmd/parley/internal/certs"
	"parley/cmd/parley/internal/provider"
	"parley/hub"
	"parley/hub/agent/known"
	"parley/hub/agent/profile"
	"parley/hub/blobs"
	"parley/web"
)

// Config is the configuration of a server. Errors name the flags of "parley serve".
type Config struct {
	Listen      string       // address to listen on, as HOST:PORT
	Listener    net.Listener // listens on Listen already; nil if Start is to open it
	DebugListen string       // loopback address for profiles; empty to serve none
	LogLevel    string       // debug, info, warn or error
	LogFormat   string       // console or json

	OIDC provider.Options // the identity provider; none without an Issuer. Start sets Data and Log

	TLS certs.Options // where the certificate comes from; none for plain HTTP. Start sets Data, Log and Hosts

	Data           string        // directory for the journal and the key
	Salvage        string        // name of what to keep of a damaged journal; empty if it is sound
	CommitInterval time.Duration // see [parley/hub/journal/sqlite.Options]

	Attachments blobs.Limits // of what participants upload

	Isolate            Isolate // what is kept from agents
	AgentUser          string  // runs the agents; empty for the server's own user
	Agents             []profile.Profile
	KnownAgents        *known.Finder // finds agents that can be started without a profile; nil for none
	ConnectorHeartbeat time.Duration // of the connections of agents on other machines; 0 for the default
	AgentStartTimeout  time.Duration // see [agent.Options]
	AgentRate          int           // see [agent.Options]
	AgentProtocol      int           // newest version of the Agent Client Protocol: 1 or 2
	Version            string        // version to report to agents

	Hub hub.Options // Start sets Logger; MaxBacklogs defaults to a quarter of the memory limit
	Web web.Options // Start sets Logger, Listen and what follows from TLS; MaxOpen defaults to what the open files allow
}
