package rules

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"

	"parley/hub/journal"
)

// Key is the secret that every token is derived from. With it, a program can act as any
// participant. The journal holds neither the key, nor a token, nor the hash of a token.
type Key [32]byte

// tokenKind is the purpose of a token. It determines what the token's id identifies.
type tokenKind string

// The kinds of tokens.
const (
	InviteToken      tokenKind = "invite"      // the id is the shared session's
	ParticipantToken tokenKind = "participant" // the id is the participant's
	creationToken    tokenKind = "create"      // the id is the caller's and the command's
	identityID       tokenKind = "identity"    // no token: the id is the subject of an identity
)

// Token returns base64url(HMAC-SHA256(key, kind ‖ 0 ‖ id ‖ 0 ‖ generation)), 43 characters.
// A token is replaced by incrementing its generation. An answer that holds a token can be
// computed again.
func (k Key) Token(kind tokenKind, id string, generation int) string {
	return base64.RawURLEncoding.EncodeToString(k.mac(kind, id, generation))
}

// Verify reports whether a token is the one of that kind, id and generation. It compares
// in constant time.
func (k Key) Verify(kind tokenKind, id string, generation int, token string) bool {
	return hmac.Equal([]byte(k.Token(kind, id, generation)), []byte(token))
}

func (k Key) mac(kind tokenKind, id string, generation int) []byte {
	h := hmac.New(sha256.New, k[:])
	h.Write([]byte(kind))
	h.Write([]byte{0})
	h.Write([]byte(id))
	h.Write([]byte{0})
	var g [8]byte
	binary.BigEndian.PutUint64(g[:], uint64(generation))
	h.Write(g[:])
	return h.Sum(nil)
}

// CreatedHostID returns the id of the host session that a creation under this command id
// creates, as [Key.CreatedID] does for shared sessions. Callers of that API are anonymous,
// so they share one scope of command ids.
func (k Key) CreatedHostID(commandID string) journal.SessionID {
	return sessionIDFromMAC(k.mac(creationToken, "host\x00"+commandID, 0))
}

// CreatedID returns the id of the shared session that a creation under this command id
// creates. It is the same for the same command, so a creation that is sent twice creates
// one session. It cannot be guessed without the key.
func (k Key) CreatedID(host journal.SessionID, hostUserID, commandID string) journal.SessionID {
	scope := host.String() + "\x00" + hostUserID + "\x00" + commandID
	id := sessionIDFromMAC(k.mac(creationToken, scope, 0))
	id[0] = host[0]
	return id
}

// sessionIDFromMAC returns the session id that is derived from a digest.
func sessionIDFromMAC(mac []byte) journal.SessionID {
	id := journal.SessionID(mac[:16])
	id[6] = id[6]&0x0f | 0x40 // version 4
	id[8] = id[8]&0x3f | 0x80 // RFC 9562 variant
	return id
}
