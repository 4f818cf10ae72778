package view

import (
	"slices"
	"time"
)

// How many participants one notice tells of at most, and for how long.
const (
	maxMoves     = 100
	maxMovesTime = 10 * time.Minute
)

// merged returns one notice that tells what two notices tell; nil if they stay apart.
func merged(before Notice, passed time.Duration, next Notice) Notice {
	moves, more := movesOf(before), movesOf(next)
	switch {
	case len(moves) == 0 || len(more) == 0:
		return nil
	case passed > maxMovesTime || len(moves)+len(more) > maxMoves:
		return nil
	}
	return PeopleNotice{"people", slices.Concat(moves, more)}
}

// movesOf returns who has joined and left by a notice. A removal, and a reason, is told by
// itself.
func movesOf(n Notice) []Move {
	switch n := n.(type) {
	case PeopleNotice:
		return n.Moves
	case PersonNotice:
		if n.What == "joined" {
			return []Move{{n.Who, true}}
		}
	case LeftNotice:
		if !n.Removed && n.Reason == nil {
			return []Move{{n.Who, false}}
		}
	}
	return nil
}
