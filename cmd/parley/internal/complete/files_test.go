package complete

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/cmd/parley/internal/console"
	"parley/protocol"
)

// project finds files of an invented project.
func project(_ context.Context, text string) (a protocol.FilesAnswer, err error) {
	for _, path := range []string{"basket/item.go", "basket/total.go", "read me.txt", "od\u202ed.go", `a"b`} {
		if strings.Contains(path, text) {
			a.Files = append(a.Files, protocol.FileEntry{Path: path, Changed: path == "basket/item.go"})
		}
	}
	return a, nil
}

func TestCompleter_offers_files_in_a_prompt(t *testing.T) {
	c := &Completer{}
	require.Empty(t, c.Complete("/prompt look at @item").Candidates, "before the session is open")
	c.SetFiles(project)
	item := console.Candidate{Text: "@basket/item.go ", Note: "changed"}
	for before, want := range map[string]console.Completion{
		"/prompt look at @item":   {From: 16, Candidates: []console.Candidate{item}},
		"/interrupt fix @item":    {From: 15, Candidates: []console.Candidate{item}},
		"/prompt @basket/":        {From: 8, Candidates: []console.Candidate{item, {Text: "@basket/total.go "}}},
		"/prompt @read":           {From: 8, Candidates: []console.Candidate{{Text: `@"read me.txt" `}}},
		`/prompt @"read m`:        {From: 8, Candidates: []console.Candidate{{Text: `@"read me.txt" `}}},
		"/prompt @od":             {From: 8},
		"/prompt a@item":          {},
		"/prompt @item.go is bad": {},
		"hello @item":             {},
		"/approve @item":          {},
	} {
		got := c.Complete(before)
		if len(want.Candidates) == 0 {
			require.Empty(t, got.Candidates, before)
			continue
		}
		require.Equal(t, want, got, before)
	}
	c.SetFiles(func(context.Context, string) (protocol.FilesAnswer, error) {
		return protocol.FilesAnswer{}, errors.New("no connection")
	})
	require.Empty(t, c.Complete("/prompt @item").Candidates)
}

func TestFileLinks_are_to_files_that_exist(t *testing.T) {
	link := func(path string) protocol.ContentBlock {
		return protocol.ContentBlock{Type: protocol.ContentLink, Path: path}
	}
	text := "compare @basket/item.go and\n@\"read me.txt\" with @basket/item.go, @basket, me@basket/total.go and @types/node"
	require.Equal(t, []protocol.ContentBlock{link("basket/item.go"), link("read me.txt")}, FileLinks(t.Context(), text, project))
	require.Empty(t, FileLinks(t.Context(), "nothing", project))
	calls := 0
	FileLinks(t.Context(), strings.Repeat(" @x1 @x2 @x3 @x4 @x5 @x6 @x7 @x8 @x9 @x10", 2), func(context.Context, string) (protocol.FilesAnswer, error) {
		calls++
		return protocol.FilesAnswer{}, nil
	})
	require.Equal(t, maxFileLinks, calls)
}
