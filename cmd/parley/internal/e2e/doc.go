// Package e2e is what tests of the whole program are written with: processes of
// it, people who take part in sessions over real sockets, and a record of what
// anybody was shown.
//
// The program is looked up in PATH as parley, where the tests' TestMain puts
// it. Every process is killed by its id and waited for when its test ends,
// however that ends.
package e2e
