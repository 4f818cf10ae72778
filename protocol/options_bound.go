package protocol

import (
	"cmp"
	"encoding/json"
	"slices"
)

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
