package blobs

import (
	"context"
	"errors"
	"io"
	"time"

	"parley/hub/journal"
)

// Store stores the files of sessions. Its methods are safe for concurrent use. Besides the
// errors that they name, they return the error of ctx, and [ErrUnavailable] if the store
// fails.
type Store interface {
	// Limits returns the limits of the store, which do not change.
	Limits() Limits
	// Put stores what content yields as a new file of a session, and returns its size and
	// digest once it is on disk. The caller sets all other members of file. size is the
	// number of bytes that content yields, or -1 if it is not known. If content fails or
	// yields another number, nothing is stored, and Put returns its error or
	// [ErrIncomplete]. Errors also: [ErrTooLarge], [ErrSessionFull] and [ErrFull].
	Put(ctx context.Context, session journal.SessionID, file File, content io.Reader, size int64) (File, error)
	// File returns a file of a session. It returns [ErrNotFound] if there is none.
	File(ctx context.Context, session journal.SessionID, id string) (File, error)
	// Open opens the content of a file, which the caller closes. The content stays
	// readable if the file is deleted meanwhile. It returns [ErrNotFound] if there is no
	// such file.
	Open(ctx context.Context, session journal.SessionID, id string) (Content, error)
	// Touch records that a file was used at a time, and whether it is to be kept; see
	// File. It returns [ErrNotFound] if there is no such file.
	Touch(ctx context.Context, session journal.SessionID, id string, at time.Time, keep bool) error
	// Delete deletes a file of a session if it was used before a time and is not kept.
	// A file that does not exist is no error.
	Delete(ctx context.Context, session journal.SessionID, id string, before time.Time) error
	// DeleteSession deletes all files of a session.
	DeleteSession(ctx context.Context, session journal.SessionID) error
	// Files returns the files of a session that are not kept, in no particular order.
	Files(ctx context.Context, session journal.SessionID) ([]File, error)
	// Sessions returns the sessions that have files, in no particular order.
	Sessions(ctx context.Context) ([]journal.SessionID, error)
}

// File describes a stored file. Its JSON is stored.
type File struct {
	ID       string      `json:"id"`   // unique in its session
	Name     string      `json:"name"` // for people
	MimeType string      `json:"mimeType,omitempty"`
	Size     int64       `json:"size"`             // in bytes
	SHA256   string      `json:"sha256"`           // in hexadecimal
	Width    int         `json:"width,omitempty"`  // of an image, in pixels; 0 if unknown
	Height   int         `json:"height,omitempty"` // of an image, in pixels; 0 if unknown
	By       string      `json:"by"`               // the participant who uploaded it
	After    journal.Seq `json:"after"`            // the session's newest event before the upload
	Used     time.Time   `json:"used"`             // when it was uploaded, or named in a command
	Keep     bool        `json:"keep,omitempty"`   // an event names it
}

// Content is the content of a file.
type Content interface {
	io.ReadSeekCloser
	io.ReaderAt
}

// Limits bound a store, in bytes. A file counts as MinCharge at least, so that they bound
// the number of files too.
type Limits struct {
	File    int64 // one file; 0 if nothing may be stored
	Session int64 // all files of a session
	Total   int64 // all files
}

// MinCharge is the number of bytes for which a file counts at least.
const MinCharge = 16 << 10

// DefaultLimits are the limits of a server unless it is configured otherwise.
var DefaultLimits = Limits{File: 10 << 20, Session: 200 << 20, Total: 10 << 30}

// Errors of a store.
var (
	ErrNotFound    = errors.New("no such file")
	ErrIncomplete  = errors.New("the content has another size than announced")
	ErrTooLarge    = errors.New("the file exceeds the limit")
	ErrSessionFull = errors.New("the files of the session reach the limit")
	ErrFull        = errors.New("the store has no room")
	ErrUnavailable = errors.New("the store is not available")
)
