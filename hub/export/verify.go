package export

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"parley/hub/journal"
	"parley/protocol"
)

// Header is the first line of an export in a file. A line for each record follows, and then
// one that has the checkpoint.
type Header struct {
	Export  string `json:"export"` // Version
	Session string `json:"session"`
}

// Version names the form of the file.
const Version = "parley.export.v1"

// Footer is the last line of an export in a file.
type Footer struct {
	Checkpoint *protocol.Checkpoint `json:"checkpoint"`
}

// Report says what an export has.
type Report struct {
	Checkpoint protocol.Checkpoint
	Events     int
	Masked     int // whose payloads are the server's word
	Hidden     int // that the reader does not see
	Unchecked  int // of an early form, whose place in the chain only the server can check
}

// maxLine bounds a line of an export in bytes.
const maxLine = 64 << 20

// Verify checks an export in a file: that its records are the whole chain of hashes of the
// session, that each payload is the one that its hash covers, and that the checkpoint is
// signed by the key. The error names the first record that is wrong.
func Verify(file io.Reader, key ed25519.PublicKey) (report Report, err error) {
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, maxLine)
	var header Header
	if !lines.Scan() || json.Unmarshal(lines.Bytes(), &header) != nil || header.Export != Version {
		return report, errors.Join(lines.Err(), errors.New("this is not an export of Parley"))
	}
	session, err := journal.ParseSessionID(header.Session)
	if err != nil {
		return report, fmt.Errorf("the session's id: %w", err)
	}
	c := chain{session: session, report: &report}
	for lines.Scan() {
		if c.ended {
			return report, errors.New("there is something behind the checkpoint")
		}
		if err := c.line(lines.Bytes(), key); err != nil {
			return report, err
		}
	}
	if err := lines.Err(); err != nil {
		return report, err
	}
	if !c.ended {
		return report, errors.New("the checkpoint is missing: the export is cut off, or the server does not sign any")
	}
	return report, nil
}

// chain is the chain of hashes up to a line.
type chain struct {
	session journal.SessionID
	head    journal.Head
	ended   bool
	report  *Report
}

// line checks the next line.
func (c *chain) line(line []byte, key ed25519.PublicKey) error {
	var footer Footer
	if json.Unmarshal(line, &footer) == nil && footer.Checkpoint != nil {
		return c.end(*footer.Checkpoint, key)
	}
	var r protocol.ExportRecord
	if err := json.Unmarshal(line, &r); err != nil {
		return fmt.Errorf("behind event %d: %w", c.head.Seq, err)
	}
	if r.Number != int64(c.head.Seq)+1 {
		return fmt.Errorf("event %d is followed by event %d", c.head.Seq, r.Number)
	}
	if err := c.record(&r); err != nil {
		return fmt.Errorf("event %d: %w", r.Number, err)
	}
	return nil
}

// record checks that a record continues the chain.
func (c *chain) record(r *protocol.ExportRecord) error {
	stated, err := hashOf("hash", r.Hash)
	if err != nil {
		return err
	}
	c.report.Events++
	c.head.Seq++
	if r.Format != int(journal.RecordFormat2) {
		c.report.Unchecked++
		c.head.Hash = stated
		return nil
	}
	private, err := hashOf("privateDigest", r.PrivateDigest)
	if err != nil {
		return err
	}
	public, err := c.public(r)
	if err != nil {
		return err
	}
	rec := journal.Record{Format: journal.RecordFormat2, Session: c.session, Seq: c.head.Seq, Time: r.Time, Type: string(r.Type)}
	before := []journal.Hash{c.head.Hash}
	if c.head.Seq == 1 {
		before = journal.ChainStarts(c.session)
	}
	for _, h := range before {
		if rec.HashOfDigests(h, public, private) == stated {
			c.head.Hash = stated
			return nil
		}
	}
	return errors.New("it is not the one that was recorded: its hash does not follow from its content and the event before")
}

// public returns the digest of the public part of a record.
func (c *chain) public(r *protocol.ExportRecord) (journal.Hash, error) {
	if r.Salt == "" {
		switch {
		case bytes.Equal(r.Payload, []byte("null")):
			c.report.Hidden++
		default:
			c.report.Masked++
		}
		return hashOf("publicDigest", r.PublicDigest)
	}
	salt, err := hex.DecodeString(r.Salt)
	if err != nil || len(salt) != len(journal.Salt{}) {
		return journal.Hash{}, errors.New("salt is no salt")
	}
	return sha256.Sum256(append(salt, r.Payload...)), nil
}

// end checks the checkpoint.
func (c *chain) end(point protocol.Checkpoint, key ed25519.PublicKey) error {
	c.ended, c.report.Checkpoint = true, point
	signature, err := hex.DecodeString(point.Signature)
	switch {
	case err != nil || !ed25519.Verify(key, signed(&point), signature):
		return errors.New("the checkpoint is not signed by this key")
	case point.Session != c.session.String():
		return errors.New("the checkpoint is of another session")
	case point.Number != int64(c.head.Seq) || point.Hash != hex.EncodeToString(c.head.Hash[:]):
		return fmt.Errorf("the checkpoint is of event %d, and the export ends with event %d: events are missing, or another chain was signed", point.Number, c.head.Seq)
	}
	return nil
}

func hashOf(name, text string) (h journal.Hash, err error) {
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != len(h) {
		return h, fmt.Errorf("%s is no SHA-256", name)
	}
	return journal.Hash(b), nil
}
