package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"parley/hub"
)

// Person implements hub.Journal.
func (j *Journal) Person(ctx context.Context, id hub.SessionID, participant string) (hub.Person, error) {
	const what = "find a participant of"
	p, err := inList(ctx, j, what, id, func(key int64) (hub.Person, error) {
		p := hub.Person{ID: participant}
		row := j.read.db.QueryRowContext(ctx, "SELECT joined, newest FROM person WHERE session = ? AND id = ?", key, participant)
		err := row.Scan(&p.Joined, &p.Newest)
		return p, err
	})
	if err == nil && p.ID == "" {
		err = j.wrap(what, id, sql.ErrNoRows)
	}
	return p, err
}

// People implements hub.Journal.
func (j *Journal) People(ctx context.Context, id hub.SessionID, from hub.Seq, backward bool, limit int) ([]hub.Person, error) {
	return inList(ctx, j, "list participants of", id, func(key int64) ([]hub.Person, error) {
		return j.read.people(ctx, key, from, backward, limit)
	})
}

func (r *reader) people(ctx context.Context, key int64, from hub.Seq, backward bool, limit int) (found []hub.Person, err error) {
	compare, order := ">=", "ASC"
	if backward {
		compare, order = "<=", "DESC"
	}
	rows, err := r.db.QueryContext(ctx, fmt.Sprintf(
		"SELECT id, joined, newest FROM person WHERE session = ? AND joined %s ? ORDER BY joined %s LIMIT ?", compare, order),
		key, int64(from), limit)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var p hub.Person
		if err := rows.Scan(&p.ID, &p.Joined, &p.Newest); err != nil {
			return nil, err
		}
		found = append(found, p)
	}
	return found, rows.Err()
}
