package protocol

import (
	"fmt"
	"path"
	"regexp"
	"strings"
	"unicode/utf8"
)

// ContentType is the type of a [ContentBlock] and of a [Content].
type ContentType string

// The types of content.
const (
	ContentAttachment ContentType = "attachment"    // a file that was uploaded
	ContentLink       ContentType = "resource_link" // a file or another resource that the agent can read
	ContentResource   ContentType = "resource"      // a text with its address
)

// Valid reports whether t is a known type.
func (t ContentType) Valid() bool {
	return t == ContentAttachment || t == ContentLink || t == ContentResource
}

// ContentBlock is a part of a [Prompt] or [Chat] beside its text. Which members are used
// depends on the type; the server ignores the others. Client to server.
type ContentBlock struct {
	Type     ContentType `json:"type"`
	ID       string      `json:"id,omitzero"`       // of an attachment: as the upload returned it
	AsFile   bool        `json:"asFile,omitzero"`   // of an attachment: give the agent a file, although it is an image or audio
	Path     string      `json:"path,omitzero"`     // of a resource: relative to the agent's working directory; exactly one of path and uri is required
	URI      string      `json:"uri,omitzero"`      // of a resource: absolute
	Name     string      `json:"name,omitzero"`     // of a resource; by default the last element of its path or URI
	MimeType string      `json:"mimeType,omitzero"` // of a resource, if known
	Text     string      `json:"text,omitzero"`     // of a resource that is not a link
}

// Content is a part of a prompt or message beside its text. The text names each part too,
// for clients that do not know this type; see [NameContent]. Server to client.
type Content struct {
	Type     ContentType `json:"type"`
	ID       string      `json:"id,omitempty"`       // of an attachment; names it in requests
	AsFile   bool        `json:"asFile,omitempty"`   // as in ContentBlock
	Path     string      `json:"path,omitempty"`     // as in ContentBlock
	URI      string      `json:"uri,omitempty"`      // as in ContentBlock
	Name     string      `json:"name"`               // without control characters; may contain anything else
	MimeType string      `json:"mimeType,omitempty"` // of an attachment: as the server has determined it; empty if unknown
	Size     int64       `json:"size,omitempty"`     // of an attachment, in bytes
	SHA256   string      `json:"sha256,omitempty"`   // of an attachment, in hexadecimal
	Width    int         `json:"width,omitempty"`    // of an image, in pixels; 0 if unknown
	Height   int         `json:"height,omitempty"`   // of an image, in pixels; 0 if unknown
	Text     string      `json:"text,omitempty"`     // of a resource that is not a link
}

// AttachmentAnswer answers an upload. Server to client.
type AttachmentAnswer struct {
	Attachment Content `json:"attachment"`
}

// Fixed limits of content, in bytes.
const (
	MaxContentName = 255 // of a name
	MaxContentURI  = 2 << 10
	maxMimeType    = 127
)

// UnmarshalJSON implements [json.Unmarshaler]. It decodes strictly, as [Decode] does.
func (b *ContentBlock) UnmarshalJSON(data []byte) error { return decodeValid(data, b) }

// normalizeContent checks the content of a prompt or message, and removes the members that
// a block's type does not use. limit is for its texts together, in bytes.
func normalizeContent(blocks []ContentBlock, text string, limit int, l Limits) error {
	if len(blocks) > l.ContentBlocks {
		return Errorf(CodeTooLarge, "content has %d blocks; the limit is %d", len(blocks), l.ContentBlocks)
	}
	size := len(text)
	for i := range blocks {
		if err := blocks[i].normalize(); err != nil {
			return err
		}
		size += len(blocks[i].Text)
	}
	if size > limit {
		return Errorf(CodeTooLarge, "the text and the resources have %d bytes together; the limit is %d", size, limit)
	}
	return nil
}

func (b *ContentBlock) normalize() error {
	if b.Type == ContentAttachment {
		*b = ContentBlock{Type: b.Type, ID: b.ID, AsFile: b.AsFile}
		if b.ID == "" || len(b.ID) > MaxIDLength {
			return Errorf(CodeInvalidRequest, "id must be the id of an attachment")
		}
		return nil
	}
	*b = ContentBlock{Type: b.Type, Path: b.Path, URI: b.URI, Name: strings.TrimSpace(b.Name), MimeType: b.MimeType, Text: b.Text}
	if b.Type == ContentLink {
		b.Text = ""
	} else if b.Text == "" {
		return Errorf(CodeInvalidRequest, "text of a resource is missing")
	}
	if err := b.normalizeAddress(); err != nil {
		return err
	}
	if b.Name == "" {
		b.Name = lastElement(b.Path + b.URI)
	}
	if b.MimeType != "" && !IsMimeType(b.MimeType) {
		return Errorf(CodeInvalidRequest, "mimeType must be a type and a subtype, as in text/plain")
	}
	return CheckContentName("name", b.Name)
}

// normalizeAddress checks the path or the URI of a resource. A path must not leave the
// working directory.
func (b *ContentBlock) normalizeAddress() error {
	address := b.Path + b.URI
	switch {
	case (b.Path == "") == (b.URI == ""):
		return Errorf(CodeInvalidRequest, "exactly one of path and uri is required")
	case len(address) > MaxContentURI:
		return Errorf(CodeTooLarge, "a path or uri has at most %d bytes", MaxContentURI)
	case strings.ContainsFunc(address, isForbiddenInNames):
		return Errorf(CodeInvalidRequest, "path and uri must not contain control characters, or ones that change the direction of writing")
	case b.URI != "" && !isURI(b.URI):
		return Errorf(CodeInvalidRequest, "uri must begin with a scheme, as in https:")
	case b.URI != "":
		return nil
	}
	if b.Path = path.Clean(b.Path); path.IsAbs(b.Path) || b.Path == ".." || strings.HasPrefix(b.Path, "../") {
		return Errorf(CodeInvalidRequest, "path must lie in the working directory, and be relative to it")
	}
	return nil
}

// CheckContentName checks the name of an attachment or a resource. It returns nil or an
// [*Error].
func CheckContentName(field, name string) error {
	switch {
	case name == "":
		return Errorf(CodeInvalidRequest, "%s is missing", field)
	case !utf8.ValidString(name):
		return errNotUnicode
	case len(name) > MaxContentName:
		return Errorf(CodeTooLarge, "%s has %d bytes; the limit is %d", field, len(name), MaxContentName)
	case strings.ContainsFunc(name, isForbiddenInNames):
		return Errorf(CodeInvalidRequest, "%s contains a control character or one that changes the direction of writing", field)
	}
	return nil
}

// lastElement returns the last element of a path or URI, shortened to the length of a name.
func lastElement(address string) string {
	name := path.Base(strings.TrimRight(address, "/"))
	for len(name) > MaxContentName {
		_, size := utf8.DecodeRuneInString(name)
		name = name[size:]
	}
	return name
}

// Forms of RFC 3986, section 3.1, and RFC 6838, section 4.2.
var (
	scheme    = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*:[^ ]+$`)
	mediaType = regexp.MustCompile(`^[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*$`)
)

func isURI(text string) bool { return scheme.MatchString(text) }

// IsMimeType reports whether text is a media type in lower case, without parameters.
func IsMimeType(text string) bool { return len(text) <= maxMimeType && mediaType.MatchString(text) }

// NameContent returns a text with a line for each part of the content that it does not name
// yet. The text of a prompt or message is in this form, so that clients that do not know
// content show what belongs to it, and so that agents learn the names.
func NameContent(text string, content []Content) string {
	var lines []string
	for i, c := range content {
		if label := c.Label(i + 1); !strings.Contains(text, label) && !c.isLinkIn(text) {
			lines = append(lines, label)
		}
	}
	if len(lines) == 0 {
		return text
	}
	return strings.TrimSpace(text + "\n\n" + strings.Join(lines, "\n"))
}

// isLinkIn reports whether a text names the link: by its URI, or by its path as in @PATH
// or @"PATH", between white space. Otherwise a short path would be in many texts that do
// not mean it, and readers of the text alone would not learn of the link.
func (c Content) isLinkIn(text string) bool {
	if c.Type != ContentLink {
		return false
	}
	words := " " + whiteSpace.Replace(text) + " "
	switch {
	case c.URI != "":
		return strings.Contains(words, " "+c.URI+" ")
	case strings.Contains(words, ` @"`+c.Path+`" `):
		return true
	}
	return !strings.Contains(c.Path, " ") && strings.Contains(words, " @"+c.Path+" ")
}

var whiteSpace = strings.NewReplacer("\n", " ", "\r", " ", "\t", " ")

// Label returns the line that names the part with this number in a text; see [NameContent].
func (c Content) Label(number int) string {
	switch c.Type {
	case ContentAttachment:
		facts := c.Name
		if c.MimeType != "" {
			facts += ", " + c.MimeType
		}
		return fmt.Sprintf("[Attachment %d: %s, %s]", number, facts, FormatSize(c.Size))
	case ContentResource:
		return fmt.Sprintf("[Text %d: %s%s, %s]", number, c.Path, c.URI, FormatSize(int64(len(c.Text))))
	}
	return fmt.Sprintf("[Link %d: %s%s]", number, c.Path, c.URI)
}

// FormatSize returns a number of bytes for people, as in "34.2 KiB".
func FormatSize(bytes int64) string {
	for _, unit := range []struct {
		shift int
		name  string
	}{{30, "GiB"}, {20, "MiB"}, {10, "KiB"}} {
		if bytes >= 1<<unit.shift {
			tenths := bytes * 10 >> unit.shift
			return fmt.Sprintf("%d.%d %s", tenths/10, tenths%10, unit.name)
		}
	}
	if bytes == 1 {
		return "1 byte"
	}
	return fmt.Sprintf("%d bytes", bytes)
}
