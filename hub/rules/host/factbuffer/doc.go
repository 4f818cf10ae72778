// Package factbuffer gathers what an agent announces about itself until a host session records
// it, so that the announcements become few events. A [Buffer] stands between the agent and
// [host.State]: it holds back facts, and joins them to the inputs that need them.
//
// A Buffer is for one goroutine at a time. It has no clock of its own: its methods take the
// time, and [Buffer.Due] says when to call again.
package factbuffer
