package client_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"parley/protocol/client"
)

const sessionID = "1f0c9c52-6d1e-4b7a-9a53-2f6a8b1c0d11"

const anyPin = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

func TestParseLink(t *testing.T) {
	for text, want := range map[string]client.Link{
		"https://parley.example/s/" + sessionID + "#i=IN-VI_TE":           {Server: "https://parley.example", Session: sessionID, Invite: "IN-VI_TE"},
		"http://127.0.0.1:7777/s/" + sessionID + "#p=" + sessionID + ":T": {Server: "http://127.0.0.1:7777", Session: sessionID, ParticipantID: sessionID, Token: "T"},
		"https://host/a/s/b/s/" + sessionID + "#i=I":                      {Server: "https://host/a/s/b", Session: sessionID, Invite: "I"},
		"https://host/s/" + sessionID + "#i=I&c=" + anyPin:                {Server: "https://host", Session: sessionID, Invite: "I", Certificate: anyPin},
		"https://host/s/" + sessionID + "#p=P:T&c=" + anyPin:              {Server: "https://host", Session: sessionID, ParticipantID: "P", Token: "T", Certificate: anyPin},
	} {
		got, err := client.ParseLink(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got)
		require.Equal(t, text, got.String())
	}
	got, err := client.ParseLink("  https://host/s/" + sessionID + "/#i=I\n")
	require.NoError(t, err, "spaces around the link and a final slash are allowed")
	require.Equal(t, "https://host/s/"+sessionID+"#i=I", got.String())
}

func TestParseLink_refuses_other_texts_without_showing_secrets(t *testing.T) {
	for _, text := range []string{
		"", "SECRET", "host/s/" + sessionID + "#i=SECRET", "ftp://host/s/" + sessionID + "#i=SECRET",
		"https://host/s/not-a-session#i=SECRET", "https://host/" + sessionID + "#i=SECRET",
		"https://host/s/" + sessionID, "https://host/s/" + sessionID + "#", "https://host/s/" + sessionID + "#i=",
		"https://host/s/" + sessionID + "#SECRET", "https://host/s/" + sessionID + "#p=SECRET",
		"https://host/s/" + sessionID + "#p=:SECRET", "https://host/s/" + sessionID + "#p=SECRET:",
		"https://user:SECRET@host/s/" + sessionID + "#i=SECRET", "https://host/s/../" + sessionID + "#i=SECRET",
		"https://host/s/%zz#i=SECRET",
		"https://host/s/" + sessionID + "#i=SECRET&c=", "https://host/s/" + sessionID + "#i=SECRET&c=AAAA",
		"https://host/s/" + sessionID + "#i=SECRET&c=" + anyPin + "AA", "http://host/s/" + sessionID + "#i=SECRET&c=" + anyPin,
	} {
		_, err := client.ParseLink(text)
		require.Error(t, err, text)
		require.NotContains(t, err.Error(), "SECRET")
	}
}
