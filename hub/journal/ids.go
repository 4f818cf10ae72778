package journal

import (
	"fmt"

	"github.com/google/uuid"
)

// SessionID names a session of either kind. It is a UUIDv4 but for its first
// byte, which decides the partition: a shared session's id takes the first
// byte of its host session's id, so that both always live on the same node.
type SessionID uuid.UUID

// Partition is a share of all sessions that has one writer at a time.
type Partition uint8

// Partitions is how many partitions there are. It is fixed for the life of a
// journal, since it decides where a session's events are.
const Partitions = 32

// ParseSessionID reads the canonical text form. It is as strict as String is
// regular: any other spelling of a UUID is refused, so that one session has
// one name.
func ParseSessionID(s string) (SessionID, error) {
	id, err := uuid.Parse(s)
	if err != nil || id.String() != s {
		return SessionID{}, fmt.Errorf("session id %.40q is not a UUID", s)
	}
	return SessionID(id), nil
}

// NewHostSessionID returns a random id for a host session.
func NewHostSessionID() SessionID { return SessionID(uuid.New()) }

// NewSharedSessionID returns a random id for a shared session on host, in the
// partition of host.
func NewSharedSessionID(host SessionID) SessionID {
	id := uuid.New()
	id[0] = host[0]
	return SessionID(id)
}

// Partition tells where the session's events are.
func (id SessionID) Partition() Partition { return Partition(id[0] % Partitions) }

// String returns the canonical lower-case form.
func (id SessionID) String() string { return uuid.UUID(id).String() }

// IsZero reports whether the id names no session.
func (id SessionID) IsZero() bool { return id == SessionID{} }

// MarshalText writes the canonical form.
func (id SessionID) MarshalText() ([]byte, error) { return uuid.UUID(id).MarshalText() }

// UnmarshalText reads any form of a UUID.
func (id *SessionID) UnmarshalText(text []byte) error {
	return (*uuid.UUID)(id).UnmarshalText(text)
}
