// Package e2e is the test kit for whole programs. It starts them as processes, connects
// clients to them over real sockets, and records what each client receives.
//
// The server is looked up in PATH as parley; the TestMain of a test package puts it
// there. Every process is killed and waited for when its test ends.
package e2e
