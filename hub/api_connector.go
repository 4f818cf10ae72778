package hub

import (
	"context"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/hub/rules/host"
	"parley/protocol"
)

// ErrDeleted refuses a connector whose host session was deleted.
var ErrDeleted = host.ErrDeleted

// connectorScope separates the keys of connectors from the command ids of other creations.
const connectorScope = "connector:"

// ConnectedHostID returns the id of the host session whose connector has a key.
func (h *Hub) ConnectedHostID(key string) journal.SessionID {
	return h.rules.Key.CreatedHostID(connectorScope + key)
}

// CreateConnected creates the host session of a connector, starts its agent there, and waits
// until the agent is ready. The launcher must know the connector. Errors: as
// [Hub.CreateHost].
func (h *Hub) CreateConnected(ctx context.Context, key string, seat rules.ConnectorSeat, c *protocol.CreateHostSession) (protocol.HostSession, error) {
	return h.As(trusted).CreateConnected(ctx, key, seat, c)
}

// CreateConnected is [Hub.CreateConnected] for the caller, who owns the session.
func (a Access) CreateConnected(ctx context.Context, key string, seat rules.ConnectorSeat, c *protocol.CreateHostSession) (protocol.HostSession, error) {
	h, owner := a.hub, a.hub.rules.Key.Owner(a.caller)
	create := host.Create{Body: c, CommandID: connectorScope + key, Connector: &seat, Profiles: []string{c.Agent}, Owner: owner}
	create.Refusal = h.noSlot(owner)
	return h.hostAnswer(h.ask(ctx, h.ConnectedHostID(key), journal.KindHost, true, create))
}

// WakeConnected loads the host session of a connector if it exists. An agent that has run on
// while this process did not is then known to the launcher. Errors: JOURNAL_UNAVAILABLE, and
// ctx's.
func (h *Hub) WakeConnected(ctx context.Context, id journal.SessionID) error {
	_, err := h.askHost(ctx, id.String(), host.Read{})
	if protocol.AsError(err).Code == protocol.CodeHostSessionNotFound {
		return nil
	}
	return err
}

// ConnectorAttached records that a process of the connector of a host session has a
// connection. Errors: [rules.ErrConnectorFenced], HOST_SESSION_NOT_FOUND,
// JOURNAL_UNAVAILABLE, and ctx's.
func (h *Hub) ConnectorAttached(ctx context.Context, id journal.SessionID, v rules.ConnectorVisit) error {
	_, err := h.askHost(ctx, id.String(), host.ConnectorChanged{Connected: true, ConnectorVisit: v})
	return err
}

// FrameSent records a line that is about to be sent to an agent on another machine. Errors:
// HOST_SESSION_NOT_FOUND, JOURNAL_UNAVAILABLE, and ctx's.
func (h *Hub) FrameSent(ctx context.Context, id journal.SessionID, f rules.SentFrame) error {
	_, err := h.askHost(ctx, id.String(), host.FrameSent{Frame: f})
	return err
}

// ConnectorDetached records that the connector of a host session has no connection. Errors:
// HOST_SESSION_NOT_FOUND, JOURNAL_UNAVAILABLE, and ctx's.
func (h *Hub) ConnectorDetached(ctx context.Context, id journal.SessionID) error {
	_, err := h.askHost(ctx, id.String(), host.ConnectorChanged{})
	return err
}
