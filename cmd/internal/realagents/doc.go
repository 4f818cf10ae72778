// Package realagents has the tests that drive coding agents of other vendors through a
// server, with the model endpoint of package fakemodel. They run if [Installation] names
// the directory in which .tools/install-agents has installed the agents, as make
// test-agents does.
//
// Each agent has a home directory of its own, which only the test knows, and its telemetry
// and its searches for newer versions are off; see the set-up functions.
package realagents

// Installation is the environment variable with the directory of the installed agents.
const Installation = "TEST_AGENTS"
