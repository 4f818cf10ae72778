// Package agenttest gives tests a real agent from another hand: the example of
// the Agent Client Protocol's own SDK, run by node. It is fetched once, with
// npm, into the source tree, where git ignores it.
package agenttest
