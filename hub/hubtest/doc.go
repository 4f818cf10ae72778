// Package hubtest has fakes for testing package hub and its clients. They replace
// what a test cannot control otherwise: agents and faults of the store.
//
//   - [Agents] is a launcher of agents that a test controls.
//   - [FaultyJournal] wraps a journal and delays or fails its commits on demand. Its
//     order and blocking are those of the wrapped journal.
//
// Package journaltest below has the conformance suite for storage engines, cputime
// measures processor time in benchmarks, and faultdisk is a disk that fails and loses
// power.
package hubtest
