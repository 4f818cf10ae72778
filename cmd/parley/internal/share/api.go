package share

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"parley/protocol"
)

// maxAnswer bounds an answer of the server in bytes.
const maxAnswer = 8 << 20

// call makes a request and decodes the answer. Its error is a [*protocol.Error] if the
// server refuses the request.
func call(ctx context.Context, method, server, path string, body, answer any) error {
	encoded, err := json.Marshal(body)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(server, "/")+path, bytes.NewReader(encoded))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	received, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	switch {
	case err != nil:
		return err
	case response.StatusCode/100 == 2:
		return json.Unmarshal(received, answer)
	}
	var refusal protocol.ErrorBody
	if json.Unmarshal(received, &refusal) != nil || refusal.Error == "" {
		return fmt.Errorf("the server answered %s", response.Status)
	}
	return protocol.Errorf(refusal.Code, "%s", refusal.Error)
}
