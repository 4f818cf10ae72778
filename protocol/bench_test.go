package protocol_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"parley/protocol"
)

// benchText makes a message of about 400 bytes.
var benchText = strings.Repeat("hello ", 50)

func BenchmarkDecodeRequest(b *testing.B) {
	line := fmt.Appendf(nil, `{"id":"1","type":"chat","payload":{"text":"%s"}}`, benchText)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := protocol.DecodeRequest(line, protocol.DefaultLimits); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncodeEvent(b *testing.B) {
	now := time.Date(2026, 3, 4, 5, 6, 7, 89_000, time.UTC)
	payload := &protocol.MessageCreated{
		Message:     protocol.Message{ID: "m", ParticipantID: "p", AuthorUserID: "u", Kind: protocol.MessageComment, Text: benchText, CreatedAt: now},
		Participant: protocol.Participant{ID: "p", UserID: "u", Role: protocol.RoleHost},
	}
	b.ReportAllocs()
	for b.Loop() {
		encoded, err := protocol.Marshal(payload)
		if err != nil {
			b.Fatal(err)
		}
		protocol.EncodeEvent(payload.EventType(), protocol.Cursor{Seq: 1}, "5b6d2e7c-8a4f-4c1d-9e3b-0a1b2c3d4e5f", now, encoded)
	}
}

func BenchmarkEncodeAnswer(b *testing.B) {
	m := &protocol.OKMessage{ID: "1", Payload: []byte("{}")}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := protocol.Encode(m); err != nil {
			b.Fatal(err)
		}
	}
}
