package live

import (
	"time"

	"parley/protocol"
)

const (
	// maxMissedPongs is how many pings in a row may remain without a pong.
	maxMissedPongs = 2
	// messageTimeout is how long a message may take to arrive.
	messageTimeout = time.Minute
)

// check runs at intervals. It ends a connection that does not join in time, does not
// finish a message in time, or does not answer pings. A connection that is being
// written to gets no ping: the time-out of the write applies to it.
func (k *socket) check() (next time.Duration) {
	switch {
	case !k.begun.Load():
		k.server.options.Hub.Refused(protocol.LimitFirstCommand)
		k.close(protocol.CloseNoCommandInTime, "no join or resume in time")
	case k.isMessageLate():
		k.server.options.Hub.Refused(protocol.LimitBodyTime)
		k.close(protocol.CloseTryAgain, "a message was begun and not finished in time")
	case k.missedPongs.Load() >= maxMissedPongs:
		k.server.options.Hub.Refused(protocol.LimitPings)
		k.ws.Conn.Close() // the client would not receive a close code
	case k.ws.TryPing():
		k.missedPongs.Add(1)
	}
	return k.server.options.Heartbeat
}

// isMessageLate reports whether a message takes too long to arrive.
func (k *socket) isMessageLate() bool {
	since := k.messageSince.Load()
	return since != 0 && time.Since(time.Unix(0, since)) > messageTimeout
}

func (k *socket) pingReceived() (answer bool, err error) {
	limited, excessive := k.control.Take()
	if excessive {
		return false, errControlFlood
	}
	return limited == nil, nil
}

func (k *socket) pongReceived() error {
	k.missedPongs.Store(0)
	_, err := k.pingReceived()
	return err
}
