package rulestest

import (
	"github.com/stretchr/testify/require"

	"parley/hub/rules"
)

// EffectOf returns the first effect of a type, which the decision must have.
func EffectOf[E rules.Effect](t require.TestingT, d rules.Decision) (found E) {
	for _, e := range d.Effects {
		if e, ok := e.(E); ok {
			return e
		}
	}
	require.Fail(t, "the decision has no such effect", "%T in %v", found, d.Effects)
	return found
}
