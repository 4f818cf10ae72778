//go:build !unix

package console

import "golang.org/x/term"

// suspender returns nil: the system cannot stop a program.
func suspender(int, *term.State) func() error { return nil }
