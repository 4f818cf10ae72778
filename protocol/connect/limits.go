package connect

import "time"

// Subprotocol is the WebSocket subprotocol of this version of the protocol.
const Subprotocol = "parley.connect.v1"

// Limits of frames, in bytes.
const (
	MaxHeader  = 256                     // the header of a frame, without its line feed
	MaxControl = 64 << 10                // the body of a frame that is not listed below
	MaxLine    = 64 << 20                // the body of a line
	MaxFile    = 10 << 20                // the body of a file
	MaxAnswer  = 8 << 20                 // the body of an answer
	MaxStderr  = 4 << 10                 // the body of a stderr frame
	MaxMessage = MaxHeader + 1 + MaxLine // a WebSocket message
)

// Limits of texts, in bytes.
const (
	MaxKey  = 128
	MinKey  = 32
	MaxName = 128
	MaxPath = 4096
)

const (
	// Heartbeat is the interval at which each end sends an [TypeAck] frame if it has nothing
	// else to send, unless the server announces another. A connection on which no byte
	// arrives for three intervals is broken.
	Heartbeat = 10 * time.Second
	// HelloTimeout is the time in which each end sends the first frame.
	HelloTimeout = 10 * time.Second
	// KeptBytes is the default bound of the frames that an end keeps for the other.
	KeptBytes = 16 << 20
)

// Close codes, besides those of package protocol with the same numbers. After 44xx a
// connector ends its agent and does not reconnect; after all others it reconnects.
const (
	CloseNotProtocol    = 4400 // a frame is not valid in the protocol
	CloseBadCredentials = 4401 // the credentials do not allow host sessions to be made
	CloseRefused        = 4403 // the host session was deleted, or cannot be made
	CloseNoHello        = 4408 // no hello in time
	CloseFenced         = 4410 // a newer connector has the host session
)
