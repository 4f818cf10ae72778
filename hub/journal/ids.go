package journal

import (
	"fmt"

	"github.com/google/uuid"
)

// SessionID identifies a session of either kind. It is a random UUID (RFC 9562,
// version 4), except that the first byte of a shared session's id is that of its
// host session's. The first byte decides the partition, so both always belong to the
// same node.
type SessionID uuid.UUID

// Partition is a share of all sessions, with one writer at a time. Partitions are
// numbered from 0.
type Partition uint8

// Partitions is the number of partitions. It is fixed for the life of a journal,
// since it decides which writer owns a session.
const Partitions = 32

// ParseSessionID decodes the form that [SessionID.String] returns. It refuses other
// spellings of a UUID, so that each session has one name.
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

// Partition returns the partition that the session belongs to.
func (id SessionID) Partition() Partition { return Partition(id[0] % Partitions) }

// String returns the canonical form: lower-case hexadecimal digits in five groups.
func (id SessionID) String() string { return uuid.UUID(id).String() }

// IsZero reports whether id is the zero id, which identifies no session.
func (id SessionID) IsZero() bool { return id == SessionID{} }

// MarshalText implements [encoding.TextMarshaler] with the canonical form.
func (id SessionID) MarshalText() ([]byte, error) { return uuid.UUID(id).MarshalText() }

// UnmarshalText implements [encoding.TextUnmarshaler]. It accepts any form of a
// UUID.
func (id *SessionID) UnmarshalText(text []byte) error {
	return (*uuid.UUID)(id).UnmarshalText(text)
}
