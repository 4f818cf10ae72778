package shared

import (
	"parley/hub/rules"
	"parley/protocol"
)

// Attachments are attachments of the session, by id.
type Attachments map[string]protocol.Content

// NamedAttachments returns the ids of the attachments that a command names.
func NamedAttachments(c protocol.Command) (ids []string) {
	for _, b := range contentOf(c) {
		if b.Type == protocol.ContentAttachment {
			ids = append(ids, b.ID)
		}
	}
	return ids
}

// contentOf returns the content of a command that can have one.
func contentOf(c protocol.Command) []protocol.ContentBlock {
	switch c := c.(type) {
	case *protocol.Prompt:
		return c.Content
	case *protocol.Chat:
		return c.Content
	}
	return nil
}

// content returns the content of a command, with the facts about the attachments. Errors:
// ATTACHMENT_NOT_FOUND.
func (c Command) content() (content []protocol.Content, err error) {
	for _, b := range contentOf(c.Request.Command) {
		part := protocol.Content{Type: b.Type, Path: b.Path, URI: b.URI, Name: b.Name, MimeType: b.MimeType, Text: b.Text}
		if b.Type == protocol.ContentAttachment {
			var known bool
			if part, known = c.Attachments[b.ID]; !known {
				return nil, protocol.Errorf(protocol.CodeAttachmentNotFound, "no such attachment in this session; one that nothing names is deleted after a while")
			}
			part.AsFile = b.AsFile
		}
		content = append(content, part)
	}
	return content, nil
}

// content returns the content of a command. Errors: those of [Command.content], and
// TOO_LARGE for attachments that are too large together.
func (s *State) content(c Command) (content []protocol.Content, err error) {
	if content, err = c.content(); err != nil {
		return nil, err
	}
	var bytes int64
	for _, part := range content {
		if part.Type == protocol.ContentAttachment {
			bytes += part.Size
		}
	}
	if limit := s.settings.Limits.AttachmentsBytes; bytes > limit {
		return nil, protocol.Errorf(protocol.CodeTooLarge, "the attachments have %s together; the limit is %s", protocol.FormatSize(bytes), protocol.FormatSize(limit))
	}
	return content, nil
}

// checkSupport returns CONTENT_NOT_SUPPORTED if the agent is known not to take some of the
// content.
func (s *State) checkSupport(content []protocol.Content) error {
	if len(content) == 0 {
		return nil
	}
	support, known := rules.SupportOf(s.Facts)
	if !known {
		return nil
	}
	return support.Check(content)
}

// AttachmentAccess asks whether a participant may upload attachments or, unless Upload is
// set, read them. The answer is an [AccessGranted].
type AttachmentAccess struct {
	Sender Sender
	Upload bool
}

// AccessGranted is the answer to a participant who may do what was asked for.
type AccessGranted struct{ For rules.Projection }

// IsBody implements [rules.Body].
func (AttachmentAccess) IsBody() {}

// attachmentAccess decides who may use the session's attachments: those who may add to it
// may upload, and those who may read it may read them.
func (s *State) attachmentAccess(m AttachmentAccess) rules.Decision {
	if !m.Upload {
		p, err := s.authenticateReader(m.Sender)
		if err != nil {
			return rules.Decision{Err: err}
		}
		return rules.Decision{Answer: AccessGranted{s.ProjectionOf(p)}}
	}
	p, err := s.authenticate(m.Sender)
	if err != nil {
		return rules.Decision{Err: err}
	}
	if r := s.rightsOf(p); !r.Comment && r.Prompt == rules.PromptDenied {
		return rules.Refuse(protocol.CodeCommentNotAllowed, "a %s cannot attach files while the mode is %s", p.Role, s.Session.Mode)
	}
	return rules.Decision{Answer: AccessGranted{s.ProjectionOf(p)}}
}
