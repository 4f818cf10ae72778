// Package supervisor runs a command so that nothing that it starts outlives it,
// nor the process that has started it.
//
// The command's parent is a small process of its own, the supervisor: this same
// program, executed again. It passes standard input, output and error straight
// on, and keeps none of them. On Linux it is the parent of every descendant whose
// own parent has ended (PR_SET_CHILD_SUBREAPER), so a process that has left the
// command's session and emptied its environment is found as well. It kills the
// whole tree when
//
//   - the command ends,
//   - it is told to by [Child.Kill],
//   - the process that has started it ends, by kill -9 too: the socket between
//     the two is closed then,
//   - it gets SIGTERM, SIGINT or SIGHUP, after it has asked the command to end and
//     waited some seconds.
//
// When the supervisor itself is killed, the command is killed by the kernel
// (PR_SET_PDEATHSIG), and what it had started is adopted and killed by the
// process that called [Adopt].
//
// # What a next process finds
//
// [Records] notes each supervisor in a directory while it lives. A next process
// on the same directory calls [Records.Sweep] before it starts a command: it
// waits for supervisors that are still at work, and ends what was left by ones
// that were killed together with the process that had started them: what has the
// run's variable in its environment, what such a process has started, and, where
// there is a writable cgroup (version 2), all that is in the run's cgroup. A
// process is killed only when its start time shows that it is the one that was
// seen. Without a cgroup, a process that had left its session, emptied its
// environment and lost its parent before a double kill -9 is not found.
//
// # Other systems
//
// Elsewhere than on Linux the supervisor ends the command's process group, and
// records nothing. Windows has no supervisor: [Start] fails.
//
// # The second execution
//
// A program that imports this package becomes the supervisor when its name
// (os.Args[0]) says so, before main and most initialisers run. Nothing has to be
// called for that, so it holds for test binaries, too.
package supervisor
