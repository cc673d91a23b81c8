# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Completion of zmqss; belongs to /usr/share/bash-completion/completions/zmqss.

_zmqss() {
	local word=${COMP_WORDS[COMP_CWORD]} words
	case ${COMP_WORDS[COMP_CWORD - 1]} in
	-t | --type) words="pair pub sub req rep dealer router pull push xpub xsub stream" ;;
	-s | --state) words="open terminated lingering waiting connecting proxy handshake ready draining idle gone" ;;
	-u | --user) words=$(compgen -u) ;;
	-p | --pid) words=$(zmqss -bH 2>/dev/null | awk '{ sub(/[+]/, "", $5); print $5 }') ;;
	-i | --id) words=$(zmqss -bH 2>/dev/null | awk '{ print $1 }') ;;
	-e | --endpoint) return ;;
	*) words="--brief --endpoint --help --id --json --no-header --numeric --pid --state --type --user --version --watch" ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}

complete -F _zmqss zmqss
