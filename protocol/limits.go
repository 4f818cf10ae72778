package protocol

import "time"

// Subprotocol is the WebSocket subprotocol of this version of the protocol.
const Subprotocol = "parley.v1"

// Heartbeat is the interval at which the server pings a WebSocket connection and
// writes a comment to an event stream. The server drops a connection that misses two
// pings.
const Heartbeat = 15 * time.Second

// FirstCommandTimeout is the time within which a new connection must join or resume.
const FirstCommandTimeout = 10 * time.Second

// Limits bound what a client may send, in bytes unless stated otherwise. [Welcome]
// contains them, so that a client can check before it sends. Server to client.
type Limits struct {
	MessageBytes int `json:"messageBytes"` // the text of a chat message
	PromptBytes  int `json:"promptBytes"`  // the text of a prompt
	FrameBytes   int `json:"frameBytes"`   // a WebSocket message, a REST body
	RecentEvents int `json:"recentEvents"` // the number of events that a welcome contains at most
	HistoryLimit int `json:"historyLimit"` // the number of events that an answer to history contains at most

	ContentBlocks           int   `json:"contentBlocks,omitempty"`           // the number of content blocks of a prompt or message
	AttachmentBytes         int64 `json:"attachmentBytes,omitempty"`         // one attachment; 0 if the server accepts none
	AttachmentsBytes        int64 `json:"attachmentsBytes,omitempty"`        // the attachments of one prompt or message together; 0 if the server accepts none
	SessionAttachmentsBytes int64 `json:"sessionAttachmentsBytes,omitempty"` // all attachments of a session together, each counted as 16 KiB at least; 0 if the server accepts none
}

// DefaultLimits are the limits of a server unless it is configured otherwise.
var DefaultLimits = Limits{
	MessageBytes: 32 << 10,
	PromptBytes:  256 << 10,
	FrameBytes:   1 << 20,
	RecentEvents: 200,
	HistoryLimit: 500,

	ContentBlocks:           16,
	AttachmentBytes:         10 << 20,
	AttachmentsBytes:        20 << 20,
	SessionAttachmentsBytes: 200 << 20,
}

// Fixed limits.
const (
	MaxNameLength      = 128     // characters of a user id or a display name
	MaxCommandIDLength = 64      // characters
	MaxIDLength        = 64      // bytes of an id that other clients receive; the server's own ids are UUIDs
	MaxReasonLength    = 1 << 10 // bytes
)
