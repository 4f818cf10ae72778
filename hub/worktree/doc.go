// Package worktree records the state of agents' working directories, and compares them
// with it.
//
// A [Store] writes a tree when a session begins, and one at the end of each turn. It uses
// the git program, with a repository of its own for each session in the server's data
// directory. Objects that the user's repository has already are not stored again; the
// session's repository refers to them. Everything is bounded, and removed with the
// session.
//
// # Hostile repositories
//
// Whoever writes into the working directory may be hostile, and git can run programs that
// a repository names: hooks, filters, textconv and diff programs, file system monitors,
// credential helpers, remote helpers. So git never reads the configuration of the user's
// repository. It works on the session's own repository, whose configuration and attributes
// this package writes, and the newest commit is found by reading HEAD and the refs here.
// The files of the server, which include the key of all tokens, are never shown, whatever a
// repository says. Symbolic links are compared as links and not followed, and files outside of the working
// directory are not read. Each run has a time-out, and its output is limited.
//
// # Concurrency
//
// [Store.Begin], [Store.TurnEnded] and [Store.End] put a job into a bounded queue and
// return at once. A few goroutines, which [Store.Close] ends and waits for, carry the jobs
// out, those of one session in order. Reads run on the caller's goroutine, a few at a time
// and one for each session; others wait.
//
// # Testing
//
// Tests use the real git program and real directories.
package worktree
