// Package simulation lets a whole hub live through thousands of bad days: its
// actors, its journal, its agent and its clients on a clock of their own, with
// disks that hold, fail and lie, servers that are killed, replaced and
// restarted, connections that drop, clients that dawdle, and commands that are
// sent again and again. It consists of tests alone.
//
// # One run
//
// A run happens in a bubble of testing/synctest. Its root decides, step by step
// and while everything else is at rest, what happens next: a command of
// somebody, something that the agent says, the weather of the disk, a crash, or
// time that passes. Every decision follows from the seed, the number of the step
// and what there is at that time, so a step can be left out without the others
// becoming different ones. In a calm run each step is one thing; else some steps
// let several loose at once, to run into each other. What the disk does to an
// append follows from the seed and the number of the event.
//
// At the end nothing goes wrong any more, clients come back and send again what
// had no answer, and within five minutes of the run's own time nobody may have
// anything left to wait for.
//
// # What is checked
//
// As it comes: whatever anybody is shown or told is on the disk at that moment,
// byte for byte what everybody else is shown; a connection's events follow on
// one another, from the cursor that it came with, and a cursor that was shown is
// never a gap; no answer overtakes its event; an acknowledged command is on the
// disk once, its answer says what its event says, and says so again when it is
// repeated; an error means that the disk has nothing, unless it says that a
// retry may tell. The agent has one turn at a time, is given each prompt at most
// once in all its lives, after the disk knows it, and one answer to each
// question. A room is made once. The journals are chained, turns first in and
// first out, prompts and questions end once, nothing follows on the end of a
// session.
//
// At the end: every acknowledged command is there once and every refused one is
// not; every approved prompt has ended, and reached the agent as it was approved
// or has a reason not to that is so; one answer to a question won, and nobody
// else was told theirs did; what the agent said is there without a hole, but
// for what a killed server had not kept; the state of each room is the one that
// follows from its journal, with and without a snapshot; no goroutine is left.
//
// # Replaying
//
// A failure prints how to replay it, with the steps that still fail when others
// are left out, and what happened in them:
//
//	PARLEY_SIM_SEED=288 PARLEY_SIM_STEPS=3,7,9 go test -run keeps_its_promises ./hub/simulation
//
// The same seed gives the same stimuli and faults at the same places. What it
// does not give is the order in which Go runs goroutines that are ready at the
// same time, chooses among channels and walks maps; under the race detector it
// is shuffled on purpose. Of calm runs (PARLEY_SIM_CALM=1, which a failure prints
// where it was one) some nine of ten go exactly the same way again, of the others
// about two of three; for the rest, try with -count=20.
//
// # Seeds
//
// make test simulates the same seeds each time, so that it does not fail for
// somebody else's reasons; make soak new ones, for minutes, and prints the
// first. A test breaks the hub or its journal in several ways and asks that each
// is found soon; another that everything there is to go wrong has done so in
// some world.
package simulation
