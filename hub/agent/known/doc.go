// Package known lists the agents that Parley can run without configuration: their
// commands, and how to install them and sign in to them. [Finder] finds those that are
// installed.
//
// Nothing in this package starts a program. An agent counts as installed if its program
// is in a directory of PATH.
package known
