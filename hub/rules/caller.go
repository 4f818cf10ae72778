package rules

import (
	"encoding/base64"

	"parley/protocol"
)

// Caller is what the server knows of a client that sends a command, beside the credentials of
// a participant. Its JSON can be stored.
type Caller struct {
	Address  string   `json:"address,omitzero"`  // IP address; empty if it is not known
	Identity Identity `json:"identity,omitzero"` // zero for none

	// Unrestricted means that the caller may use what others have created: the server asks
	// nobody who they are, or the caller administers it.
	Unrestricted bool `json:"-"`
}

// Identity is who a caller has proved to be. The zero value is nobody.
type Identity struct {
	// Subject is never that of anybody else: it consists of the identity provider's address
	// and its permanent name for the person, or names an operator's key.
	Subject  string `json:"subject,omitzero"`
	UserID   string `json:"userId,omitzero"`   // as participants see it; a key's name
	Name     string `json:"name,omitzero"`     // the display name; empty for none
	Operator bool   `json:"operator,omitzero"` // an operator's key was the proof, so that it is not known which person that is
}

// IsPerson reports whether it is known which person the caller is.
func (i Identity) IsPerson() bool { return i.Subject != "" && !i.Operator }

// DisplayName returns the display name; nil for none.
func (i Identity) DisplayName() *string {
	if i.Name == "" || i.Name == i.UserID {
		return nil
	}
	return &i.Name
}

// IdentityID returns the id under which clients see an identity. It tells nothing about the
// subject to those who do not have the key.
func (k Key) IdentityID(subject string) string {
	if subject == "" {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(k.mac(identityID, subject, 0)[:16])
}

// Owner returns the owner of what a caller creates; nil if the caller is nobody.
func (k Key) Owner(c Caller) *protocol.Owner {
	if c.Identity.Subject == "" {
		return nil
	}
	name := c.Identity.UserID
	if shown := c.Identity.DisplayName(); shown != nil {
		name = *shown
	}
	return &protocol.Owner{ID: k.IdentityID(c.Identity.Subject), Name: name}
}

// MayUse reports whether a caller may use what an owner has created.
func (k Key) MayUse(c Caller, owner *protocol.Owner) bool {
	return c.Unrestricted || owner != nil && c.Identity.Subject != "" && owner.ID == k.IdentityID(c.Identity.Subject)
}

// Verified returns a participant with the identity of a caller, which takes the place of what
// the participant has said, if the caller is a person.
func (k Key) Verified(p protocol.Participant, c Caller) protocol.Participant {
	if !c.Identity.IsPerson() {
		return p
	}
	p.UserID, p.DisplayName = c.Identity.UserID, c.Identity.DisplayName()
	p.Verified, p.Identity = true, k.IdentityID(c.Identity.Subject)
	return p
}
