package hub

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/google/uuid"

	"parley/hub/blobs"
	"parley/hub/blobs/sniff"
	"parley/hub/journal"
	"parley/hub/rules"
	"parley/hub/rules/shared"
	"parley/protocol"
)

// Upload is a file that a participant attaches.
type Upload struct {
	Name     string
	MimeType string // as the client says; may be anything
	Content  io.Reader
	Size     int64 // of Content in bytes; -1 if it is not known
}

// maxOwnUploads is how many uploads of one participant the server receives at a time.
const maxOwnUploads = 4

// uploads counts the uploads in progress.
type uploads struct {
	mu   sync.Mutex
	all  int            // guarded by mu
	byID map[string]int // guarded by mu; by participant
}

// begin counts an upload of a participant. It returns RATE_LIMITED if there are too many:
// most of all participants together, or maxOwnUploads of this one.
func (u *uploads) begin(participant string, most int) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.all >= most || u.byID[participant] >= maxOwnUploads {
		return &protocol.Error{Code: protocol.CodeRateLimited, Message: "too many files are being uploaded", RetryAfter: time.Second, Limit: protocol.LimitUploads}
	}
	if u.byID == nil {
		u.byID = map[string]int{}
	}
	u.all++
	u.byID[participant]++
	return nil
}

// count returns how many uploads are in progress.
func (u *uploads) count() int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.all
}

func (u *uploads) end(participant string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.all--
	if u.byID[participant]--; u.byID[participant] == 0 {
		delete(u.byID, participant)
	}
}

// Limits returns the limits of what clients send, which every welcome announces.
func (h *Hub) Limits() protocol.Limits { return h.rules.Limits }

// Upload stores a file for a participant, who can then name it in prompts and messages of
// the session. It is durable when Upload returns. A file that nothing names is deleted
// after unusedAfter. Errors: those of credentials, COMMENT_NOT_ALLOWED, INVALID_REQUEST,
// TOO_LARGE, STORAGE_FULL, RATE_LIMITED, JOURNAL_UNAVAILABLE, those of reading Content, and
// ctx's.
func (h *Hub) Upload(ctx context.Context, id string, c Credentials, u Upload) (protocol.Content, error) {
	session, access, err := h.attachmentAccess(ctx, id, c, true)
	if err == nil {
		err = protocol.CheckContentName("name", u.Name)
	}
	if err == nil {
		err = h.uploads.begin(c.ParticipantID, h.options.MaxUploads)
	}
	if err != nil {
		return protocol.Content{}, err
	}
	defer h.uploads.end(c.ParticipantID)
	start, err := io.ReadAll(io.LimitReader(u.Content, sniff.HeadBytes))
	if err != nil {
		return protocol.Content{}, err
	}
	file := blobs.File{ID: uuid.NewString(), Name: u.Name, MimeType: sniff.Type(start, u.MimeType), By: c.ParticipantID, After: access.at.Seq, Used: time.Now()}
	file.Width, file.Height = sniff.Dimensions(start)
	file, err = h.options.Attachments.Put(ctx, session, file, io.MultiReader(bytes.NewReader(start), u.Content), u.Size)
	if err != nil {
		return protocol.Content{}, h.storeError(err)
	}
	return contentOf(file), nil
}

// Attachment returns a file of a session for those who may read the session, also after its
// end. The caller closes it. Errors: those of credentials, ATTACHMENT_NOT_FOUND, REDACTED
// for a file with a secret that the caller must not see, JOURNAL_UNAVAILABLE, and ctx's.
func (h *Hub) Attachment(ctx context.Context, id string, c Credentials, attachment string) (protocol.Content, blobs.Content, error) {
	c.ReadOnly = true
	session, access, err := h.attachmentAccess(ctx, id, c, false)
	if err != nil {
		return protocol.Content{}, nil, err
	}
	file, err := h.options.Attachments.File(ctx, session, attachment)
	if err != nil {
		return protocol.Content{}, nil, h.storeError(err)
	}
	content, err := h.options.Attachments.Open(ctx, session, attachment)
	if err != nil {
		return protocol.Content{}, nil, h.storeError(err)
	}
	if !access.reader.Whole && file.By != access.reader.Participant {
		if err := h.refuseSecrets(content); err != nil {
			return protocol.Content{}, nil, errors.Join(err, content.Close())
		}
	}
	return contentOf(file), content, nil
}

// refuseSecrets returns REDACTED if a file contains a secret, and else leaves the file at its
// beginning.
func (h *Hub) refuseSecrets(content blobs.Content) error {
	found, err := h.options.Redact.Finds(content)
	switch {
	case err != nil:
		return h.storeError(err)
	case found:
		return protocol.Errorf(protocol.CodeRedacted, "the file contains what looks like a secret; only the host and the participant who attached it can read it")
	}
	if _, err := content.Seek(0, io.SeekStart); err != nil {
		return h.storeError(err)
	}
	return nil
}

// accessGranted is the answer to a participant who may use the session's attachments.
type accessGranted struct {
	reader rules.Projection
	at     journal.Head // the session's newest event
}

// attachmentAccess checks that a participant may upload or read files.
func (h *Hub) attachmentAccess(ctx context.Context, id string, c Credentials, upload bool) (session journal.SessionID, granted accessGranted, err error) {
	access := shared.AttachmentAccess{Sender: c.sender(), Upload: upload}
	if session, err = journal.ParseSessionID(id); err != nil {
		return session, granted, shared.HideSession(access, sessionNotFound())
	}
	r, err := h.askShared(ctx, session, access)
	if err != nil {
		return session, granted, shared.HideSession(access, err)
	}
	if h.options.Attachments == nil || upload && h.rules.Limits.AttachmentBytes == 0 {
		return session, granted, protocol.Errorf(protocol.CodeStorageFull, "this server stores no attachments")
	}
	return session, r.payload.(accessGranted), nil
}

// contentOf returns a file as clients receive it.
func contentOf(f blobs.File) protocol.Content {
	return protocol.Content{
		Type: protocol.ContentAttachment, ID: f.ID, Name: f.Name, MimeType: f.MimeType,
		Size: f.Size, SHA256: f.SHA256, Width: f.Width, Height: f.Height,
	}
}

// storeError returns the error of the protocol for an error of the store.
func (h *Hub) storeError(err error) error {
	limits := h.rules.Limits
	switch {
	case errors.Is(err, blobs.ErrNotFound):
		return protocol.Errorf(protocol.CodeAttachmentNotFound, "no such attachment in this session")
	case errors.Is(err, blobs.ErrTooLarge):
		return protocol.Errorf(protocol.CodeTooLarge, "an attachment has %s at most", protocol.FormatSize(limits.AttachmentBytes)).By(protocol.LimitAttachment)
	case errors.Is(err, blobs.ErrSessionFull):
		return protocol.Errorf(protocol.CodeTooLarge, "the attachments of a session have %s together at most", protocol.FormatSize(limits.SessionAttachmentsBytes)).By(protocol.LimitSessionAttachments)
	case errors.Is(err, blobs.ErrIncomplete):
		return protocol.Errorf(protocol.CodeInvalidRequest, "the file has another size than announced")
	case errors.Is(err, blobs.ErrFull):
		return fmt.Errorf("%w: %w", protocol.Errorf(protocol.CodeStorageFull, "the server has no room for another attachment").By(protocol.LimitAllAttachments), err)
	case errors.Is(err, blobs.ErrUnavailable):
		return fmt.Errorf("%w: %w", protocol.Errorf(protocol.CodeJournalUnavailable, "attachments cannot be stored or read now"), err)
	}
	return err
}

const (
	// unusedAfter is how long a file is stored that nothing names.
	unusedAfter = time.Hour
	// touchAfter is how long a file is not touched again. The decision on a command that
	// names a file takes far less than the rest of unusedAfter.
	touchAfter = 5 * time.Minute
)

// withAttachments adds the files to a command that names some.
func (h *Hub) withAttachments(ctx context.Context, session journal.SessionID, c shared.Command) (shared.Command, error) {
	ids := shared.NamedAttachments(c.Request.Command)
	if len(ids) == 0 || h.options.Attachments == nil {
		return c, nil
	}
	c.Attachments = shared.Attachments{}
	for _, id := range ids {
		file, err := h.options.Attachments.File(ctx, session, id)
		if now := time.Now(); err == nil && !file.Keep && now.Sub(file.Used) > touchAfter {
			err = h.options.Attachments.Touch(ctx, session, id, now, false)
		}
		switch {
		case err == nil:
			c.Attachments[id] = contentOf(file)
		case !errors.Is(err, blobs.ErrNotFound):
			return c, h.storeError(err)
		}
	}
	return c, nil
}
