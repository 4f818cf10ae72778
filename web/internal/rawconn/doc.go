// Package rawconn writes to and reads from hijacked connections.
package rawconn
