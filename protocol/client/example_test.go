package client_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"strings"

	"parley/protocol"
	"parley/protocol/client"
)

// exampleSession starts a server in this process and shares a session with the
// demo agent on it. It returns the links of the session and a function that
// stops the server.
func exampleSession() (hostLink, inviteLink string, stop func()) {
	s, err := startRealSession(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	return s.host.String(), s.invite.String(), func() {
		if err := s.stop(); err != nil {
			log.Fatal(err)
		}
	}
}

// connect opens a link.
func connect(link string, o client.Options) *client.Client {
	l, err := client.ParseLink(link)
	if err != nil {
		log.Fatal(err)
	}
	c, err := client.Open(context.Background(), l, o)
	if err != nil {
		log.Fatal(err)
	}
	return c
}

// A guest joins by an invite and sends a message.
func Example() {
	_, invite, stop := exampleSession()
	defer stop()
	ctx := context.Background()

	link, err := client.ParseLink(invite)
	if err != nil {
		log.Fatal(err)
	}
	ben, err := client.Open(ctx, link, client.Options{UserID: "ben", DisplayName: "Ben"})
	if err != nil {
		log.Fatal(err)
	}
	defer ben.Close()
	fmt.Println(ben.Self().Name(), "joined as", ben.Self().Role)

	if _, err := ben.Chat(ctx, "Hello", ""); err != nil {
		log.Fatal(err)
	}
	for notice := range ben.Notices() {
		event, ok := notice.(client.Event)
		if !ok {
			continue // presence, typing, the state of the connection
		}
		if said, ok := event.Payload.(*protocol.MessageCreated); ok {
			fmt.Printf("%s: %s\n", said.Participant.Name(), said.Message.Text)
			break
		}
	}
	// Output:
	// Ben joined as collaborator
	// Ben: Hello
}

// A guest proposes a prompt, the host approves it, and both receive the events
// of the turn.
func ExampleClient_Prompt() {
	hostLink, invite, stop := exampleSession()
	defer stop()
	ctx := context.Background()
	olga := connect(hostLink, client.Options{})
	defer olga.Close()
	ben := connect(invite, client.Options{UserID: "ben", DisplayName: "Ben"})
	defer ben.Close()

	proposal, err := ben.Prompt(ctx, "help")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("proposal:", proposal.Status)

	approved, err := olga.Approve(ctx, proposal.ID, "")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("decision:", approved.Status)

	for notice := range ben.Notices() {
		event, ok := notice.(client.Event)
		if !ok {
			continue
		}
		switch p := event.Payload.(type) {
		case *protocol.PromptPendingApproval:
			fmt.Println("event: proposed by", p.Participant.Name())
		case *protocol.PromptApproved:
			fmt.Println("event: approved by", p.Participant.Name())
		case *protocol.PromptDispatchStarted:
			fmt.Println("event: the turn starts")
		case *protocol.PromptDispatchCompleted:
			fmt.Println("event: the turn ends:", p.StopReason)
			return
		}
	}
	// Output:
	// proposal: pending
	// decision: approved
	// event: proposed by Ben
	// event: approved by olga
	// event: the turn starts
	// event: the turn ends: end_turn
}

// A program stores its own link and its cursor, ends, and continues later where
// it stopped. A connection that breaks while the client is open needs none of
// this: the client resumes by itself.
func ExampleOpen_resume() {
	hostLink, invite, stop := exampleSession()
	defer stop()
	ctx := context.Background()
	olga := connect(hostLink, client.Options{})
	defer olga.Close()
	ben := connect(invite, client.Options{UserID: "ben", DisplayName: "Ben"})

	own, cursor := ben.Own(), ben.Cursor() // store both; the link is a secret
	if err := ben.Close(); err != nil {
		log.Fatal(err)
	}
	for _, text := range []string{"Ben is away", "and misses this"} {
		if _, err := olga.Chat(ctx, text, ""); err != nil {
			log.Fatal(err)
		}
	}

	ben, err := client.Open(ctx, own, client.Options{Cursor: cursor})
	if err != nil {
		log.Fatal(err)
	}
	defer ben.Close()
	for notice := range ben.Notices() {
		switch n := notice.(type) {
		case client.Welcome:
			fmt.Println("resume:", n.Resume) // gap would mean: start from this snapshot
		case client.Event:
			if said, ok := n.Payload.(*protocol.MessageCreated); ok {
				fmt.Println(said.Message.Text)
				if strings.HasSuffix(said.Message.Text, "this") {
					return
				}
			}
		}
	}
	// Output:
	// resume: ok
	// Ben is away
	// and misses this
}

// The network breaks while the client is open. The client reconnects, resumes and
// delivers each event once.
func ExampleConnection() {
	hostLink, invite, stop := exampleSession()
	defer stop()
	ctx := context.Background()
	olga := connect(hostLink, client.Options{})
	defer olga.Close()
	network := newNetwork(false) // an http.RoundTripper that can break its connections
	ben := connect(invite, client.Options{UserID: "ben", HTTPClient: &http.Client{Transport: network}})
	defer ben.Close()

	broken := false
	for notice := range ben.Notices() {
		switch n := notice.(type) {
		case client.Connection:
			switch n.State {
			case client.Online:
				fmt.Println("online")
				if broken {
					continue
				}
				broken = true
				network.cut()
				if _, err := olga.Chat(ctx, "Did you miss this?", ""); err != nil {
					log.Fatal(err)
				}
			case client.Waiting:
				fmt.Println("offline")
			}
		case client.Event:
			if said, ok := n.Payload.(*protocol.MessageCreated); ok {
				fmt.Println(said.Message.Text)
				return
			}
		}
	}
	// Output:
	// online
	// offline
	// online
	// Did you miss this?
}

// The server refuses a command with a code, and dismisses a client with a
// [client.StopError].
func ExampleStopError() {
	_, invite, stop := exampleSession()
	defer stop()
	ctx := context.Background()
	ben := connect(invite, client.Options{UserID: "ben", DisplayName: "Ben"})
	defer ben.Close()

	_, err := ben.SetMode(ctx, protocol.ModePromptDirect)
	if refused, ok := errors.AsType[*protocol.Error](err); ok {
		fmt.Println(refused.Code)
	}

	wrong, err := client.ParseLink(strings.Split(invite, "#")[0] + "#i=wrong")
	if err != nil {
		log.Fatal(err)
	}
	_, err = client.Open(ctx, wrong, client.Options{UserID: "eve"})
	if stopped, ok := errors.AsType[*client.StopError](err); ok {
		fmt.Println("closed with", stopped.Code)
	}
	// Output:
	// HOST_REQUIRED
	// closed with 4401
}

// A participant link contains an id and a token after the #.
func ExampleParseLink() {
	link, err := client.ParseLink("https://parley.example/s/b4e43bee-8d3c-4c3f-9d5c-0f2d5c1c9a11#p=7a9f00f5:SECRET")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(link.Server, link.ParticipantID)
	// Output:
	// https://parley.example 7a9f00f5
}

// A program starts an agent, shares it, and lists what runs on the server.
func ExampleServer() {
	hostLink, _, stop := exampleSession()
	defer stop()
	ctx := context.Background()

	address := strings.Split(hostLink, "/s/")[0] // such as https://parley.example
	server, err := client.NewServer(address, client.ServerOptions{})
	if err != nil {
		log.Fatal(err)
	}
	shared, err := server.StartAndShare(ctx,
		protocol.CreateHostSession{Agent: "demo", Title: "Fix the build"},
		protocol.CreateSharedSession{HostUserID: "ada", Mode: protocol.ModePromptWithApproval},
		func(h protocol.HostSession) { fmt.Println("the agent is starting:", h.Detail) })
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("shared by", shared.Host.UserID, "in mode", shared.Session.Mode)

	sessions, err := server.HostSessions(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(sessions[0].Agent, "works on:", sessions[0].Title)

	if _, err := server.Close(ctx, shared.Own); err != nil {
		log.Fatal(err)
	}
	if err := server.DeleteHostSession(ctx, shared.Session.HostSessionID, false); err != nil {
		log.Fatal(err)
	}
	// Output:
	// shared by ada in mode prompt_with_approval
	// demo works on: Fix the build
}
