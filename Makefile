# KVS. `make help` lists the targets. Everything that is built lands in build/, apart for each major version of the JDK.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.SUFFIXES:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := jar
.PHONY: jar run cluster conflict test sim fuzz bench check docs install uninstall image clean help compile

VERSION := 0.1.0
BUILD := build

# One date for every entry of the jar, so that equal sources give equal bytes on any day and at any commit.
SOURCE_DATE_EPOCH ?= 1767225600

# The only third-party code, for tests only. JUNIT_JAR=path takes another copy and needs neither Maven nor a network.
JUNIT := org.junit.platform:junit-platform-console-standalone
JUNIT_VERSION := 1.11.4
JUNIT_SHA256 := b016ef6b1c3454d6d7c2c88ce081dabf289699686af6622d6e4e2e1b54b4a2fc
junit_fetched := $(BUILD)/junit-platform-console-standalone-$(JUNIT_VERSION).jar
JUNIT_JAR ?= $(junit_fetched)

# What the targets take: `make test TESTS=regex`, `make run ARGS=config.yaml`, `make sim SEED=7 SEEDS=1`, `make fuzz MINUTES=5`, `make bench BENCH=name`.
TESTS ?=
ARGS ?=
SEED ?=
SEEDS ?= $(if $(SEED),1,100)
MINUTES ?= 5
BENCH ?=
DIRS ?=

# Where `make install` puts the program: below PREFIX, settings in /etc/kvs when that is /usr. DESTDIR is the root of a package that is made.
PREFIX ?= /usr/local
SYSCONFDIR ?= $(if $(filter /usr,$(PREFIX)),/etc,$(PREFIX)/etc)
DESTDIR ?=
installed = $(DESTDIR)$(PREFIX)/lib/kvs/installed

# Where `make image` puts Java and the program. The archive in it holds this path: make the image where it will run.
IMAGE ?= $(BUILD)/image

# The JDK: JAVA_HOME when it is set, else the one on the PATH.
jdk := $(if $(JAVA_HOME),$(JAVA_HOME)/bin/)
ifneq ($(filter-out clean help uninstall,$(or $(MAKECMDGOALS),$(.DEFAULT_GOAL))),)
major := $(shell $(jdk)javac -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p')
ifeq ($(major),)
$(error no JDK: $(jdk)javac does not run. Install a JDK 17 or later, or set JAVA_HOME)
endif
ifneq ($(shell test $(major) -ge 17 || echo old),)
$(error $(jdk)javac is version $(major). KVS needs a JDK 17 or later)
endif
endif

# Java reads and writes names of files in the encoding of the locale: one of UTF-8, whatever stands around it.
export LC_ALL := $(or $(firstword $(filter %.UTF-8 %.utf8,$(LC_ALL) $(LC_CTYPE) $(LANG))),C.UTF-8)

out := $(BUILD)/jdk$(major)
flags := --release 17 -encoding UTF-8 -Xlint:all -Werror -Xdoclint:all,-missing -Xpkginfo:always
# Joined texts as plain code: the first use of each place would otherwise make classes, which a start of half a second feels.
quick := -XDstringConcat=inline
# A JVM that lives for seconds: the best code that it could make would come too late. Half the CPU for javac, four fifths for the tests.
brief := -XX:TieredStopAtLevel=1 -XX:+UseSerialGC
javac = $(jdk)javac $(addprefix -J,$(brief)) $(flags)
modules := java.base java.net.http jdk.httpserver
# The tests make much garbage and many classes: with a small heap a twentieth of their CPU goes into its collection.
roomy := -Xms1200m -Xmn700m -XX:MetaspaceSize=256m
# Our own assertions are on; those of the JDK's HTTP server are not, some of them fail when a connection breaks.
tested := -ea -da:sun.net.httpserver... -Xmx2g -Dkvs.root="$(CURDIR)" -Dkvs.jar="$(abspath $(out)/kvs.jar)" -cp $(out)/test:$(out)/src:$(JUNIT_JAR)
# Directories too: their times change when a file is removed or renamed. (test itself is the name of a target.)
src_tree := $(shell find src -name '*.java' -printf '%h\n%p\n' 2>/dev/null | sort -u)
page_tree := $(shell find src -type f ! -name '*.java' -printf '%h\n%p\n' 2>/dev/null | sort -u)
test_tree := $(shell find test -mindepth 1 2>/dev/null)
# Waits for the node of a recipe; that it was told to stop is no failure.
ended = status=0; wait $$node || status=$$?; if kill -0 $$node 2>/dev/null; then wait $$node || status=$$?; fi; \
  case $$status in 130 | 143) ;; *) exit $$status ;; esac
comma := ,
space := $(subst ,, )
need = command -v $(1) >/dev/null || { echo "make: $(1) is missing: $(2)" >&2; exit 1; }

# Build build/kvs.jar.
jar: $(out)/kvs.jar
	@cmp -s $< $(BUILD)/kvs.jar || cp $< $(BUILD)/kvs.jar

# Build, then start a node here: ARGS= are its arguments.
run: jar
	@$(jdk)java @conf/node.options -jar $(BUILD)/kvs.jar $(ARGS) <&0 & node=$$!; trap 'kill $$node 2>/dev/null || :' INT TERM; $(ended)

# Build, then start the three nodes of conf/ on ports 8081 to 8083, until Ctrl-C.
cluster: jar
	@nodes=; trap 'kill $$nodes 2>/dev/null; wait || :' EXIT; trap 'exit 0' INT TERM; \
	  for node in 1 2 3; do $(jdk)java @conf/node.options -jar $(BUILD)/kvs.jar conf/node$$node.yaml & nodes="$$nodes $$!"; sleep 1; done; wait

# Write one key with one timestamp into the two new data directories DIRS="one two", to see a conflict resolved.
conflict: $(out)/test.stamp
	@$(jdk)java -cp $(out)/test:$(out)/src kvs.Conflict $(DIRS)

# While javac reads the tests, the other processor makes the jar. Other goals stay in order: `make clean jar` must.
ifeq ($(MAKELEVEL) $(MAKECMDGOALS),0 test)
MAKEFLAGS += -j2
endif

# Build and run the tests: all, or the classes whose name matches TESTS=regex.
test: $(out)/test.stamp $(out)/page.stamp $(out)/kvs.jar
	@$(jdk)java $(brief) $(roomy) $(tested) kvs.RunTests '$(TESTS)'

# Run SEEDS= seeded crash campaigns from SEED= on, and the tests that try a part of many cases, with all of them; SEED=n alone replays that seed.
sim: $(out)/test.stamp $(out)/kvs.jar
	@$(jdk)java $(tested) kvs.sim.Campaign $(or $(SEED),$$(date +%s)) $(SEEDS)

# Send malformed requests and noise to the HTTP engine for MINUTES=, from SEED= on.
fuzz: $(out)/test.stamp $(out)/page.stamp
	@$(jdk)java $(tested) kvs.server.Fuzz $(MINUTES) $(or $(SEED),$$(date +%s))

# Measure: all benches, or BENCH=name.
bench: $(out)/test.stamp $(out)/kvs.jar
	@$(jdk)java $(subst -ea ,,$(tested)) kvs.bench.Bench $(BENCH)

# Check the house rules, the modules in use, the build on the JDKs that JAVA_HOME* name, and that a second build makes an equal jar.
check: $(out)/test.stamp $(out)/kvs.jar
	@$(jdk)java $(tested) kvs.RunTests '[Tt]idy'
	@used=$$($(jdk)jdeps --print-module-deps $(out)/kvs.jar); echo "modules: $$used"; for module in $${used//,/ }; do \
	  case " $(modules) " in *" $$module "*) ;; *) echo "make: module $$module is not allowed, only $(modules)" >&2; exit 1 ;; esac; done
	@$(foreach name,$(sort $(filter JAVA_HOME%,$(.VARIABLES))),$(if $($(name)),\
	  echo "compile: $(name)=$($(name))"; $(MAKE) --no-print-directory JAVA_HOME='$($(name))' compile;)) :
	@rm -rf $(out)/again; $(MAKE) --no-print-directory BUILD=$(out)/again jar; cmp $(out)/kvs.jar $(out)/again/kvs.jar
	@echo "jar: built twice, equal: $$(sha256sum < $(out)/kvs.jar | cut -d' ' -f1)"

# Write the manual's pages of settings and of the API, and the man page, from the tables in the code.
docs: $(out)/test.stamp
	@$(jdk)java -cp $(out)/test:$(out)/src kvs.config.ConfigurationPage "$(CURDIR)"
	@$(jdk)java -cp $(out)/test:$(out)/src kvs.api.ApiPage "$(CURDIR)"
	@$(jdk)java -cp $(out)/src kvs.Main completion man > conf/kvs.1

# Install launcher, jar, man page, completions, systemd unit and settings below PREFIX=/usr/local; existing settings stay.
install: jar
	@put() { install -D -m "$$1" "$$2" "$(DESTDIR)$$3"; echo "$$3" >> "$(installed)"; echo "install: $(DESTDIR)$$3"; }; \
	  mkdir -p "$(DESTDIR)$(PREFIX)/lib/kvs"; : > "$(installed)"; \
	  put 644 $(BUILD)/kvs.jar $(PREFIX)/lib/kvs/kvs.jar; put 644 conf/node.options $(PREFIX)/lib/kvs/node.options; \
	  put 755 conf/kvs $(PREFIX)/bin/kvs; put 644 conf/kvs.1 $(PREFIX)/share/man/man1/kvs.1; \
	  complete() { $(jdk)java -jar $(BUILD)/kvs.jar completion "$$1" > $(BUILD)/completion; put 644 $(BUILD)/completion "$(PREFIX)/share/$$2"; }; \
	  complete bash bash-completion/completions/kvs; complete zsh zsh/site-functions/_kvs; complete fish fish/vendor_completions.d/kvs.fish; \
	  sed -e 's#^ExecStart=.*#ExecStart=$(PREFIX)/bin/kvs $(SYSCONFDIR)/kvs/kvs.yaml#' \
	    -e 's#/usr/bin/java -jar /usr/lib/kvs/kvs.jar health#$(PREFIX)/bin/kvs health#' -e '/^# Install:/,/^# then:/d' conf/kvs.service \
	    > $(BUILD)/kvs.service; put 644 $(BUILD)/kvs.service $(PREFIX)/lib/systemd/system/kvs.service; \
	  if [ -e "$(DESTDIR)$(SYSCONFDIR)/kvs/kvs.yaml" ]; then echo "install: $(DESTDIR)$(SYSCONFDIR)/kvs/kvs.yaml stays as it is"; \
	  else install -D -m 644 conf/kvs.yaml "$(DESTDIR)$(SYSCONFDIR)/kvs/kvs.yaml"; echo "install: $(DESTDIR)$(SYSCONFDIR)/kvs/kvs.yaml"; fi; \
	  : 'An archive of classes fits the jar at its final path only; for commands the launcher makes its own where it can.'; \
	  if [ -z "$(DESTDIR)" ]; then \
	    bash conf/kvs-archive $(jdk)java $(PREFIX)/bin/../lib/kvs/kvs.jar $(PREFIX)/lib/kvs/node.jsa && echo "$(PREFIX)/lib/kvs/node.jsa" >> "$(installed)"; \
	    HOME=/nonexistent $(jdk)java -XX:TieredStopAtLevel=1 -XX:ArchiveClassesAtExit=$(PREFIX)/lib/kvs/kvs.jsa \
	    -jar $(PREFIX)/bin/../lib/kvs/kvs.jar get none --endpoint 127.0.0.1:9 --timeout 1s > $(BUILD)/archive.log 2>&1 || :; \
	    if [ -e "$(PREFIX)/lib/kvs/kvs.jsa" ]; then echo "$(PREFIX)/lib/kvs/kvs.jsa" >> "$(installed)"; echo "install: $(PREFIX)/lib/kvs/kvs.jsa"; fi; fi

# Remove the files of `make install` with the same PREFIX; settings and data stay.
uninstall:
	@[ -e "$(installed)" ] || { echo "make: nothing is installed: $(installed) is missing" >&2; exit 1; }
	@while read -r file; do rm -f "$(DESTDIR)$$file"; echo "remove: $(DESTDIR)$$file"; done < "$(installed)"; rm -f "$(installed)"; \
	  rmdir "$(DESTDIR)$(PREFIX)/lib/kvs" 2>/dev/null || :; echo "settings and data stay: $(DESTDIR)$(SYSCONFDIR)/kvs"

# Build a run-time image in IMAGE=build/image: Java with the modules in use, the jar, a class data archive for a fast start, and bin/kvs.
image: jar
	@$(call need,$(jdk)jlink,it makes the image; a JDK has it$(comma) a run-time environment has not. Install a whole JDK or set JAVA_HOME)
	@to="$(abspath $(IMAGE))"; rm -rf "$$to"; more=; ! $(jdk)java --list-modules | grep -q '^jdk.crypto.ec@' || more=,jdk.crypto.ec; \
	  echo "image: Java with $(subst $(space),$(comma),$(modules))$$more"; \
	  $(jdk)jlink --add-modules "$(subst $(space),$(comma),$(modules))$$more" --strip-debug --no-header-files --no-man-pages --output "$$to" \
	    || { echo "make: jlink failed: it needs the modules of the JDK, the directory jmods beside its bin (package openjdk-*-jdk-headless)" >&2; exit 1; }; \
	  cp $(BUILD)/kvs.jar "$$to/lib/kvs.jar"; install -m 755 conf/kvs-image "$$to/bin/kvs"; \
	  { cat conf/node.options; sed "s#IMAGE#$$to#" conf/kvs.options; } > "$$to/lib/kvs.options"; \
	  bash conf/kvs-archive "$$to/bin/java" "$$to/lib/kvs.jar" "$$to/lib/kvs.jsa"; \
	  echo "image: $$to, $$(du -sm "$$to" | cut -f1) MB; start a node by $(IMAGE)/bin/kvs"

# Remove all build results.
clean:
	@rm -rf $(BUILD)

# List the targets.
help:
	@awk '/^# /{text=substr($$0,3); next} /^[a-z]+:/{if (text) {sub(/:.*/,""); printf "%-8s %s\n", $$0, text}} {text=""}' Makefile

compile: $(out)/src.stamp $(out)/test.stamp

$(out)/src.stamp: Makefile $(src_tree)
	@rm -rf $(out)/src; mkdir -p $(out)/src
	@find src -name '*.java' | LC_ALL=C sort > $(out)/src.list; echo "compile: $$(wc -l < $(out)/src.list) files of src"
	@$(javac) $(quick) -d $(out)/src @$(out)/src.list
	@touch $@

$(out)/test.stamp: $(out)/src.stamp $(test_tree) $(JUNIT_JAR)
	@rm -rf $(out)/test; mkdir -p $(out)/test
	@find test -name '*.java' | LC_ALL=C sort > $(out)/test.list; echo "compile: $$(wc -l < $(out)/test.list) files of test"
	@$(javac) -cp $(out)/src:$(JUNIT_JAR) -d $(out)/test @$(out)/test.list
	@touch $@

# What is not Java goes into the jar as it is: the pages of the manual.
$(out)/page.stamp: $(out)/src.stamp $(page_tree)
	@find $(out)/src -type f ! -name '*.class' -delete
	@find src -type f ! -name '*.java' -printf '%P\n' | while read -r page; do install -D -m 644 "src/$$page" "$(out)/src/$$page"; done
	@touch $@

# Compressed, which halves the file; whoever starts often has an archive of classes (conf/kvs) and does not read them from here. Without entries
# for directories and the classes of package-info, which nobody loads.
$(out)/kvs.jar: $(out)/src.stamp $(out)/page.stamp
	@printf 'Implementation-Title: KVS\nImplementation-Version: $(VERSION)\n' > $(out)/manifest
	@cd $(out)/src; find kvs -type f ! -name package-info.class | LC_ALL=C sort > ../jar.list
	@cd $(out)/src; $(jdk)jar $(addprefix -J,$(brief)) --create --file "$(abspath $@)" --manifest ../manifest --main-class kvs.Main \
	  --date=$$(date -u -d @$(SOURCE_DATE_EPOCH) +%Y-%m-%dT%H:%M:%SZ) @../jar.list

# Checked under another name first: a file that carries this name has the pinned sum.
$(junit_fetched):
	@$(call need,mvn,install Maven or pass JUNIT_JAR=path of the console-standalone jar)
	@$(call need,sha256sum,it is part of coreutils)
	@mkdir -p $(BUILD)/fetch
	@echo "fetch: JUnit $(JUNIT_VERSION), by Maven"
	@mvn -q -B -Dstyle.color=never dependency:copy -Dartifact=$(JUNIT):$(JUNIT_VERSION) -DoutputDirectory="$(abspath $(BUILD)/fetch)" >&2 \
	  || { echo "make: Maven cannot fetch $(JUNIT):$(JUNIT_VERSION). Pass JUNIT_JAR=path of a copy of it" >&2; exit 1; }
	@echo '$(JUNIT_SHA256)  $(BUILD)/fetch/$(@F)' | sha256sum --quiet --check -
	@mv $(BUILD)/fetch/$(@F) $@
