/* SPDX-License-Identifier: Apache-2.0 */
#include "rollstamp-git/library.h"

#include "rollstamp-git/standalone.h"

#include <git2.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

static const char *variable(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

static void add_file(git_config *config, const char *path, git_config_level_t level)
{
	/* A file that is missing, or that git would not understand either, sets nothing. */
	(void)git_config_add_file_ondisk(config, path, level, NULL, 0);
}

static void add_found(git_config *config, int (*find)(git_buf *), git_config_level_t level)
{
	git_buf path = { 0 };

	if (find(&path) == 0)
		add_file(config, path.ptr, level);
	git_buf_dispose(&path);
}

/* Git's configuration outside of repositories. libgit2 does not know the variables that name other files for it. */
static git_config *open_config(void)
{
	const char *global = variable("GIT_CONFIG_GLOBAL"), *system = variable("GIT_CONFIG_SYSTEM");
	git_config *config = NULL;

	if (git_config_new(&config) != 0)
		return NULL;
	if (global) {
		add_file(config, global, GIT_CONFIG_LEVEL_GLOBAL);
	} else {
		add_found(config, git_config_find_xdg, GIT_CONFIG_LEVEL_XDG);
		add_found(config, git_config_find_global, GIT_CONFIG_LEVEL_GLOBAL);
	}
	if (system)
		add_file(config, system, GIT_CONFIG_LEVEL_SYSTEM);
	else if (!variable("GIT_CONFIG_NOSYSTEM"))
		add_found(config, git_config_find_system, GIT_CONFIG_LEVEL_SYSTEM);
	return config;
}

/* A path from the first of these places that names one, in the arena; or NULL. */
static const char *find_path(git_config *config, const char *before, const char *key, const char *behind,
			     struct arena *arena)
{
	git_buf path = { 0 };
	const char *found = variable(before);

	if (!found && config && git_config_get_path(&path, config, key) == 0 && path.size > 0)
		found = arena_dup(arena, (struct str){ path.ptr, path.size }).ptr;
	git_buf_dispose(&path);
	return found ? found : variable(behind);
}

static struct str set_certificates(struct arena *arena)
{
	git_config *config = open_config();
	const char *file = find_path(config, "GIT_SSL_CAINFO", "http.sslcainfo", "SSL_CERT_FILE", arena);
	const char *directory = find_path(config, "GIT_SSL_CAPATH", "http.sslcapath", "SSL_CERT_DIR", arena);

	git_config_free(config);
	if (!file && !directory)
		file = standalone_certificates();
	if ((!file && !directory) || git_libgit2_opts(GIT_OPT_SET_SSL_CERT_LOCATIONS, file, directory) == 0)
		return (struct str){ 0 };
	return arena_printf(
		arena,
		"the certificates of authorities in %s can't be read (SSL_CERT_FILE, SSL_CERT_DIR, or git's "
		"http.sslCAInfo, http.sslCAPath name them)",
		file ? file : directory);
}

/* For curl an empty variable means no proxy, and a scheme may be left out; libgit2 knows neither. */
static void tidy_proxies(struct arena *arena)
{
	static const char *const names[] = { "http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const char *value = variable(names[i]);

		if (!value)
			unsetenv(names[i]);
		else if (!strstr(value, "://"))
			setenv(names[i], arena_printf(arena, "http://%s", value).ptr, 1);
	}
}

bool library_start(unsigned timeout_ms, bool needs_certificates, struct arena *arena, struct str *untrusting,
		   struct err *err)
{
	if (git_libgit2_init() < 0)
		return err_set(err, "libgit2 can't be started");
	tidy_proxies(arena);
	(void)git_libgit2_opts(GIT_OPT_SET_USER_AGENT, "rollstamp/" ROLLSTAMP_VERSION);
	/*
	 * The check of who owns a repository protects programs that run what its configuration names. This program runs
	 * nothing of a repository, and in CI the checkout often belongs to another user.
	 */
	(void)git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
#if LIBGIT2_VER_MAJOR > 1 || LIBGIT2_VER_MINOR >= 7
	/* This lets a thread end by itself; the process that waits for all threads keeps the deadline. */
	(void)git_libgit2_opts(GIT_OPT_SET_SERVER_CONNECT_TIMEOUT, (int)(timeout_ms > INT_MAX ? INT_MAX : timeout_ms));
	(void)git_libgit2_opts(GIT_OPT_SET_SERVER_TIMEOUT, (int)(timeout_ms > INT_MAX ? INT_MAX : timeout_ms));
#else
	(void)timeout_ms;
#endif
	*untrusting = needs_certificates ? set_certificates(arena) : (struct str){ 0 };
	return true;
}

void library_stop(void)
{
	git_libgit2_shutdown();
}

const char *library_version(void)
{
	static char text[64];
	int major, minor, revision;

	git_libgit2_version(&major, &minor, &revision);
	(void)snprintf(text, sizeof(text), "libgit2 %d.%d.%d", major, minor, revision);
	return text;
}
