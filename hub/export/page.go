package export

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"parley/hub/history"
	"parley/hub/journal"
	"parley/hub/rules"
	"parley/protocol"
)

// Page is the answer to a request for a page of an export. It implements
// [history.Deferred].
type Page struct {
	After string       // a cursor; empty for the beginning
	Head  journal.Head // the session's newest event when it decided
	For   rules.Projection
	Key   ed25519.PrivateKey // that signs the checkpoint
	At    time.Time          // of the checkpoint
}

// Read returns a *protocol.ExportAnswer.
func (p Page) Read(ctx context.Context, r history.Reader) (any, error) {
	next := journal.Seq(1)
	if p.After != "" {
		var resume string
		var err error
		if next, resume, err = r.Resume(ctx, p.After, p.Head); err != nil {
			return nil, err
		}
		if resume != protocol.ResumeOK {
			return nil, protocol.Errorf(protocol.CodeInvalidRequest, "cursor: no event of this session has it")
		}
	}
	answer := &protocol.ExportAnswer{Cursor: p.After}
	for bytes := 0; next <= p.Head.Seq && bytes < history.AnswerBytes; {
		for rec, err := range r.Records(ctx, next) {
			if err != nil {
				return nil, err
			}
			line, err := encode(&rec, p.For)
			if err != nil {
				return nil, err
			}
			answer.Events = append(answer.Events, line)
			answer.Cursor = protocol.NewCursor(uint64(rec.Seq), rec.Hash).String()
			next = rec.Seq + 1
			if bytes += len(line); bytes >= history.AnswerBytes || next > p.Head.Seq {
				break
			}
		}
	}
	if answer.More = next <= p.Head.Seq; !answer.More && p.Key != nil {
		answer.Checkpoint = sign(p.Key, r.Session, p.Head, p.At)
	}
	return answer, nil
}

// encode encodes a record as a participant sees it.
func encode(r *journal.Record, to rules.Projection) (json.RawMessage, error) {
	public, private := r.Digests()
	line := protocol.ExportRecord{
		Number: int64(r.Seq), Format: int(r.Format), Time: r.Time, Type: protocol.EventType(r.Type),
		PrivateDigest: hex.EncodeToString(private[:]), Hash: hex.EncodeToString(r.Hash[:]),
	}
	aside := rules.AsideOf(r)
	payload := []byte("null")
	if r.Seq >= to.From && rules.AudienceOf(line.Type).Includes(to, aside.To) {
		line.Redaction, payload = aside.Mask.For(to, r.Public)
	}
	if string(payload) == string(r.Public) {
		line.Salt = hex.EncodeToString(r.PublicSalt[:])
	} else {
		line.PublicDigest = hex.EncodeToString(public[:])
	}
	return encodeLine(line, payload)
}

// encodeLine encodes a record with a payload, byte for byte.
func encodeLine(line protocol.ExportRecord, payload []byte) (json.RawMessage, error) {
	const null = `"payload":null}`
	b, err := protocol.Marshal(line)
	if err != nil || len(b) < len(null) || string(b[len(b)-len(null):]) != null {
		return nil, errors.Join(err, errors.New("a record cannot be encoded"))
	}
	b = append(b[:len(b)-len("null}")], payload...)
	return append(b, '}'), nil
}

// sign returns a checkpoint of a session.
func sign(key ed25519.PrivateKey, session journal.SessionID, head journal.Head, at time.Time) *protocol.Checkpoint {
	c := &protocol.Checkpoint{
		Session: session.String(), Number: int64(head.Seq), Hash: hex.EncodeToString(head.Hash[:]),
		At: at.UTC().Format(time.RFC3339), Key: hex.EncodeToString(key.Public().(ed25519.PublicKey)),
	}
	c.Signature = hex.EncodeToString(ed25519.Sign(key, signed(c)))
	return c
}

// signed returns what the signature of a checkpoint covers.
func signed(c *protocol.Checkpoint) []byte {
	return fmt.Appendf(nil, "parley.checkpoint.v1 %s %d %s %s", c.Session, c.Number, c.Hash, c.At)
}
