// Package isolate keeps files from a command that another user's trust does not cover:
// an agent must not read the key of the server that starts it.
//
// A [Plan] says how. With a user, the command runs as that user, and the permissions of
// the files protect them; the server needs the right to switch users. Without one, on
// Linux, the command runs in a user namespace and a mount namespace of its own, in which
// each hidden directory is empty and read-only, and each hidden file is empty. The user
// namespace also keeps the command from other processes of the same user, whose /proc
// directories would lead to the hidden files: the kernel allows such access only within
// one user namespace.
//
// What it does not do: a command keeps the network, and everything else that its user may
// do, such as writing to a file that the user executes later, or asking a daemon of the
// user for help. Programs that change the user, such as sudo, do not work in a user
// namespace unless the server runs as root.
//
// # The second execution
//
// The mounts are made by this program itself, executed again in the namespaces, which
// then executes the command in its own place. A program that imports this package does
// that if its name (os.Args[0]) says so, before main and most initialisers run.
//
// # Other systems
//
// On systems other than Linux only a user isolates a command.
package isolate
