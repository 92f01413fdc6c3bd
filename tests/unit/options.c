/* SPDX-License-Identifier: Apache-2.0 */
#include "app/digestcommand.h"
#include "app/help.h"
#include "app/listcommand.h"
#include "app/lockcommand.h"
#include "app/option.h"
#include "app/options.h"
#include "app/stampcommand.h"
#include "app/version.h"

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct options options;
static char config_path[64];

static const char *config_variable, *since_variable, *max_rolls_variable;

/* The environment. */
static char *variable(const char *name)
{
	const char *value = strcmp(name, "ROLLSTAMP_CONFIG") == 0      ? config_variable
			    : strcmp(name, "ROLLSTAMP_SINCE") == 0     ? since_variable
			    : strcmp(name, "ROLLSTAMP_MAX_ROLLS") == 0 ? max_rolls_variable
								       : NULL;

	return (char *)(uintptr_t)value;
}

static int set_up(void **state)
{
	(void)state;
	memset(&options, 0, sizeof(options));
	config_path[0] = '\0';
	since_variable = max_rolls_variable = NULL;
	return 0;
}

static int tear_down(void **state)
{
	if (config_path[0])
		unlink(config_path);
	return unit_release(state);
}

#define OPTIONS(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

/* Words of the command line, with single spaces between them. */
static bool read_with(const char *line, const char *config)
{
	char *words[32] = { 0 };
	struct str rest = arena_printf(&unit_arena, "rollstamp%s%s", *line ? " " : "", line);
	int count = 0;

	while (rest.ptr) {
		struct str word = str_cut(&rest, ' ');

		words[count++] = (char *)(uintptr_t)arena_dup(&unit_arena, word).ptr;
	}
	config_variable = config;
	return options_read(count, words, variable, &unit_arena, &options, &unit_err);
}

static bool read_line(const char *line)
{
	return read_with(line, NULL);
}

/* The path of a configuration file with this text. */
static const char *configure(const char *text)
{
	FILE *file;
	int fd;

	strcpy(config_path, "/tmp/rollstamp-options.XXXXXX");
	fd = mkstemp(config_path);
	assert_true(fd >= 0);
	file = fdopen(fd, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	return config_path;
}

static void without_arguments_annotations_are_stamped(void **state)
{
	(void)state;
	assert_succeeds(read_line(""));
	assert_ptr_equal(options.command, &stampcommand);
	assert_int_equal(options.policy.inject, INJECT_ANNOTATIONS);
	assert_int_equal(options.policy.volumes, VOLUMES_ALL);
	assert_true(options.policy.secrets);
	assert_false(options.policy.strict);
	assert_null(options.report.ptr);
	assert_null(options.log.ptr);
	assert_int_equal(options.files.count, 0);
	assert_int_equal(options.policy.ns.len, 0);
	assert_non_null(kinds_find(&options.policy.kinds, S("apps/v1"), S("Deployment")));
}

static void every_option_is_understood(void **state)
{
	(void)state;
	assert_succeeds(read_line("--inject=both --namespace n --external=a --external b --strict --unresolved-ok=u "
				  "--ignore=deployment/x --exclude=deployment/w=configmap/c --volumes=subpath "
				  "--secrets=off --secret-key-file=k --kind=g/K=a.b --report=r.json --log l f1 - f2"));
	assert_int_equal(options.policy.inject, INJECT_ANNOTATIONS | INJECT_ENV);
	assert_str(options.policy.ns, "n");
	assert_int_equal(options.externals.count, 2);
	assert_str(options.externals.items[1], "b");
	assert_true(options.policy.strict);
	assert_str(options.policy.unresolved_ok.items[0], "u");
	assert_str(options.policy.ignores.items[0], "deployment/x");
	assert_str(options.policy.excludes.items[0], "deployment/w=configmap/c");
	assert_int_equal(options.policy.volumes, VOLUMES_SUBPATH);
	assert_false(options.policy.secrets);
	assert_str(options.secret_key_file, "k");
	assert_non_null(kinds_find(&options.policy.kinds, S("g/v1"), S("K")));
	assert_str(options.report, "r.json");
	assert_str(options.log, "l");
	assert_int_equal(options.files.count, 3);
	assert_str(options.files.items[1], "-");
	assert_succeeds(read_line("--git-client=git"));
	assert_int_equal(options.policy.git_client, GIT_CLIENT_GIT);
	assert_succeeds(read_line("--git-client libgit2"));
	assert_int_equal(options.policy.git_client, GIT_CLIENT_LIBGIT2);
	assert_succeeds(read_line(""));
	assert_int_equal(options.policy.git_client, ROLLSTAMP_HAS_LIBGIT2 ? GIT_CLIENT_LIBGIT2 : GIT_CLIENT_GIT);
	assert_succeeds(read_line("--inject=env --volumes=none --secrets=on"));
	assert_int_equal(options.policy.inject, INJECT_ENV);
	assert_int_equal(options.policy.volumes, VOLUMES_NONE);
	assert_true(options.policy.secrets);
}

static void the_name_of_the_program_chooses_the_krm_function(void **state)
{
	const struct {
		const char *program;
		bool is_krm;
	} rows[] = {
		{ "rollstamp", false },          { "rollstamp-krm", true },
		{ "/usr/bin/rollstamp", false }, { "/usr/bin/rollstamp-krm", true },
		{ "./rollstamp-krm", true },     { "/rollstamp-krm/rollstamp", false },
		{ "rollstamp-krm.sh", false },   { "", false },
	};
	char flag[] = "--krm";

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char *words[] = { (char *)(uintptr_t)rows[i].program, flag, NULL };

		assert_succeeds(options_read(1, words, NULL, &unit_arena, &options, &unit_err));
		assert_int_equal(options.krm, rows[i].is_krm);
		assert_succeeds(options_read(2, words, NULL, &unit_arena, &options, &unit_err));
		assert_true(options.krm);
	}
}

static void a_guard_can_stand_in_the_environment(void **state)
{
	(void)state;
	since_variable = "old.yaml";
	max_rolls_variable = "10%";
	assert_succeeds(read_line(""));
	assert_str(options.since, "old.yaml");
	assert_true(options.max_rolls.is_given && options.max_rolls.is_percent);
	assert_int_equal(options.max_rolls.count, 10);
	/* It stands above every configuration file, since whoever sets it knows nothing of that, ... */
	assert_succeeds(read_with("", configure("max-rolls: 7\n")));
	assert_int_equal(options.max_rolls.count, 10);
	assert_succeeds(read_line(arena_printf(&unit_arena, "--config=%s", config_path).ptr));
	assert_int_equal(options.max_rolls.count, 10);
	/* ... and below the command line. */
	assert_succeeds(read_line("--max-rolls=3"));
	assert_int_equal(options.max_rolls.count, 3);
	assert_str(options.since, "old.yaml");
}

static void a_guard_in_the_environment_that_is_wrong_is_refused(void **state)
{
	(void)state;
	since_variable = "";
	assert_fails(read_line(""), "ROLLSTAMP_SINCE is set and empty");
	assert_succeeds(read_line("--version"));
	since_variable = "old.yaml";
	assert_fails(read_line(""), "add --max-rolls");
	max_rolls_variable = "some";
	assert_fails(read_line(""), "ROLLSTAMP_MAX_ROLLS: ");
	since_variable = NULL;
	max_rolls_variable = "0";
	assert_fails(read_line(""), "--max-rolls: compared with what?");
}

static void commands_are_the_first_word(void **state)
{
	(void)state;
	assert_succeeds(read_line("list --check a.yaml"));
	assert_ptr_equal(options.command, &listcommand);
	assert_true(options.check);
	assert_int_equal(options.files.count, 1);
	assert_str(options.files.items[0], "a.yaml");
	assert_succeeds(read_line("--strict list"));
	assert_ptr_equal(options.command, &listcommand);
	assert_succeeds(read_line("digest ConfigMap/app --for deployment/web --preimage a.yaml"));
	assert_ptr_equal(options.command, &digestcommand);
	assert_int_equal(options.object_kind, OBJECT_CONFIGMAP);
	assert_str(options.object_name, "app");
	assert_str(options.for_kind, "deployment");
	assert_str(options.for_name, "web");
	assert_true(options.preimage);
	assert_str(options.files.items[0], "a.yaml");
	assert_succeeds(read_line("digest secret/db"));
	assert_int_equal(options.object_kind, OBJECT_SECRET);
	assert_succeeds(read_line("a.yaml list"));
	assert_ptr_equal(options.command, &stampcommand);
	assert_int_equal(options.files.count, 2);
	assert_succeeds(read_line("--help"));
	assert_ptr_equal(options.command, &help_command);
	assert_succeeds(read_line("--version list"));
	assert_ptr_equal(options.command, &version_command);
}

static void mistakes_are_usage_errors(void **state)
{
	static const struct {
		const char *line, *error;
	} rows[] = {
		{ "--nonsense", "unknown option '--nonsense'" },
		{ "a.yaml --nonsense b.yaml", "unknown option '--nonsense'" },
		{ "-x", "unknown option '-x'" },
		{ "-xy", "unknown option '-x" },
		{ "a -xy b", "unknown option '-x" },
		{ "--inject", "option '--inject' needs a value" },
		{ "--inject=none", "--inject takes one of annotations, env, both, not 'none'" },
		{ "--inject=", "needs a value" },
		{ "--volumes=some", "--volumes takes all, subpath or none" },
		{ "--secrets=no", "--secrets takes one of off, on" },
		{ "--strict=yes", "--strict" },
		{ "--ignore=a/b/c/d", "--ignore 'a/b/c/d'" },
		{ "--ignore=", "needs a value" },
		{ "--exclude=a", "--exclude 'a': write WORKLOAD=OBJECT" },
		{ "--exclude=a=b=c", "write WORKLOAD=OBJECT" },
		{ "--exclude=a//b=c", "write NAME, KIND/NAME" },
		{ "--exclude=a=deployment/c", "names no ConfigMap, Secret or SecretProviderClass" },
		{ "--also=a", "--also 'a': write WORKLOAD=OBJECT" },
		{ "--also=a=app", "write the object as configmap/NAME" },
		{ "--also=a=shop/app", "write the object as configmap/NAME" },
		{ "--also=a=secret/a/b/c", "write the object as configmap/NAME" },
		{ "--also=a=configmap:a@b", "is no label selector" },
		{ "--also=a=*/dash-*", "is no kind that can be selected" },
		{ "--also=a/b/c/d=secret/x", "write NAME, KIND/NAME" },
		{ "--volumes=web=some", "--volumes takes all, subpath or none" },
		{ "--volumes==all", "write NAME, KIND/NAME" },
		{ "--unresolved-ok=a/b/c/d", "write NAME, KIND/NAME" },
		{ "--unresolved-ok=git/", "write NAME, KIND/NAME" },
		{ "--unresolved-ok=deployment/web",
		  "names no ConfigMap, Secret or SecretProviderClass; for the git refs of a workload write git/web" },
		{ "--exclude==c/d", "write WORKLOAD=OBJECT" },
		{ "--kind=K", "--kind 'K': write GROUP/KIND=path.to.template" },
		{ "--kind=/Secret=a", "a Secret has no pod template" },
		{ "digest", "digest: which object?" },
		{ "digest app", "'app': write KIND/NAME" },
		{ "digest /app", "write KIND/NAME" },
		{ "digest configmap/", "write KIND/NAME" },
		{ "digest deployment/web", "a digest is of a configmap, a secret or a secretproviderclass" },
		{ "digest secret/db --preimage", "--preimage would print the values of a Secret" },
		{ "digest configmap/a --for web", "write KIND/NAME" },
		{ "--check", "--check belongs to rollstamp list" },
		{ "digest configmap/a --check", "--check belongs to rollstamp list" },
		{ "why a b --check", "--check belongs to rollstamp list or lock" },
		{ "--prune", "--prune belongs to rollstamp lock" },
		{ "list --only=x", "--only belongs to rollstamp lock" },
		{ "--preimage", "belongs to rollstamp digest" },
		{ "list --for a/b", "belongs to rollstamp digest" },
		{ "lock --since=a b", "--since belongs to the filter, not to lock" },
		{ "lock --live b", "--live belongs to the filter, and to rollstamp list or digest, not to lock" },
		{ "--output=json", "--output belongs to rollstamp list, why or lock, not to the filter" },
		{ "version --strict", "not to version" },
		{ "help list --strict", "not to help" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		bool ok = read_line(rows[i].line);

		assert_for(!ok, rows[i].line);
		if (!ok && !strstr(unit_err.text, rows[i].error))
			assert_row(str_from(unit_err.text), rows[i].error, rows[i].line);
	}
}

static void lock_takes_renders_and_its_own_options(void **state)
{
	(void)state;
	assert_succeeds(read_line("lock --lock=f --check --prune --only=h/a --only h/b -o wide a.yaml dir"));
	assert_ptr_equal(options.command, &lockcommand);
	assert_true(options.check);
	assert_true(options.lock_prune);
	assert_int_equal(options.policy.git_onlys.count, 2);
	assert_int_equal(options.files.count, 2);
	assert_true(options.takes_directories);
	assert_succeeds(read_with("lock a.yaml", configure("lock: f\nlocked: true\nlock-prune: true\n")));
	assert_false(options.policy.locked);
	assert_true(options.lock_prune);
	assert_fails(read_line("lock a.yaml --prune"), "which lock file");
	assert_fails(read_line("lock --lock=f"), "of which renders");
}

/* A value that the option can have, as its help describes it. */
static const char *value_of(const struct option *option)
{
	static const struct {
		const char *described, *value;
	} rows[] = {
		{ "NS", "n" },
		{ "NAME", "n" },
		{ "FILE", "/dev/null" },
		{ "FILE|DIR", "f" },
		{ "FILE|DIR|none", "f" },
		{ "SECONDS", "5" },
		{ "PATTERN", "p" },
		{ "[=PATTERN]", "p" },
		{ "FROM=TO", "https://a/=https://b/" },
		{ "REPO:REF[:DEFAULT][:pin]", "A:B" },
		{ "[KIND/][NAMESPACE/]NAME", "n" },
		{ "WORKLOAD=OBJECT", "w=configmap/c" },
		{ "[WORKLOAD=]all|subpath|none", "none" },
		{ "GROUP/KIND=PATH", "g/K=a.b" },
		{ "KIND/NAME", "deployment/w" },
		{ "N|N%", "3" },
		{ "VERSION", ROLLSTAMP_VERSION },
	};

	if (option->choices)
		return option->choices[0];
	for (size_t i = 0; option->value && i < COUNT(rows); i++)
		if (strcmp(rows[i].described, option->value) == 0)
			return rows[i].value;
	assert_for(!option->value, option->name);
	return "true";
}

/* A line on which the command has all that it can't do without. */
static const char *line_of(const struct command *command)
{
	static const struct {
		const char *word, *line;
	} rows[] = {
		{ "filter", "" },
		{ "list", "list" },
		{ "digest", "digest configmap/a" },
		{ "why", "why old new" },
		{ "lock", "lock --lock=f render" },
		{ "completion", "completion bash" },
		{ "help", "help" },
		{ "version", "version" },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		if (strcmp(rows[i].word, command_word(command)) == 0)
			return rows[i].line;
	assert_for(false, command->name);
	return NULL;
}

/* Reads the line of `command` with `option` behind it. */
static bool read_option(const struct command *command, const struct option *option)
{
	bool is_flag = option->type == OPTION_FLAG;

	return read_line(arena_printf(&unit_arena, "%s%s--%s%s%s", line_of(command), *command->name ? " " : "",
				      option->name, is_flag ? "" : "=", is_flag ? "" : value_of(option))
				 .ptr);
}

static void on_the_command_line_every_command_refuses_what_means_nothing_to_it(void **state)
{
	const struct command *const *commands;
	const struct option *table;
	size_t command_count, count;

	(void)state;
	commands = command_table(&command_count);
	table = option_table(&count);
	for (size_t c = 0; c < command_count; c++)
		for (size_t i = 0; i < count; i++) {
			struct str refusal = arena_printf(&unit_arena, "--%s belongs to ", table[i].name);
			struct str end = arena_printf(&unit_arena, ", not to %s%s", c == 0 ? "the " : "",
						      command_word(commands[c]));
			/* What else the option needs may be missing. */
			bool ok = read_option(commands[c], &table[i]);
			bool is_refused = !ok && str_begins(str_from(unit_err.text), refusal);

			assert_for(is_refused != option_is_taken(&table[i], commands[c]), refusal.ptr);
			assert_for(!is_refused || str_ends_with(str_from(unit_err.text), end.ptr), end.ptr);
		}
}

/* A configuration file and the environment are for all commands: one sets nothing that means nothing to it. */
static void elsewhere_every_command_passes_over_what_means_nothing_to_it(void **state)
{
	const struct command *const *commands;
	const struct option *table;
	size_t command_count, count, passed_over = 0;

	(void)state;
	commands = command_table(&command_count);
	table = option_table(&count);
	for (size_t c = 0; c < command_count; c++)
		for (size_t i = 0; i < count; i++) {
			const struct option *option = &table[i];
			struct options before;

			if (option_is_taken(option, commands[c]) || !(option->places & IN_FILE))
				continue;
			assert_succeeds(read_line(line_of(commands[c])));
			before = options;
			if (!read_with(line_of(commands[c]), configure(arena_printf(&unit_arena, "%s: \"%s\"\n",
										    option->name, value_of(option))
									       .ptr)))
				assert_row(str_from(unit_err.text), "", option->name);
			unlink(config_path);
			assert_for(options.command == commands[c], commands[c]->name);
			/* The first word of why goes there as well. */
			if (commands[c]->takes_old)
				before.since = options.since = str_is(options.since, "old") ? S("") : options.since;
			assert_for(memcmp((char *)&before + option->at, (char *)&options + option->at, option->size) ==
					   0,
				   option->name);
			assert_int_equal(options.max_rolls.is_given, before.max_rolls.is_given);
			assert_int_equal(options.policy.git_pair_count, before.policy.git_pair_count);
			passed_over++;
			if (!option->variable)
				continue;
			since_variable = strcmp(option->name, "since") == 0 ? "f" : NULL;
			max_rolls_variable = since_variable ? NULL : "3";
			assert_succeeds(read_line(line_of(commands[c])));
			assert_for(str_is(options.since, commands[c]->takes_old ? "old" : ""), commands[c]->name);
			assert_false(options.max_rolls.is_given);
			since_variable = max_rolls_variable = NULL;
		}
	assert_true(passed_over > 0);
	/* It must be right all the same, since it counts for others. */
	assert_fails(read_with("digest configmap/a", configure("git: all\n")), "'git' takes observe|pin|off");
}

static void a_configuration_file_has_the_same_names(void **state)
{
	(void)state;
	assert_succeeds(
		read_with("", configure("# c\ninject: env\nnamespace: n\nexternal: [a, b]\nstrict: true\n"
					"unresolved-ok: u\nignore:\n- x\n- y\nexclude: [a/b=secret/d]\nvolumes: none\n"
					"secrets: off\nsecret-key-file: k\nkind: g/K=a.b\nreport: r\nlog: l\n")));
	assert_int_equal(options.policy.inject, INJECT_ENV);
	assert_str(options.policy.ns, "n");
	assert_int_equal(options.externals.count, 2);
	assert_true(options.policy.strict);
	assert_int_equal(options.policy.unresolved_ok.count, 1);
	assert_int_equal(options.policy.ignores.count, 2);
	assert_int_equal(options.policy.excludes.count, 1);
	assert_int_equal(options.policy.volumes, VOLUMES_NONE);
	assert_false(options.policy.secrets);
	assert_str(options.secret_key_file, "k");
	assert_non_null(kinds_find(&options.policy.kinds, S("g/v1"), S("K")));
	assert_str(options.report, "r");
	assert_str(options.log, "l");
}

static void the_command_line_goes_before_the_file(void **state)
{
	const char *path = configure("inject: env\nnamespace: n\nignore: x\nstrict: no\n");

	(void)state;
	assert_succeeds(read_with("--inject=both --ignore=y --strict", path));
	assert_int_equal(options.policy.inject, INJECT_ANNOTATIONS | INJECT_ENV);
	assert_str(options.policy.ns, "n");
	/* What can be given more than once adds up. */
	assert_int_equal(options.policy.ignores.count, 2);
	assert_true(options.policy.strict);
}

static void the_option_goes_before_the_environment(void **state)
{
	const char *path = configure("namespace: from-file\n");

	(void)state;
	assert_succeeds(read_with(arena_printf(&unit_arena, "--config=%s", path).ptr, "/nonexistent"));
	assert_str(options.policy.ns, "from-file");
	assert_succeeds(read_with("", ""));
	assert_str(options.policy.ns, "");
}

static void an_empty_configuration_file_is_one(void **state)
{
	(void)state;
	assert_succeeds(read_with("", configure("# nothing\n")));
	assert_int_equal(options.policy.inject, INJECT_ANNOTATIONS);
	unlink(config_path);
	assert_succeeds(read_with("", configure("\xef\xbb\xbfinject: env\n")));
	assert_int_equal(options.policy.inject, INJECT_ENV);
}

static void mistakes_in_a_configuration_file_name_their_line(void **state)
{
	static const struct {
		const char *text, *error;
	} rows[] = {
		{ "a\n", "line 1, column 1: not a mapping of options" },
		{ "\nnonsense: x\n", "line 2, column 1: no name of an option" },
		{ "config: x\n", "'config' is no option" },
		{ "help: true\n", "'help' is no option" },
		{ "only: x\n", "'only' is no option" },
		{ "check: true\n", "'check' is no option" },
		{ "[a]: b\n", "no name of an option" },
		{ "inject: env\nvolumes: some\n", "line 2, column 10: 'volumes' takes " },
		{ "inject: [env]\n", "line 1, column 9: 'inject' takes one value" },
		{ "strict: maybe\n", "'strict' takes true or false" },
		{ "ignore: {a: b}\n", "'ignore' takes a string or a list of strings" },
		{ "ignore: [[a]]\n", "an item of 'ignore' is not a string" },
		{ "ignore: a/b/c/d\n", "line 1, column 9: 'ignore' takes [KIND/][NAMESPACE/]NAME" },
		{ "inject: \"env\n", "not YAML" },
		{ "inject: *x\n", "has no anchor" },
		{ "inject: \xff\n", "line 1, column 9: not UTF-8 text" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_fails(read_with("", configure(rows[i].text)), rows[i].error);
		unlink(config_path);
	}
	assert_fails(read_with("", "/nonexistent/config"), "/nonexistent/config: can't be opened");
}

static void no_message_about_a_configuration_file_has_anything_of_it(void **state)
{
	static const char *const texts[] = {
		"c4n4ry\n",
		"c4n4ry: 1\n",
		"{\"c4n4ry\": 1}\n",
		"inject: c4n4ry\n",
		"inject: [c4n4ry]\n",
		"inject: {c4n4ry: c4n4ry}\n",
		"inject: *c4n4ry\n",
		"inject: &c4n4ry &c4n4ry x\n",
		"inject: !c4n4ry! x\n",
		"inject: \"c4n4ry\n",
		"namespace: C4N4RY_c4n4ry\n",
		"live-timeout: c4n4ry\n",
		"strict: c4n4ry\n",
		"ignore: c4n4ry/c4n4ry/c4n4ry/c4n4ry\n",
		"ignore: [[c4n4ry]]\n",
		"exclude: c4n4ry\n",
		"exclude: c4n4ry/c4n4ry=deployment/c4n4ry\n",
		"also: c4n4ry=c4n4ry/c4n4ry\n",
		"unresolved-ok: deployment/c4n4ry\n",
		"volumes: c4n4ry=c4n4ry\n",
		"volumes: c4n4ry\n",
		"secrets: c4n4ry\n",
		"kind: c4n4ry\n",
		"kind: c4n4ry/C4n4ry=\n",
		"git: c4n4ry\n",
		"git-timeout: c4n4ry\n",
		"git-map: c4n4ry\n",
		"git-pair: c4n4ry\n",
		"c4n4ry: [\n",
		"%c4n4ry\n---\na: b\n",
		"a: b\n--- c4n4ry\n",
		"c4n4ry\xff\n",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		assert_false(read_with("", configure(texts[i])));
		assert_null(strcasestr(unit_err.text, "c4n4ry"));
		assert_non_null(strstr(unit_err.text, "column"));
		unlink(config_path);
	}
}

static void what_the_command_line_adds_to_lists_is_known(void **state)
{
	(void)state;
	assert_succeeds(
		read_with("--ignore=c --ignore d --git-skip=e", configure("ignore: [a, b]\nalso: w=secret/x\n")));
	assert_int_equal(options.policy.ignores.count, 4);
	assert_int_equal(options.policy.ignores.own_from, 2);
	assert_int_equal(options.policy.ignores.own_to, 4);
	assert_int_equal(options.policy.git_skips.own_from, 0);
	assert_int_equal(options.policy.git_skips.own_to, 1);
	assert_int_equal(options.policy.alsos.own_from, options.policy.alsos.own_to);
}

static void volumes_are_of_all_workloads_or_of_one(void **state)
{
	(void)state;
	assert_succeeds(read_line("--volumes=subpath --volumes=deployment/w*=none --volumes shop/api=all"));
	assert_int_equal(options.policy.volumes, VOLUMES_SUBPATH);
	assert_int_equal(options.policy.volumes_rule_count, 2);
	assert_str(options.policy.volumes_rules[0].workload, "deployment/w*");
	assert_int_equal(options.policy.volumes_rules[0].mode, VOLUMES_NONE);
	assert_int_equal(options.policy.volumes_rules[1].mode, VOLUMES_ALL);
}

static void help_and_version_are_words_as_well(void **state)
{
	(void)state;
	assert_succeeds(read_with("help", "/nonexistent/config"));
	assert_ptr_equal(options.command, &help_command);
	assert_null(options.topic);
	assert_succeeds(read_line("help digest"));
	assert_ptr_equal(options.topic, &digestcommand);
	assert_succeeds(read_line("list --help f"));
	assert_ptr_equal(options.command, &help_command);
	assert_ptr_equal(options.topic, &listcommand);
	assert_succeeds(read_line("list -h"));
	assert_ptr_equal(options.topic, &listcommand);
	assert_succeeds(read_line("--help f"));
	assert_null(options.topic);
	assert_succeeds(read_with("version", "/nonexistent/config"));
	assert_ptr_equal(options.command, &version_command);
	assert_succeeds(read_line("./version"));
	assert_ptr_equal(options.command, &stampcommand);
	assert_fails(read_line("help stamps"), "help: there is no command 'stamps'");
}

static void letters_are_options(void **state)
{
	(void)state;
	assert_succeeds(read_line("list -n shop -o json"));
	assert_str(options.policy.ns, "shop");
	assert_int_equal(options.output, OUTPUT_JSON);
	assert_succeeds(read_line("list -nshop -owide"));
	assert_str(options.policy.ns, "shop");
	assert_int_equal(options.output, OUTPUT_WIDE);
	assert_succeeds(read_line("list --output=table"));
	assert_int_equal(options.output, OUTPUT_TABLE);
	assert_fails(read_line("-n"), "option '-n' needs a value");
	assert_fails(read_line("list -o yaml"), "--output takes one of table, wide, json");
	assert_fails(read_line("-o json"), "--output belongs to rollstamp list");
	assert_fails(read_line("-x"), "unknown option '-x'");
}

static void help_names_every_option(void **state)
{
	static const char *const names[] = {
		"--inject=", "--namespace=", "--external=", "--strict",   "--unresolved-ok=",
		"--ignore=", "--exclude=",   "--volumes=",  "--secrets=", "--secret-key-file=",
		"--kind=",   "--report=",    "--log=",      "--config=",  "--check",
		"--for=",    "--preimage",   "--help",      "--version"
	};
	struct buf text = { 0 };
	struct str help;

	(void)state;
	assert_succeeds(read_line("--help"));
	assert_ptr_equal(options.command, &help_command);
	help_print(options.topic, &text);
	help = buf_keep(&text, &unit_arena);
	for (size_t i = 0; i < COUNT(names); i++)
		assert_for(memmem(help.ptr, help.len, names[i], strlen(names[i])) != NULL, names[i]);
}

static void reading_twice_starts_anew(void **state)
{
	(void)state;
	assert_succeeds(read_line("--strict a b c"));
	assert_succeeds(read_line("x"));
	assert_false(options.policy.strict);
	assert_int_equal(options.files.count, 1);
	assert_string_equal(policy_inject_name(INJECT_ANNOTATIONS), "annotations");
	assert_string_equal(policy_inject_name(INJECT_ENV), "env");
	assert_string_equal(policy_inject_name(INJECT_ANNOTATIONS | INJECT_ENV), "both");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		OPTIONS(without_arguments_annotations_are_stamped),
		OPTIONS(every_option_is_understood),
		OPTIONS(the_name_of_the_program_chooses_the_krm_function),
		OPTIONS(a_guard_can_stand_in_the_environment),
		OPTIONS(a_guard_in_the_environment_that_is_wrong_is_refused),
		OPTIONS(commands_are_the_first_word),
		OPTIONS(mistakes_are_usage_errors),
		OPTIONS(lock_takes_renders_and_its_own_options),
		OPTIONS(on_the_command_line_every_command_refuses_what_means_nothing_to_it),
		OPTIONS(elsewhere_every_command_passes_over_what_means_nothing_to_it),
		OPTIONS(a_configuration_file_has_the_same_names),
		OPTIONS(the_command_line_goes_before_the_file),
		OPTIONS(the_option_goes_before_the_environment),
		OPTIONS(an_empty_configuration_file_is_one),
		OPTIONS(mistakes_in_a_configuration_file_name_their_line),
		OPTIONS(no_message_about_a_configuration_file_has_anything_of_it),
		OPTIONS(what_the_command_line_adds_to_lists_is_known),
		OPTIONS(volumes_are_of_all_workloads_or_of_one),
		OPTIONS(help_and_version_are_words_as_well),
		OPTIONS(letters_are_options),
		OPTIONS(help_names_every_option),
		OPTIONS(reading_twice_starts_anew),
	};

	return unit_run(tests);
}
