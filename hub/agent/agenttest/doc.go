// Package agenttest provides a real agent of another vendor for tests: the example of
// the Agent Client Protocol's own SDK, which runs on Node.js. npm installs it once into
// the source tree, in a directory that git ignores.
package agenttest
