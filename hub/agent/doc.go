// Package agent runs agents that speak the Agent Client Protocol (version 1)
// and implements hub.Launcher and hub.Agent over them. An agent is a child
// process from a configured profile, or the demo agent inside this process;
// both speak newline-delimited JSON-RPC through the same code.
//
// # Order
//
// One goroutine per agent reads what it says and calls the sink, so events come
// in wire order, but for AgentProgress, which comes in between while the agent
// starts: a permission request never overtakes its tool call, and the
// end of a turn comes after the turn's updates. AgentExited is last. A turn
// that is open when it comes is over, without an AgentTurnEnded of its own, and
// pending permission requests are void.
//
// What the agent says of itself, in the answers to initialize and session/new or
// in updates, comes as AgentUpdated, just before the notification that says it.
//
// # Who may block whom
//
// A sink that blocks stops the reading of that agent alone, and in the end the
// agent's writing. The methods of hub.Agent but for Stop never block: they put
// lines into a bounded outbox that another goroutine writes. An agent that
// leaves the outbox full is beyond help and is killed.
//
// Stop may be called by anyone but the sink. It returns when the agent and what
// it started are gone and AgentExited has been taken, or, should the sink not
// take it, when its context ends.
//
// # What is a message
//
// Only what wire.Parse takes for one. Other lines on an agent's standard output
// are counted, their beginnings logged with secrets masked, and the hub is told
// that there are some; they are neither updates nor answers.
//
// # What a process may leave behind
//
// Nothing, on Linux: an agent runs under a supervisor (package supervisor), a small
// process that adopts what leaves the agent's session, its environment emptied or
// not, and kills all of it when the agent ends, when Stop says so, and when this
// process ends, by kill -9 too. With Options.RunDir, NewLauncher ends what a
// process that was killed together with its supervisors has left. Two things are
// beyond that: what runs as another user, which is counted in the log, and, where
// no cgroup can be had, what had an empty environment and no parent when server
// and supervisor were killed at once. On other systems an agent's process group is
// ended.
//
// # Testing
//
// The profile "demo" needs nothing installed; Options.DemoPace zero makes it
// run as fast as the sink takes its events. Package agenttest has a real agent
// from another hand.
package agent
