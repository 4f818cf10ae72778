// Package task gives goroutines and calls an owner that stops them and waits for
// them.
//
// [Group] is a sync.WaitGroup that can be closed: after [Group.Close] nothing
// joins it, so [Group.Wait] returns for good. Nothing in this package blocks but
// [Group.Wait] and [Group.WaitContext].
package task
