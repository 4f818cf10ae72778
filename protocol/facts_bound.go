package protocol

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
)

// Bounds of an agent's facts. Together the facts take less than 256 KiB, encoded,
// whatever the agent reports. PROTOCOL.md states these bounds.
const (
	maxFactName     = 256       // bytes of a name, an id or a value
	maxFactText     = 1 << 10   // bytes of any other text
	maxFactList     = 64 << 10  // bytes of a list, encoded
	maxCapabilities = 16 << 10  // bytes
	maxCommands     = 256       // slash commands
	maxOptions      = 64        // configuration options
	maxValues       = 512       // values of one option
	maxAuthMethods  = 32        // ways to sign in
	maxProfiles     = 64        // agents to switch to
	maxBackground   = 64        // tool calls and terminals in the background
	maxCommand      = 4 << 10   // bytes of the command of a way to sign in
	maxVariables    = 32        // variables of a way to sign in
	maxNotes        = 64        // notes about the configuration
	maxTokens       = 1<<53 - 1 // the largest integer that every client decodes exactly
)

// Bounded returns the facts within fixed bounds: the first elements of a list that is too
// long, and the beginning of a text that is too long. The totals count all elements.
// Facts that are within the bounds are unchanged.
func (f AgentFacts) Bounded() AgentFacts {
	if f.Info != nil {
		f.Info = &AgentInfo{Name: cutName(f.Info.Name), Title: cutName(f.Info.Title), Version: cutName(f.Info.Version)}
	}
	if len(f.Capabilities) > maxCapabilities {
		f.Capabilities = json.RawMessage("{}")
	}
	if f.AuthMethods != nil {
		f.AuthMethods = boundList(f.AuthMethods, maxAuthMethods, boundAuthMethod)
	}
	if f.ConfigOptions != nil {
		f.ConfigOptionTotal = total(f.ConfigOptionTotal, len(f.ConfigOptions))
		f.ConfigOptions = boundOptions(f.ConfigOptions)
	}
	if f.AvailableCommands != nil {
		f.AvailableCommandTotal = total(f.AvailableCommandTotal, len(f.AvailableCommands))
		f.AvailableCommands = boundList(f.AvailableCommands, maxCommands, boundCommand)
	}
	if f.SessionTitle != nil {
		f.SessionTitle = new(cutName(*f.SessionTitle))
	}
	if f.Usage != nil {
		f.Usage = boundUsage(*f.Usage)
	}
	if f.Background != nil {
		f.BackgroundTotal = total(f.BackgroundTotal, len(f.Background))
		f.Background = boundList(f.Background, maxBackground, boundBackground)
	}
	if f.Profile != nil {
		f.Profile = new(cutName(*f.Profile))
	}
	if f.Profiles != nil {
		f.Profiles = boundList(f.Profiles, maxProfiles, func(name string) (string, bool) { return name, len(name) <= maxFactName })
	}
	if f.Cwd != nil {
		f.Cwd = new(cutText(*f.Cwd, maxPath))
	}
	if f.Notes != nil {
		f.Notes = boundList(f.Notes, maxNotes, func(n string) (string, bool) { return cutText(n, maxFactText), n != "" })
	}
	return f
}

// maxPath is the longest path on Linux, in bytes.
const maxPath = 4 << 10

// total returns the number of elements: the reported one, but at least the listed one.
func total(reported *int, listed int) *int {
	if reported != nil && *reported > listed {
		return reported
	}
	return &listed
}

// boundList returns the first elements of a list, each shortened by bound: at most that
// many, and at most maxFactList bytes together. Elements that bound drops do not count.
func boundList[T any](list []T, most int, bound func(T) (T, bool)) []T {
	kept := make([]T, 0, min(len(list), most))
	room := maxFactList
	for _, item := range list {
		if len(kept) == most {
			break
		}
		short, ok := bound(item)
		if !ok {
			continue
		}
		size := encodedSize(short)
		if size > room {
			break
		}
		room -= size
		kept = append(kept, short)
	}
	return kept
}

// encodedSize returns the size of a value in an encoded list, in bytes.
func encodedSize(v any) int {
	b, _ := Marshal(v) // fails only for a cost that is not a number, and no list contains costs
	return len(b) + len(",")
}

func boundAuthMethod(m AuthMethod) (AuthMethod, bool) {
	m.Name, m.Description = cutName(m.Name), cutText(m.Description, maxFactText)
	if len(m.Command) > maxCommand {
		m.Command = "" // its beginning would be another command
	}
	m.Variables = m.Variables[:min(len(m.Variables), maxVariables):min(len(m.Variables), maxVariables)]
	m.Variables = slices.DeleteFunc(slices.Clone(m.Variables), func(v string) bool { return !isName(v) })
	return m, isName(m.ID) && len(m.Type) <= maxFactName
}

func boundCommand(c AvailableCommand) (AvailableCommand, bool) {
	c.Description, c.Hint = cutText(c.Description, maxFactText), cutText(c.Hint, maxFactText)
	return c, isName(c.Name)
}

func boundBackground(w BackgroundWork) (BackgroundWork, bool) {
	return w, len(w.Type) <= maxFactName && len(w.ToolCallID) <= maxFactName && len(w.TerminalID) <= maxFactName
}

func boundUsage(u AgentUsage) *AgentUsage {
	u.Used, u.Size = min(max(u.Used, 0), maxTokens), min(max(u.Size, 0), maxTokens)
	if u.Cost != nil {
		u.Cost = &AgentCost{Amount: u.Cost.Amount, Currency: cutName(u.Cost.Currency)}
	}
	return &u
}

// isName reports whether a word is usable as a name. A longer word is dropped, not
// truncated, since its beginning would name something else.
func isName(word string) bool { return word != "" && len(word) <= maxFactName }

func cutName(name string) string { return cutText(name, maxFactName) }

// cutText shortens a text to at most that many bytes. A shortened text ends in an
// ellipsis.
func cutText(text string, most int) string {
	const mark = "…"
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most-len(mark)], "") + mark
}

// boundOptions bounds a list of options. If the options are too long together, it shortens
// the longest lists of values, so that thousands of models leave room for the mode.
func boundOptions(list []ConfigOption) []ConfigOption {
	kept := make([]ConfigOption, 0, min(len(list), maxOptions))
	for _, o := range list {
		if len(kept) < maxOptions && isOption(o) {
			kept = append(kept, boundOption(o))
		}
	}
	sizes, shortest := make([]int, len(kept)), make([]int, len(kept))
	for i, o := range kept {
		sizes[i], shortest[i] = encodedSize(o), i
	}
	slices.SortStableFunc(shortest, func(i, j int) int { return cmp.Compare(sizes[i], sizes[j]) })
	room := maxFactList
	for n, i := range shortest {
		share := room / (len(kept) - n)
		if sizes[i] > share {
			kept[i].Options = fitValues(kept[i], share)
			sizes[i] = encodedSize(kept[i])
		}
		if sizes[i] > share {
			kept[i].ID = "" // there is no room even for its current value
			continue
		}
		room -= sizes[i]
	}
	return slices.DeleteFunc(kept, func(o ConfigOption) bool { return o.ID == "" })
}

// isOption reports whether an option is within the bounds for names, which are never
// truncated.
func isOption(o ConfigOption) bool {
	return isName(o.ID) && len(o.CurrentValue) <= 2*maxFactName && len(o.Category) <= maxFactName && len(o.Type) <= maxFactName
}

// boundOption shortens an option's texts and its list of values.
func boundOption(o ConfigOption) ConfigOption {
	if len(o.CurrentValue) == 0 {
		o.CurrentValue = json.RawMessage("null")
	}
	o.Name, o.Description = cutName(o.Name), cutText(o.Description, maxFactText)
	o.OptionTotal = max(o.OptionTotal, len(o.Options))
	all, current := o.Options, currentValue(o)
	o.Options = make([]ConfigValue, 0, min(len(all), maxValues))
	for i, v := range all {
		room := maxValues - len(o.Options)
		if i < current {
			room-- // reserved for the current value
		}
		if len(v.Value) > maxFactName || room <= 0 {
			continue
		}
		v.Name, v.Description, v.Group = cutName(v.Name), cutText(v.Description, maxFactText), cutName(v.Group)
		o.Options = append(o.Options, v)
	}
	return o
}

// fitValues returns the current value of an option, and as many of its first values as
// keep the encoded option within size bytes.
func fitValues(o ConfigOption, size int) []ConfigValue {
	all, current := o.Options, currentValue(o)
	o.Options = []ConfigValue{}
	room := size - encodedSize(o)
	if current >= 0 {
		room -= encodedSize(all[current])
	}
	for i, v := range all {
		if i != current {
			if n := encodedSize(v); n > room {
				continue
			} else {
				room -= n
			}
		}
		o.Options = append(o.Options, v)
	}
	return o.Options
}

// currentValue returns the index of the current value, or -1.
func currentValue(o ConfigOption) int {
	current := o.Current().Value
	return slices.IndexFunc(o.Options, func(v ConfigValue) bool { return v.Value == current })
}
