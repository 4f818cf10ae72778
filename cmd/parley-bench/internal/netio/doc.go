// Package netio contains clients that cost a fraction of a complete client, so that a
// measurement shows the cost of the server: they read with large buffers, return bytes in
// the pieces in which they arrive, and do not check what a server sends. It also encodes
// and decodes the WebSocket frames of the server in package raw.
package netio
