// Package scenario contains the measurements of the bench.
//
// Each [Scenario] is measured on Parley and, in most cases, on the raw server, which only
// writes. Runs of the two alternate, and goals apply to the ratio of their medians,
// because a ratio depends less on the machine than either figure does. Some scenarios
// have another baseline, or none.
//
// # What is measured
//
// Servers run with the settings of production on a data directory on disk, and are
// stopped after each run. Where the system allows it, the server has one core and
// the load another. The processor time of the server is the user and system time of its
// process, without its agents.
//
// # What the journal costs
//
// A durable commit costs the same for one listener and for a thousand. Where that
// matters, with one event in flight or at a fixed rate, a run first measures a room with
// one listener. The cost of each further listener, which is the difference divided by
// their number, then does not contain the journal, the rules and the receipt of the
// command. The cost for raw is computed in the same way.
package scenario
