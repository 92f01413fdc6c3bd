#include "app/options.h"

#include "app/krm.h"
#include "app/optionfile.h"
#include "app/setting.h"
#include "kube/objectname.h"

#include <getopt.h>

#define GIT_TIMEOUT_MS 10000
#define LIVE_TIMEOUT_MS 20000

static bool read_digest_object(struct options *options, struct str text, struct err *err)
{
	struct str kind;

	if (!objectname_split(text, &kind, &options->object_namespace, &options->object_name, err))
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

/* The commands that have a name. */
static bool find_command(struct str word, enum command *command)
{
	static const struct {
		const char *name;
		enum command command;
	} commands[] = {
		{ "list", COMMAND_LIST },
		{ "digest", COMMAND_DIGEST },
		{ "help", COMMAND_HELP },
		{ "version", COMMAND_VERSION },
	};

	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (str_is(word, commands[i].name)) {
			*command = commands[i].command;
			return true;
		}
	return false;
}

/* Drops the first `count` words that are no options. */
static void drop_words(struct options *options, size_t count)
{
	if (count > 0)
		options->files.items += count;
	options->files.count -= count;
}

/* `help COMMAND` and `COMMAND --help`. */
static bool take_topic(struct options *options, bool is_option, struct err *err)
{
	const struct str_list *words = &options->files;

	if (words->count == 0)
		return true;
	if (find_command(words->items[0], &options->topic) || is_option)
		return true;
	return err_set(err, "help: there is no command '%.*s' (see rollstamp help)", STR_ARG(words->items[0]));
}

static bool check_live(const struct options *options, struct err *err)
{
	if (!options->policy.live)
		return true;
	if (options->command == COMMAND_DIGEST && !options->for_name.ptr)
		return err_set(err, "digest --live needs --for: else give the object with --external");
	/* Neither may manifests choose it, nor the namespace of a kubeconfig, which is that of whatever was done last. */
	return options->policy.ns.len > 0 ||
	       err_set(err,
		       "--live: in which namespace? Add --namespace=NAME, the release's (Helm does not hand on its "
		       "own); objects of no other one are asked for");
}

static bool take_command(struct options *options, struct err *err)
{
	bool is_option = options->command != COMMAND_STAMP; /* --help or --version */

	if (!is_option && options->files.count > 0 && find_command(options->files.items[0], &options->command))
		drop_words(options, 1);
	if (options->command == COMMAND_HELP)
		return take_topic(options, is_option, err);
	if (options->command == COMMAND_DIGEST) {
		if (options->files.count == 0)
			return err_set(err, "digest: which object? Write rollstamp digest configmap/NAME");
		if (!read_digest_object(options, options->files.items[0], err))
			return false;
		drop_words(options, 1);
	}
	return true;
}

/* Options that belong to one command. */
static bool check_belonging(const struct options *options, struct err *err)
{
	const struct setting *settings;
	size_t count;

	settings = setting_table(&count);
	for (size_t i = 0; i < count; i++)
		if ((options->set_by_caller & setting_bit(&settings[i])) && settings[i].commands &&
		    !(settings[i].commands & 1u << options->command))
			return err_set(err, "--%s belongs to rollstamp %s", settings[i].name,
				       settings[i].commands == 1 << COMMAND_LIST ? "list" : "digest");
	return true;
}

/* getopt_long takes abbreviations, which the next option that begins alike would break. */
static bool check_whole(const struct setting *setting, const char *word, struct err *err)
{
	size_t length = strlen(setting->name);
	bool is_short = word[0] == '-' && word[1] != '-';

	if (is_short || (strncmp(word + 2, setting->name, length) == 0 && strchr("=", word[2 + length])))
		return true;
	return err_set(err, "unknown option '%.*s': write --%s", (int)strcspn(word, "="), word, setting->name);
}

static bool explain_unknown(const char *argument, struct err *err)
{
	if (optopt >= SETTING_INJECT)
		return err_set(err, "option '%s' takes no value", argument);
	if (optopt > 0 && optopt < 0x7f)
		return err_set(err, "unknown option '-%c' (see rollstamp --help)", optopt);
	if (optopt != 0)
		return err_set(err, "unknown short option (see rollstamp --help)");
	return err_set(err, "unknown option '%s' (see rollstamp --help)", argument);
}

static const struct setting *setting_of(int id, int index, const struct setting *settings)
{
	return id >= SETTING_INJECT ? &settings[index] : setting_find_letter(id);
}

/* Goes through the command line once: only to find --config, or to apply everything. */
static bool read_arguments(int argc, char *const argv[], bool only_config, struct arena *arena, struct options *options,
			   const char **config, struct err *err)
{
	const struct setting *settings;
	struct option *table;
	size_t count;
	bool informs = false;
	int id, index = 0;

	settings = setting_table(&count);
	table = arena_array(arena, count + 1, sizeof(*table));
	for (size_t i = 0; i < count; i++)
		table[i] = (struct option){
			.name = settings[i].name,
			.has_arg = settings[i].type == SETTING_IS_FLAG ? no_argument : required_argument,
			.val = (int)settings[i].id,
		};
	optind = 0; /* glibc: start anew, also in a process that has read other arguments before */
	opterr = 0;
	while ((id = getopt_long(argc, argv, ":hn:o:", table, &index)) != -1) {
		const struct setting *setting;

		if (id == '?')
			return explain_unknown(argv[optind - 1], err);
		if (id == ':')
			return err_set(err, "option '%s' needs a value", argv[optind - 1]);
		setting = setting_of(id, index, settings);
		if (optarg && *optarg == '\0')
			return err_set(err, "option '--%s' needs a value", setting->name);
		if (!check_whole(setting, argv[optind - (optarg == argv[optind - 1] ? 2 : 1)], err))
			return false;
		if (setting->id == SETTING_CONFIG)
			*config = optarg;
		informs = informs || setting->id == SETTING_HELP || setting->id == SETTING_VERSION;
		/* What bounds the reading of that file, too. */
		if ((!only_config || setting->id == SETTING_GIT_TIMEOUT) &&
		    !setting_apply(options, setting, str_from(optarg), arena, err))
			return false;
		options->set_by_caller |= setting_bit(setting);
	}
	if (informs || (optind < argc && (strcmp(argv[optind], "help") == 0 || strcmp(argv[optind], "version") == 0)))
		*config = NULL;
	for (int i = optind; i < argc && !only_config; i++)
		setting_add_to_list(&options->files, str_from(argv[i]), arena);
	return true;
}

static bool check_lock(const struct options *options, struct err *err)
{
	const char *needs = options->policy.locked          ? "locked"
			    : options->lock_prune           ? "lock-prune"
			    : options->policy.lock_fallback ? "lock-fallback"
							    : NULL;

	if (needs && !options->policy.lock.ptr)
		return err_set(err, "--%s: which lock file? Add --lock=FILE", needs);
	if (options->policy.locked && (options->lock_prune || options->policy.lock_fallback))
		return err_set(err, "--locked never asks a server and never writes: leave out --%s",
			       options->lock_prune ? "lock-prune" : "lock-fallback");
	return true;
}

/* The lists of which it matters what the command line has put in: see struct str_list. */
static void mark_own(struct options *options, bool is_end)
{
	struct str_list *lists[] = { &options->policy.ignores, &options->policy.excludes, &options->policy.alsos,
				     &options->policy.git_maps, &options->policy.git_skips };

	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		lists[i]->own_to = lists[i]->count;
		if (!is_end)
			lists[i]->own_from = lists[i]->count;
	}
}

bool options_read(int argc, char *const argv[], const char *config, struct arena *arena, struct options *options,
		  struct err *err)
{
	struct options read = {
		.policy = {
			.inject = INJECT_ANNOTATIONS,
			.volumes = VOLUMES_ALL,
			.secrets = true,
			.git = GIT_OBSERVE,
			.git_client = ROLLSTAMP_HAS_LIBGIT2 ? GIT_CLIENT_LIBGIT2 : GIT_CLIENT_GIT,
		},
		.git_timeout_ms = GIT_TIMEOUT_MS,
		.live_timeout_ms = LIVE_TIMEOUT_MS,
		.krm = argc > 0 && krm_is_program(argv[0]),
	};

	kinds_init(&read.policy.kinds, arena);
	if (config && *config == '\0')
		config = NULL;
	/* The file comes first, so that what the command line says after it counts. */
	if (!read_arguments(argc, argv, true, arena, &read, &config, err))
		return false;
	if (config && !optionfile_read(&read, config, arena, err))
		return false;
	mark_own(&read, false);
	if (!read_arguments(argc, argv, false, arena, &read, &config, err))
		return false;
	mark_own(&read, true);
	if (!take_command(&read, err))
		return false;
	if (read.command != COMMAND_HELP && read.command != COMMAND_VERSION &&
	    (!check_belonging(&read, err) || !check_live(&read, err) || !check_lock(&read, err)))
		return false;
	/* What a digest covers does not depend on a commit. */
	if (read.command == COMMAND_DIGEST)
		read.policy.git = GIT_OFF;
	*options = read;
	return true;
}
