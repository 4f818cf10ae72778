// Package protocol holds everything that Parley and its clients say to each
// other: resources, commands, answers, events and errors as Go types, and the
// codec that reads and writes them. PROTOCOL.md beside it is the same for
// people.
//
// Two rules keep the two ends apart. Input is decoded strictly: members are
// matched by their exact names, required ones must be there, enumerations know
// their words; members that are not known are ignored, so that a newer client
// can talk to an older server. Output is written with every nullable member
// present, as null.
//
// Nothing here blocks, starts a goroutine or keeps state: all functions may be
// called from anywhere. The transcripts in testdata are what the codec is
// tested against, in Go and in every other language that has a client.
package protocol
