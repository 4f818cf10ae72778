// Package flood is a client that sends to a Parley server as fast as the server lets it, in
// ways that are not allowed.
package flood
