// Package raw is the server that Parley is compared with. For every event and every
// connection it makes one write of bytes that are ready, and nothing else: it
// decodes nothing, and stores nothing unless it has a journal.
//
//	GET /ROOM/ws          is a WebSocket. Its first message joins the room; each line
//	                      of the others is an event for all in the room.
//	GET /ROOM/stream      is an event stream of the room.
//	POST /ROOM/messages   has an event for all in the room as its body, which needs a
//	                      Content-Length.
//
// A connection that joins a room receives [FirstEvent]. A client that does not read
// blocks its room.
package raw
