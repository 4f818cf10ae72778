package devicelogin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"parley/cmd/parley/internal/display"
	"parley/protocol"
	"parley/protocol/client"
)

// requestTimeout bounds one request to the provider.
const requestTimeout = 15 * time.Second

// Run signs in, and returns the tokens that the provider has given. It writes what the user
// has to do.
func Run(ctx context.Context, out io.Writer, p protocol.IdentityProvider) (client.IdentityTokens, error) {
	var none client.IdentityTokens
	ctx = oidc.ClientContext(ctx, &http.Client{Timeout: requestTimeout})
	provider, err := oidc.NewProvider(ctx, p.Issuer)
	if err != nil {
		return none, fmt.Errorf("the identity provider %s cannot be reached: %w", display.OneLine(p.Issuer), err)
	}
	config := oauth2.Config{ClientID: p.ClientID, Endpoint: provider.Endpoint(), Scopes: p.Scopes}
	config.Endpoint.AuthStyle = oauth2.AuthStyleInParams // there is no password to send
	if config.Endpoint.DeviceAuthURL == "" {
		return none, fmt.Errorf("%s does not let terminals sign in; sign in on the server's page, or with an operator's key: parley login --key", display.OneLine(p.Name))
	}
	device, err := config.DeviceAuth(ctx)
	if err != nil {
		return none, refusal(err)
	}
	if err := explain(out, p.Name, device); err != nil {
		return none, err
	}
	tokens, err := config.DeviceAccessToken(ctx, device)
	if err != nil {
		return none, refusal(err)
	}
	id, ok := tokens.Extra("id_token").(string)
	if !ok {
		return none, fmt.Errorf("%s has not said who you are", display.OneLine(p.Name))
	}
	return client.IdentityTokens{ID: id, Access: tokens.AccessToken, Refresh: tokens.RefreshToken}, nil
}

// explain says what the user has to do.
func explain(out io.Writer, name string, device *oauth2.DeviceAuthResponse) error {
	_, err := fmt.Fprintf(out, "Open this address on any device, and sign in with %s:\n\n  %s\n\nIt asks for this code: %s\n",
		display.OneLine(name), display.OneLine(device.VerificationURI), display.OneLine(device.UserCode))
	if err == nil && device.VerificationURIComplete != "" {
		_, err = fmt.Fprintf(out, "This address contains the code:\n\n  %s\n", display.OneLine(device.VerificationURIComplete))
	}
	if err == nil {
		_, err = fmt.Fprintln(out, "Waiting for you; Ctrl-C gives up.")
	}
	return err
}

// refusal returns what an error of the provider says to people.
func refusal(err error) error {
	refused, ok := errors.AsType[*oauth2.RetrieveError](err)
	switch {
	case errors.Is(err, context.Canceled):
		return errors.New("you have given up, and are not signed in")
	case errors.Is(err, context.DeadlineExceeded):
		return errors.New("nobody has entered the code in time; try again")
	case !ok:
		return err
	case refused.ErrorCode == "access_denied":
		return errors.New("the sign-in was refused")
	case refused.ErrorCode == "expired_token":
		return errors.New("nobody has entered the code in time; try again")
	case refused.ErrorCode == "invalid_client", refused.ErrorCode == "unauthorized_client":
		return fmt.Errorf("the identity provider does not let this client sign in terminals (%s): the server's operator has to set --oidc-device-client-id", display.OneLine(refused.ErrorCode))
	}
	return fmt.Errorf("the identity provider refused: %s", display.OneLine(refused.Error()))
}
