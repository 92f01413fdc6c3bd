/*
 * options: the command line and the configuration file as one struct.
 */
#ifndef APP_OPTIONS_H
#define APP_OPTIONS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "checkout/gitref.h"
#include "kube/kinds.h"
#include "kube/podspec.h"

enum command { COMMAND_STAMP, COMMAND_LIST, COMMAND_DIGEST, COMMAND_HELP, COMMAND_VERSION };

/* Where stamps are written; both bits for --inject=both. */
enum inject { INJECT_ANNOTATIONS = 1, INJECT_ENV = 2 };

/* How list prints what it has found. */
enum output { OUTPUT_TABLE, OUTPUT_WIDE, OUTPUT_JSON };

/* What --git does with the refs that are found. */
enum git_mode { GIT_OFF, GIT_OBSERVE, GIT_PIN };

/* Who asks git servers. */
enum git_client { GIT_CLIENT_LIBGIT2, GIT_CLIENT_GIT };

struct str_list {
	struct str *items;
	size_t count, room;
	size_t own_from, own_to; /* between these are those of the command line */
};

/* --volumes=WORKLOAD=MODE */
struct volumes_rule {
	struct str workload; /* a pattern */
	enum volumes_mode mode;
};

struct options {
	enum command command;
	enum command topic;     /* of COMMAND_HELP; COMMAND_STAMP for the program as a whole */
	uint64_t set_by_caller; /* on the command line or in the configuration file: see setting_bit */
	unsigned inject;
	struct str ns;             /* --namespace, or empty */
	struct str_list externals; /* --external */
	bool live;                 /* --live, and what kubectl is given */
	unsigned live_timeout_ms;
	struct str kube_context, kubeconfig;
	bool strict;
	struct str_list unresolved_ok;
	struct str_list ignores;
	struct str_list excludes;  /* WORKLOAD=OBJECT */
	struct str_list alsos;     /* likewise; OBJECT is KIND/[NAMESPACE/]NAME */
	enum volumes_mode volumes; /* of workloads of which no rule says anything */
	struct volumes_rule *volumes_rules;
	size_t volumes_rule_count, volumes_rule_room;
	bool secrets;
	struct str secret_key_file; /* a path, or empty */
	struct kinds kinds;         /* known ones and --kind */
	enum git_mode git;
	enum git_client git_client;
	unsigned git_timeout_ms;
	struct str_list git_maps; /* FROM=TO */
	struct str_list git_allows;
	struct str_list git_skips;
	bool git_allow_local;
	struct pair *git_pairs; /* --git-pair */
	size_t git_pair_count, git_pair_room;
	struct str lock; /* a path, or empty */
	bool lock_prune, locked, lock_fallback;
	struct str report; /* paths, or empty */
	struct str log;
	struct str_list files;                        /* to read instead of stdin */
	bool check;                                   /* list --check */
	enum output output;                           /* of list */
	enum object_kind object_kind;                 /* digest KIND/NAME */
	struct str object_namespace, object_name;     /* the former may be empty */
	struct str for_kind, for_namespace, for_name; /* digest --for KIND/[NAMESPACE/]NAME, or empty */
	bool preimage;                                /* digest --preimage */
	bool helm_plugin;                             /* run as a plugin of Helm 4 */
	bool krm;                                     /* run as a KRM function: the input is a ResourceList */
};

/* The names of --inject's modes, for reports. */
const char *options_inject_name(unsigned inject);
/* The names of --git's. */
const char *options_git_name(enum git_mode mode);

/*
 * Reads the command line, and the configuration file that it or `config` (ROLLSTAMP_CONFIG, or NULL) names: YAML with the
 * names of the long options. What the command line says goes before the file; what can be given more than once adds
 * up. Strings are borrowed from `argv` or live in `arena`. Fails with a usage error, for which the exit status is 2, or
 * when the file can't be read.
 */
CHECKED bool options_read(int argc, char *const argv[], const char *config, struct arena *arena,
			  struct options *options, struct err *err);
#endif
