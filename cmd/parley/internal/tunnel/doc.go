// Package tunnel runs the programs that make a port of this machine reachable from
// elsewhere, and reads from their output at which address.
//
// A tunnel program is a child process that ends with this one. Its output is read to its
// end, bounded in memory; only the address is taken from it, and, if it fails, its last
// lines for people.
package tunnel
