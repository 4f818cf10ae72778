// Package scenario is what the bench measures.
//
// Each [Scenario] is measured on Parley and, in most cases, on the raw server, which
// only writes. Runs of the two alternate, and what counts is the ratio of their
// medians, because a ratio depends less on the machine than either figure does. Some
// scenarios have another server beside Parley, or none.
//
// # What is measured
//
// Servers run with the settings of production on a data directory on disk, and are
// stopped after each run. Where the system allows it, the server has one core and
// the load another. The processor time of the server is what the system accounts to
// its process, user and system, without its agents.
//
// # What the journal costs
//
// A durable commit costs the same whether one listener or a thousand receive it.
// Where that matters, with one event in flight at a time or at a fixed rate, a run
// first measures the same talk to one listener. The cost of each further listener,
// the difference divided by their number, then does not contain the journal, the
// rules and the receipt of the command. That of raw is computed by the same rule.
package scenario
