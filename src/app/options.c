#include "app/options.h"

#include "app/krm.h"
#include "app/optionfile.h"
#include "app/setting.h"

#include <getopt.h>

#define GIT_TIMEOUT_MS 10000
#define LIVE_TIMEOUT_MS 20000

const char *options_inject_name(unsigned inject)
{
	return inject == INJECT_ANNOTATIONS ? "annotations" : inject == INJECT_ENV ? "env" : "both";
}

const char *options_git_name(enum git_mode mode)
{
	return mode == GIT_OFF ? "off" : mode == GIT_PIN ? "pin" : "observe";
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
		"that each pod template consumes, and the commits of the git refs that it checks out, written into\n"
		"it, so that a change of them rolls the workload.\n"
		"Every other byte is printed as it came.\n"
		"\n");
	const struct setting *settings;
	size_t count;

	settings = setting_table(&count);
	for (size_t i = 0; i < count; i++) {
		size_t before = to->len, width = 46;

		if (!settings[i].help)
			continue;

		buf_printf(to, "  --%s%s%s", settings[i].name, settings[i].value ? "=" : "",
			   settings[i].value ? settings[i].value : "");
		buf_add_repeated(to, ' ', to->len - before < width ? width - (to->len - before) : 2);
		buf_printf(to, "%s\n", settings[i].help);
	}
	buf_add_cstring(to, "\nSee rollstamp(1).\n");
}

struct str options_information(const struct options *options, struct arena *arena)
{
	struct buf text = { 0 };

	if (options->command == COMMAND_HELP)
		print_help(&text);
	else
		buf_add_cstring(&text, "rollstamp " ROLLSTAMP_VERSION "\n");
	return buf_keep(&text, arena);
}

static bool read_digest_object(struct options *options, struct str text, struct err *err)
{
	struct str kind;

	if (!setting_split_name(text, &kind, &options->object_namespace, &options->object_name, err))
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
	if (options->live && options->command == COMMAND_DIGEST && !options->for_name.ptr)
		return err_set(err, "digest --live needs --for: else give the object with --external");
	if ((options->for_name.ptr || options->preimage) && options->command != COMMAND_DIGEST)
		return err_set(err, "--for and --preimage belong to rollstamp digest");
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
	while ((id = getopt_long(argc, argv, ":h", table, &index)) != -1) {
		const struct setting *setting;

		if (id == '?')
			return explain_unknown(argv[optind - 1], err);
		if (id == ':')
			return err_set(err, "option '%s' needs a value", argv[optind - 1]);
		setting = id == 'h' ? setting_find(str_from("help")) : &settings[index];
		if (optarg && *optarg == '\0')
			return err_set(err, "option '--%s' needs a value", setting->name);
		if (!check_whole(setting, argv[optind - (optarg == argv[optind - 1] ? 2 : 1)], err))
			return false;
		if (setting->id == SETTING_CONFIG)
			*config = optarg;
		informs = informs || setting->id == SETTING_HELP || setting->id == SETTING_VERSION;
		if (!only_config && !setting_apply(options, setting, str_from(optarg), arena, err))
			return false;
		options->set_by_caller |= setting_bit(setting);
	}
	if (informs)
		*config = NULL;
	for (int i = optind; i < argc && !only_config; i++)
		setting_add_to_list(&options->files, str_from(argv[i]), arena);
	return true;
}

static bool check_lock(const struct options *options, struct err *err)
{
	const char *needs = options->locked          ? "locked"
			    : options->lock_prune    ? "lock-prune"
			    : options->lock_fallback ? "lock-fallback"
						     : NULL;

	if (needs && !options->lock.ptr)
		return err_set(err, "--%s: which lock file? Add --lock=FILE", needs);
	if (options->locked && (options->lock_prune || options->lock_fallback))
		return err_set(err, "--locked never asks a server and never writes: leave out --%s",
			       options->lock_prune ? "lock-prune" : "lock-fallback");
	return true;
}

bool options_read(int argc, char *const argv[], const char *config, struct arena *arena, struct options *options,
		  struct err *err)
{
	struct options read = {
		.inject = INJECT_ANNOTATIONS,
		.volumes = VOLUMES_ALL,
		.secrets = true,
		.git = GIT_OBSERVE,
		.git_timeout_ms = GIT_TIMEOUT_MS,
		.live_timeout_ms = LIVE_TIMEOUT_MS,
		.krm = argc > 0 && krm_is_program(argv[0]),
	};

	kinds_init(&read.kinds, arena);
	if (config && *config == '\0')
		config = NULL;
	/* The file comes first, so that what the command line says after it counts. */
	if (!read_arguments(argc, argv, true, arena, &read, &config, err))
		return false;
	if (config && !optionfile_read(&read, config, arena, err))
		return false;
	if (!read_arguments(argc, argv, false, arena, &read, &config, err))
		return false;
	if (read.command != COMMAND_HELP && read.command != COMMAND_VERSION && !take_command(&read, err))
		return false;
	if (!check_lock(&read, err))
		return false;
	/* What a digest covers does not depend on a commit. */
	if (read.command == COMMAND_DIGEST)
		read.git = GIT_OFF;
	*options = read;
	return true;
}
