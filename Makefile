# Each target runs one command. README.md describes the targets.
export CGO_ENABLED ?= 0

.PHONY: run test test-agents lint soak fuzz bench bench-ui build image reproducible sbom audit screenshots

run: ; @go run ./cmd/parley demo
test: ; @.tools/test
test-agents: ; @.tools/test-agents
lint: ; @.tools/lint
soak: ; @.tools/soak
fuzz: ; @.tools/fuzz
bench: ; go run ./cmd/parley-bench all && go test -run '^$$' -bench . -skip Asleep -benchmem -count 5 ./...
bench-ui: ; @.tools/bench-ui
build: ; go build -trimpath -buildvcs=false -o bin/ ./cmd/parley ./cmd/parley-bench
image: ; @.tools/image
reproducible: ; @.tools/reproducible
sbom: ; @.tools/sbom
audit: ; @.tools/audit
screenshots: ; @.tools/screenshots
