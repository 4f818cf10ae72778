package join

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kballard/go-shellquote"

	"parley/cmd/parley/internal/command"
	"parley/cmd/parley/internal/display"
	"parley/hub/rules"
	"parley/protocol"
	"parley/protocol/client"
)

// maxKnownFiles is how many attachments of the session /save knows by their names.
const maxKnownFiles = 200

// attach carries out /attach: it uploads a file, which the next message or prompt then has,
// or lists what is attached.
func (s *session) attach(ctx context.Context, c command.Command) {
	if c.Text == "" {
		s.screen.attached(s.attached)
		return
	}
	if most := s.room.limits.ContentBlocks; len(s.attached) >= most {
		s.fail(fmt.Errorf("nothing was done: a message or prompt has at most %d attachments", most))
		return
	}
	path, err := findFile(c.Text, s.room.limits.AttachmentBytes)
	if err != nil {
		s.fail(err)
		return
	}
	s.screen.line(dim, "* uploading %s", display.OneLine(filepath.Base(path)))
	s.startLineFor(ctx, uploadTimeout, func(ctx context.Context) (func(), error) {
		a, err := upload(ctx, s.c, path)
		return func() {
			s.attached = append(s.attached, a)
			s.screen.attached(s.attached)
		}, err
	})
}

// detach carries out /detach.
func (s *session) detach() {
	s.screen.line(dim, "* %d attachment(s) will not be sent", len(s.attached))
	s.attached = nil
}

// findFile returns the path that a text names, of a file of at most limit bytes. A terminal
// quotes a path that a person drags into it.
func findFile(text string, limit int64) (string, error) {
	if limit == 0 {
		return "", errors.New("nothing was done: the server accepts no attachments")
	}
	candidates := []string{text}
	if words, err := shellquote.Split(text); err == nil && len(words) == 1 {
		candidates = append(candidates, words[0])
	}
	for _, path := range candidates {
		if rest, ok := strings.CutPrefix(path, "~/"); ok {
			if home, err := os.UserHomeDir(); err == nil {
				path = filepath.Join(home, rest)
			}
		}
		info, err := os.Stat(path)
		switch {
		case err != nil:
			continue
		case !info.Mode().IsRegular():
			return "", fmt.Errorf("nothing was done: %s is not a file", display.Short(path, 100))
		case info.Size() > limit:
			return "", fmt.Errorf("nothing was done: %s has %s; the limit is %s", display.Short(path, 100),
				protocol.FormatSize(info.Size()), protocol.FormatSize(limit))
		}
		return path, nil
	}
	return "", fmt.Errorf("nothing was done: there is no file %s", display.Short(text, 100))
}

func upload(ctx context.Context, c *client.Client, path string) (protocol.Content, error) {
	file, err := os.Open(path)
	if err != nil {
		return protocol.Content{}, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return protocol.Content{}, err
	}
	return c.Upload(ctx, client.Upload{
		Name: filepath.Base(path), MimeType: mime.TypeByExtension(filepath.Ext(path)), Content: file, Size: info.Size(),
	})
}

// takeAttached returns the content of the next message or prompt. An agent that does not
// take images or audio receives them as files.
func (s *session) takeAttached(verb command.Verb) (blocks []protocol.ContentBlock) {
	support, known := rules.SupportOf(s.room.agent.AgentFacts)
	for _, a := range s.attached {
		b := protocol.ContentBlock{Type: a.Type, ID: a.ID}
		if verb != command.Message && known && support.Check([]protocol.Content{a}) != nil {
			b.AsFile = true
		}
		blocks = append(blocks, b)
	}
	return blocks
}

// save carries out /save: it writes an attachment of the session into the current
// directory, or lists those that are known.
func (s *session) save(ctx context.Context, c command.Command) {
	if c.Text == "" {
		s.screen.knownFiles(s.room.files)
		return
	}
	i := slices.IndexFunc(s.room.files, func(f protocol.Content) bool { return f.Name == c.Text })
	if i < 0 {
		s.fail(fmt.Errorf("nothing was done: there is no attachment %q; /save lists them", display.Short(c.Text, 60)))
		return
	}
	file := s.room.files[i]
	s.startLineFor(ctx, uploadTimeout, func(ctx context.Context) (func(), error) {
		path, err := saveFile(file.Name, func(to io.Writer) error { return s.c.Download(ctx, file.ID, to) })
		return func() { s.screen.line(accent, "* saved as %s", display.OneLine(path)) }, err
	})
}

// saveFile writes a new file into the current directory. The name of a file that another
// participant has uploaded may be anything, so it is no path, hides nothing, and replaces
// no file.
func saveFile(name string, write func(io.Writer) error) (path string, err error) {
	safe := strings.TrimLeft(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) {
			return '_'
		}
		return r
	}, display.OneLine(name)), ".-")
	if safe == "" {
		safe = "attachment"
	}
	file, err := os.OpenFile(safe, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return "", fmt.Errorf("nothing was done: there is a file %s already", display.Short(safe, 100))
	}
	if err != nil {
		return "", err
	}
	if err = errors.Join(write(file), file.Close()); err != nil {
		_ = os.Remove(safe)
	}
	return safe, err
}

// know records the attachments of a message or prompt, the newest first.
func (r *room) know(content []protocol.Content) {
	for _, c := range content {
		if c.Type != protocol.ContentAttachment {
			continue
		}
		r.files = slices.DeleteFunc(r.files, func(f protocol.Content) bool { return f.ID == c.ID })
		r.files = slices.Insert(r.files, 0, c)
	}
	r.files = r.files[:min(len(r.files), maxKnownFiles)]
}

// attached lists what the next message or prompt has.
func (s *screen) attached(files []protocol.Content) {
	if len(files) == 0 {
		s.line(dim, "* nothing is attached; /attach PATH attaches a file to your next message or prompt")
		return
	}
	s.line(dim, "* attached to your next message or prompt; /detach drops all:")
	s.list(files)
}

// knownFiles lists the attachments that /save knows.
func (s *screen) knownFiles(files []protocol.Content) {
	if len(files) == 0 {
		s.line(dim, "* nothing was attached since you joined")
		return
	}
	s.line(dim, "* attachments, the newest first; /save NAME writes one into the current directory:")
	s.list(files)
}

func (s *screen) list(files []protocol.Content) {
	for _, f := range files {
		s.line(dim, "  %s", describeFile(f))
	}
}

// describeFile returns the name of a file and what is known of it.
func describeFile(f protocol.Content) string {
	text := display.OneLine(f.Name)
	if f.MimeType != "" {
		text += ", " + f.MimeType
	}
	if f.Width > 0 && f.Height > 0 {
		text += fmt.Sprintf(", %d × %d", f.Width, f.Height)
	}
	return text + ", " + protocol.FormatSize(f.Size)
}

// contentText returns what a prompt or message has beside its text, which names each
// attachment: the texts that are part of it, and which images and audio the agent gets as
// files.
func contentText(content []protocol.Content) (text string) {
	for i, c := range content {
		switch {
		case c.Type == protocol.ContentResource:
			text += fmt.Sprintf("\n  %s\n%s%s", display.OneLine(c.Label(i+1)), display.Block(c.Text), display.HiddenWarning(c.Text))
		case c.AsFile:
			text += fmt.Sprintf("\n  (the agent gets %s as a file)", display.OneLine(c.Name))
		}
	}
	return text
}
