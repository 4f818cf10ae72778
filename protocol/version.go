package protocol

import "time"

// Subprotocol is the WebSocket subprotocol of this version.
const Subprotocol = "parley.v1"

// Heartbeat is how often the server pings a WebSocket connection and writes a
// comment on an event stream. A connection that misses two pings is dropped.
const Heartbeat = 15 * time.Second

// FirstCommandTimeout is how long a new connection may take to join or resume.
const FirstCommandTimeout = 10 * time.Second

// Limits on what a client may send, in bytes unless said otherwise. They are
// part of Welcome, so that a client can tell before it sends.
type Limits struct {
	MessageBytes int `json:"messageBytes"` // a chat message's text
	PromptBytes  int `json:"promptBytes"`  // a prompt's text
	FrameBytes   int `json:"frameBytes"`   // a WebSocket message, a REST body
	RecentEvents int `json:"recentEvents"` // events that Welcome carries at most
	HistoryLimit int `json:"historyLimit"` // events that one history answer carries at most
}

// DefaultLimits are the limits of a server that was not told otherwise.
var DefaultLimits = Limits{
	MessageBytes: 32 << 10,
	PromptBytes:  256 << 10,
	FrameBytes:   1 << 20,
	RecentEvents: 200,
	HistoryLimit: 500,
}

// Lengths that are fixed.
const (
	MaxNameLength      = 128     // characters of a user id or a display name
	MaxCommandIDLength = 64      // characters
	MaxIDLength        = 64      // bytes of an id that others are shown; the server's own are UUIDs
	MaxReasonLength    = 1 << 10 // bytes
)
