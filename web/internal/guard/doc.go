// Package guard protects a server on a user's machine or network from web pages of
// other sites.
//
// [Guard.Wrap] checks the Host of every request, which defeats DNS rebinding, and
// the Origin of every request that can change something, a WebSocket handshake
// included. It answers CORS requests of allowed origins. A Guard is immutable, and
// nothing here blocks.
package guard
