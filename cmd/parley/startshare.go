package main

import (
	"cmp"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"strings"

	"parley/cmd/internal/cli"
	"parley/cmd/parley/internal/display"
	"parley/cmd/parley/internal/logins"
	"parley/protocol"
	"parley/protocol/client"
)

// serverAt returns the server at the address of the flag --server or of a link, with the key
// of the login for it, if any. For pin see [client.Link].
func serverAt(address, pin string) (*client.Server, error) {
	o := client.ServerOptions{Certificate: pin}
	l, ok, err := logins.Find(strings.TrimSuffix(address, "/"))
	if err != nil {
		return nil, err
	}
	if ok {
		o.Token, o.Certificate = l.Key, cmp.Or(pin, l.Certificate)
	}
	server, err := client.NewServer(address, o)
	if err != nil {
		return nil, cli.Usagef("--server: %w", err)
	}
	return server, nil
}

// printLinks prints the links into a session that was shared, or returns the error for
// people if it was not.
func printLinks(out io.Writer, shared client.Shared, err error) error {
	if err != nil {
		return forPeople(err)
	}
	_, err = fmt.Fprintf(out, "Your own link:\n  %s\nThe invite for others:\n  %s\n", shared.Own, shared.Invite)
	return err
}

// forPeople returns what an error of a [client.Server] says to people.
func forPeople(err error) error {
	if refusal, ok := errors.AsType[*protocol.Error](err); ok {
		message := display.OneLine(refusal.Message)
		if refusal.Code == protocol.CodeUnauthorized || refusal.Code == protocol.CodeInvalidIdentity || refusal.Code == protocol.CodeInvalidOperatorKey {
			message += "; parley login does that"
		}
		return errors.New(message)
	}
	if _, unknown := errors.AsType[x509.UnknownAuthorityError](err); unknown {
		return fmt.Errorf("%s; if the certificate is the server's own, use a link of the server, which contains the fingerprint", display.OneLine(err.Error()))
	}
	if unreachable, ok := errors.AsType[*client.UnreachableError](err); ok {
		return fmt.Errorf("%s; is parley serve running there?", display.OneLine(unreachable.Error()))
	}
	return errors.New(display.OneLine(err.Error()))
}
