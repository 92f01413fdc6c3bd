/* SPDX-License-Identifier: Apache-2.0 */
#include "rollstamp-git/bygit.h"

#include "base/buf.h"
#include "base/spawn.h"
#include "git/environment.h"
#include "git/refname.h"
#include "git/urlrule.h"

#include <assert.h>
#include <signal.h>
#include <stdlib.h>

/* How many bytes git may print. */
#define OUTPUT_LIMIT ((size_t)32 * 1024 * 1024)
#define OUTPUT_LIMIT_ALONE ((size_t)256 * 1024 * 1024)
#define ARGUMENTS 12
#define SETTINGS_LIMIT 8

/*
 * Credential helpers that git is given in place of the user's. One prints the userinfo of the url, which it gets by its
 * environment, since others can see arguments. The other asks `git credential fill`, with the user's own configuration,
 * and so the user's helpers; but these helpers are never told to store a login, or to erase one since a server refuses
 * it.
 */
#define OWN_HELPER                                                                                   \
	"!f() { test \"$1\" = get && printf 'username=%s\\npassword=%s\\n' \"$ROLLSTAMP_GIT_USER\" " \
	"\"$ROLLSTAMP_GIT_PASSWORD\"; }; f"
#define ASKING_HELPER                                                                                        \
	"!f() { test \"$1\" = get || exit 0; { cat; test -z \"$ROLLSTAMP_GIT_USER\" || "                     \
	"printf 'username=%s\\n' \"$ROLLSTAMP_GIT_USER\"; } | GIT_CONFIG_COUNT=$ROLLSTAMP_GIT_CONFIG_COUNT " \
	"GIT_CONFIG_PARAMETERS=$ROLLSTAMP_GIT_CONFIG_PARAMETERS git credential fill; }; f"

/* Configuration that git is given beside the user's, and behind it, by GIT_CONFIG_COUNT. */
struct git_settings {
	struct arena *arena;
	const char *changes[2 * SETTINGS_LIMIT + 8]; /* changes of the environment */
	size_t change_count;
	unsigned long from; /* the user has given so many settings already */
	unsigned long count;
};

static void change(struct git_settings *settings, struct str variable)
{
	assert(settings->change_count < sizeof(settings->changes) / sizeof(*settings->changes));
	settings->changes[settings->change_count++] = variable.ptr;
}

static void set(struct git_settings *settings, struct str key, struct str value)
{
	unsigned long number = settings->from + settings->count++;

	change(settings, arena_printf(settings->arena, "GIT_CONFIG_KEY_%lu=%.*s", number, STR_ARG(key)));
	change(settings, arena_printf(settings->arena, "GIT_CONFIG_VALUE_%lu=%.*s", number, STR_ARG(value)));
}

/* Git itself refuses a count that is no number. */
static unsigned long count_of_user(void)
{
	const char *text = getenv("GIT_CONFIG_COUNT");
	char *end;
	unsigned long count = text ? strtoul(text, &end, 10) : 0;

	return text && *end == '\0' && count < 100000 ? count : 0;
}

static const char *const *make_environment(struct git_settings *settings)
{
	/* Messages are searched for phrases in English. */
	change(settings, (struct str)STR("LC_ALL=C"));
	change(settings, (struct str)STR("LANGUAGE"));
	if (settings->count > 0)
		change(settings,
		       arena_printf(settings->arena, "GIT_CONFIG_COUNT=%lu", settings->from + settings->count));
	return environment_make(settings->changes, settings->change_count, settings->arena);
}

static bool run(struct listing *listing, const char *const *argv, const char *const *environment,
		struct spawn_result *result)
{
	struct spawn spawn = {
		.argv = argv,
		.environment = environment,
		.joins_group = true,
		.errors = SPAWN_ERRORS_KEPT,
		.output_limit = listing->is_alone ? OUTPUT_LIMIT_ALONE : OUTPUT_LIMIT,
	};
	struct err err;

	if (spawn_run(&spawn, &listing->arena, result, &err))
		return true;
	listing_fail_ourselves(
		listing, arena_printf(&listing->arena, "%s: with --git-client=git servers are asked by git", err.text));
	return false;
}

/* Does git say that it could not do its own work? */
static bool is_trouble(const struct spawn_result *result)
{
	static const char *const parts[] = { "ut of memory",
					     "died of signal",
					     "onfiguration option",
					     "Bad owner or permissions",
					     "SSL CA cert",
					     "Too many open files",
					     "cannot fork",
					     "unable to fork",
					     "cannot create",
					     "bad config",
					     "bad boolean",
					     "bad numeric",
					     "unable to find remote helper",
					     "is not a git command",
					     "cannot run",
					     "unable to create thread",
					     "Resource temporarily unavailable" };

	if (result->end != SPAWN_EXITED)
		return true;
	/*
	 * The shell here does not find the program of GIT_SSH_COMMAND. A server's shell that finds none names
	 * git-upload-pack.
	 */
	if (str_contains(result->errors, ": not found") && !str_contains(result->errors, "git-upload-pack"))
		return true;
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (str_contains(result->errors, parts[i]))
			return true;
	return false;
}

static void fail_by_result(struct listing *listing, const struct spawn_result *result)
{
	const struct url *url = &listing->asking;
	enum sentence_source source =
		url->scheme == URL_SSH || url->scheme == URL_SCP ? SENTENCE_GIT_SSH : SENTENCE_GIT;
	struct str sentence;

	switch (result->end) {
	case SPAWN_TOO_MUCH:
		listing_fail(listing,
			     (struct str)STR("the server has more than 256 MiB of refs, and a listing may not be "
					     "longer"));
		listing->takes_too_much = true;
		return;
	case SPAWN_SIGNALLED:
		if (result->status == SIGPIPE) {
			listing_fail(listing,
				     (struct str)STR("the server closed the connection before its answer was complete: "
						     "try again"));
			return;
		}
		sentence = arena_printf(&listing->arena,
					"git crashed, or was killed (signal %d, %s): is there too little memory?",
					result->status, strsignal(result->status));
		listing_fail_ourselves(listing, sentence);
		/* In a process of its own the listing may have enough memory. */
		listing->takes_too_much = true;
		return;
	case SPAWN_EXITED:
	case SPAWN_TIMED_OUT:
		break;
	}
	sentence = sentence_for(result->errors, source, &listing->arena);
	if (url->scheme == URL_HTTP &&
	    (str_contains(result->errors, "could not read") || str_contains(result->errors, "uthentication failed")))
		sentence =
			(struct str)STR("it asks for a login, which is given over https and ssh only: use one of them");
	/* Of an unknown message nobody knows either whether the server has a part in it. */
	if (is_trouble(result) || !sentence_is_known(result->errors, source))
		listing_fail_ourselves(listing, sentence);
	else
		listing_fail(listing, sentence);
}

/* The url without what must be in no argument list: any userinfo of http, else the password. */
static struct str plain_url(const struct url *url, struct arena *arena)
{
	struct str rest = url->text, scheme, userinfo;

	if (url->scheme == URL_HTTPS || url->scheme == URL_HTTP || !url->has_password)
		return url->scheme == URL_HTTPS || url->scheme == URL_HTTP ? url->bare : url->text;
	scheme = str_cut(&rest, ':');
	rest = str_skip(rest, strlen("//"));
	userinfo = str_cut(&rest, '@');
	return arena_printf(arena, "%.*s://%.*s@%.*s", STR_ARG(scheme), (int)str_find(userinfo, ':'), userinfo.ptr,
			    STR_ARG(rest));
}

/* Can somebody between us and the server answer for it? */
static bool is_open(const struct url *url)
{
	return url->scheme == URL_HTTP || url->scheme == URL_GIT;
}

/* Sets `asking` to what the user's url.*.insteadOf makes of the url. */
static bool find_effective(struct listing *listing, struct str url)
{
	const struct wire_request *request = listing->request;
	const char *argv[] = { "git", "ls-remote", "--get-url", "--", arena_dup(&listing->arena, url).ptr, NULL };
	struct git_settings settings = { .arena = &listing->arena };
	struct spawn_result result;
	struct err err;

	if (!run(listing, argv, make_environment(&settings), &result))
		return false;
	if (result.end != SPAWN_EXITED || result.status != 0) {
		fail_by_result(listing, &result);
		return false;
	}
	if (str_ends_with(result.output, "\n"))
		result.output.len--;
	if (!url_parse(result.output, &listing->arena, &listing->asking, &err) ||
	    !urlrule_check_allowed(&listing->asking, request->allow, request->allow_count, request->allow_local,
				   &err)) {
		listing_fail_ourselves(
			listing,
			arena_printf(&listing->arena, "the url that git's url.*.insteadOf makes of it %s", err.text));
		return false;
	}
	if (is_open(&listing->asking) && !is_open(&listing->url) && !url_is_local(&listing->url)) {
		/* A commit that came over https or ssh may be pinned, one that anybody could answer may not. */
		listing_fail_ourselves(listing,
				       (struct str)STR("git's url.*.insteadOf makes a url of http or git:// of it, "
						       "which whoever is in between could answer: if that is "
						       "meant, say it with --git-map"));
		return false;
	}
	return true;
}

static const char *allowed_protocols(const struct url *url)
{
	switch (url->scheme) {
	case URL_HTTPS:
		return "https";
	case URL_HTTP:
		return "http:https";
	case URL_SSH:
	case URL_SCP:
		/* Git knows ssh by these names, too, as they stand in the url. */
		return "ssh:git+ssh:ssh+git";
	case URL_GIT:
		return "git";
	case URL_FILE:
	case URL_PATH:
		return "file";
	}
	assert(!"a scheme");
	return "";
}

/* `https://HOST[:PORT]`. */
static struct str authority_of(const struct url *url, struct arena *arena)
{
	struct str rest = str_skip(url->bare, strlen("https://"));

	return arena_printf(arena, "https://%.*s", (int)str_find(rest, '/'), rest.ptr);
}

static bool is_of_its_own_url(const struct listing *listing)
{
	return listing->url.scheme == URL_HTTPS && str_equal_nocase(listing->url.host, listing->asking.host) &&
	       str_equal(url_port(&listing->url), url_port(&listing->asking));
}

/* Sets what the helpers above read from their environment. */
static void set_login(struct git_settings *settings, struct listing *listing)
{
	const char *count = getenv("GIT_CONFIG_COUNT"), *parameters = getenv("GIT_CONFIG_PARAMETERS");
	const struct url *url = &listing->url;
	struct str rest = str_skip(url->text, strlen("https://"));

	change(settings, arena_printf(settings->arena, "ROLLSTAMP_GIT_CONFIG_COUNT=%s", count ? count : ""));
	change(settings,
	       arena_printf(settings->arena, "ROLLSTAMP_GIT_CONFIG_PARAMETERS=%s", parameters ? parameters : ""));
	if (!is_of_its_own_url(listing)) {
		change(settings, (struct str)STR("ROLLSTAMP_GIT_USER"));
		return;
	}
	change(settings, arena_printf(settings->arena, "ROLLSTAMP_GIT_USER=%.*s", STR_ARG(url->user)));
	if (!url->has_password)
		return;
	rest = str_cut(&rest, '@');
	str_cut(&rest, ':');
	change(settings, arena_printf(settings->arena, "ROLLSTAMP_GIT_PASSWORD=%.*s",
				      STR_ARG(url_decode(rest, settings->arena))));
}

static bool is_set(const char *variable)
{
	const char *value = getenv(variable);

	return value && *value;
}

/* Does the user's configuration have a value of `key` for this url? If git can't tell, it is taken to have one. */
static bool is_configured(struct listing *listing, const char *key)
{
	const char *argv[] = {
		"git", "config", "--get-urlmatch", key, arena_dup(&listing->arena, listing->asking.bare).ptr, NULL
	};
	struct git_settings settings = { .arena = &listing->arena };
	struct spawn_result result;

	return !run(listing, argv, make_environment(&settings), &result) || result.end != SPAWN_EXITED ||
	       result.status != 1;
}

/*
 * What OpenSSL calls the certificates of authorities counts, as it does with libgit2, whatever TLS library git has, if
 * neither git's variable nor its configuration says something else.
 */
static void set_authorities(struct git_settings *settings, struct listing *listing)
{
	static const struct {
		const char *common, *of_git, *key;
	} rows[] = {
		{ "SSL_CERT_FILE", "GIT_SSL_CAINFO", "http.sslCAInfo" },
		{ "SSL_CERT_DIR", "GIT_SSL_CAPATH", "http.sslCAPath" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (is_set(rows[i].common) && !is_set(rows[i].of_git) && !is_configured(listing, rows[i].key))
			change(settings,
			       arena_printf(settings->arena, "%s=%s", rows[i].of_git, getenv(rows[i].common)));
}

/*
 * The user's own command is used as git uses it. Without one, ssh asks nobody, gives a server nothing but the command,
 * leaves nothing behind, and tells what went wrong (see sshcommand.c).
 */
static void set_ssh(struct git_settings *settings, struct listing *listing)
{
	if (getenv("GIT_SSH_COMMAND") || getenv("GIT_SSH") || is_configured(listing, "core.sshCommand"))
		return;
	change(settings,
	       arena_printf(
		       settings->arena,
		       "GIT_SSH_COMMAND=ssh -o BatchMode=yes -o ConnectTimeout=%u -T -a -x -o ClearAllForwardings=yes "
		       "-o ControlMaster=no -o UpdateHostKeys=no -o LogLevel=INFO",
		       listing->request->timeout_ms / 1000 + 1));
}

/* Sets `key` for the url itself, too, since git takes the most specific of several settings, whichever comes last. */
static void set_for_url(struct git_settings *settings, const struct url *url, const char *key, const char *value)
{
	set(settings, arena_printf(settings->arena, "http.%s", key), str_from(value));
	set(settings, arena_printf(settings->arena, "http.%.*s.%s", STR_ARG(url->bare), key), str_from(value));
}

static const char *const *make_listing_environment(struct listing *listing)
{
	const struct url *asking = &listing->asking;
	struct git_settings settings = { .arena = &listing->arena, .from = count_of_user() };

	if (asking->scheme == URL_HTTPS || asking->scheme == URL_HTTP) {
		set_authorities(&settings, listing);
		/* Certificates are always checked. */
		set_for_url(&settings, asking, "sslVerify", "true");
		change(&settings, (struct str)STR("GIT_SSL_NO_VERIFY"));
	}

	if (listing->request->allow_count > 0)
		set_for_url(&settings, asking, "followRedirects", "false");
	if (asking->scheme == URL_HTTPS)
		set_login(&settings, listing);
	if (asking->scheme == URL_SSH || asking->scheme == URL_SCP)
		set_ssh(&settings, listing);
	change(&settings, arena_printf(&listing->arena, "GIT_ALLOW_PROTOCOL=%s", allowed_protocols(asking)));
	return make_environment(&settings);
}

/*
 * Adds settings behind all configuration, so that they win: nothing gives a login but to the server of the url, and
 * over http nothing does at all.
 */
static size_t add_login(struct listing *listing, const char **argv, size_t count)
{
	struct str authority;
	bool is_own = is_of_its_own_url(listing) && listing->url.has_password;

	argv[count++] = "-c";
	argv[count++] = "credential.helper=";
	if (listing->asking.scheme != URL_HTTPS)
		return count;
	authority = authority_of(&listing->asking, &listing->arena);
	argv[count++] = "-c";
	/* This makes sections for a part of a server count. */
	argv[count++] = arena_printf(&listing->arena, "credential.%.*s.useHttpPath=true", STR_ARG(authority)).ptr;
	argv[count++] = "-c";
	argv[count++] = arena_printf(&listing->arena, "credential.%.*s.helper=%s", STR_ARG(authority),
				     is_own ? OWN_HELPER : ASKING_HELPER)
				.ptr;
	return count;
}

/*
 * The arguments name no refs. Git itself would only filter what it prints by them, and others can see an argument list,
 * though a name may come from a Secret.
 */
static const char *const *make_arguments(struct listing *listing, struct str url)
{
	const char **argv = arena_array(&listing->arena, ARGUMENTS + 1, sizeof(*argv));
	size_t count = 0;

	argv[count++] = "git";
	argv[count++] = "-c";
	argv[count++] = "protocol.version=2";
	count = add_login(listing, argv, count);
	argv[count++] = "ls-remote";
	argv[count++] = "--";
	argv[count++] = arena_dup(&listing->arena, url).ptr;
	assert(count <= ARGUMENTS);
	return argv;
}

bool bygit_read(struct str text, const struct map *index, struct arena *arena)
{
	struct map peeled;

	map_init(&peeled, arena);
	while (text.len > 0) {
		struct str name = str_cut(&text, '\n'), hex = str_cut(&name, '\t'), *commit;
		bool is_peeled = str_ends_with(name, "^{}");

		if (!name.ptr || !refname_is_commit(hex))
			return false;
		if (is_peeled)
			name.len -= strlen("^{}");
		commit = map_get(index, name);
		if (!commit || (!is_peeled && map_get(&peeled, name)))
			continue;
		*commit = arena_dup(arena, hex);
		if (is_peeled)
			map_set(&peeled, arena_dup(arena, name), commit);
	}
	return true;
}

static void list(struct listing *listing)
{
	struct str url = plain_url(&listing->url, &listing->arena);
	struct spawn_result result;
	struct map index;

	if (!find_effective(listing, url) ||
	    !run(listing, make_arguments(listing, url), make_listing_environment(listing), &result))
		return;
	if (result.end != SPAWN_EXITED || result.status != 0) {
		fail_by_result(listing, &result);
		return;
	}
	index = listing_index_names(listing);
	if (bygit_read(result.output, &index, &listing->arena))
		listing_take_index(listing, &index);
	else
		listing_fail_ourselves(listing, (struct str)STR("`git ls-remote` prints what is no listing of refs"));
}

void bygit_list(struct listing *listing, void (*done)(struct listing *))
{
	list(listing);
	listing_settle(listing, done);
}
