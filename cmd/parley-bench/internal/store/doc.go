// Package store writes into a journal of Parley without a server: the messages of
// the raw server, so that it pays for durability as Parley does, and copies of
// sessions, so that a data directory with very many of them is made quickly.
package store
