/* SPDX-License-Identifier: Apache-2.0 */
/*
 * options: what the command line, the configuration file and a KRM function's configuration say, as one struct.
 */
#ifndef APP_OPTIONS_H
#define APP_OPTIONS_H

#include "plan/policy.h"

struct command;

/* How list, why and lock print what they have found; Markdown why alone. */
enum output { OUTPUT_TABLE, OUTPUT_WIDE, OUTPUT_JSON, OUTPUT_MARKDOWN };

/* --max-rolls */
struct guard_limit {
	bool is_given;
	bool is_percent; /* of the workloads */
	size_t count;
};

/* Returns the value of an environment variable, or NULL; as getenv does. */
typedef char *options_variable(const char *name);

struct options {
	const struct command *command;
	const struct command *topic; /* of the command help; NULL: the program as a whole */
	uint64_t set_by_caller;      /* not by a functionConfig: see option_bit */
	struct policy policy;
	struct policy_list files;     /* to read instead of stdin */
	bool takes_directories;       /* these may be directories */
	struct policy_list externals; /* --external */
	struct str config;            /* paths, or empty */
	struct str secret_key_file;
	struct str report, log;
	struct str kube_context, kubeconfig; /* for kubectl, or empty */
	unsigned live_timeout_ms, git_timeout_ms;
	bool lock_prune;  /* also of lock, as --prune */
	bool krm;         /* run as a KRM function: the input is a ResourceList */
	bool helm_plugin; /* run as a plugin of Helm 4 */
	/* What is compared with: --since, or why's first word; or empty. */
	struct str since;
	struct guard_limit max_rolls;
	/* Of list, why and lock. */
	bool check, exit_code;
	enum output output;
	/* Of digest: KIND/NAME, and --for KIND/[NAMESPACE/]NAME. Namespaces can be empty, and without --for its parts. */
	enum object_kind object_kind;
	struct str object_namespace, object_name;
	struct str for_kind, for_namespace, for_name;
	bool preimage;
};

/*
 * Reads the command line, the environment through `variable` (NULL: there is none), and the configuration file that the
 * command line or ROLLSTAMP_CONFIG names: YAML with the names of the long options. The command line goes before the
 * environment, and this before the file; what can be given more than once adds up. Strings are borrowed from `argv` and from
 * `variable`, or live in `arena`. Fails with a usage error, for which the exit status is 2, or when the file can't be read.
 */
CHECKED bool options_read(int argc, char *const argv[], options_variable *variable, struct arena *arena,
			  struct options *options, struct err *err);
/* The exit status of a failure: 1, but 2 where 1 is an answer, as of --check. */
int options_trouble_status(const struct options *options);
/* Drops the first of `options->files`: a command does so with a word that it has taken for itself. */
void options_drop_word(struct options *options);

#endif
