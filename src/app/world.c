/* SPDX-License-Identifier: Apache-2.0 */
#include "app/world.h"

#include "app/command.h"
#include "app/krm.h"
#include "base/file.h"
#include "base/files.h"
#include "base/output.h"
#include "git/lockfile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One list of files of the input, while they are read. */
struct file_list {
	struct arena *arena;
	struct world *world;
	struct render_file *items;
	size_t count, room;
	unsigned wait_ms; /* for a FIFO */
};

static void add(struct file_list *list, struct str name, struct buf *contents)
{
	list->items = arena_grow(list->arena, list->items, list->count, &list->room, sizeof(*list->items));
	list->items[list->count++] = (struct render_file){ .name = name, .text = buf_hand_over(contents, list->arena) };
}

static bool add_stdin(struct file_list *list, struct err *err)
{
	static const char hint[] =
		"rollstamp: reading manifests from the terminal; end them with Ctrl-D, or use a pipe: "
		"helm template ... | rollstamp\n";
	struct buf contents = { 0 };
	struct str piece = { hint, sizeof(hint) - 1 };

	if (list->world->has_read_stdin)
		return err_set(err, "'-': the standard input can be read once, and is read already");
	list->world->has_read_stdin = true;
	if (isatty(STDIN_FILENO) && !output_write(STDERR_FILENO, "standard error", &piece, 1, err))
		return false;
	if (!file_read_fd(STDIN_FILENO, "standard input", &contents, err)) {
		buf_release(&contents);
		return false;
	}
	add(list, str_from("input"), &contents);
	return true;
}

static bool add_file(struct file_list *list, struct str path, struct err *err)
{
	struct buf contents = { 0 };

	if (str_is(path, "-"))
		return add_stdin(list, err);
	if (!file_read(path.ptr, list->wait_ms, &contents, err)) {
		buf_release(&contents);
		return false;
	}
	add(list, path, &contents);
	return true;
}

static bool add_path(struct file_list *list, struct str path, struct err *err)
{
	struct str *paths;
	size_t count;

	if (!files_is_directory(path.ptr))
		return add_file(list, path, err);
	if (!files_list(path.ptr, list->arena, &paths, &count, err))
		return false;
	if (count == 0)
		return err_set(err, "%s: there is no .yaml, .yml or .json file in this directory or below it",
			       path.ptr);
	for (size_t i = 0; i < count; i++)
		if (!add_file(list, paths[i], err))
			return false;
	return true;
}

static bool read_manifests(const struct options *options, struct file_list *list, struct err *err)
{
	if (options->files.count == 0 && !add_stdin(list, err))
		return false;
	for (size_t i = 0; i < options->files.count; i++)
		if (!(options->takes_directories ? add_path : add_file)(list, options->files.items[i], err))
			return false;
	return true;
}

/* What is compared with: a file or directory, or nothing. */
static bool read_since(const struct options *options, struct file_list *list, struct err *err)
{
	if (options->command->takes_old)
		return add_path(list, options->since, err);
	/* Who has not written it on the command line may not know of it. */
	return options->since.len == 0 || str_is(options->since, "none") || add_path(list, options->since, err) ||
	       err_prefix(err, "--since");
}

static bool read_externals(const struct options *options, struct file_list *list, struct err *err)
{
	for (size_t i = 0; i < options->externals.count; i++)
		if (!add_path(list, options->externals.items[i], err))
			return false;
	return true;
}

/* The key is the file's bytes without one final newline, which editors add. */
static bool read_secret_key(const struct options *options, struct arena *arena, struct str *key, struct err *err)
{
	struct str path = options->secret_key_file;
	struct buf contents = { 0 };
	bool ok;

	if (!path.ptr)
		return true;
	ok = file_read(path.ptr, options->git_timeout_ms, &contents, err);
	if (ok && contents.len > 0 && contents.ptr[contents.len - 1] == '\n')
		contents.len--;
	if (ok && contents.len == 0)
		ok = err_set(err, "%s: the key for the digests of Secrets is empty", path.ptr);
	if (ok)
		*key = buf_keep(&contents, arena);
	buf_release(&contents);
	return ok;
}

/* A lock file that isn't there has no entries. */
static bool read_lock(const struct options *options, struct arena *arena, struct str *lock, struct err *err)
{
	struct buf contents = { 0 };
	bool ok;

	if (!options->policy.lock.ptr || (access(options->policy.lock.ptr, F_OK) != 0 && errno == ENOENT))
		return true;
	ok = file_read_regular(options->policy.lock.ptr, &contents, err);
	if (ok)
		*lock = buf_keep(&contents, arena);
	buf_release(&contents);
	return ok;
}

static bool wants_colour(void)
{
	const char *no_color = getenv("NO_COLOR");

	return isatty(STDOUT_FILENO) && !(no_color && *no_color);
}

/* The function by which the plan asks git servers; `context` is a struct remote_settings. */
static bool ask_servers(void *context, struct remote_query *queries, size_t count, struct arena *arena, struct err *err)
{
	return remote_ask(context, queries, count, arena, err);
}

/* The function by which the plan asks the cluster; `context` is a struct live_settings. */
static bool ask_cluster(void *context, const struct live_want *wants, size_t count, struct arena *arena,
			struct str *manifests, struct err *err)
{
	return live_fetch(context, wants, count, arena, manifests, err);
}

/* Says how servers and the cluster are asked, when all options are known. */
static void set_askers(const struct options *options, struct world *world)
{
	const struct policy *policy = &options->policy;
	struct render_input *render = &world->input.render;

	world->servers = (struct remote_settings){
		.timeout_ms = options->git_timeout_ms,
		.by_git = policy->git_client == GIT_CLIENT_GIT,
		.allow_local = policy->git_allow_local,
		.allow = policy->git_allows.items,
		.allow_count = policy->git_allows.count,
	};
	world->cluster = (struct live_settings){
		.in_namespace = policy->ns,
		.context = options->kube_context.ptr,
		.kubeconfig = options->kubeconfig.ptr,
		.timeout_ms = options->live_timeout_ms,
	};
	render->ask = ask_servers;
	render->ask_context = &world->servers;
	render->live = ask_cluster;
	render->live_context = &world->cluster;
}

bool world_read(struct options *options, struct arena *arena, struct world *world, struct err *err)
{
	struct file_list manifests = { .arena = arena, .world = world, .wait_ms = options->git_timeout_ms };
	struct file_list externals = manifests, since = manifests;
	struct render_input *render = &world->input.render;

	*world = (struct world){ .input = { .options = options, .colour = wants_colour() } };
	if (!read_since(options, &since, err) || !read_manifests(options, &manifests, err))
		return false;
	if (options->krm && manifests.count > 1)
		return err_set(err, "--krm: the input is one ResourceList, and several files were named");
	if (options->krm && !krm_configure(manifests.items[0].text, options, arena, err))
		return false;
	set_askers(options, world);
	if (!read_secret_key(options, arena, &render->secret_key, err) ||
	    !read_lock(options, arena, &render->lock, err) || !read_externals(options, &externals, err))
		return false;
	render->takes_resource_list = options->krm;
	render->files = manifests.items;
	render->file_count = manifests.count;
	render->externals = externals.items;
	render->external_count = externals.count;
	world->input.since = since.items;
	world->input.since_count = since.count;
	return true;
}

bool world_name_written(const struct world *world, struct err *err)
{
	for (size_t i = 0; i < world->written_count; i++)
		err_add(err, "%s%.*s", i == 0 ? "; complete all the same: " : ", ", STR_ARG(world->written[i]));
	return false;
}

static bool write_text(struct world *world, struct str path, struct str text, unsigned wait_ms, struct err *err)
{
	if (!text.ptr)
		return true;
	if (!output_write_file(path.ptr, text, wait_ms, err))
		return world_name_written(world, err);
	world->written[world->written_count++] = path;
	return true;
}

bool world_write(struct world *world, const struct options *options, const struct run_output *output,
		 struct arena *arena, struct err *err)
{
	struct str lock = options->policy.lock;
	unsigned wait_ms = options->git_timeout_ms;

	if (!write_text(world, options->report, output->report, wait_ms, err) ||
	    !write_text(world, options->log, output->log, wait_ms, err))
		return false;
	if (!output->has_commits || !lock.ptr || options->policy.locked)
		return true;
	if (!lockfile_merge(lock.ptr, &output->lock_change, wait_ms, arena, err))
		return world_name_written(world, err);
	world->written[world->written_count++] = lock;
	return true;
}
