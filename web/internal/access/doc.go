// Package access decides who may call an endpoint.
//
// Each endpoint has a [Need]. A [Guard] answers whether a request meets it, and whether the
// request is under protection at all: a server that only this machine can reach serves the
// original API, which asks for nothing. Rights within a session are not decided here: the
// session itself checks the credentials of its participants.
//
// An operator proves to be one by a key, as a bearer token or in the cookie of the web
// pages. The cookie counts only with a sign that a page of this server sends the request.
//
// A person proves who that is by a credential of the identity provider or of the server's own
// sign-in, likewise, or a proxy that the server believes vouches for the person in a header. A
// request carries what it proves as a [Proof], and is a [hub.Caller] by it.
//
// A Guard is immutable. It blocks as its [Keys] do.
package access
