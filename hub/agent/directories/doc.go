// Package directories lists the directories in which an agent may work, for people who type
// the path of one.
package directories
