// Package certs provides the certificate of a server: from files, which it reads again
// when they change, self-signed and kept in the data directory, or from a certificate
// authority that speaks ACME.
//
// [Open] returns a [Source], and its error names the file and what is wrong with it.
// [Source.Watch] starts what follows files and requests certificates, and [Source.Close]
// ends it. If changed files cannot be used, the earlier certificate stays in use and the
// log says why.
//
// # Concurrency
//
// A Source is safe for concurrent use. No TLS handshake waits for a file; with ACME, the
// first one waits for the authority.
//
// # Testing
//
// Tests use real files and TLS connections. A test of package main obtains a certificate
// from a real ACME server.
package certs
