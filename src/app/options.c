#include "app/options.h"

#include "base/input.h"
#include "kube/ignore.h"
#include "kube/names.h"
#include "yaml/scalar.h"

#include <getopt.h>
#include <string.h>

enum argument { FLAG, VALUE, LIST };

enum option_id {
	OPTION_INJECT = 1000,
	OPTION_NAMESPACE,
	OPTION_EXTERNAL,
	OPTION_STRICT,
	OPTION_UNRESOLVED_OK,
	OPTION_IGNORE,
	OPTION_EXCLUDE,
	OPTION_VOLUMES,
	OPTION_SECRETS,
	OPTION_SECRET_KEY_FILE,
	OPTION_KIND,
	OPTION_REPORT,
	OPTION_LOG,
	OPTION_CONFIG,
	OPTION_HELP,
	OPTION_VERSION,
	OPTION_CHECK,
	OPTION_FOR,
	OPTION_PREIMAGE,
};

static const struct option_info {
	const char *name;
	enum option_id id;
	enum argument argument;
	bool in_file; /* can stand in the configuration file */
	const char *value, *help;
} infos[] = {
	{ "inject", OPTION_INJECT, VALUE, true, "annotations|env|both", "where stamps are written (annotations)" },
	{ "namespace", OPTION_NAMESPACE, VALUE, true, "NS", "namespace of objects that name none: the release's" },
	{ "external", OPTION_EXTERNAL, LIST, true, "FILE|DIR", "more ConfigMaps and Secrets, which are not printed" },
	{ "strict", OPTION_STRICT, FLAG, true, NULL, "a reference that can't be resolved is an error" },
	{ "unresolved-ok", OPTION_UNRESOLVED_OK, LIST, true, "NAME", "... except to an object of this name" },
	{ "ignore", OPTION_IGNORE, LIST, true, "[KIND/][NAMESPACE/]NAME",
	  "leave this workload, ConfigMap or Secret alone" },
	{ "exclude", OPTION_EXCLUDE, LIST, true, "WORKLOAD=OBJECT",
	  "leave this object out for this workload (kind/name)" },
	{ "volumes", OPTION_VOLUMES, VALUE, true, "all|subpath|none", "which mounted files count as consumed (all)" },
	{ "secrets", OPTION_SECRETS, VALUE, true, "on|off", "stamp Secrets (on)" },
	{ "secret-key-file", OPTION_SECRET_KEY_FILE, VALUE, true, "FILE", "HMAC key for the digests of Secrets" },
	{ "kind", OPTION_KIND, LIST, true, "GROUP/KIND=PATH", "one more kind, with its pod template at PATH" },
	{ "report", OPTION_REPORT, VALUE, true, "FILE", "write what was done, and why, as JSON" },
	{ "log", OPTION_LOG, VALUE, true, "FILE", "the same for people" },
	{ "config", OPTION_CONFIG, VALUE, false, "FILE", "read options from a YAML file (or from $ROLLSTAMP_CONFIG)" },
	{ "check", OPTION_CHECK, FLAG, false, NULL, "list: exit with 1 if there are findings" },
	{ "for", OPTION_FOR, VALUE, false, "KIND/NAME", "digest: of the keys that this workload consumes" },
	{ "preimage", OPTION_PREIMAGE, FLAG, false, NULL, "digest: print the bytes that are hashed" },
	{ "help", OPTION_HELP, FLAG, false, NULL, "print this" },
	{ "version", OPTION_VERSION, FLAG, false, NULL, "print the version" },
};

#define INFO_COUNT (sizeof(infos) / sizeof(*infos))

const char *options_inject_name(unsigned inject)
{
	return inject == INJECT_ANNOTATIONS ? "annotations" : inject == INJECT_ENV ? "env" : "both";
}

static void print_help(struct buf *to)
{
	buf_add_cstring(
		to,
		"Usage: rollstamp [OPTION...] [FILE...]\n"
		"       rollstamp list [--check] [OPTION...] [FILE...]\n"
		"       rollstamp digest KIND/NAME [--for KIND/NAME] [--preimage] [OPTION...] [FILE...]\n"
		"\n"
		"Reads rendered Kubernetes manifests and prints them with the digests of the ConfigMaps and Secrets\n"
		"that each pod template consumes written into it, so that a change of them rolls the workload.\n"
		"Every other byte is printed as it came.\n"
		"\n");
	for (size_t i = 0; i < INFO_COUNT; i++) {
		size_t before = to->len, width = 46;

		buf_printf(to, "  --%s%s%s", infos[i].name, infos[i].value ? "=" : "",
			   infos[i].value ? infos[i].value : "");
		buf_add_repeated(to, ' ', to->len - before < width ? width - (to->len - before) : 2);
		buf_printf(to, "%s\n", infos[i].help);
	}
	buf_add_cstring(to, "\nSee rollstamp(1).\n");
}

struct str options_information(const struct options *options, struct arena *arena)
{
	struct buf text = { 0 };
	struct str copy;

	if (options->command == COMMAND_HELP)
		print_help(&text);
	else
		buf_add_cstring(&text, "rollstamp " ROLLSTAMP_VERSION "\n");
	copy = arena_dup(arena, buf_str(&text));
	buf_release(&text);
	return copy;
}

static void add_to_list(struct str_list *list, struct str value, struct arena *arena)
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
	options->inject = (unsigned)chosen + 1;
	return true;
}

static bool set_volumes(struct options *options, struct str value, struct err *err)
{
	static const char *const words[] = { "all", "subpath", "none", NULL };
	static const enum volumes_mode modes[] = { VOLUMES_ALL, VOLUMES_SUBPATH, VOLUMES_NONE };
	size_t chosen;

	if (!choose("volumes", value, words, &chosen, err))
		return false;
	options->volumes = modes[chosen];
	return true;
}

static bool set_secrets(struct options *options, struct str value, struct err *err)
{
	static const char *const words[] = { "off", "on", NULL };
	size_t chosen;

	if (!choose("secrets", value, words, &chosen, err))
		return false;
	options->secrets = chosen == 1;
	return true;
}

static bool add_exclude(struct options *options, struct str value, struct arena *arena, struct err *err)
{
	struct str object = value, workload = str_cut(&object, '=');

	if (workload.len == 0 || object.len == 0 || str_find(workload, '/') == workload.len ||
	    str_find(object, '/') == object.len || str_find(object, '=') < object.len)
		return err_set(
			err, "--exclude '%.*s': write WORKLOAD=OBJECT, both as kind/name: deployment/web=configmap/app",
			STR_ARG(value));
	add_to_list(&options->excludes, value, arena);
	return true;
}

/* KIND/NAME of digest's arguments. */
static bool split_name(struct str text, struct str *kind, struct str *name, struct err *err)
{
	*name = text;
	*kind = str_cut(name, '/');
	if (!name->ptr || name->len == 0 || kind->len == 0)
		return err_set(err, "'%.*s': write KIND/NAME, as in configmap/app", STR_ARG(text));
	return true;
}

/* One option that is known, with its value. */
static bool apply(struct options *options, enum option_id id, struct str value, struct arena *arena, struct err *err)
{
	switch (id) {
	case OPTION_INJECT:
		return set_inject(options, value, err);
	case OPTION_NAMESPACE:
		options->namespace = value;
		return names_is_valid(value) ||
		       err_set(err, "--namespace '%.*s': that is no name of a namespace", STR_ARG(value));
	case OPTION_EXTERNAL:
		add_to_list(&options->externals, value, arena);
		return true;
	case OPTION_STRICT:
		options->strict = true;
		return true;
	case OPTION_UNRESOLVED_OK:
		add_to_list(&options->unresolved_ok, value, arena);
		return true;
	case OPTION_IGNORE:
		if (!ignore_check(value, err))
			return false;
		add_to_list(&options->ignores, value, arena);
		return true;
	case OPTION_EXCLUDE:
		return add_exclude(options, value, arena, err);
	case OPTION_VOLUMES:
		return set_volumes(options, value, err);
	case OPTION_SECRETS:
		return set_secrets(options, value, err);
	case OPTION_SECRET_KEY_FILE:
		options->secret_key_file = value;
		return true;
	case OPTION_KIND:
		return kinds_add(&options->kinds, value, err);
	case OPTION_REPORT:
		options->report = value;
		return true;
	case OPTION_LOG:
		options->log = value;
		return true;
	case OPTION_CHECK:
		options->check = true;
		return true;
	case OPTION_FOR:
		return split_name(value, &options->for_kind, &options->for_name, err);
	case OPTION_PREIMAGE:
		options->preimage = true;
		return true;
	case OPTION_HELP:
		options->command = COMMAND_HELP;
		return true;
	case OPTION_VERSION:
		options->command = COMMAND_VERSION;
		return true;
	case OPTION_CONFIG:
		break;
	}
	return true;
}

static const struct option_info *find_info(struct str name)
{
	for (size_t i = 0; i < INFO_COUNT; i++)
		if (str_is(name, infos[i].name))
			return &infos[i];
	return NULL;
}

static bool apply_scalar(struct options *options, const struct option_info *info, const struct node *value,
			 struct arena *arena, struct err *err)
{
	if (scalar_is_null(value) || value->value.len == 0)
		return err_set_at(err, value->span.from, "'%s' has no value", info->name);
	if (str_find(value->value, '\0') < value->value.len)
		return err_set_at(err, value->span.from, "'%s' has a NUL in its value", info->name);
	return apply(options, info->id, arena_dup(arena, value->value), arena, err);
}

static bool apply_list(struct options *options, const struct option_info *info, struct node *list, struct arena *arena,
		       struct err *err)
{
	for (struct node *item = list->child; item; item = item->next) {
		const struct node *value = node_resolve(item);

		if (value->type != NODE_SCALAR)
			return err_set_at(err, item->span.from, "an item of '%s' is not a string", info->name);
		if (!apply_scalar(options, info, value, arena, err))
			return false;
	}
	return true;
}

static bool apply_entry(struct options *options, const struct option_info *info, struct node *value,
			struct arena *arena, struct err *err)
{
	if (info->argument == LIST && value->type == NODE_SEQUENCE)
		return apply_list(options, info, value, arena, err);
	if (value->type != NODE_SCALAR)
		return err_set_at(err, value->span.from, "'%s' takes %s", info->name,
				  info->argument == LIST ? "a string or a list of strings" : "one value");
	/* `secrets: off` is a boolean in YAML, and means what it says. */
	if (info->argument != FLAG)
		return apply_scalar(options, info, value, arena, err);
	if (scalar_is_true(value))
		return apply(options, info->id, (struct str){ 0 }, arena, err);
	return scalar_is_false(value) || err_set_at(err, value->span.from, "'%s' takes true or false", info->name);
}

static bool apply_tree(struct options *options, struct node *root, struct arena *arena, struct err *err)
{
	if (!root)
		return true;
	if (!node_is_mapping(root))
		return err_set_at(err, 0, "not a mapping of options");
	for (struct node *key = root->child; key; key = key->next->next) {
		const struct option_info *info = key->type == NODE_SCALAR ? find_info(key->value) : NULL;

		if (!info || !info->in_file)
			return err_set_at(err, key->span.from, "'%.*s' is no option of a configuration file",
					  STR_ARG(key->value));
		if (!apply_entry(options, info, node_resolve(key->next), arena, err)) {
			if (err->at == ERR_NOWHERE)
				err->at = key->span.from;
			return false;
		}
	}
	return true;
}

static bool read_file(struct options *options, const char *path, struct arena *arena, struct err *err)
{
	struct buf contents = { 0 };
	struct input_facts facts;
	struct node *root;
	struct str text;
	bool ok;

	if (!input_read_file(path, &contents, err)) {
		buf_release(&contents);
		return false;
	}
	text = arena_dup(arena, buf_str(&contents));
	buf_release(&contents);
	if (str_starts_with(text, "\xef\xbb\xbf"))
		text = str_skip(text, 3);
	ok = input_check(text, &facts, err) && yaml_parse(text, YAML_STRICT, arena, &root, err) &&
	     apply_tree(options, root, arena, err);
	if (!ok) {
		size_t line = 1;

		for (size_t i = 0; err->at != ERR_NOWHERE && i < err->at && i < text.len; i++)
			line += text.ptr[i] == '\n';
		err->at = ERR_NOWHERE;
		return err_prefix(err, "%s line %zu", path, line);
	}
	return true;
}

static bool read_digest_object(struct options *options, struct str text, struct err *err)
{
	struct str kind;

	if (!split_name(text, &kind, &options->object_name, err))
		return false;
	if (str_equal_nocase(kind, str_from("configmap")) || str_equal_nocase(kind, str_from("cm")))
		options->object_kind = OBJECT_CONFIGMAP;
	else if (str_equal_nocase(kind, str_from("secret")))
		options->object_kind = OBJECT_SECRET;
	else
		return err_set(err, "'%.*s': a digest is of a configmap or of a secret", STR_ARG(text));
	if (options->preimage && options->object_kind == OBJECT_SECRET)
		return err_set(err, "--preimage would print the values of a Secret: it is for ConfigMaps only");
	return true;
}

static bool take_command(struct options *options, struct err *err)
{
	struct str_list *words = &options->files;
	size_t taken = 0;

	if (words->count > 0 && str_is(words->items[0], "list")) {
		options->command = COMMAND_LIST;
		taken = 1;
	} else if (words->count > 0 && str_is(words->items[0], "digest")) {
		options->command = COMMAND_DIGEST;
		if (words->count < 2)
			return err_set(err, "digest: which object? Write rollstamp digest configmap/NAME");
		if (!read_digest_object(options, words->items[1], err))
			return false;
		taken = 2;
	}
	if (taken > 0)
		words->items += taken;
	words->count -= taken;
	if (options->check && options->command != COMMAND_LIST)
		return err_set(err, "--check belongs to rollstamp list");
	if ((options->for_name.ptr || options->preimage) && options->command != COMMAND_DIGEST)
		return err_set(err, "--for and --preimage belong to rollstamp digest");
	return true;
}

static bool explain_unknown(const char *argument, struct err *err)
{
	if (optopt >= OPTION_INJECT)
		return err_set(err, "option '%s' takes no value", argument);
	if (optopt > 0 && optopt < 0x7f)
		return err_set(err, "unknown option '-%c' (see rollstamp --help)", optopt);
	if (optopt != 0)
		return err_set(err, "unknown short option (see rollstamp --help)");
	return err_set(err, "unknown option '%s' (see rollstamp --help)", argument);
}

/* Goes through the command line once: only to find --config, or to apply everything. */
static bool read_arguments(int argc, char *const argv[], bool only_config, struct arena *arena, struct options *options,
			   const char **config, struct err *err)
{
	struct option table[INFO_COUNT + 1] = { 0 };
	bool informs = false;
	int id, index = 0;

	for (size_t i = 0; i < INFO_COUNT; i++)
		table[i] = (struct option){
			.name = infos[i].name,
			.has_arg = infos[i].argument == FLAG ? no_argument : required_argument,
			.val = (int)infos[i].id,
		};
	optind = 0; /* glibc: start anew, also in a process that has read other arguments before */
	opterr = 0;
	while ((id = getopt_long(argc, argv, ":h", table, &index)) != -1) {
		if (id == '?')
			return explain_unknown(argv[optind - 1], err);
		if (id == ':')
			return err_set(err, "option '%s' needs a value", argv[optind - 1]);
		if (id == 'h')
			id = OPTION_HELP;
		if (optarg && *optarg == '\0')
			return err_set(err, "option '--%s' needs a value", table[index].name);
		if (id == OPTION_CONFIG)
			*config = optarg;
		informs = informs || id == OPTION_HELP || id == OPTION_VERSION;
		if (!only_config && !apply(options, (enum option_id)id, str_from(optarg), arena, err))
			return false;
	}
	if (informs)
		*config = NULL;
	for (int i = optind; i < argc && !only_config; i++)
		add_to_list(&options->files, str_from(argv[i]), arena);
	return true;
}

bool options_read(int argc, char *const argv[], const char *config, struct arena *arena, struct options *options,
		  struct err *err)
{
	struct options read = { .inject = INJECT_ANNOTATIONS, .volumes = VOLUMES_ALL, .secrets = true };

	kinds_init(&read.kinds, arena);
	if (config && *config == '\0')
		config = NULL;
	/* The file comes first, so that what the command line says after it counts. */
	if (!read_arguments(argc, argv, true, arena, &read, &config, err))
		return false;
	if (config && !read_file(&read, config, arena, err))
		return false;
	if (!read_arguments(argc, argv, false, arena, &read, &config, err))
		return false;
	if (read.command != COMMAND_HELP && read.command != COMMAND_VERSION && !take_command(&read, err))
		return false;
	*options = read;
	return true;
}
