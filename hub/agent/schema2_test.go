//go:build unix

package agent_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/agent/agenttest"
	"parley/hub/rules"
)

// samples makes values from a JSON Schema: valid ones, and ones with a wrong member.
type samples struct{ defs map[string]any }

func newSamples(t *testing.T) samples {
	t.Helper()
	raw, err := os.ReadFile(agenttest.SDKSchema2(t))
	require.NoError(t, err)
	var document struct {
		Defs map[string]any `json:"$defs"`
	}
	require.NoError(t, json.Unmarshal(raw, &document))
	return samples{document.Defs}
}

// of returns the valid values of a schema: one for each variant, with all members, and
// each object also without its optional members.
func (s samples) of(schema map[string]any, depth int) []any {
	if ref, ok := schema["$ref"].(string); ok {
		return s.of(s.defs[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any), depth)
	}
	if constant, ok := schema["const"]; ok {
		return []any{constant}
	}
	if depth > 4 {
		return []any{nil}
	}
	variants := s.variants(schema, depth)
	if _, object := schema["properties"]; object || schema["type"] == "object" {
		own := s.objects(schema, depth)
		if variants == nil {
			return own
		}
		return combined(own, variants)
	}
	if variants != nil {
		return variants
	}
	return []any{scalar(schema, s, depth)}
}

// variants returns the values of a schema's anyOf, oneOf and allOf; nil without these.
func (s samples) variants(schema map[string]any, depth int) (all []any) {
	for _, key := range []string{"anyOf", "oneOf"} {
		list, _ := schema[key].([]any)
		for _, variant := range list {
			all = append(all, s.of(variant.(map[string]any), depth)...)
		}
	}
	list, _ := schema["allOf"].([]any)
	for _, part := range list {
		values := s.of(part.(map[string]any), depth)
		if all == nil {
			all = values
		} else {
			all = combined(all, values)
		}
	}
	return all
}

// maxElements is the number of elements of a list.
const maxElements = 8

// maxVaried is the depth of the deepest objects whose members take all of their values.
const maxVaried = 1

// objects returns an object with all members for each value of a member, and one with the
// required members.
func (s samples) objects(schema map[string]any, depth int) []any {
	properties, _ := schema["properties"].(map[string]any)
	full, least := map[string]any{}, map[string]any{}
	var others []any
	required, _ := schema["required"].([]any)
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		member, ok := properties[name].(map[string]any)
		if !ok {
			continue
		}
		values := s.of(member, depth+1)
		full[name] = values[0]
		if slices.Contains(required, any(name)) {
			least[name] = values[0]
		}
		if depth > maxVaried {
			continue
		}
		for _, value := range values[1:] {
			others = append(others, map[string]any{name: value})
		}
	}
	all := []any{full, least}
	return append(all, combined([]any{full}, others)...)
}

// combined merges each object of one list with each of another.
func combined(a, b []any) (all []any) {
	for _, left := range a {
		for _, right := range b {
			l, isObject := left.(map[string]any)
			r, isObjectToo := right.(map[string]any)
			if !isObject || !isObjectToo {
				all = append(all, right)
				continue
			}
			merged := maps.Clone(l)
			maps.Copy(merged, r)
			all = append(all, merged)
		}
	}
	return all
}

func scalar(schema map[string]any, s samples, depth int) any {
	kind, _ := schema["type"].(string)
	if list, ok := schema["type"].([]any); ok {
		kind, _ = list[0].(string)
	}
	switch kind {
	case "string":
		return "dGV4dA=="
	case "integer", "number":
		return 1
	case "boolean":
		return true
	case "array":
		items, _ := schema["items"].(map[string]any)
		list := s.of(items, depth+1)
		return list[:min(len(list), maxElements)]
	}
	return nil
}

// TestVersion2_forwards_every_update_of_the_published_schema sends each kind of update in
// each of its forms, and with each of its members missing, null or of the wrong type.
func TestVersion2_forwards_every_update_of_the_published_schema(t *testing.T) {
	t.Parallel()
	s := newSamples(t)
	r := ready2(t)
	kinds := map[string][]string{} // the updates of each kind
	for _, variant := range s.defs["SessionUpdate"].(map[string]any)["anyOf"].([]any) {
		for _, value := range s.of(variant.(map[string]any), 0) {
			update, ok := value.(map[string]any)
			kind, named := update["sessionUpdate"].(string)
			if !ok || !named || kind == "dGV4dA==" {
				continue // a kind of the future
			}
			for _, wrong := range withFaults(update) {
				raw, err := json.Marshal(wrong)
				require.NoError(t, err)
				kinds[kind] = append(kinds[kind], string(raw))
			}
		}
	}
	require.Len(t, kinds, 19, "%v", slices.Sorted(maps.Keys(kinds)))
	for kind, updates := range kinds {
		slices.Sort(updates)
		updates = slices.Compact(updates)
		batch := len(updates)
		if kind == "state_update" {
			batch = 1 // each may end the turn
		}
		for some := range slices.Chunk(updates, batch) {
			sendUpdates(t, r, some)
		}
	}
	_, end := r.turn("hello")
	require.NoError(t, end.Err)
}

// withFaults returns an update, and it with each member missing, null and of wrong types.
func withFaults(update map[string]any) []map[string]any {
	all := []map[string]any{update}
	for name := range update {
		if name == "sessionUpdate" {
			continue
		}
		missing := maps.Clone(update)
		delete(missing, name)
		all = append(all, missing)
		for _, wrong := range []any{nil, 7, []any{"x"}} {
			changed := maps.Clone(update)
			changed[name] = wrong
			all = append(all, changed)
		}
	}
	return all
}

// sendUpdates lets the fake send updates in a turn, and checks that they are forwarded.
func sendUpdates(t *testing.T, r *running, updates []string) {
	t.Helper()
	r.prompt("exactly [" + strings.Join(updates, ",") + "]")
	next, before := 0, fmt.Sprintf(`{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":%q,"update":`, r.host)
	for {
		switch e := r.next().(type) {
		case rules.AgentNotification:
			if next < len(updates) && string(e.Raw) == before+updates[next]+"}}" {
				next++
			}
		case rules.AgentTurnEnded:
			if e.Turn == "" {
				continue // of a turn that an update began
			}
			if !slices.ContainsFunc(updates, func(u string) bool { return strings.Contains(u, `"stopReason":"error"`) }) {
				require.NoError(t, e.Err)
			}
			require.Equal(t, len(updates), next, "the first update that was not forwarded: %s", updates[min(next, len(updates)-1)])
			return
		case rules.AgentTurnBegan:
		default:
			t.Fatalf("unexpected %T", e)
		}
	}
}
