// Package blobstest is the test kit for implementations of [blobs.Store]. Every
// implementation passes [RunStoreSuite].
package blobstest
