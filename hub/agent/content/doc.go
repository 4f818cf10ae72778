// Package content turns the content of a prompt into the blocks that an agent reads: text,
// embedded resources, images and audio, and links to files. A [Source] reads attachments
// from the store. [Files] keeps the attachments that the agent reads as files itself, one
// directory for each host session.
//
// # Who may block whom
//
// [Source.Blocks] reads and writes files, so the goroutine that writes to the agent calls
// it, and no other agent waits for it.
//
// # Testing
//
// The tests of package agent give content to a real agent, from a real store.
package content
