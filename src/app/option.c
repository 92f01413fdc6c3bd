/* SPDX-License-Identifier: Apache-2.0 */
#include "app/option.h"

#include "app/optionvalue.h"
#include "base/buf.h"

static const char *const injects[] = { "annotations", "env", "both", NULL };
static const char *const switches[] = { "off", "on", NULL };
static const char *const git_modes[] = { "off", "observe", "pin", NULL };
static const char *const git_clients[] = { "libgit2", "git", NULL };
static const char *const outputs[] = { "table", "wide", "json", "markdown", NULL };

/* Where it goes: the member of struct options. */
#define TO(member) .at = offsetof(struct options, member), .size = sizeof(((struct options *)NULL)->member)
#define FILE_AND_FUNCTION (IN_FILE | IN_FUNCTION)

/* All commands about manifests. */
#define ALL "filter list digest why lock"

static const struct option table[] = {
	{
		.name = "inject",
		.type = OPTION_CHOICE,
		TO(policy.inject),
		.places = FILE_AND_FUNCTION,
		.value = "annotations|env|both",
		.help = "where stamps are written (annotations)",
		.commands = "filter list why",
		.choices = injects,
		.first_choice = INJECT_ANNOTATIONS,
	},
	{
		.name = "namespace",
		.letter = 'n',
		.type = OPTION_TEXT,
		TO(policy.ns),
		.places = FILE_AND_FUNCTION,
		.value = "NS",
		.help = "namespace of objects that name none: the release's",
		.commands = ALL,
		.check = optionvalue_check_namespace,
	},
	{
		.name = "external",
		.type = OPTION_LIST,
		TO(externals),
		.places = IN_FILE,
		.value = "FILE|DIR",
		.help = "more ConfigMaps and Secrets, which are not printed",
		.commands = ALL,
		.completes = COMPLETES_FILES,
	},
	{
		.name = "live",
		.type = OPTION_FLAG,
		TO(policy.live),
		.places = IN_FILE,
		.help = "ask the cluster (kubectl) for what is nowhere else",
		.commands = "filter list digest",
	},
	{
		.name = "live-timeout",
		.type = OPTION_SECONDS,
		TO(live_timeout_ms),
		.places = IN_FILE,
		.value = "SECONDS",
		.help = "how long it has to answer (20)",
		.commands = "filter list digest",
	},
	{
		.name = "kube-context",
		.type = OPTION_TEXT,
		TO(kube_context),
		.places = IN_FILE,
		.value = "NAME",
		.help = "the context that kubectl uses",
		.commands = "filter list digest",
	},
	{
		.name = "kubeconfig",
		.type = OPTION_TEXT,
		TO(kubeconfig),
		.places = IN_FILE,
		.value = "FILE",
		.help = "the file that kubectl reads",
		.commands = "filter list digest",
		.completes = COMPLETES_FILES,
	},
	{
		.name = "strict",
		.type = OPTION_FLAG,
		TO(policy.strict),
		.places = FILE_AND_FUNCTION,
		.help = "a reference that can't be resolved is an error",
		.commands = "filter list digest lock",
	},
	{
		.name = "unresolved-ok",
		.type = OPTION_LIST,
		TO(policy.unresolved_ok),
		.places = FILE_AND_FUNCTION,
		.value = "[KIND/][NAMESPACE/]NAME",
		.help = "... except this one, or git/WORKLOAD",
		.commands = ALL,
		.completes = COMPLETES_NAMES,
		.check = optionvalue_check_unresolved_ok,
		.weakens = optionvalue_list_grew,
	},
	{
		.name = "ignore",
		.type = OPTION_LIST,
		TO(policy.ignores),
		.places = FILE_AND_FUNCTION,
		.value = "[KIND/][NAMESPACE/]NAME",
		.help = "leave this workload or object alone",
		.commands = ALL,
		.completes = COMPLETES_NAMES,
		.check = optionvalue_check_ignore,
		.weakens = optionvalue_list_grew,
	},
	{
		.name = "exclude",
		.type = OPTION_LIST,
		TO(policy.excludes),
		.places = FILE_AND_FUNCTION,
		.value = "WORKLOAD=OBJECT",
		.help = "leave this object out for this workload",
		.commands = "filter list digest why",
		.completes = COMPLETES_WORKLOAD_OBJECT,
		.check = optionvalue_check_exclude,
		.weakens = optionvalue_list_grew,
	},
	{
		.name = "also",
		.type = OPTION_LIST,
		TO(policy.alsos),
		.places = FILE_AND_FUNCTION,
		.value = "WORKLOAD=OBJECT",
		.help = "this workload reads this object, too (kind/name)",
		.commands = "filter list digest why",
		.completes = COMPLETES_WORKLOAD_OBJECT,
		.check = optionvalue_check_also,
	},
	{
		.name = "volumes",
		.type = OPTION_LIST,
		.places = FILE_AND_FUNCTION,
		.value = "[WORKLOAD=]all|subpath|none",
		.help = "which mounted files count as consumed (all)",
		.commands = ALL,
		.completes = COMPLETES_VOLUMES,
		.read = optionvalue_read_volumes,
		.last_counts = true,
		.weakens = optionvalue_volumes_changed,
	},
	{
		.name = "drop-checksums",
		.type = OPTION_LIST,
		TO(policy.drop_checksums),
		.places = FILE_AND_FUNCTION,
		.value = "[=PATTERN]",
		.help = "take out the chart's own checksums (checksum/*)",
		.commands = "filter list why",
		.without_value = "checksum/*",
	},
	{
		.name = "change-cause",
		.type = OPTION_FLAG,
		TO(policy.change_cause),
		.places = FILE_AND_FUNCTION,
		.help = "say in kubectl rollout history what each revision is",
		.commands = "filter list",
	},
	{
		.name = "secrets",
		.type = OPTION_CHOICE,
		TO(policy.secrets),
		.places = FILE_AND_FUNCTION,
		.value = "on|off",
		.help = "stamp Secrets (on)",
		.commands = ALL,
		.choices = switches,
		.weakens = optionvalue_secrets_changed,
	},
	{
		.name = "secret-key-file",
		.type = OPTION_TEXT,
		TO(secret_key_file),
		.places = IN_FILE,
		.value = "FILE",
		.help = "HMAC key for the digests of Secrets",
		.commands = ALL,
		.completes = COMPLETES_FILES,
	},
	{
		.name = "kind",
		.type = OPTION_LIST,
		.places = FILE_AND_FUNCTION,
		.value = "GROUP/KIND=PATH",
		.help = "one more kind, with its pod template at PATH",
		.commands = ALL,
		.read = optionvalue_read_kind,
	},
	{
		.name = "git",
		.type = OPTION_CHOICE,
		TO(policy.git),
		.places = FILE_AND_FUNCTION,
		.value = "observe|pin|off",
		.help = "stamp git commits, or make pods run them too (observe)",
		.commands = "filter list why",
		.choices = git_modes,
		.weakens = optionvalue_git_went_off,
	},
	{
		.name = "git-client",
		.type = OPTION_CHOICE,
		TO(policy.git_client),
		.places = IN_FILE,
		.value = "libgit2|git",
		.help = "who asks git servers",
		.commands = "filter list why lock",
		.choices = git_clients,
	},
	{
		.name = "git-timeout",
		.type = OPTION_SECONDS,
		TO(git_timeout_ms),
		.places = IN_FILE,
		.value = "SECONDS",
		.help = "how long git servers have to answer (10)",
		.commands = ALL,
		.is_early = true,
	},
	{
		.name = "git-map",
		.type = OPTION_LIST,
		TO(policy.git_maps),
		.places = IN_FILE,
		.value = "FROM=TO",
		.help = "ask urls that begin with FROM at TO",
		.commands = "filter list why lock",
		.check = optionvalue_check_git_map,
	},
	{
		.name = "git-allow",
		.type = OPTION_LIST,
		TO(policy.git_allows),
		.places = IN_FILE,
		.value = "PATTERN",
		.help = "refuse other git hosts than these",
		.commands = "filter list why lock",
	},
	{
		.name = "git-allow-local",
		.type = OPTION_FLAG,
		TO(policy.git_allow_local),
		.places = IN_FILE,
		.help = "allow git urls that are file:// or paths",
		.commands = "filter list why lock",
	},
	{
		.name = "git-skip",
		.type = OPTION_LIST,
		TO(policy.git_skips),
		.places = FILE_AND_FUNCTION,
		.value = "PATTERN",
		.help = "leave these git urls alone",
		.commands = "filter list why lock",
		.weakens = optionvalue_list_grew,
	},
	{
		.name = "git-pair",
		.type = OPTION_LIST,
		.places = FILE_AND_FUNCTION,
		.value = "REPO:REF[:DEFAULT][:pin]",
		.help = "variables that name a repository and a ref",
		.commands = "filter list why lock",
		.read = optionvalue_read_git_pair,
	},
	{
		.name = "lock",
		.type = OPTION_TEXT,
		TO(policy.lock),
		.places = IN_FILE,
		.value = "FILE",
		.help = "record what commit every ref was",
		.commands = "filter list lock",
		.completes = COMPLETES_FILES,
	},
	{
		.name = "lock-prune",
		.type = OPTION_FLAG,
		TO(lock_prune),
		.places = IN_FILE,
		.help = "... and forget the refs that were not used now",
		.commands = "filter lock",
	},
	{
		.name = "locked",
		.type = OPTION_FLAG,
		TO(policy.locked),
		.places = IN_FILE,
		.help = "take commits from the lock alone: no network",
		.commands = "filter list",
	},
	{
		.name = "lock-fallback",
		.type = OPTION_FLAG,
		TO(policy.lock_fallback),
		.places = IN_FILE,
		.help = "take them from the lock when a server fails",
		.commands = "filter list lock",
	},
	{
		.name = "report",
		.type = OPTION_TEXT,
		TO(report),
		.places = IN_FILE,
		.value = "FILE",
		.help = "write what was done, and why, as JSON",
		.commands = "filter list",
		.completes = COMPLETES_FILES,
	},
	{
		.name = "log",
		.type = OPTION_TEXT,
		TO(log),
		.places = IN_FILE,
		.value = "FILE",
		.help = "the same for people",
		.commands = "filter list",
		.completes = COMPLETES_FILES,
	},
	{
		.name = "config",
		.type = OPTION_TEXT,
		TO(config),
		.value = "FILE",
		.help = "read options from a YAML file (or from $ROLLSTAMP_CONFIG)",
		.commands = ALL,
		.completes = COMPLETES_FILES,
		.is_early = true,
	},
	{
		.name = "krm",
		.type = OPTION_FLAG,
		TO(krm),
		.help = "run as a KRM function: the input is one ResourceList",
		.commands = "filter list digest why",
	},
	{
		.name = "check",
		.type = OPTION_FLAG,
		TO(check),
		.help = "list: exit with 1 if there are findings; lock: if refs moved",
		.commands = "list lock",
	},
	{
		.name = "output",
		.letter = 'o',
		.type = OPTION_CHOICE,
		TO(output),
		.value = "table|wide|json|markdown",
		.help = "list, why, lock: what is printed (table); markdown: why",
		.commands = "list why lock",
		.choices = outputs,
	},
	{
		.name = "exit-code",
		.type = OPTION_FLAG,
		TO(exit_code),
		.help = "why: exit with 1 if something rolls",
		.commands = "why",
	},
	{
		.name = "prune",
		.type = OPTION_FLAG,
		TO(lock_prune),
		.help = "lock: forget the refs that no render uses",
		.commands = "lock",
	},
	{
		.name = "only",
		.type = OPTION_LIST,
		TO(policy.git_onlys),
		.value = "PATTERN",
		.help = "lock: ask for these git urls alone",
		.commands = "lock",
	},
	{
		.name = "since",
		.type = OPTION_TEXT,
		TO(since),
		.places = IN_FILE,
		.value = "FILE|DIR|none",
		.help = "the manifests that --max-rolls compares with",
		.commands = "filter",
		.variable = "ROLLSTAMP_SINCE",
		.completes = COMPLETES_FILES,
	},
	{
		.name = "max-rolls",
		.type = OPTION_TEXT,
		.places = IN_FILE,
		.value = "N|N%",
		.help = "fail if more workloads than this would roll",
		.commands = "filter",
		.variable = "ROLLSTAMP_MAX_ROLLS",
		.read = optionvalue_read_max_rolls,
	},
	{
		.name = "for",
		.type = OPTION_TEXT,
		.value = "KIND/NAME",
		.help = "digest: of the keys that this workload consumes",
		.completes = COMPLETES_WORKLOADS,
		.commands = "digest",
		.read = optionvalue_read_for,
	},
	{
		.name = "preimage",
		.type = OPTION_FLAG,
		TO(preimage),
		.help = "digest: print the bytes that are hashed",
		.commands = "digest",
	},
	/* Not in the help: for helm/plugin.yaml. */
	{
		.name = "helm-plugin",
		.type = OPTION_TEXT,
		.value = "VERSION",
		.commands = "filter",
		.read = optionvalue_read_helm_plugin,
	},
	{
		.name = "help",
		.letter = 'h',
		.type = OPTION_FLAG,
		.help = "print this",
		.read = optionvalue_read_help,
		.is_early = true,
	},
	{
		.name = "version",
		.type = OPTION_FLAG,
		.help = "print the version",
		.read = optionvalue_read_version,
		.is_early = true,
	},
};

#define COUNT (sizeof(table) / sizeof(*table))

_Static_assert(COUNT <= 64, "each option has a bit");

const struct option *option_table(size_t *count)
{
	*count = COUNT;
	return table;
}

uint64_t option_bit(const struct option *option)
{
	return (uint64_t)1 << (option - table);
}

const struct option *option_find(struct str name)
{
	for (size_t i = 0; i < COUNT; i++)
		if (str_is(name, table[i].name))
			return &table[i];
	return NULL;
}

const struct option *option_guess(struct str beginning)
{
	const struct option *found = NULL;

	for (size_t i = 0; i < COUNT; i++) {
		if (strncmp(table[i].name, beginning.ptr, beginning.len) != 0)
			continue;
		if (found)
			return NULL;
		found = &table[i];
	}
	return found;
}

const struct option *option_find_letter(char letter)
{
	for (size_t i = 0; i < COUNT; i++)
		if (table[i].letter && table[i].letter == letter)
			return &table[i];
	return NULL;
}

struct policy_list *option_list(const struct option *option, struct options *options)
{
	return option->type == OPTION_LIST && !option->read ? (void *)((char *)options + option->at) : NULL;
}

bool option_needs_value(const struct option *option)
{
	return option->type != OPTION_FLAG && !option->without_value;
}

bool option_is_taken(const struct option *option, const struct command *command)
{
	return !option->commands || str_list_has(str_from(option->commands), ' ', str_from(command_word(command)));
}

static bool choose(const struct option *option, struct str value, void *field, struct err *err)
{
	struct buf list = { 0 };
	unsigned i = 0;

	for (; option->choices[i] && !str_is(value, option->choices[i]); i++)
		buf_printf(&list, "%s%s", i > 0 ? ", " : "", option->choices[i]);
	if (!option->choices[i])
		err_set(err, "--%s takes one of %.*s, not '%.*s'", option->name, STR_ARG(buf_str(&list)),
			STR_ARG(value));
	buf_release(&list);
	if (!option->choices[i])
		return false;
	if (option->size == sizeof(bool))
		*(bool *)field = i == 1;
	else
		*(unsigned *)field = option->first_choice + i;
	return true;
}

bool option_apply(const struct option *option, struct str value, struct arena *arena, struct options *options,
		  struct err *err)
{
	void *field = (char *)options + option->at;

	if (option->read)
		return option->read(options, value, arena, err);
	if (option->check && !option->check(options, value, err))
		return false;
	switch (option->type) {
	case OPTION_FLAG:
		*(bool *)field = true;
		return true;
	case OPTION_TEXT:
		*(struct str *)field = value;
		return true;
	case OPTION_CHOICE:
		return choose(option, value, field, err);
	case OPTION_SECONDS:
		return optionvalue_read_seconds(option, value, field, err);
	case OPTION_LIST:
		policy_add(field, value, arena);
	}
	return true;
}

bool option_offer(const struct option *option, struct str value, struct arena *arena, struct options *options,
		  struct err *err)
{
	struct options passed_over = *options;

	return option_apply(option, value, arena, option_is_taken(option, options->command) ? options : &passed_over,
			    err);
}
