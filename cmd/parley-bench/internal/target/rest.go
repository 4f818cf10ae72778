package target

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
)

// call makes a REST call, which must succeed. It sends body as JSON unless it is nil, and
// decodes the answer into into.
func (t *ParleyTarget) call(ctx context.Context, method, path string, body, into any) error {
	var content io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return err
		}
		content = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, t.url.String()+path, content)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	status, b, err := do(req)
	if err != nil {
		return err
	}
	if status != http.StatusOK && status != http.StatusCreated {
		return fmt.Errorf("%s %s was answered with %d: %.300s", method, path, status, b)
	}
	return json.Unmarshal(b, into)
}

func do(req *http.Request) (status int, body []byte, err error) {
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer answer.Body.Close()
	body, err = io.ReadAll(answer.Body)
	return answer.StatusCode, body, err
}

// DebugFlags let [ParleyTarget.CollectGarbage] reach the server.
var DebugFlags = []string{"--debug-listen", "127.0.0.1:0"}

var inUse = regexp.MustCompile(`(?m)^# (?:HeapInuse|Stack) = (\d+)`)

// CollectGarbage makes a server that was started with [DebugFlags] collect its
// garbage once, and returns the bytes of heap and stacks in use after that.
func (t *ParleyTarget) CollectGarbage(ctx context.Context) (live int, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, t.child.debug+"heap?gc=1&debug=1", nil)
	if err != nil {
		return 0, err
	}
	_, body, err := do(req)
	for _, found := range inUse.FindAllSubmatch(body, -1) {
		n, _ := strconv.Atoi(string(found[1]))
		live += n
	}
	return live, err
}
