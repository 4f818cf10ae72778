// Package supervisor runs a command so that nothing that it starts outlives it, nor
// the process that started it.
//
// The command's parent is a small process of its own, the supervisor: the same program,
// executed again. The command gets standard input, output and error directly; the
// supervisor keeps none of them. On Linux the supervisor becomes the parent of every
// descendant whose own parent has ended (PR_SET_CHILD_SUBREAPER), so it also finds
// processes that have left the command's session and emptied their environment. It kills
// the whole tree when
//
//   - the command ends,
//   - [Child.Kill] is called,
//   - the process that started it ends, even by SIGKILL: this closes the socket between
//     the two,
//   - it receives SIGTERM, SIGINT or SIGHUP, after it has asked the command to end and
//     waited some seconds.
//
// If the supervisor itself is killed, the kernel kills the command (PR_SET_PDEATHSIG),
// and the process that called [Adopt] adopts and kills the command's descendants.
//
// # After both are killed
//
// [Records] has a file in a directory for each supervisor that is running. A later
// process on the same directory calls [Records.Sweep] before it starts a command. Sweep
// waits for supervisors that are still at work, and ends what was left by supervisors
// that were killed together with the process that started them: processes with the run's
// environment variable, their descendants and, with a writable cgroup (version 2),
// everything in the run's cgroup. It kills a process only if its start time proves that
// it is the recorded one. Without a cgroup, it does not find a process that had left its
// session, emptied its environment and lost its parent before both were killed.
//
// # Other systems
//
// On systems other than Linux the supervisor ends the command's process group, and
// nothing is recorded. Windows has no supervisor: [Start] fails.
//
// # The second execution
//
// A program that imports this package becomes the supervisor if its name (os.Args[0])
// says so, before main and most initialisers run. The program need not call anything for
// that, so it works in test binaries too.
//
// # Who may block whom
//
// [Child.Terminate] and [Child.Kill] only write to a socket. [Start] blocks until the
// command runs, [Child.Wait] until the tree has ended, and [Records.Sweep] until nothing
// is left, each at most for a number of seconds beyond the command's own time.
//
// # Testing
//
// Tests run real process trees and kill real supervisors; see supervisor_test.go, whose
// test binary also acts as the server that is killed.
package supervisor
