package journal_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"parley/hub/journal"
	"parley/hub/journal/memory"
)

// A session's writer seals each record on the hash of the one before. An append is
// visible to readers once its commit has resolved.
func Example() {
	ctx := context.Background()
	j := memory.New()
	defer j.Close()

	id := journal.NewHostSessionID()
	w, err := j.Own(ctx, id.Partition())
	if err != nil {
		log.Fatal(err)
	}
	hash := journal.ChainStart(id)
	var records []journal.Record
	for i, text := range []string{`{"text":"hello"}`, `{"text":"world"}`} {
		r := journal.Record{
			Session: id,
			Seq:     journal.Seq(i + 1),
			Time:    time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
			Type:    "message_created",
			Public:  []byte(text),
		}
		r.Seal(hash)
		hash = r.Hash
		records = append(records, r)
	}
	commit := w.Append(journal.Append{
		Session: id,
		Records: records,
		Summary: journal.Summary{Session: id, Kind: journal.KindHost, Status: "active"},
	})
	if err := commit.Err(); err != nil {
		log.Fatal(err)
	}

	for r, err := range j.Read(ctx, id, 1) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%d %s %s\n", r.Seq, r.Type, r.Public)
	}
	// Output:
	// 1 message_created {"text":"hello"}
	// 2 message_created {"text":"world"}
}
