// Command openid is an OpenID provider for tests: that of the library zitadel/oidc, with the
// pages of its example. It has one client without a secret, and people whose password is
// "secret". It prints its URL when it is ready.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

var (
	listen    = flag.String("listen", "localhost:0", "address to listen on")
	issuer    = flag.String("issuer", "", "URL at which it is reached (default: the address)")
	redirects = flag.String("redirect", "", "redirect URIs of the client, separated by commas")
	lifetime  = flag.Duration("lifetime", time.Hour, "of ID tokens")
)

// clientID is the id of the only client.
const clientID = "parley"

func main() {
	flag.Parse()
	if err := serve(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve() error {
	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		return err
	}
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		return err
	}
	if *issuer == "" {
		*issuer = "http://localhost:" + port
	}
	storage.RegisterClients(nativeClient()) // without which it keeps no codes of devices
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	handler := exampleop.SetupServer(*issuer, provider{storage.NewStorage(people{})}, log, false)
	fmt.Println(*issuer)
	return http.Serve(listener, handler)
}

// provider is the library's storage with the client.
type provider struct{ *storage.Storage }

func (p provider) GetClientByClientID(ctx context.Context, id string) (op.Client, error) {
	if id != clientID {
		return nil, fmt.Errorf("no client is called %q", id)
	}
	return client{nativeClient()}, nil
}

func nativeClient() *storage.Client {
	return storage.NativeClient(clientID, strings.Split(*redirects, ",")...)
}

// client is a client that can do all that the server and its command need.
type client struct{ *storage.Client }

func (client) GrantTypes() []oidc.GrantType {
	return []oidc.GrantType{oidc.GrantTypeCode, oidc.GrantTypeRefreshToken, oidc.GrantTypeDeviceCode}
}

func (client) IDTokenLifetime() time.Duration { return *lifetime }

func (client) IDTokenUserinfoClaimsAssertion() bool { return true }

func (client) DevMode() bool { return true }

// people are the people with an account. The user name is also the subject.
type people struct{}

func (people) GetUserByUsername(name string) *storage.User {
	first, ok := map[string]string{"ann": "Ann", "ben": "Ben", "uma": "Uma"}[name]
	if !ok {
		return nil
	}
	return &storage.User{
		ID: name, Username: name, Password: "secret", FirstName: first, LastName: "Smith",
		Email: name + "@example.com", EmailVerified: name != "uma",
	}
}

func (p people) GetUserByID(id string) *storage.User { return p.GetUserByUsername(id) }

func (people) ExampleClientID() string { return "none" }
