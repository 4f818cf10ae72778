// Package record has the commands about what is on record of a session: its audit, its
// export, and the check of an export.
package record
