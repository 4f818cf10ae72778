package complete

import (
	"context"
	"regexp"
	"strings"
	"time"

	"parley/cmd/parley/internal/console"
	"parley/protocol"
	"parley/protocol/visible"
)

// A prompt names files of the agent's working directory as @path or, for a path with
// spaces, @"path". The names of existing files become links in the prompt's content.
var fileName = regexp.MustCompile(`(?:^|\s)@(?:"([^"\n]+)"|(\S+))`)

const (
	maxFileLinks    = 8               // of a prompt
	completeTimeout = 3 * time.Second // for the files that complete a line
)

// FindFiles lists files of the agent's working directory whose paths contain a text.
type FindFiles func(ctx context.Context, text string) (protocol.FilesAnswer, error)

// fileCompletion completes the name of a file at the end of a prompt. ok is false if there
// is none.
func (c *Completer) fileCompletion(before string) (completion console.Completion, ok bool) {
	at := strings.LastIndex(before, "@")
	if at <= 0 || before[at-1] != ' ' && before[at-1] != '\n' {
		return console.Completion{}, false
	}
	word := strings.TrimPrefix(before[at+1:], `"`)
	find := c.files.Load()
	if find == nil || strings.ContainsAny(word, "\"\n") || word == before[at+1:] && strings.Contains(word, " ") {
		return console.Completion{}, false
	}
	ctx, cancel := context.WithTimeout(context.Background(), completeTimeout)
	defer cancel()
	answer, err := (*find)(ctx, word)
	if err != nil {
		return console.Completion{}, true // the line can be sent without
	}
	completion.From = at
	for _, f := range answer.Files {
		if name, typable := fileToken(f.Path); typable {
			note := ""
			if f.Changed {
				note = "changed"
			}
			completion.Candidates = append(completion.Candidates, console.Candidate{Text: name + " ", Note: note})
		}
	}
	return completion, true
}

// fileToken returns the form in which a prompt names a file. A name that cannot be seen
// whole cannot be typed.
func fileToken(path string) (token string, typable bool) {
	if visible.Count(path) > 0 || strings.ContainsAny(path, "\"\n\t") {
		return "", false
	}
	if strings.Contains(path, " ") {
		return `@"` + path + `"`, true
	}
	return "@" + path, true
}

// FileLinks returns links to the files that a prompt names and that exist.
func FileLinks(ctx context.Context, text string, find FindFiles) (links []protocol.ContentBlock) {
	seen := map[string]bool{}
	for _, m := range fileName.FindAllStringSubmatch(text, -1) {
		path := m[1] + m[2]
		if seen[path] || len(seen) == maxFileLinks {
			continue
		}
		seen[path] = true
		answer, err := find(ctx, path)
		if err != nil {
			return links // the prompt still names the files
		}
		for _, f := range answer.Files {
			if f.Path == path {
				links = append(links, protocol.ContentBlock{Type: protocol.ContentLink, Path: path})
			}
		}
	}
	return links
}
