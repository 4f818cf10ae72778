// Package bench puts load on a server and measures what that costs.
//
// Each Scenario is measured against Parley and beside it against raw, a little
// server that does nothing but write: runs of the two alternate, and what is
// claimed is the ratio of their medians, which says more about another machine
// than any figure by itself. Some scenarios have something else beside them,
// or nothing.
//
// # What is measured
//
// Servers are this program again, with the settings of production, on a data
// directory on disk, and are stopped after each run. Where the system allows
// it, the server has one core and the load another. The server's processor time
// is what the system accounts to its process, user and system, its agents not
// included.
//
// The load is to cost much less than the server: sockets are read with large
// buffers, and events are counted by a mark in their text; see meter.
//
// # What the journal costs
//
// A durable commit costs the same whether one person or a thousand hear of it.
// Where that matters, with one event under way at a time or a fixed rate, a run
// measures the same talk to one listener first. What each further listener
// costs, the difference divided by their number, is then free of the journal,
// the rules and the command's way in. Raw's is taken by the same rule.
package bench
