/*
 * setting: everything that can be set, by a long option, in the configuration file, or by a KRM function's configuration.
 *
 * One table has the names, whether there is a value, and the help.
 */
#ifndef APP_SETTING_H
#define APP_SETTING_H

#include "app/options.h"

enum setting_type { SETTING_IS_FLAG, SETTING_IS_VALUE, SETTING_IS_LIST };

enum setting_id {
	SETTING_INJECT = 1000,
	SETTING_NAMESPACE,
	SETTING_EXTERNAL,
	SETTING_LIVE,
	SETTING_LIVE_TIMEOUT,
	SETTING_KUBE_CONTEXT,
	SETTING_KUBECONFIG,
	SETTING_STRICT,
	SETTING_UNRESOLVED_OK,
	SETTING_IGNORE,
	SETTING_EXCLUDE,
	SETTING_ALSO,
	SETTING_VOLUMES,
	SETTING_SECRETS,
	SETTING_SECRET_KEY_FILE,
	SETTING_KIND,
	SETTING_GIT,
	SETTING_GIT_CLIENT,
	SETTING_GIT_TIMEOUT,
	SETTING_GIT_MAP,
	SETTING_GIT_ALLOW,
	SETTING_GIT_ALLOW_LOCAL,
	SETTING_GIT_SKIP,
	SETTING_GIT_PAIR,
	SETTING_LOCK,
	SETTING_LOCK_PRUNE,
	SETTING_LOCKED,
	SETTING_LOCK_FALLBACK,
	SETTING_REPORT,
	SETTING_LOG,
	SETTING_CONFIG,
	SETTING_KRM,
	SETTING_HELM_PLUGIN,
	SETTING_HELP,
	SETTING_VERSION,
	SETTING_CHECK,
	SETTING_OUTPUT,
	SETTING_FOR,
	SETTING_PREIMAGE,
};

/* Where it may stand, beside the command line. */
enum setting_place {
	IN_FILE = 1, /* the configuration file */
	/*
	 * A functionConfig, which comes with the manifests: nothing that names files or servers, asks more of them, takes
	 * longer or trusts more.
	 */
	IN_FUNCTION = 2
};

struct setting {
	const char *name;
	enum setting_id id;
	enum setting_type type;
	unsigned places;          /* enum setting_place */
	const char *value, *help; /* of a flag, no value; without help it is not shown */
	char letter;              /* its short name, or 0 */
	unsigned commands;        /* that take it, a bit for each enum command; 0: all */
};

/* For struct options.set_by_caller. */
uint64_t setting_bit(const struct setting *setting);
/* All of them, `*count`. */
const struct setting *setting_table(size_t *count);
/* The one with this letter, or NULL. */
const struct setting *setting_find_letter(int letter);
/* The one with this name, or NULL. */
const struct setting *setting_find(struct str name);
/*
 * Sets it in `options`, or adds to a list. The value is borrowed; it is ignored for a flag. Fails with a sentence when it
 * is not one that can be.
 */
CHECKED bool setting_apply(struct options *options, const struct setting *setting, struct str value,
			   struct arena *arena, struct err *err);
/* Appends to a list, borrowing the value. */
void setting_add_to_list(struct str_list *list, struct str value, struct arena *arena);

#endif
