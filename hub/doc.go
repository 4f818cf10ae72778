// Package hub is the runtime of Parley's sessions. It finds, loads and stops them, runs
// each on a goroutine of its own, and connects them to clients, agents, the journal and
// each other. Sockets, databases and processes come in through the interfaces
// [journal.Journal], [Launcher] and [Agent], whose implementations are in packages
// below.
//
// # Who owns what
//
// Every live session has one goroutine, its actor, which alone owns the session's state
// and receives inputs through channels. The rules are pure: a [rules.State] decides which
// events and effects follow from an input, and applies events, without a clock, channel or
// disk. The state machines are in hub/rules/shared and hub/rules/host. For each kind of
// session a shell connects the actor to the outside: to the room of its connections
// (package feed), or to its agent.
//
//	hub            registry, actors, shells
//	hub/feed       connections: fan-out, backlogs, replay to live, presence
//	hub/lookup     what a state does not hold, read from the journal
//	hub/history    events and pages of events, read from the journal
//	hub/rules      the state machines
//	hub/journal    the terms and interfaces of storage; engines are below
//
// # What order is promised
//
// An actor decides on its newest state and does not wait for the disk. The outputs of a
// decision are events, answers, errors, and messages to other sessions and to the agent.
// They leave the actor in the order of the decisions, and only when every event decided
// before is durable. So no client and no agent receives what a crash could undo, and an
// answer never overtakes an earlier event.
//
// A message of an agent that a connector carries has a receipt, which goes with what the host
// session sends because of it. The connector is told that the message has arrived when the
// host session and all receivers have committed what they make of it.
//
// When an append fails, the commands that wait are answered JOURNAL_UNAVAILABLE, the
// state is loaded again from the journal, and messages of the agent and of other
// sessions are decided on again. When another process has claimed a session's partition,
// all sessions of the partition end here: connections are closed with 4002, and clients
// that reconnect find the process that serves the session now.
//
// An event's time is the later of the clock's and the last event's, so that times never
// decrease. A time that outlives the process, such as a session's expiry, is compared
// with the clock; any other, such as the time-out of a permission request, with the
// monotonic clock.
//
// # Who may block whom
//
// An actor never blocks on a connection, an agent, another actor or the disk. It waits
// only for a fan-out that is far behind, which never waits for a socket. A sender of
// commands waits while the actor's inbox is full. During an outage of the journal,
// commands are refused within seconds, and messages of agents and of other sessions stay
// where they are.
//
// Sessions send each other messages through couriers, one goroutine for each pair. When
// a courier is full, the agent whose messages it carries is not read further. Pieces of
// text that an agent streams are gathered for 7 to 40 ms. Facts about an agent are
// gathered for a second, and its usage until the turn ends.
//
// # What is held in memory
//
// A session's state and its snapshot do not grow with its age: messages, finished
// prompts and guests who have left are in the journal, whose index finds them. Whatever
// grows has a bound in bytes for one item, for its session or connection, and for the
// process:
//
//	what                            one item                      session or connection          process
//	pending prompts                 protocol.Limits.PromptBytes   MaxPendingBytes (participant:  MaxPromptBytes
//	                                                              MaxOwnPendingBytes)
//	prompts in the agent's queue    protocol.Limits.PromptBytes   MaxQueued for each session     MaxPromptBytes
//	permission requests             MaxEvent                      bounds of package agent        bounds of package agent
//	facts about the agent           bounds of package protocol    256 KiB                        MaxAgents
//	messages of the agent           MaxEvent                      agentinbox.MaxBytes, then the  -
//	                                                              bounds of package feed
//	newest events                   MaxEvent                      history.Tail                   -
//	a welcome                       shared.State.Welcome          about 1 MiB                    MaxBacklogs
//	what waits for a connection     MaxEvent                      MaxBacklog                     MaxBacklogs
//	answers with events             MaxEvent                      1 MiB                          MaxBacklogs, history.Slots
//	lists without pages             MaxEvent                      history.PageBytes              MaxBacklogs, history.Slots
//	connections of unknown clients  bounds of package web         -                              web.Options.MaxUnfinished
//	incoming messages and bodies    protocol.Limits.FrameBytes    bounds of package web          web.Options.MaxInbound
//
// When MaxBacklogs is exceeded, the connections that have taken nothing for longest are
// closed. A permission request or prompt beyond its bound is refused.
//
// # When an agent is not running
//
// A prompt is accepted whether or not the agent runs: the host session starts the agent
// for it, on the earlier session if the agent can load that, and else on a new one; an
// event tells clients about it. An agent that a connector runs goes on while this process is
// restarted. A prompt for an agent that was asked to stop waits for the
// next process. A start that fails fails the prompts that wait for it, with the
// reason.
//
// # Testing
//
// Decisions are tested as plain functions, in the packages of the rules. For a whole
// [Hub], package hubtest has agents that do what a test tells them and a journal that
// delays and fails on demand; the memory engine and the demo agent make a hub that needs
// nothing from outside.
package hub
