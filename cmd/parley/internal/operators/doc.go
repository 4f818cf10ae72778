// Package operators keeps the keys of a server's operators, and the codes of sign-in links,
// in the data directory.
//
// Each key and each code is a file whose name is a SHA-256 digest: keys have 256 random bits,
// so a digest tells nothing about its key. The server looks a key up at each use. So a
// command can add and revoke keys while the server runs, and what it changes applies at once.
//
// # Promises
//
// A code is redeemed once, whatever happens at the same time or crashes: whoever removes its
// file has redeemed it. A key is durable before anyone is told it.
//
// # Concurrency
//
// A [Store] is safe for concurrent use, by several processes too. Its methods read and write
// files.
package operators
