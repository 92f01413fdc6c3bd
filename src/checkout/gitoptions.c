/* SPDX-License-Identifier: Apache-2.0 */
#include "checkout/gitoptions.h"

/* git-clone(1). Options whose value may only be joined with = count as such without one. */
const struct optargs_option gitoptions_clone[] = {
	{ "also-filter-submodules", 0, false },
	{ "bare", 0, false },
	{ "branch", 'b', true },
	{ "bundle-uri", 0, true },
	{ "checkout", 0, false },
	{ "config", 'c', true },
	{ "depth", 0, true },
	{ "dissociate", 0, false },
	{ "filter", 0, true },
	{ "hardlinks", 0, false },
	{ "ipv4", '4', false },
	{ "ipv6", '6', false },
	{ "jobs", 'j', true },
	{ "local", 'l', false },
	{ "mirror", 0, false },
	{ "no-checkout", 'n', false },
	{ "no-hardlinks", 0, false },
	{ "no-local", 0, false },
	{ "no-reject-shallow", 0, false },
	{ "no-remote-submodules", 0, false },
	{ "no-shallow-submodules", 0, false },
	{ "no-single-branch", 0, false },
	{ "no-tags", 0, false },
	{ "origin", 'o', true },
	{ "progress", 0, false },
	{ "quiet", 'q', false },
	{ "recurse-submodules", 0, false },
	{ "recursive", 0, false },
	{ "ref-format", 0, true },
	{ "reference", 0, true },
	{ "reference-if-able", 0, true },
	{ "reject-shallow", 0, false },
	{ "remote-submodules", 0, false },
	{ "revision", 0, true },
	{ "separate-git-dir", 0, true },
	{ "server-option", 0, true },
	{ "shallow-exclude", 0, true },
	{ "shallow-since", 0, true },
	{ "shallow-submodules", 0, false },
	{ "shared", 's', false },
	{ "single-branch", 0, false },
	{ "sparse", 0, false },
	{ "tags", 0, false },
	{ "template", 0, true },
	{ "upload-pack", 'u', true },
	{ "verbose", 'v', false },
	{ "", 0, false },
};

/* git-lfs-clone(1): those that git clone has not. */
const struct optargs_option gitoptions_lfs[] = {
	{ "exclude", 'X', true },
	{ "include", 'I', true },
	{ "skip-repo", 0, false },
	{ "", 0, false },
};

/* git-init(1). */
const struct optargs_option gitoptions_init[] = {
	{ "bare", 0, false },    { "initial-branch", 'b', true }, { "object-format", 0, true },
	{ "quiet", 'q', false }, { "ref-format", 0, true },       { "separate-git-dir", 0, true },
	{ "shared", 0, false },  { "template", 0, true },         { "", 0, false },
};

/* git-checkout(1). */
const struct optargs_option gitoptions_checkout[] = {
	{ "", 'b', true },
	{ "", 'B', true },
	{ "conflict", 0, true },
	{ "detach", 'd', false },
	{ "force", 'f', false },
	{ "guess", 0, false },
	{ "ignore-other-worktrees", 0, false },
	{ "ignore-skip-worktree-bits", 0, false },
	{ "merge", 'm', false },
	{ "no-guess", 0, false },
	{ "no-overlay", 0, false },
	{ "no-progress", 0, false },
	{ "no-recurse-submodules", 0, false },
	{ "no-track", 0, false },
	{ "orphan", 0, true },
	{ "ours", 0, false },
	{ "overlay", 0, false },
	{ "overwrite-ignore", 0, false },
	{ "patch", 'p', false },
	{ "pathspec-file-nul", 0, false },
	{ "pathspec-from-file", 0, true },
	{ "progress", 0, false },
	{ "quiet", 'q', false },
	{ "recurse-submodules", 0, false },
	{ "theirs", 0, false },
	{ "track", 't', false },
	{ "", 'l', false },
	{ "", 0, false },
};

/* git-switch(1). */
const struct optargs_option gitoptions_switch[] = {
	{ "conflict", 0, true },
	{ "create", 'c', true },
	{ "detach", 'd', false },
	{ "discard-changes", 0, false },
	{ "force", 'f', false },
	{ "force-create", 'C', true },
	{ "guess", 0, false },
	{ "ignore-other-worktrees", 0, false },
	{ "merge", 'm', false },
	{ "no-guess", 0, false },
	{ "no-progress", 0, false },
	{ "no-recurse-submodules", 0, false },
	{ "no-track", 0, false },
	{ "orphan", 0, true },
	{ "progress", 0, false },
	{ "quiet", 'q', false },
	{ "recurse-submodules", 0, false },
	{ "track", 't', false },
	{ "", 0, false },
};

/* git-reset(1). */
const struct optargs_option gitoptions_reset[] = {
	{ "hard", 0, false },
	{ "intent-to-add", 'N', false },
	{ "keep", 0, false },
	{ "merge", 0, false },
	{ "mixed", 0, false },
	{ "patch", 'p', false },
	{ "pathspec-file-nul", 0, false },
	{ "pathspec-from-file", 0, true },
	{ "quiet", 'q', false },
	{ "recurse-submodules", 0, false },
	{ "soft", 0, false },
	{ "", 0, false },
};

/* git-fetch(1) and git-pull(1): those with a value, and the beginnings that others share with them. */
const struct optargs_option gitoptions_fetch[] = {
	{ "all", 0, false },
	{ "append", 'a', false },
	{ "deepen", 0, true },
	{ "depth", 0, true },
	{ "filter", 0, true },
	{ "force", 'f', false },
	{ "jobs", 'j', true },
	{ "multiple", 0, false },
	{ "negotiation-tip", 0, true },
	{ "prune", 'p', false },
	{ "prune-tags", 'P', false },
	{ "quiet", 'q', false },
	{ "refmap", 0, true },
	{ "server-option", 'o', true },
	{ "set-upstream", 0, false },
	{ "shallow-exclude", 0, true },
	{ "shallow-since", 0, true },
	{ "strategy", 's', true },
	{ "strategy-option", 'X', true },
	{ "submodule-prefix", 0, true },
	{ "tags", 't', false },
	{ "unshallow", 0, false },
	{ "update-shallow", 0, false },
	{ "upload-pack", 0, true },
	{ "", 0, false },
};

const struct optargs_option gitoptions_merge[] = {
	{ "file", 'F', true },     { "gpg-sign", 'S', false },       { "into-name", 0, true }, { "message", 'm', true },
	{ "strategy", 's', true }, { "strategy-option", 'X', true }, { "", 0, false },
};

/* git-restore(1). */
const struct optargs_option gitoptions_restore[] = {
	{ "conflict", 0, true }, { "pathspec-file-nul", 0, false }, { "pathspec-from-file", 0, true },
	{ "source", 's', true }, { "staged", 'S', false },          { "worktree", 'W', false },
	{ "", 0, false },
};

/* git-read-tree(1). */
const struct optargs_option gitoptions_read_tree[] = {
	{ "", 0, false },
};

/* `git worktree add`. */
const struct optargs_option gitoptions_worktree[] = {
	{ "", 'b', true },
	{ "", 'B', true },
	{ "reason", 0, true },
	{ "", 0, false },
};

/* git-archive(1). */
const struct optargs_option gitoptions_archive[] = {
	{ "add-file", 0, true }, { "add-virtual-file", 0, true }, { "exec", 0, true },   { "format", 0, true },
	{ "mtime", 0, true },    { "output", 'o', true },         { "prefix", 0, true }, { "remote", 0, true },
	{ "", 0, false },
};

/* git-show(1): those with a value in a word of its own. */
const struct optargs_option gitoptions_show[] = {
	{ "", 'G', true }, { "", 'O', true }, { "", 'S', true }, { "", 'n', true }, { "", 0, false },
};

/* git-cat-file(1). */
const struct optargs_option gitoptions_cat_file[] = {
	{ "", 'e', false },
	{ "", 's', false },
	{ "", 't', false },
	{ "", 0, false },
};

/* `git remote`. */
const struct optargs_option gitoptions_remote[] = {
	{ "add", 0, false },  { "delete", 0, false }, { "fetch", 'f', false }, { "master", 'm', true },
	{ "push", 0, false }, { "track", 't', true }, { "", 0, false },
};

/* git-config(1). */
const struct optargs_option gitoptions_config[] = {
	{ "add", 0, false },   { "blob", 0, true }, { "comment", 0, true }, { "default", 0, true },
	{ "file", 'f', true }, { "get", 0, false }, { "type", 't', true },  { "unset", 0, false },
	{ "value", 0, true },  { "", 0, false },
};

size_t gitoptions_count(const struct optargs_option *table)
{
	size_t count = 0;

	while (table[count].name[0] || table[count].letter)
		count++;
	return count;
}
