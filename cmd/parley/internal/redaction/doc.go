// Package redaction has the flags that say what is masked for those who do not decide.
package redaction
