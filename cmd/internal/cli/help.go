package cli

import (
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"
)

// maxWidth is the width in characters of a line of help on a wide terminal.
const maxWidth = 100

const (
	groupsOf = "groups of flags" // annotation of a command: the titles, a line each
	groupOf  = "group"           // annotation of a flag: the title
)

// Group begins a group of the command's flags. The returned function ends it: the flags that
// were added meanwhile stand under the title in the help of the command.
func Group(cmd *cobra.Command, title string) (end func()) {
	before := map[string]bool{}
	cmd.Flags().VisitAll(func(f *pflag.Flag) { before[f.Name] = true })
	if cmd.Annotations == nil {
		cmd.Annotations = map[string]string{}
	}
	cmd.Annotations[groupsOf] += title + "\n"
	return func() {
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if !before[f.Name] && f.Annotations[groupOf] == nil {
				_ = cmd.Flags().SetAnnotation(f.Name, groupOf, []string{title}) // the flag is there
			}
		})
	}
}

func init() { cobra.AddTemplateFunc("flagGroups", flagGroups) }

// withFlagGroups has the help of a command, and of those below it, list flags in groups.
func withFlagGroups(root *cobra.Command) {
	const one = "\n\nFlags:\n{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}"
	root.SetUsageTemplate(strings.Replace(root.UsageTemplate(), one, "{{flagGroups .}}", 1))
}

// flagGroups describes the flags of a command: those without a group first. On a terminal the
// lines are as long as it allows.
func flagGroups(cmd *cobra.Command) string {
	width := 0 // does not break lines
	if w, _, err := term.GetSize(int(os.Stdout.Fd())); err == nil {
		width = min(w, maxWidth)
	}
	var out strings.Builder
	for _, title := range append([]string{""}, strings.Split(strings.TrimSpace(cmd.Annotations[groupsOf]), "\n")...) {
		some := pflag.NewFlagSet("", pflag.ContinueOnError)
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if group := f.Annotations[groupOf]; slices.Equal(group, []string{title}) || title == "" && group == nil {
				some.AddFlag(f)
			}
		})
		if !some.HasAvailableFlags() {
			continue
		}
		heading := "Flags"
		if title != "" {
			heading = title
		}
		out.WriteString("\n\n" + heading + ":\n" + strings.TrimRight(some.FlagUsagesWrapped(width), " \n"))
	}
	return out.String()
}
