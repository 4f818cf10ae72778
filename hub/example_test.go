package hub_test

import (
	"context"
	"fmt"

	"parley/hub"
	"parley/hub/hubtest"
	"parley/hub/journal/memory"
	"parley/hub/rules"
	"parley/protocol"
)

// A hub with a journal in memory and an agent that a test drives. A host shares the
// agent, and a guest joins with the invite and sends a message.
func Example() {
	ctx := context.Background()
	store := memory.New()
	defer store.Close()
	h := hub.New(store, hubtest.NewAgents(), rules.Key{1}, hub.Options{})
	if err := h.Start(ctx); err != nil {
		fmt.Println(err)
		return
	}
	defer h.Stop(ctx)

	agent, err := h.CreateHost(ctx, &protocol.CreateHostSession{Agent: "demo", WorkspaceID: "w", Permissions: protocol.PermissionsAsk}, "")
	if err != nil {
		fmt.Println(err)
		return
	}
	room, err := h.CreateShared(ctx, &protocol.CreateSharedSession{HostSessionID: agent.ID, HostUserID: "ada", Mode: protocol.ModePromptWithApproval}, "")
	if err != nil {
		fmt.Println(err)
		return
	}

	join := protocol.Request{ID: "1", Command: &protocol.Join{InviteToken: room.InviteToken, UserID: "ben"}}
	guest, err := h.Attach(ctx, room.Session.ID, join, hub.AttachOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer guest.Close()
	if err := guest.Send(ctx, protocol.Request{ID: "2", Command: &protocol.Chat{Text: "hello"}}); err != nil {
		fmt.Println(err)
		return
	}

	history, err := h.Messages(ctx, room.Session.ID, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for message, err := range history {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(message.AuthorUserID, "says", message.Text)
	}
	// Output: ben says hello
}
