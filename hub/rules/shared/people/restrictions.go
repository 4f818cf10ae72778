package people

import (
	"encoding/json"

	"parley/protocol"
)

// MaxRestricted bounds the users who are removed or have a lower role. None is ever dropped,
// since that would let a removed user back in. Instead, a place is reserved for each present
// guest, and a join for which no place is left is refused.
const MaxRestricted = 4096

// Restrictions are the people who are removed, and those who have a lower role. Their number
// is bounded by MaxRestricted. The JSON of the fields is part of a session's snapshot; a
// field whose JSON has another name was renamed after snapshots had been stored.
type Restrictions struct {
	Barred       map[string]Bar           // removed people, by person
	LoweredRoles map[string]protocol.Role `json:"Roles"` // lower roles that the host has set, by person
}

// Bar is the reason for which a person was removed.
type Bar struct {
	Reason string `json:"reason,omitempty"`
	UserID string `json:"user,omitempty"` // of a verified person
}

func newBar(p protocol.Participant, reason string) Bar {
	if p.Identity == "" {
		return Bar{Reason: reason}
	}
	return Bar{reason, p.UserID}
}

// BarOfVerified returns the bar of a verified person with a user id.
func (r *Restrictions) BarOfVerified(userID string) (Bar, bool) {
	for _, b := range r.Barred {
		if b.UserID == userID {
			return b, true
		}
	}
	return Bar{}, false
}

// UnmarshalJSON implements [json.Unmarshaler]. Snapshots of earlier versions, which did not
// keep the reason, hold true for each user.
func (b *Bar) UnmarshalJSON(encoded []byte) error {
	if string(encoded) == "true" {
		*b = Bar{}
		return nil
	}
	type plain Bar
	return json.Unmarshal(encoded, (*plain)(b))
}

// Index makes the maps that a snapshot has left out.
func (r *Restrictions) Index() {
	if r.Barred == nil {
		r.Barred = map[string]Bar{}
	}
	if r.LoweredRoles == nil {
		r.LoweredRoles = map[string]protocol.Role{}
	}
}

// RecordRole records a role that the host has set. A lower role applies to the person and so
// to a later join. A higher one does not, because user ids can be self-asserted.
func (r *Restrictions) RecordRole(p protocol.Participant) {
	if p.Role == protocol.RoleViewer {
		r.LoweredRoles[p.Person()] = p.Role
	} else {
		delete(r.LoweredRoles, p.Person())
	}
}

// RecordRemoval records that a participant was removed.
func (r *Restrictions) RecordRemoval(p protocol.Participant, reason string) {
	r.Barred[p.Person()] = newBar(p, reason)
	if p.Role == protocol.RoleViewer {
		r.LoweredRoles[p.Person()] = p.Role
	}
}

// CanRestrict reports whether there is a place for a user among those who are removed or have
// a lower role.
func (r *Restrictions) CanRestrict(person string, all *Participants) bool {
	if r.isRestricted(person) {
		return true
	}
	free := MaxRestricted - len(r.Barred)
	for user := range r.LoweredRoles {
		if _, barred := r.Barred[user]; !barred {
			free--
		}
	}
	if free > all.present {
		return true
	}
	for _, p := range all.all {
		if p.LeftAt == nil && p.Role != protocol.RoleHost && !r.isRestricted(p.Person()) {
			if p.Person() == person {
				return true // a place is reserved
			}
			free--
		}
	}
	return free > 0
}

func (r *Restrictions) isRestricted(person string) bool {
	_, barred := r.Barred[person]
	_, lowered := r.LoweredRoles[person]
	return barred || lowered
}
