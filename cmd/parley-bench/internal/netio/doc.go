// Package netio has client ends of connections that cost a fraction of what a
// complete client does, so that the server is what is measured: they read with
// large buffers, hand out bytes in the pieces in which they arrive, and do not
// check what a server sends. It also has the WebSocket frames that the comparison
// server of package raw needs.
package netio
