// Package provider lets the people of an OpenID provider use a server. It implements
// [web.Identities].
//
// A [Provider] verifies the provider's tokens, which programs send, and signs browsers in by
// the authorization code flow with PKCE. A browser that has signed in gets a credential of the
// server's own, and its sign-in is a file in the data directory: the name of the file is a
// digest of the credential, and the provider's refresh token is sealed with it, so that neither
// can be got from the file.
//
// # Promises
//
// Who a token proves its holder to be depends on signed statements of the provider alone. A
// token counts if the provider has signed it with a key pair, for this server, and if it is
// valid now by a clock that may be a minute off. An e-mail address that the provider has not
// verified is no identity.
//
// The provider's keys are read again after ten minutes, and for a token with a new key, but
// seldom enough that made-up tokens cannot make the server a nuisance to the provider. While
// the provider cannot be reached, keys that are known count for an hour.
//
// A sign-in is checked again by its refresh token when its tokens expire, and every hour. It
// ends when the provider refuses, and after thirty days.
//
// # Concurrency
//
// A Provider is safe for concurrent use. Its methods wait for the provider, for ten seconds at
// most, and read and write files.
//
// # Tests
//
// The tests of this package have a provider of their own, which can do all that a provider must
// not do. Those of the command and of the web pages have a real one.
package provider
