// Package share shares an agent of this machine: it runs a connector, waits until its agent
// is ready, makes a shared session on it, and shows the links. What it needs to continue
// after the end of the process, the connector's key included, is in a directory of its own
// for each share, with mode 0700.
//
// # Testing
//
// The tests of package main run the command with real servers and agents.
package share
