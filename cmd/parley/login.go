package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"parley/cmd/internal/cli"
	"parley/cmd/parley/internal/devicelogin"
	"parley/cmd/parley/internal/display"
	"parley/cmd/parley/internal/logins"
	"parley/protocol"
	"parley/protocol/client"
)

// newLoginCommand returns "parley login".
func newLoginCommand() *cobra.Command {
	var withKey bool
	command := &cobra.Command{
		Use:   "login LINK",
		Short: "Sign in to a protected server",
		Long: `Sign in to a protected server, and keep what proves it in your configuration directory,
in a file that only you can read. parley share, join, adopt and fork then use it for
that server. If the link names the server's certificate, so do all commands.

If the server has an identity provider, the command prints an address and a code: open
the address in a browser on any device, and sign in there. Then you join sessions as the
person whom the provider knows.

Otherwise, and with --key, you sign in as an operator. LINK is a sign-in link,
SERVER/#k=CODE, which the server prints at its first start and parley key link makes.
Quote it, because it contains a #. With the address of the server alone, the command asks
for a key, or reads it from standard input.`,
		Example: `  parley login https://parley.example.com
  parley login 'https://parley.example.com/#k=CODE'
  parley login --key https://parley.example.com < key`,
		Args: cli.Args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			link, err := client.ParseSignInLink(args[0])
			if err != nil {
				return cli.Usagef("%w", err)
			}
			return login(cmd.Context(), cmd.OutOrStdout(), link, withKey)
		},
	}
	command.Flags().BoolVar(&withKey, "key", false, "sign in with an operator's key, also if the server has an identity provider")
	return command
}

// login signs in by a link, by the server's identity provider or with a key, and keeps what
// proves that.
func login(ctx context.Context, out io.Writer, link client.SignInLink, withKey bool) error {
	l := logins.Login{Server: link.Server, Certificate: link.Certificate}
	server, err := client.NewServer(link.Server, client.ServerOptions{Certificate: link.Certificate})
	if err != nil {
		return err
	}
	provider, err := providerOf(ctx, server, link, withKey)
	if err != nil {
		return err
	}
	if link.Code != "" {
		if l.Name, l.Key, err = server.SignIn(ctx, link.Code); err != nil {
			return forPeople(err)
		}
	} else if provider != nil {
		tokens, err := devicelogin.Run(ctx, out, *provider)
		if err != nil {
			return err
		}
		if l.Name, l.Key, err = server.SignInWith(ctx, tokens); err != nil {
			return forPeople(err)
		}
	} else if l.Name, l.Key, err = enterKey(ctx, link); err != nil {
		return err
	}
	file, err := logins.Save(l)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "You are signed in to %s as %s. What proves it is in %s.\n", l.Server, display.OneLine(l.Name), file)
	return err
}

// providerOf returns the identity provider of a server with which the user signs in; nil for
// none.
func providerOf(ctx context.Context, server *client.Server, link client.SignInLink, withKey bool) (*protocol.IdentityProvider, error) {
	if withKey || link.Code != "" {
		return nil, nil
	}
	described, err := server.Describe(ctx)
	if err != nil {
		return nil, forPeople(err)
	}
	return described.Provider, nil
}

// enterKey reads a key from the terminal or standard input, and checks it.
func enterKey(ctx context.Context, link client.SignInLink) (name, key string, err error) {
	if key, err = readKey(); err != nil {
		return "", "", err
	}
	server, err := client.NewServer(link.Server, client.ServerOptions{Certificate: link.Certificate, Token: key})
	if err != nil {
		return "", "", err
	}
	described, err := server.Describe(ctx)
	switch {
	case err != nil:
		return "", "", forPeople(err)
	case described.Operator == nil:
		return "", "", errors.New("the server does not know this key; parley key add NAME on the server's machine makes one")
	}
	return *described.Operator, key, nil
}

// readKey reads a key without showing it.
func readKey() (string, error) {
	var line []byte
	var err error
	if cli.IsTerminal(os.Stdin) {
		fmt.Fprint(os.Stderr, "Key: ")
		line, err = term.ReadPassword(int(os.Stdin.Fd()))
		fmt.Fprintln(os.Stderr)
	} else {
		line, err = bufio.NewReader(io.LimitReader(os.Stdin, 1<<10)).ReadBytes('\n')
	}
	key := strings.TrimSpace(string(line))
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	if key == "" || strings.ContainsAny(key, " \t") {
		return "", errors.New("that is not a key; parley key add NAME on the server's machine makes one")
	}
	return key, nil
}

// newLogoutCommand returns "parley logout".
func newLogoutCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "logout SERVER",
		Short: "Sign out of a server",
		Long: `Remove what parley login has kept for a server, and let the server forget it, unless it
is a key that parley key add has made.`,
		Example: `  parley logout https://parley.example.com`,
		Args:    cli.Args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			link, err := client.ParseSignInLink(args[0])
			if err != nil {
				return cli.Usagef("%w", err)
			}
			return logout(cmd.Context(), cmd.ErrOrStderr(), link.Server)
		},
	}
}

func logout(ctx context.Context, warnings io.Writer, address string) error {
	l, ok, err := logins.Find(address)
	switch {
	case err != nil:
		return err
	case !ok:
		return fmt.Errorf("you are not signed in to %s", address)
	}
	if err := logins.Remove(address); err != nil {
		return err
	}
	server, err := client.NewServer(l.Server, client.ServerOptions{Certificate: l.Certificate, Token: l.Key})
	if err == nil {
		err = server.SignOut(ctx)
	}
	if err != nil {
		fmt.Fprintf(warnings, "The key is removed here, but the server may still accept it: %v\n", forPeople(err))
	}
	return nil
}

// parseLink parses a link into a session. If the link names no certificate, it has that of
// the login for the server, if any.
func parseLink(text string) (client.Link, error) {
	link, err := client.ParseLink(text)
	if err != nil {
		return link, cli.Usagef("%w", err)
	}
	l, ok, err := logins.Find(link.Server)
	if ok && link.Certificate == "" {
		link.Certificate = l.Certificate
	}
	return link, err
}

// identityFor returns what proves to a server who the user is, if the user has signed in with
// its identity provider.
func identityFor(server string) (string, error) {
	l, ok, err := logins.Find(server)
	if !ok || !strings.HasPrefix(l.Key, protocol.IdentityPrefix) {
		return "", err
	}
	return l.Key, nil
}
