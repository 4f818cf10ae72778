package protocol

import "time"

// Scopes of [ChangesQuery].
const (
	ChangesAll         = "all"         // since the session began
	ChangesUncommitted = "uncommitted" // since the newest commit
	ChangesTurn        = "turn"        // in one turn
)

// ChangesQuery says which changes of the working directory to read. Client to server, as
// the query of GET /api/shared-sessions/{id}/changes.
type ChangesQuery struct {
	Scope string // all by default
	Turn  string // the id of a prompt's approval; for the scope turn
	Path  string // a path of the answer, to read one file with a longer patch; empty for all files
}

// MaxChangesPath is the maximum length of [ChangesQuery].Path and of [ReviewFile].Path in
// bytes.
const MaxChangesPath = 4096

// Normalize checks a query and sets its default.
func (q *ChangesQuery) Normalize() error {
	switch q.Scope {
	case "":
		q.Scope = ChangesAll
	case ChangesAll, ChangesUncommitted, ChangesTurn:
	default:
		return Errorf(CodeInvalidRequest, "%.40q is not a scope of changes", q.Scope)
	}
	if (q.Scope == ChangesTurn) != (q.Turn != "") {
		return Errorf(CodeInvalidRequest, "turn must be given for the scope turn, and only for it")
	}
	if q.Turn != "" && !isName(q.Turn) {
		return Errorf(CodeInvalidRequest, "turn must be the id of an approval")
	}
	if len(q.Path) > MaxChangesPath {
		return Errorf(CodeInvalidRequest, "path has more than %d bytes", MaxChangesPath)
	}
	return nil
}

// ChangesAnswer is the answer to a read of the changes of the agent's working directory.
// Names and contents of files are the repository's own and untrusted. Server to client.
type ChangesAnswer struct {
	Reason     string        `json:"reason,omitempty"` // why there are none to show, for people; the other members are then empty
	Scope      string        `json:"scope"`
	Since      *time.Time    `json:"since"`  // when the state that the files are compared with was recorded; null for a commit
	Head       string        `json:"head"`   // the id of the newest commit; empty for none
	Branch     string        `json:"branch"` // the name of the current branch; empty for none
	Files      []ChangedFile `json:"files"`
	Total      int           `json:"total"`      // how many files have changed; Files may be truncated
	Additions  int           `json:"additions"`  // lines, of all files together
	Deletions  int           `json:"deletions"`  // lines, of all files together
	Turns      []ChangesOf   `json:"turns"`      // the turns whose changes can be read, the oldest first
	Unread     []UnreadFile  `json:"unread"`     // files that are not compared; may be truncated
	UnreadMore int           `json:"unreadMore"` // how many further files are not compared
	Marks      []ReviewMark  `json:"marks"`      // of the files that are listed
}

// NoChanges returns an answer without changes.
func NoChanges(scope, reason string) *ChangesAnswer {
	return &ChangesAnswer{
		Scope: scope, Reason: reason,
		Files: []ChangedFile{}, Turns: []ChangesOf{}, Unread: []UnreadFile{}, Marks: []ReviewMark{},
	}
}

// ChangesOf is a turn whose changes can be read. Server to client.
type ChangesOf struct {
	ApprovalID string    `json:"approvalId"`
	EndedAt    time.Time `json:"endedAt"`
}

// ChangedFile is a file that has changed. Server to client.
type ChangedFile struct {
	Path      string `json:"path"`              // relative to the working directory; a name that is not UTF-8 is quoted as a string of C
	OldPath   string `json:"oldPath,omitempty"` // before a renaming
	Quoted    bool   `json:"quoted,omitempty"`  // whether Path is quoted
	Status    string `json:"status"`            // added, modified, deleted, renamed or type_changed
	Kind      string `json:"kind,omitempty"`    // symlink or submodule; empty for a file
	Mode      string `json:"mode,omitempty"`    // the change of the mode, such as 100644 100755; empty if it is unchanged
	Binary    bool   `json:"binary,omitempty"`  // whether it has no lines
	Version   string `json:"version"`           // identifies this change of this file
	Additions int    `json:"additions"`         // lines
	Deletions int    `json:"deletions"`         // lines
	Patch     string `json:"patch,omitempty"`   // a unified diff without its header; empty if it is left out
	Left      int    `json:"leftOut,omitempty"` // how many bytes of the patch are left out; -1 if it is not known
}

// UnreadFile is a file that is not compared. Server to client.
type UnreadFile struct {
	Path   string `json:"path"`
	Size   int64  `json:"size"`
	Reason string `json:"reason"` // for people
}

// ReviewMark says that a participant has reviewed a version of a file. Server to client.
type ReviewMark struct {
	Path        string      `json:"path"`
	Version     string      `json:"version"` // as in ChangedFile
	Participant Participant `json:"participant"`
	At          time.Time   `json:"at"`
}

// ReviewFile marks a version of a changed file as reviewed, or removes the mark. The answer
// has an empty payload; [FileReviewed] follows if that changes anything. Client to server.
type ReviewFile struct {
	Path     string `json:"path"`    // as in ChangedFile
	Version  string `json:"version"` // as in ChangedFile
	Reviewed bool   `json:"reviewed"`
}

// CommandType implements [Command].
func (*ReviewFile) CommandType() CommandType { return CommandReviewFile }

// Normalize implements [Command].
func (c *ReviewFile) Normalize(Limits) error {
	if c.Path == "" || len(c.Path) > MaxChangesPath {
		return Errorf(CodeInvalidRequest, "path must have 1 to %d bytes", MaxChangesPath)
	}
	if !isName(c.Version) || len(c.Version) > 64 {
		return Errorf(CodeInvalidRequest, "version must be that of a changed file")
	}
	return nil
}

// FileReviewed says that a participant has marked a version of a file as reviewed, or has
// removed the mark. Server to client.
type FileReviewed struct {
	Path        string      `json:"path"`
	Version     string      `json:"version"`
	Reviewed    bool        `json:"reviewed"`
	Participant Participant `json:"participant"`
}

// EventType implements [Payload].
func (*FileReviewed) EventType() EventType { return EventFileReviewed }

// FilesAnswer lists files of the agent's working directory. Server to client.
type FilesAnswer struct {
	Reason string      `json:"reason,omitempty"` // why there are none to show, for people
	Files  []FileEntry `json:"files"`
	More   bool        `json:"more"` // whether further files match
}

// FileEntry is a file of the agent's working directory. Server to client.
type FileEntry struct {
	Path    string `json:"path"`              // relative to the working directory
	Changed bool   `json:"changed,omitempty"` // since the session began
	URI     string `json:"uri"`               // for a resource link in a prompt
}
