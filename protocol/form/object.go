package form

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"parley/protocol/jsonwalk"
)

// object has the members of a JSON object by name.
type object map[string]json.RawMessage

// readObject decodes an object. A name that occurs twice is an error, since decoders
// differ in which of the values they use.
func readObject(raw json.RawMessage, where string) (object, error) {
	if isMissing(raw) || !jsonwalk.IsObject(raw) {
		return nil, fmt.Errorf("%s is not an object", where)
	}
	o := object{}
	for name, value := range jsonwalk.Members(raw, 0) {
		if _, twice := o[string(name)]; twice {
			return nil, fmt.Errorf("%s has the member %.40q twice", where, name)
		}
		o[string(name)] = value.Of(raw)
	}
	return o, nil
}

// isMissing reports whether a member is missing or null, which means the same.
func isMissing(raw json.RawMessage) bool { return len(raw) == 0 || string(raw) == "null" }

// allow returns an error if the object has a keyword that is neither known nor an
// annotation.
func (o object) allow(where string, known ...string) error {
	for _, name := range slices.Sorted(maps.Keys(o)) {
		if !annotations[name] && !strings.HasPrefix(name, "_") && !strings.HasPrefix(name, "x-") && !slices.Contains(known, name) && !isMissing(o[name]) {
			return fmt.Errorf("%s uses %.40q, which cannot be shown", where, name)
		}
	}
	return nil
}

// text returns a member that is a string.
func (o object) text(name string) (string, bool) { return jsonwalk.Text(o[name]) }

// optionalText returns a string, or "" for a missing member. Other values are an error.
func (o object) optionalText(where, name string) (string, error) {
	if isMissing(o[name]) {
		return "", nil
	}
	text, isText := o.text(name)
	if !isText {
		return "", fmt.Errorf("the %s of %s is not a string", name, where)
	}
	return text, nil
}

// number returns a number, or nil for a missing member. Other values are an error.
func (o object) number(where, name string) (*float64, error) {
	if isMissing(o[name]) {
		return nil, nil
	}
	var n float64
	if err := json.Unmarshal(o[name], &n); err != nil {
		return nil, fmt.Errorf("the %s of %s is not a number", name, where)
	}
	return &n, nil
}

// counts returns a lower and an upper limit for a number of things.
func (o object) counts(where, lower, upper string) (low, high *int, err error) {
	for name, into := range map[string]**int{lower: &low, upper: &high} {
		n, err := o.number(where, name)
		if err != nil {
			return nil, nil, err
		}
		if n == nil {
			continue
		}
		if *n < 0 || *n != math.Trunc(*n) || *n > math.MaxInt32 {
			return nil, nil, fmt.Errorf("the %s of %s is not a count", name, where)
		}
		count := int(*n)
		*into = &count
	}
	if low != nil && high != nil && *low > *high {
		return nil, nil, fmt.Errorf("%s accepts no value, since its %s exceeds its %s", where, lower, upper)
	}
	return low, high, nil
}
