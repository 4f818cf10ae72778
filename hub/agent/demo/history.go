package demo

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	// maxHistory is the maximum size of a conversation in bytes of JSON. Its oldest
	// updates are dropped.
	maxHistory = 1 << 20
	// maxRemembered is the maximum number of conversations in memory. The oldest is
	// dropped.
	maxRemembered = 256
)

var errNoHistory = errors.New("no such conversation")

// historyID matches the ids of newSession, the only ones that are used as file names.
var historyID = regexp.MustCompile(`^demo-[a-z0-9]{1,64}$`)

// History stores conversations for session/load, each in a file of JSON lines or in
// memory. It is safe for concurrent use, but a conversation belongs to one agent at a
// time.
type History struct {
	dir string // immutable; empty to store in memory

	mu sync.Mutex

	// guarded by mu
	memory map[string][]json.RawMessage
	order  []string // the keys of memory, oldest first
}

// NewHistory returns a history in a directory, which it creates at the first
// conversation, or in memory if dir is empty.
func NewHistory(dir string) *History {
	return &History{dir: dir, memory: make(map[string][]json.RawMessage)}
}

// load returns the updates of a conversation, oldest first. It returns errNoHistory for
// an unknown id.
func (h *History) load(id string) ([]json.RawMessage, error) {
	if !historyID.MatchString(id) {
		return nil, errNoHistory
	}
	if h.dir != "" {
		return h.loadFile(id)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	past, ok := h.memory[id]
	if !ok {
		return nil, errNoHistory
	}
	return past, nil
}

func (h *History) loadFile(id string) ([]json.RawMessage, error) {
	data, err := os.ReadFile(h.file(id))
	if errors.Is(err, os.ErrNotExist) {
		return nil, errNoHistory
	}
	if err != nil {
		return nil, fmt.Errorf("load conversation: %w", err)
	}
	var past []json.RawMessage
	for line := range bytes.Lines(data) {
		if json.Valid(line) {
			past = append(past, bytes.TrimSpace(line))
		}
	}
	return past, nil
}

// save replaces a conversation, and returns the part that is kept. The caller must not
// modify the elements of past afterwards.
func (h *History) save(id string, past []json.RawMessage) ([]json.RawMessage, error) {
	past = newest(past)
	if h.dir != "" {
		return past, h.saveFile(id, past)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, ok := h.memory[id]; !ok {
		h.order = append(h.order, id)
		if len(h.order) > maxRemembered {
			delete(h.memory, h.order[0])
			h.order = h.order[1:]
		}
	}
	h.memory[id] = past
	return past, nil
}

// conversation is an entry of a list of conversations.
type conversation struct {
	id      string
	updated time.Time
}

// list returns the newest conversations, newest first.
func (h *History) list(most int) []conversation {
	var all []conversation
	if h.dir != "" {
		entries, _ := os.ReadDir(h.dir) // a directory that does not exist has none
		for _, e := range entries {
			id, ok := strings.CutSuffix(e.Name(), ".jsonl")
			if info, err := e.Info(); ok && err == nil && historyID.MatchString(id) {
				all = append(all, conversation{id, info.ModTime()})
			}
		}
		slices.SortFunc(all, func(a, b conversation) int { return b.updated.Compare(a.updated) })
	} else {
		h.mu.Lock()
		defer h.mu.Unlock()
		for _, id := range slices.Backward(h.order) {
			all = append(all, conversation{id, time.Now()})
		}
	}
	return all[:min(len(all), most)]
}

// delete deletes a conversation. Deleting an unknown one has no effect.
func (h *History) delete(id string) error {
	if h.dir != "" && historyID.MatchString(id) {
		if err := os.Remove(h.file(id)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("delete conversation: %w", err)
		}
		return nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.memory, id)
	h.order = slices.DeleteFunc(h.order, func(known string) bool { return known == id })
	return nil
}

func (h *History) saveFile(id string, past []json.RawMessage) error {
	if err := os.MkdirAll(h.dir, 0o700); err != nil {
		return fmt.Errorf("save conversation: %w", err)
	}
	var data bytes.Buffer
	for _, update := range past {
		data.Write(update)
		data.WriteByte('\n')
	}
	// Renaming a new file leaves the old or the new content after a crash.
	fresh := h.file(id) + ".new"
	if err := os.WriteFile(fresh, data.Bytes(), 0o600); err != nil {
		return fmt.Errorf("save conversation: %w", err)
	}
	if err := os.Rename(fresh, h.file(id)); err != nil {
		return fmt.Errorf("save conversation: %w", err)
	}
	return nil
}

func (h *History) file(id string) string { return filepath.Join(h.dir, id+".jsonl") }

// newest returns the last updates, as many as maxHistory allows.
func newest(past []json.RawMessage) []json.RawMessage {
	size, from := 0, len(past)
	for from > 0 && size+len(past[from-1]) <= maxHistory {
		from--
		size += len(past[from])
	}
	return past[from:]
}
