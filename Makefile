# The commands of the project. What may change here: how a command is done, not what it promises (README.md lists that).

SHELL     := /bin/bash
export PATH := $(PATH):/usr/local/go/bin
VERSION   := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
TAGS      := migrated_fynedo,no_emoji,nopostgres
ifeq ($(shell uname -s),Linux)
TAGS      := $(TAGS),x11
endif
LDFLAGS   := -s -w -X main.version=$(VERSION)
# Everything but the window builds and tests without cgo, OpenGL or a display.
PURE       = $(shell CGO_ENABLED=0 go list ./... 2>/dev/null | grep -v '^cmc/cmd/cmc$$')
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.7.0
# Errors here hold a sentence for a person, with its capital and its full stop: ST1005 asks for the opposite.
STATICFLAGS := -checks inherit,-ST1005
XVFB      := xvfb-run -a -s "-screen 0 1280x800x24"
export LANG := en_GB.UTF-8

.DEFAULT_GOAL := help
.PHONY: help run build test tour bench drill bench-central check windows dist sign clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

build: ## builds dist/cmc and dist/cmc-central
	@.ci/need build
	@mkdir -p dist
	CGO_ENABLED=1 go build -trimpath -tags $(TAGS) -ldflags "$(LDFLAGS)" -o dist/cmc ./cmd/cmc
	CGO_ENABLED=0 go build -trimpath -ldflags "$(LDFLAGS)" -o dist/cmc-central ./cmd/cmc-central

run: build ## opens the program in training mode; with no display it runs the tour and says where the pictures are
	@if [ "$$(uname -s)" = Linux ] && [ -z "$$DISPLAY$$WAYLAND_DISPLAY" ]; then \
	  echo "There is no display here, so the program shows itself: running the tour under a virtual one."; \
	  $(MAKE) --no-print-directory tour; \
	else dist/cmc --training; fi

test: ## all tests, with the real window, keychain and print server
	@.ci/need build test dist sign
	CGO_ENABLED=0 go test -count=1 -timeout 20m $(PURE)
	CGO_ENABLED=1 go test -count=1 -timeout 30m -tags $(TAGS) ./cmd/cmc

tour: build ## drives the real window through the main job; pictures in dist/tour (DOCS=1: and copies for readers in docs)
	@.ci/need test
	@rm -rf dist/tour && mkdir -p dist/tour
	@profile=$$(mktemp -d) && trap 'rm -rf "$$profile"' EXIT && \
	if [ "$$(uname -s)" = Linux ] && [ -z "$$DISPLAY$$WAYLAND_DISPLAY" ]; then \
	  dbus-run-session -- bash -c 'echo -n tour | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; $(XVFB) dist/cmc --training --profile "$$1" --tour dist/tour' tour "$$profile"; \
	else dist/cmc --training --profile "$$profile" --tour dist/tour; fi
	@ls dist/tour; echo "The pictures and the printed summary are in dist/tour."
	@if [ -n "$(DOCS)" ]; then \
	  mkdir -p docs/screens && rm -f docs/screens/*.png && cp dist/tour/*.png docs/screens/ && \
	  pdftoppm -r 100 -png -singlefile dist/tour/urgent-care-summary.pdf docs/screens/urgent-care-summary && \
	  mogrify -strip -dither None -colors 250 docs/screens/*.png && du -sh docs/screens; fi

bench: build ## every figure as a ratio to its yardstick in the same run
	@.ci/need build test
	@.ci/bench

bench-central: ## the service over 10,000 and 134,000 (BIG=n) plans, on both databases
	@.ci/need build test
	@.ci/bench-central

drill: ## tries docs/running.md with real PostgreSQL: backup, fail-over, a point in time; transcript in dist/drill (PLANS=5000)
	@.ci/need test
	@.ci/drill

check: ## formatting, vet, staticcheck, tidy modules, import floors, drawing thread
	@.ci/need build
	@bad=$$(gofmt -l $$(git ls-files '*.go')); [ -z "$$bad" ] || { echo "not gofmt'ed: $$bad"; exit 1; }
	CGO_ENABLED=0 go vet $(PURE)
	CGO_ENABLED=0 go vet -tags drill ./cmd/cmc-central
	CGO_ENABLED=1 go vet -tags $(TAGS) ./cmd/cmc
	CGO_ENABLED=0 go run $(STATICCHECK) $(STATICFLAGS) $(PURE)
	CGO_ENABLED=1 go run $(STATICCHECK) $(STATICFLAGS) -tags $(TAGS) ./cmd/cmc
	go mod tidy -diff
	CGO_ENABLED=0 go test -count=1 ./cmd

windows: ## cross-builds dist/windows/cmc.exe and checks its import list
	@.ci/need windows
	@mkdir -p dist/windows
	CGO_ENABLED=1 GOOS=windows GOARCH=amd64 CC=x86_64-w64-mingw32-gcc \
	  go build -trimpath -tags migrated_fynedo,no_emoji,nopostgres -ldflags "$(LDFLAGS) -H=windowsgui" -o dist/windows/cmc.exe ./cmd/cmc
	@imports=$$(x86_64-w64-mingw32-objdump -p dist/windows/cmc.exe | sed -n 's/.*DLL Name: //p' | tr a-z A-Z | sort -u); \
	echo "imports:" $$imports; \
	stray=$$(echo "$$imports" | grep -vxE 'GDI32.DLL|KERNEL32.DLL|MSVCRT.DLL|OPENGL32.DLL|SHELL32.DLL|USER32.DLL|ADVAPI32.DLL|OLE32.DLL|OLEAUT32.DLL' || true); \
	[ -z "$$stray" ] || { echo "a surgery's computer may not have:" $$stray; exit 1; }

dist: ## everything that is given to others, in dist/release: installer, archives, packages, checksums, what is inside
	@.ci/need build dist
	@.ci/dist

sign: ## signs what make dist built for Windows, in dist/signed: CERT=, KEY= (or PKCS12=), TIMESTAMP=, CA=
	@.ci/need dist sign
	@.ci/sign

clean: ## removes what the build left
	rm -rf dist
