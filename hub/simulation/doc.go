// Package simulation runs a whole hub through thousands of faults: its actors, its
// journal, its agent and its clients on a simulated clock, with disks that delay, fail
// and lose writes, servers that are killed, replaced and restarted, connections that
// drop, clients that read slowly, and commands that are sent again and again. It
// consists of tests only.
//
// # A run
//
// A run takes place in a bubble of [testing/synctest]. Its root decides, step by step
// and while everything else is at rest, what happens next: a command of a participant,
// an event of the agent, a fault of the disk, a crash, or the passing of time. Each
// decision depends on the seed, the number of the step and the current state, so leaving
// out a step does not change the decisions of the others. In a calm run each step is one
// action; in other runs some steps start several actions that race with each other. What
// the disk does to an append depends on the seed and the number of the event.
//
// At the end the faults stop, clients reconnect and send again what had no answer, and
// within five minutes of simulated time nothing may be left to wait for.
//
// # What is checked
//
// During the run:
//
//   - What a client receives is on the disk at that moment, with the same bytes for all
//     clients.
//   - The events of a connection follow each other from its cursor on, and a cursor that
//     was received is never a gap.
//   - No answer overtakes its event. An acknowledged command is on the disk once, and its
//     answer agrees with its event, also when the command is repeated. An error means that
//     the disk has nothing, unless its code leaves that open.
//   - The agent has one turn at a time. It receives each prompt at most once in all its
//     processes, after the disk has it, and one answer to each permission request.
//   - A room is created once. The journals are chained, turns run in the order of the
//     queue, prompts and requests end once, and nothing follows the end of a session.
//
// At the end:
//
//   - Each acknowledged command is on the disk once, and no refused one is.
//   - Each approved prompt has ended, and either reached the agent as it was approved or
//     has a true reason not to.
//   - One answer to each permission request won, and no other was acknowledged.
//   - The agent's updates are there without a gap, except for those that a killed server
//     had not written.
//   - The state of each room is the one that follows from its journal, with and without
//     a snapshot.
//   - No goroutine is left.
//
// # Replaying
//
// A failure prints how to replay it, with the steps that are needed to fail and what
// happened in them:
//
//	PARLEY_SIM_SEED=288 PARLEY_SIM_STEPS=3,7,9 go test -run keeps_its_promises ./hub/simulation
//
// The same seed gives the same actions and faults at the same places, but not the order
// in which Go runs ready goroutines, chooses among channels and iterates over maps, which
// the race detector even randomises. Some nine of ten calm runs (PARLEY_SIM_CALM=1, which
// a failure prints for a calm run) have the same transcript again, and about two of three
// other runs. For the rest, try -count=20.
//
// # Seeds
//
// make test uses the same seeds each time, so that a failure is due to a change. make
// soak uses new ones for minutes, and prints the first. One test breaks the hub or its
// journal in several ways, and requires that each defect is found soon. Another requires
// that everything that can happen has happened in some run.
package simulation
