// Package agent runs agents that speak the Agent Client Protocol (ACP), version 1 or 2, and
// implements [hub.Launcher] and [hub.Agent] over them. An agent is a child process of a
// [profile.Profile], or the demo agent inside this process. Both speak
// newline-delimited JSON-RPC 2.0 through the same code.
//
// # Order
//
// One goroutine for each agent reads its output and calls the sink, so events come in
// the order of the agent's lines: a permission request never overtakes its tool call,
// and the end of a turn follows the turn's updates. The exception is
// [rules.AgentProgress], which comes in between while the agent starts. The sink is called
// for one event at a time. [rules.AgentExited] is the last event. It ends an open turn,
// without a [rules.AgentTurnEnded], and voids pending permission requests.
//
// What the agent announces about itself comes as [rules.AgentUpdated], just before the
// notification that announces it; see package facts.
//
// # Versions
//
// The agent chooses the version in its answer to initialize; [Options].ProtocolVersion is
// the newest that it may choose. A dialect holds what differs afterwards. In version 1
// the answer to a prompt ends the turn. In version 2 the answer says that the agent has the
// prompt, and the first idle state after it ends the turn; the agent may also work without
// a prompt, from a [rules.AgentTurnBegan] to a [rules.AgentTurnEnded] without a turn.
//
// # Who may block whom
//
// A sink that blocks stops the reading of its agent, and eventually the agent's writing,
// but no other agent. The methods of [hub.Agent] do not block, except Stop: they put
// lines into a bounded outbox that another goroutine writes. An agent that leaves its
// outbox full is killed.
//
// With [Options].Rate, an agent that writes more than people can use is read slowly; see
// growth.go for what each kind of event costs.
//
// Stop may be called from any goroutine but the sink's. It returns when the agent and
// its descendants have ended and the sink has returned from AgentExited, or if the sink
// does not, when its context ends.
//
// # Output that is not a message
//
// Only what [wire.Parse] accepts is a message. Other lines on an agent's standard output
// are counted and reported as [rules.AgentStrayOutput]; their beginnings are logged with
// secrets masked.
//
// # What a process may leave behind
//
// Nothing, on Linux. An agent runs under a supervisor, a small process that becomes the
// parent of descendants that leave the agent's session, and kills all of them when the
// agent ends, on Stop, and when this process ends, even by SIGKILL; see package
// supervisor. With [Options].RunDir, [NewLauncher] ends what an earlier process left
// that was killed together with its supervisors. Two kinds of processes remain: those of
// another user, which are logged, and, without a cgroup, those with an empty environment
// and no parent when server and supervisor were killed at the same time. On other systems
// an agent's process group is ended.
//
// # An agent that outlives this process
//
// An agent that a connector runs is continued after a restart of the server; package remote
// explains how. [hub.Survivor] and [hub.Restorer] are its interfaces here. Everything that is
// sent to such an agent is decided by its host session, also what this package answers itself
// for other agents, and its events are [rules.Framed].
//
// # Testing
//
// The profile "demo" needs no installation; with [Options].DemoPace zero it runs as fast
// as the sink allows. Package agenttest provides a real agent of another vendor.
package agent
