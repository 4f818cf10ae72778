//go:build !unix

package server

// connectionLimit returns 0: the system has no limit that is known.
func connectionLimit() int { return 0 }
