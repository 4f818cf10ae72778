//go:build !unix

package main

// connectionLimit knows no limit of the system's.
func connectionLimit() int { return 0 }
