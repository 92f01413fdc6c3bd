#include "app/setting.h"

#include "base/glob.h"
#include "git/urlrule.h"
#include "kube/exclude.h"
#include "kube/names.h"
#include "kube/objectname.h"
#include "kube/words.h"

static const struct setting table[] = {
	{ "inject", SETTING_INJECT, SETTING_IS_VALUE, IN_FILE | IN_FUNCTION, "annotations|env|both",
	  "where stamps are written (annotations)" },
	{ "namespace", SETTING_NAMESPACE, SETTING_IS_VALUE, IN_FILE | IN_FUNCTION, "NS",
	  "namespace of objects that name none: the release's", .letter = 'n' },
	{ "external", SETTING_EXTERNAL, SETTING_IS_LIST, IN_FILE, "FILE|DIR",
	  "more ConfigMaps and Secrets, which are not printed" },
	{ "live", SETTING_LIVE, SETTING_IS_FLAG, IN_FILE, NULL, "ask the cluster (kubectl) for what is nowhere else" },
	{ "live-timeout", SETTING_LIVE_TIMEOUT, SETTING_IS_VALUE, IN_FILE, "SECONDS",
	  "how long it has to answer (20)" },
	{ "kube-context", SETTING_KUBE_CONTEXT, SETTING_IS_VALUE, IN_FILE, "NAME", "the context that kubectl uses" },
	{ "kubeconfig", SETTING_KUBECONFIG, SETTING_IS_VALUE, IN_FILE, "FILE", "the file that kubectl reads" },
	{ "strict", SETTING_STRICT, SETTING_IS_FLAG, IN_FILE | IN_FUNCTION, NULL,
	  "a reference that can't be resolved is an error" },
	{ "unresolved-ok", SETTING_UNRESOLVED_OK, SETTING_IS_LIST, IN_FILE | IN_FUNCTION, "[KIND/][NAMESPACE/]NAME",
	  "... except this one, or git/WORKLOAD" },
	{ "ignore", SETTING_IGNORE, SETTING_IS_LIST, IN_FILE | IN_FUNCTION, "[KIND/][NAMESPACE/]NAME",
	  "leave this workload, ConfigMap or Secret alone" },
	{ "exclude", SETTING_EXCLUDE, SETTING_IS_LIST, IN_FILE | IN_FUNCTION, "WORKLOAD=OBJECT",
	  "leave this object out for this workload" },
	{ "also", SETTING_ALSO, SETTING_IS_LIST, IN_FILE | IN_FUNCTION, "WORKLOAD=OBJECT",
	  "this workload reads this object, too (kind/name)" },
	{ "volumes", SETTING_VOLUMES, SETTING_IS_LIST, IN_FILE | IN_FUNCTION, "[WORKLOAD=]all|subpath|none",
	  "which mounted files count as consumed (all)" },
	{ "secrets", SETTING_SECRETS, SETTING_IS_VALUE, IN_FILE | IN_FUNCTION, "on|off", "stamp Secrets (on)" },
	{ "secret-key-file", SETTING_SECRET_KEY_FILE, SETTING_IS_VALUE, IN_FILE, "FILE",
	  "HMAC key for the digests of Secrets" },
	{ "kind", SETTING_KIND, SETTING_IS_LIST, IN_FILE | IN_FUNCTION, "GROUP/KIND=PATH",
	  "one more kind, with its pod template at PATH" },
	{ "git", SETTING_GIT, SETTING_IS_VALUE, IN_FILE | IN_FUNCTION, "observe|pin|off",
	  "stamp git commits, or make pods run them too (observe)" },
	{ "git-client", SETTING_GIT_CLIENT, SETTING_IS_VALUE, IN_FILE, "libgit2|git", "who asks git servers" },
	{ "git-timeout", SETTING_GIT_TIMEOUT, SETTING_IS_VALUE, IN_FILE, "SECONDS",
	  "how long git servers have to answer (10)" },
	{ "git-map", SETTING_GIT_MAP, SETTING_IS_LIST, IN_FILE, "FROM=TO", "ask urls that begin with FROM at TO" },
	{ "git-allow", SETTING_GIT_ALLOW, SETTING_IS_LIST, IN_FILE, "PATTERN", "refuse other git hosts than these" },
	{ "git-allow-local", SETTING_GIT_ALLOW_LOCAL, SETTING_IS_FLAG, IN_FILE, NULL,
	  "allow git urls that are file:// or paths" },
	{ "git-skip", SETTING_GIT_SKIP, SETTING_IS_LIST, IN_FILE | IN_FUNCTION, "PATTERN",
	  "leave these git urls alone" },
	{ "git-pair", SETTING_GIT_PAIR, SETTING_IS_LIST, IN_FILE | IN_FUNCTION, "REPO:REF[:DEFAULT][:pin]",
	  "variables that name a repository and a ref" },
	{ "lock", SETTING_LOCK, SETTING_IS_VALUE, IN_FILE, "FILE", "record what commit every ref was" },
	{ "lock-prune", SETTING_LOCK_PRUNE, SETTING_IS_FLAG, IN_FILE, NULL,
	  "... and forget the refs that were not used now" },
	{ "locked", SETTING_LOCKED, SETTING_IS_FLAG, IN_FILE, NULL, "take commits from the lock alone: no network" },
	{ "lock-fallback", SETTING_LOCK_FALLBACK, SETTING_IS_FLAG, IN_FILE, NULL,
	  "take them from the lock when a server fails" },
	{ "report", SETTING_REPORT, SETTING_IS_VALUE, IN_FILE, "FILE", "write what was done, and why, as JSON" },
	{ "log", SETTING_LOG, SETTING_IS_VALUE, IN_FILE, "FILE", "the same for people" },
	{ "config", SETTING_CONFIG, SETTING_IS_VALUE, 0, "FILE",
	  "read options from a YAML file (or from $ROLLSTAMP_CONFIG)" },
	{ "krm", SETTING_KRM, SETTING_IS_FLAG, 0, NULL, "run as a KRM function: the input is one ResourceList" },
	{ "check", SETTING_CHECK, SETTING_IS_FLAG, 0, NULL, "list: exit with 1 if there are findings",
	  .commands = 1 << COMMAND_LIST },
	{ "output", SETTING_OUTPUT, SETTING_IS_VALUE, 0, "table|wide|json", "list: what it prints (table)",
	  .letter = 'o', .commands = 1 << COMMAND_LIST },
	{ "for", SETTING_FOR, SETTING_IS_VALUE, 0, "KIND/NAME", "digest: of the keys that this workload consumes",
	  .commands = 1 << COMMAND_DIGEST },
	{ "preimage", SETTING_PREIMAGE, SETTING_IS_FLAG, 0, NULL, "digest: print the bytes that are hashed",
	  .commands = 1 << COMMAND_DIGEST },
	/* Not in the help: for helm/plugin.yaml. */
	{ "helm-plugin", SETTING_HELM_PLUGIN, SETTING_IS_VALUE, 0, "VERSION", NULL },
	{ "help", SETTING_HELP, SETTING_IS_FLAG, 0, NULL, "print this", .letter = 'h' },
	{ "version", SETTING_VERSION, SETTING_IS_FLAG, 0, NULL, "print the version" },
};

#define COUNT (sizeof(table) / sizeof(*table))

_Static_assert(COUNT <= 64, "each setting has a bit");

uint64_t setting_bit(const struct setting *setting)
{
	return (uint64_t)1 << (setting - table);
}

const struct setting *setting_table(size_t *count)
{
	*count = COUNT;
	return table;
}

const struct setting *setting_find_letter(int letter)
{
	for (size_t i = 0; i < COUNT; i++)
		if (table[i].letter && table[i].letter == letter)
			return &table[i];
	return NULL;
}

const struct setting *setting_find(struct str name)
{
	for (size_t i = 0; i < COUNT; i++)
		if (str_is(name, table[i].name))
			return &table[i];
	return NULL;
}

void setting_add_to_list(struct str_list *list, struct str value, struct arena *arena)
{
	list->items = arena_grow(arena, list->items, list->count, &list->room, sizeof(*list->items));
	list->items[list->count++] = value;
}

static bool choose(const char *option, struct str value, const char *const *words, size_t *chosen, struct err *err)
{
	struct buf list = { 0 };

	for (size_t i = 0; words[i]; i++)
		if (str_is(value, words[i])) {
			*chosen = i;
			buf_release(&list);
			return true;
		} else {
			buf_printf(&list, "%s%s", i > 0 ? ", " : "", words[i]);
		}
	err_set(err, "--%s takes one of %.*s, not '%.*s'", option, STR_ARG(buf_str(&list)), STR_ARG(value));
	buf_release(&list);
	return false;
}

static bool set_inject(struct options *options, struct str value, struct err *err)
{
	static const char *const words[] = { "annotations", "env", "both", NULL };
	size_t chosen;

	if (!choose("inject", value, words, &chosen, err))
		return false;
	options->policy.inject = (unsigned)chosen + 1;
	return true;
}

static bool set_volumes(struct options *options, struct str value, struct arena *arena, struct err *err)
{
	struct str rest = value, workload = str_cut(&rest, '=');
	bool names_workload = rest.ptr != NULL;
	enum volumes_mode mode;

	if (!words_read_volumes(names_workload ? rest : value, &mode))
		return err_set(err,
			       "--volumes takes all, subpath or none, or one of them for a workload as in "
			       "deployment/web=subpath, not '%.*s'",
			       STR_ARG(value));
	if (!names_workload) {
		options->policy.volumes = mode;
		return true;
	}
	if (!pattern_check(workload, err))
		return err_prefix(err, "--volumes '%.*s'", STR_ARG(value));
	options->policy.volumes_rules =
		arena_grow(arena, options->policy.volumes_rules, options->policy.volumes_rule_count,
			   &options->policy.volumes_rule_room, sizeof(*options->policy.volumes_rules));
	options->policy.volumes_rules[options->policy.volumes_rule_count++] = (struct volumes_rule){ workload, mode };
	return true;
}

static bool set_output(struct options *options, struct str value, struct err *err)
{
	static const char *const words[] = { "table", "wide", "json", NULL };
	size_t chosen;

	if (!choose("output", value, words, &chosen, err))
		return false;
	options->output = (enum output)chosen;
	return true;
}

static bool set_secrets(struct options *options, struct str value, struct err *err)
{
	static const char *const words[] = { "off", "on", NULL };
	size_t chosen;

	if (!choose("secrets", value, words, &chosen, err))
		return false;
	options->policy.secrets = chosen == 1;
	return true;
}

/* WORKLOAD=OBJECT. */
static bool split_pair(const char *option, struct str value, struct str *object, struct err *err)
{
	struct str rest = value, workload = str_cut(&rest, '=');

	if (workload.len == 0 || rest.len == 0 || str_find(rest, '=') < rest.len)
		return err_set(err, "--%s '%.*s': write WORKLOAD=OBJECT, as in deployment/web=configmap/app", option,
			       STR_ARG(value));
	*object = rest;
	return pattern_check(workload, err) || err_prefix(err, "--%s '%.*s'", option, STR_ARG(value));
}

static bool add_exclude(struct options *options, struct str value, struct arena *arena, struct err *err)
{
	struct str object;

	if (!split_pair("exclude", value, &object, err))
		return false;
	if (!exclude_check(&options->policy.kinds, object, err))
		return err_prefix(err, "--exclude");
	setting_add_to_list(&options->policy.excludes, value, arena);
	return true;
}

static bool add_also(struct options *options, struct str value, struct arena *arena, struct err *err)
{
	struct str object, ns, name;
	enum object_kind kind;

	if (!split_pair("also", value, &object, err))
		return false;
	if (!objectname_read(object, &kind, &ns, &name))
		return err_set(
			err,
			"--also '%.*s': write the object as configmap/NAME or secret/NAME, or with its namespace "
			"as configmap/NAMESPACE/NAME",
			STR_ARG(value));
	if (glob_is_pattern(object))
		return err_set(err,
			       "--also '%.*s': the object is one name here, not a pattern: give one --also for each",
			       STR_ARG(value));
	setting_add_to_list(&options->policy.alsos, value, arena);
	return true;
}

static bool add_unresolved_ok(struct options *options, struct str value, struct arena *arena, struct err *err)
{
	struct pattern pattern;
	struct str workload;
	bool is_git = policy_allows_git(value, &workload);

	if (!pattern_check(is_git ? workload : value, err))
		return err_prefix(err, "--unresolved-ok '%.*s'", STR_ARG(value));
	pattern = pattern_read(&options->policy.kinds, is_git ? workload : value);
	if (!is_git && !pattern_can_name_object(&pattern))
		return err_set(
			err,
			"--unresolved-ok '%.*s' names no ConfigMap or Secret; for the git refs of a workload write "
			"git/%.*s",
			STR_ARG(value), STR_ARG(pattern.name));
	setting_add_to_list(&options->policy.unresolved_ok, value, arena);
	return true;
}

static bool set_git(struct options *options, struct str value, struct err *err)
{
	static const char *const words[] = { "off", "observe", "pin", NULL };
	size_t chosen;

	if (!choose("git", value, words, &chosen, err))
		return false;
	options->policy.git = (enum git_mode)chosen;
	return true;
}

static bool set_git_client(struct options *options, struct str value, struct err *err)
{
	static const char *const words[] = { "libgit2", "git", NULL };
	size_t chosen;

	if (!choose("git-client", value, words, &chosen, err))
		return false;
	options->policy.git_client = (enum git_client)chosen;
	return true;
}

/* Seconds with a fraction, to milliseconds. */
static bool read_timeout(const char *option, struct str value, unsigned *timeout_ms, struct err *err)
{
	struct str fraction = value, whole = str_cut(&fraction, '.');
	unsigned ms = 0, unit = 100;
	bool is_number = whole.len > 0 || fraction.len > 0;

	for (size_t i = 0; i < whole.len && is_number; i++) {
		is_number = str_is_digit(whole.ptr[i]) && ms <= 3600;
		ms = ms * 10 + (unsigned)(whole.ptr[i] - '0');
	}
	ms *= 1000;
	for (size_t i = 0; i < fraction.len && is_number; i++, unit /= 10) {
		is_number = str_is_digit(fraction.ptr[i]);
		ms += (unsigned)(fraction.ptr[i] - '0') * unit;
	}
	if (!is_number || ms == 0 || ms > 3600 * 1000)
		return err_set(err, "--%s '%.*s': write seconds, as in 10 or 2.5, at most 3600", option,
			       STR_ARG(value));
	*timeout_ms = ms;
	return true;
}

static bool add_git_pair(struct options *options, struct str value, struct arena *arena, struct err *err)
{
	struct pair pair;

	if (!pair_parse(value, &pair, err))
		return false;
	options->policy.git_pairs = arena_grow(arena, options->policy.git_pairs, options->policy.git_pair_count,
					       &options->policy.git_pair_room, sizeof(*options->policy.git_pairs));
	options->policy.git_pairs[options->policy.git_pair_count++] = pair;
	return true;
}

/* The options that are about git. */
static bool apply_git(struct options *options, enum setting_id id, struct str value, struct arena *arena,
		      struct err *err)
{
	if (id == SETTING_GIT)
		return set_git(options, value, err);
	if (id == SETTING_GIT_CLIENT)
		return set_git_client(options, value, err);
	if (id == SETTING_GIT_TIMEOUT)
		return read_timeout("git-timeout", value, &options->git_timeout_ms, err);
	if (id == SETTING_GIT_PAIR)
		return add_git_pair(options, value, arena, err);
	if (id == SETTING_GIT_ALLOW)
		setting_add_to_list(&options->policy.git_allows, value, arena);
	else if (id == SETTING_GIT_SKIP)
		setting_add_to_list(&options->policy.git_skips, value, arena);
	else if (id == SETTING_GIT_ALLOW_LOCAL)
		options->policy.git_allow_local = true;
	else if (id == SETTING_LOCK)
		options->policy.lock = value;
	else if (id == SETTING_LOCK_PRUNE)
		options->lock_prune = true;
	else if (id == SETTING_LOCKED)
		options->policy.locked = true;
	else if (id == SETTING_LOCK_FALLBACK)
		options->policy.lock_fallback = true;
	if (id != SETTING_GIT_MAP)
		return true;
	if (!urlrule_check_map(value, err))
		return err_prefix(err, "--git-map '%.*s'", STR_ARG(value));
	setting_add_to_list(&options->policy.git_maps, value, arena);
	return true;
}

/* One option that is known, with its value. */
bool setting_apply(struct options *options, const struct setting *setting, struct str value, struct arena *arena,
		   struct err *err)
{
	enum setting_id id = setting->id;

	switch (id) {
	case SETTING_INJECT:
		return set_inject(options, value, err);
	case SETTING_NAMESPACE:
		options->policy.ns = value;
		return names_is_valid(value) ||
		       err_set(err, "--namespace '%.*s': that is no name of a namespace", STR_ARG(value));
	case SETTING_EXTERNAL:
		setting_add_to_list(&options->externals, value, arena);
		return true;
	case SETTING_LIVE:
		options->policy.live = true;
		return true;
	case SETTING_LIVE_TIMEOUT:
		return read_timeout("live-timeout", value, &options->live_timeout_ms, err);
	case SETTING_KUBE_CONTEXT:
		options->kube_context = value;
		return true;
	case SETTING_KUBECONFIG:
		options->kubeconfig = value;
		return true;
	case SETTING_STRICT:
		options->policy.strict = true;
		return true;
	case SETTING_UNRESOLVED_OK:
		return add_unresolved_ok(options, value, arena, err);
	case SETTING_IGNORE:
		if (!pattern_check(value, err))
			return err_prefix(err, "--ignore '%.*s'", STR_ARG(value));
		setting_add_to_list(&options->policy.ignores, value, arena);
		return true;
	case SETTING_EXCLUDE:
		return add_exclude(options, value, arena, err);
	case SETTING_ALSO:
		return add_also(options, value, arena, err);
	case SETTING_VOLUMES:
		return set_volumes(options, value, arena, err);
	case SETTING_SECRETS:
		return set_secrets(options, value, err);
	case SETTING_SECRET_KEY_FILE:
		options->secret_key_file = value;
		return true;
	case SETTING_KIND:
		return kinds_add(&options->policy.kinds, value, err);
	case SETTING_GIT:
	case SETTING_GIT_CLIENT:
	case SETTING_GIT_TIMEOUT:
	case SETTING_GIT_MAP:
	case SETTING_GIT_ALLOW:
	case SETTING_GIT_ALLOW_LOCAL:
	case SETTING_GIT_SKIP:
	case SETTING_GIT_PAIR:
	case SETTING_LOCK:
	case SETTING_LOCK_PRUNE:
	case SETTING_LOCKED:
	case SETTING_LOCK_FALLBACK:
		return apply_git(options, id, value, arena, err);
	case SETTING_REPORT:
		options->report = value;
		return true;
	case SETTING_LOG:
		options->log = value;
		return true;
	case SETTING_KRM:
		options->krm = true;
		return true;
	case SETTING_CHECK:
		options->check = true;
		return true;
	case SETTING_OUTPUT:
		return set_output(options, value, err);
	case SETTING_FOR:
		return objectname_split(value, &options->for_kind, &options->for_namespace, &options->for_name, err);
	case SETTING_PREIMAGE:
		options->preimage = true;
		return true;
	case SETTING_HELM_PLUGIN:
		options->helm_plugin = true;
		return str_is(value, ROLLSTAMP_VERSION) ||
		       err_set(err,
			       "the Helm plugin is of version %.*s and the program of version " ROLLSTAMP_VERSION
			       ": install the plugin again",
			       STR_ARG(value));
	case SETTING_HELP:
		options->command = COMMAND_HELP;
		return true;
	case SETTING_VERSION:
		options->command = COMMAND_VERSION;
		return true;
	case SETTING_CONFIG:
		break;
	}
	return true;
}
