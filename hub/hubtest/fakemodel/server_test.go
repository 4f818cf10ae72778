package fakemodel_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/hubtest/fakemodel"
)

// conversation is the same conversation in one of the interfaces: a prompt with an image and
// a script, the tool call that the model has made, and the tool's result.
type conversation struct {
	of      fakemodel.Interface
	path    string
	body    string
	answers []string // parts of the streamed answer
}

const script = `THINK: Hmm.\nSAY: Let me look.\nCALL: shell {\"command\":\"ls\"}\nSAY: I saw it.\nCALL: shell {\"command\":\"pwd\"}\n`

var conversations = []conversation{
	{of: fakemodel.Chat, path: "/v1/chat/completions", body: `{"model":"m","stream":true,
		"tools":[{"type":"function","function":{"name":"shell"}}],"messages":[
		{"role":"system","content":"Be short."},
		{"role":"user","content":[{"type":"text","text":"` + script + `"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]},
		{"role":"assistant","content":"Let me look.","tool_calls":[{"id":"1","type":"function","function":{"name":"shell","arguments":"{\"command\":\"ls\"}"}}]},
		{"role":"tool","tool_call_id":"1","content":"README"}]}`,
		answers: []string{`"content":"saw "`, `"name":"shell"`, `pwd`, `"finish_reason":"tool_calls"`, "data: [DONE]"}},
	{of: fakemodel.Responses, path: "/v1/responses", body: `{"model":"m","stream":true,"instructions":"Be short.",
		"tools":[{"type":"function","name":"shell"}],"input":[
		{"type":"message","role":"user","content":[{"type":"input_text","text":"` + script + `"},{"type":"input_image","image_url":"data:image/png;base64,AAAA"}]},
		{"type":"message","role":"assistant","content":[{"type":"output_text","text":"Let me look."}]},
		{"type":"function_call","call_id":"1","name":"shell","arguments":"{\"command\":\"ls\"}"},
		{"type":"function_call_output","call_id":"1","output":"README"}]}`,
		answers: []string{`"delta":"saw "`, `"type":"function_call"`, `pwd`, "event: response.completed"}},
	{of: fakemodel.Messages, path: "/v1/messages", body: `{"model":"m","stream":true,"system":[{"type":"text","text":"Be short."}],
		"tools":[{"name":"shell"}],"messages":[
		{"role":"user","content":[{"type":"text","text":"` + script + `"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}}]},
		{"role":"assistant","content":[{"type":"text","text":"Let me look."},{"type":"tool_use","id":"1","name":"shell","input":{"command":"ls"}}]},
		{"role":"user","content":[{"type":"tool_result","tool_use_id":"1","content":[{"type":"text","text":"README"}]}]}]}`,
		answers: []string{`"text":"saw "`, `"type":"tool_use"`, `pwd`, `"stop_reason":"tool_use"`, "event: message_stop"}},
	{of: fakemodel.Gemini, path: "/v1beta/models/m:streamGenerateContent", body: `{"systemInstruction":{"parts":[{"text":"Be short."}]},
		"tools":[{"functionDeclarations":[{"name":"shell"}]}],"contents":[
		{"role":"user","parts":[{"text":"` + script + `"},{"inlineData":{"mimeType":"image/png","data":"AAAA"}}]},
		{"role":"model","parts":[{"text":"Let me look."},{"functionCall":{"name":"shell","args":{"command":"ls"}}}]},
		{"role":"user","parts":[{"functionResponse":{"name":"shell","response":{"output":"README"}}}]}]}`,
		answers: []string{`"text":"saw "`, `"functionCall"`, `pwd`, `"finishReason":"STOP"`}},
}

// post sends a request and returns the response body.
func post(t *testing.T, s *fakemodel.Server, path, body string) string {
	t.Helper()
	response, err := http.Post(s.URL+path, "application/json", strings.NewReader(body))
	require.NoError(t, err)
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, response.StatusCode, "%s", answer)
	return string(answer)
}

func TestServer_goes_on_with_the_script(t *testing.T) {
	for _, c := range conversations {
		t.Run(string(c.of), func(t *testing.T) {
			s := fakemodel.Start(t)
			answer := post(t, s, c.path, c.body)
			for _, part := range c.answers {
				require.Contains(t, answer, part)
			}
			require.NotContains(t, answer, "Hmm", "the first step is done")
		})
	}
}

func TestServer_logs_audio(t *testing.T) {
	for path, body := range map[string]string{
		"/v1/chat/completions": `{"model":"m","messages":[
			{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}},
			{"type":"input_audio","input_audio":{"data":"data:audio/wav;base64,BBBB","format":"wav"}}]}]}`,
		"/v1beta/models/m:generateContent": `{"contents":[
			{"role":"user","parts":[{"inlineData":{"mimeType":"audio/wav","data":"AAAA"}},{"inlineData":{"mimeType":"audio/mpeg","data":"BBBB"}}]}]}`,
	} {
		s := fakemodel.Start(t)
		post(t, s, path, body)
		r := s.Requests()[0]
		require.True(t, r.HasAudio("AAAA"), path)
		require.True(t, r.HasAudio("BBBB"), path)
		require.False(t, r.HasImage("AAAA"), path)
	}
}

func TestServer_logs_requests_in_one_form(t *testing.T) {
	for _, c := range conversations {
		t.Run(string(c.of), func(t *testing.T) {
			s := fakemodel.Start(t)
			post(t, s, c.path, c.body)
			require.Len(t, s.Requests(), 1)
			r := s.Requests()[0]
			require.Equal(t, c.of, r.Interface)
			require.Equal(t, "m", r.Model)
			require.Equal(t, []string{"shell"}, r.Tools)
			require.True(t, r.Stream)
			require.True(t, r.Contains(fakemodel.System, "Be short."))
			require.True(t, r.Contains(fakemodel.Assistant, "Let me look."))
			require.True(t, r.HasImage("AAAA"))
			require.Contains(t, r.Last(fakemodel.Tool).Text, "README")
			require.Contains(t, r.Last(fakemodel.User).Text, "CALL: shell")
			call := r.Last(fakemodel.Assistant).Calls[0]
			require.Equal(t, "shell", call.Name)
			require.JSONEq(t, `{"command":"ls"}`, string(call.Arguments))
		})
	}
}

func TestServer_answers_requests_that_do_not_stream(t *testing.T) {
	for _, c := range conversations {
		t.Run(string(c.of), func(t *testing.T) {
			s := fakemodel.Start(t)
			path := strings.Replace(c.path, "streamGenerateContent", "generateContent", 1)
			answer := post(t, s, path, strings.Replace(c.body, `"stream":true,`, "", 1))
			require.Contains(t, answer, "I saw it.")
			require.Contains(t, answer, "pwd")
			require.False(t, s.Requests()[0].Stream)
		})
	}
}

func TestServer_refuses_what_it_does_not_know(t *testing.T) {
	s := fakemodel.Start(t)
	response, err := http.Get(s.URL + "/v1/secrets")
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.StatusNotFound, response.StatusCode)
	require.Equal(t, []string{"GET /v1/secrets"}, s.Unknown())
	response, err = http.Post(s.URL+"/v1/responses", "application/json", strings.NewReader("{"))
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.StatusBadRequest, response.StatusCode)
	require.Empty(t, s.Requests())
}

func TestServer_follows_the_last_part_of_joined_prompts(t *testing.T) {
	s := fakemodel.Start(t)
	answer := post(t, s, "/v1/messages", `{"messages":[{"role":"user","content":[
		{"type":"text","text":"SAY: Wait\nSTALL"},{"type":"text","text":"SAY: Here I am"}]}]}`)
	require.Contains(t, answer, "Here I am")
	require.NotContains(t, answer, "Wait")
}

func TestServer_refuses_an_expired_key(t *testing.T) {
	s := fakemodel.Start(t)
	for name, value := range map[string]string{"Authorization": "Bearer expired", "X-Api-Key": "expired", "X-Goog-Api-Key": "expired"} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/v1/messages", strings.NewReader("{}"))
		require.NoError(t, err)
		request.Header.Set(name, value)
		response, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		require.Equal(t, http.StatusUnauthorized, response.StatusCode)
	}
	require.Empty(t, s.Requests())
}

func TestServer_stalls_until_the_client_goes(t *testing.T) {
	s := fakemodel.Start(t)
	response, err := http.Post(s.URL+"/v1/chat/completions", "application/json",
		strings.NewReader(`{"stream":true,"messages":[{"role":"user","content":"SAY: Wait\nSTALL"}]}`))
	require.NoError(t, err)
	first := make([]byte, 1<<10)
	n, err := response.Body.Read(first)
	require.NoError(t, err)
	require.Contains(t, string(first[:n]), `"role":"assistant"`)
	require.NoError(t, response.Body.Close()) // the server ends with the test, and waits for its handlers
}
