// Package e2e is the test kit for whole programs: processes of them, clients that
// take part in sessions over real sockets, and a record of what each client was
// shown.
//
// The server is looked up in PATH as parley, where the TestMain of a test puts it.
// Every process is killed by its id and waited for when its test ends.
package e2e
