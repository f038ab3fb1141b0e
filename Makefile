# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# make            build/lskel and build/liblskel.a
# make demo       set-up, then the main job on real objects
# make check      set-up, then all tests
# make kselftest  set-up, then all objects of the kernel's BPF selftests
# make deb        set-up, then Debian packages in build/deb
# make check-deb  the same, then tests of these
# make bench      set-up, then how long loads take, next to libbpf's and the bare system calls
# make bench-sweep  the same for all objects of the kernel's BPF selftests, next to libbpf only
# make clean      removes what was built, except the kernels and libbpf
# make install    copies what "make" has built to PREFIX, below DESTDIR if that is set
# make uninstall  takes it back
#
# V=1 shows the commands. LIBBPF=DIR, CC, CLANG override what is found.

VERSION := 0.2

B := build
V ?= 0
ifeq ($(V),0)
Q := @
say = @printf '  %-8s%s\n' $(1) $(2);
else
say =
endif

.DEFAULT_GOAL := all
.PHONY: all demo check kselftest bench bench-sweep clean setup install uninstall deb check-deb

# Folders for "make install".
PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
LIBDIR ?= $(PREFIX)/lib
LIBEXECDIR ?= $(PREFIX)/libexec
INCLUDEDIR ?= $(PREFIX)/include
DATADIR ?= $(PREFIX)/share
MANDIR ?= $(DATADIR)/man
PKGCONFIGDIR ?= $(LIBDIR)/pkgconfig
CMAKEDIR ?= $(LIBDIR)/cmake/lskel
COMPLETIONDIR ?= $(DATADIR)/bash-completion/completions

# Root need not build anything, not even libbpf.mk.
install: $(filter all,$(MAKECMDGOALS))
install uninstall: export B := $(B)
install uninstall:
	$(Q)DESTDIR='$(DESTDIR)' VERSION='$(VERSION)' PREFIX='$(PREFIX)' BINDIR='$(BINDIR)' LIBDIR='$(LIBDIR)' \
		LIBEXECDIR='$(LIBEXECDIR)' INCLUDEDIR='$(INCLUDEDIR)' MANDIR='$(MANDIR)' \
		PKGCONFIGDIR='$(PKGCONFIGDIR)' CMAKEDIR='$(CMAKEDIR)' COMPLETIONDIR='$(COMPLETIONDIR)' \
		scripts/install $@

ifneq ($(filter demo check kselftest bench bench-sweep setup deb check-deb,$(MAKECMDGOALS)),)

# These may have to install what the rest needs, so they come before anything is looked for.
demo check kselftest bench bench-sweep: setup
	$(Q)$(MAKE) --no-print-directory V=$(V) run-$@
setup:
	$(Q)scripts/setup $(if $(filter deb check-deb,$(MAKECMDGOALS)),deb)
deb: setup
	$(Q)V=$(V) scripts/deb $(VERSION) $(B)/deb
check-deb: deb
	$(Q)$(MAKE) --no-print-directory V=$(V) run-$@

else ifneq ($(filter clean,$(MAKECMDGOALS)),)

clean:
	rm -rf $(filter-out $(B)/kernels $(B)/libbpf $(B)/libbpf.mk,$(wildcard $(B)/*))

else ifneq ($(filter-out install uninstall,$(or $(MAKECMDGOALS),all)),)

include $(B)/libbpf.mk
include scripts/build.mk
include Documentation/examples/build.mk
include selftests/build.mk

endif


$(B)/libbpf.mk: scripts/libbpf-build
	$(Q)V=$(V) scripts/libbpf-build $(B)
