#include "app/world.h"

#include "app/krm.h"
#include "base/file.h"
#include "base/output.h"
#include "git/lockfile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where the files' names are, before they are read. */
struct reading {
	struct arena *arena;
	struct files *files;
	struct render_file *list;
	size_t count, room;
	unsigned wait_ms; /* for a FIFO */
};

static void add(struct reading *r, struct str name, struct buf contents)
{
	r->files->contents =
		arena_grow(r->arena, r->files->contents, r->files->count, &r->files->room, sizeof(*r->files->contents));
	r->files->contents[r->files->count++] = contents;
	r->list = arena_grow(r->arena, r->list, r->count, &r->room, sizeof(*r->list));
	r->list[r->count++] = (struct render_file){ .name = name, .text = buf_str(&contents) };
}

static bool add_stdin(struct reading *r, struct err *err)
{
	static const char hint[] =
		"rollstamp: reading manifests from the terminal; end them with Ctrl-D, or use a pipe: "
		"helm template ... | rollstamp\n";
	struct buf contents = { 0 };
	struct str piece = { hint, sizeof(hint) - 1 };

	if (r->files->has_read_stdin)
		return err_set(err, "'-': the standard input can be read once, and is read already");
	r->files->has_read_stdin = true;
	if (isatty(STDIN_FILENO) && !output_write(STDERR_FILENO, "standard error", &piece, 1, err))
		return false;
	if (!file_read_fd(STDIN_FILENO, "standard input", &contents, err)) {
		buf_release(&contents);
		return false;
	}
	add(r, str_from("input"), contents);
	return true;
}

static bool add_file(struct reading *r, struct str path, struct err *err)
{
	struct buf contents = { 0 };

	if (str_is(path, "-"))
		return add_stdin(r, err);
	if (!file_read(path.ptr, r->wait_ms, &contents, err)) {
		buf_release(&contents);
		return false;
	}
	add(r, path, contents);
	return true;
}

static bool add_external(struct reading *r, struct str path, struct err *err)
{
	struct str *paths;
	size_t count;

	if (!file_is_directory(path.ptr))
		return add_file(r, path, err);
	if (!file_list_directory(path.ptr, r->arena, &paths, &count, err))
		return false;
	if (count == 0)
		return err_set(err, "%s: there is no .yaml, .yml or .json file in this directory", path.ptr);
	for (size_t i = 0; i < count; i++)
		if (!add_file(r, paths[i], err))
			return false;
	return true;
}

static bool read_manifests(struct reading *r, const struct options *options, struct err *err)
{
	if (options->files.count == 0 && !add_stdin(r, err))
		return false;
	for (size_t i = 0; i < options->files.count; i++)
		if (!add_file(r, options->files.items[i], err))
			return false;
	r->files->input.files = r->list;
	r->files->input.file_count = r->count;
	return true;
}

static bool read_externals(struct reading *r, const struct options *options, struct err *err)
{
	for (size_t i = 0; i < options->externals.count; i++)
		if (!add_external(r, options->externals.items[i], err))
			return false;
	r->files->input.externals = r->list;
	r->files->input.external_count = r->count;
	return true;
}

/* The key is the file's bytes without one final newline, which editors add. */
static bool read_secret_key(struct arena *arena, const struct options *options, struct files *files, struct err *err)
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
		files->input.secret_key = buf_keep(&contents, arena);
	buf_release(&contents);
	return ok;
}

/* A lock file that isn't there has no entries. */
static bool read_lock(struct arena *arena, const struct options *options, struct files *files, struct err *err)
{
	struct buf contents = { 0 };
	bool ok;

	if (!options->policy.lock.ptr || (access(options->policy.lock.ptr, F_OK) != 0 && errno == ENOENT))
		return true;
	ok = file_read_regular(options->policy.lock.ptr, &contents, err);
	if (ok)
		files->input.lock = buf_keep(&contents, arena);
	buf_release(&contents);
	return ok;
}

static bool wants_colour(void)
{
	const char *no_color = getenv("NO_COLOR");

	return isatty(STDOUT_FILENO) && !(no_color && *no_color);
}

/* What the plan asks git servers by; `context` is a struct remote_settings. */
static bool ask_servers(void *context, struct remote_query *queries, size_t count, struct arena *arena, struct err *err)
{
	return remote_ask(context, queries, count, arena, err);
}

/* What the plan asks the cluster by; `context` is a struct live_settings. */
static bool ask_cluster(void *context, const struct live_want *wants, size_t count, struct arena *arena,
			struct str *manifests, struct err *err)
{
	return live_fetch(context, wants, count, arena, manifests, err);
}

bool files_read(struct options *options, struct arena *arena, struct files *files, struct err *err)
{
	struct reading manifests = { .arena = arena, .files = files, .wait_ms = options->git_timeout_ms };
	struct reading externals = manifests;
	const struct policy *policy = &options->policy;

	*files = (struct files){
		.input = {
			.options = options,
			.ask = ask_servers,
			.ask_context = &files->servers,
			.live = ask_cluster,
			.live_context = &files->cluster,
			.colour = wants_colour(),
		},
		.servers = {
			.timeout_ms = options->git_timeout_ms,
			.by_git = policy->git_client == GIT_CLIENT_GIT,
			.allow_local = policy->git_allow_local,
			.allow = policy->git_allows.items,
			.allow_count = policy->git_allows.count,
		},
	};
	if (!read_manifests(&manifests, options, err))
		return false;
	if (options->krm && manifests.count > 1)
		return err_set(err, "--krm: the input is one ResourceList, and several files were named");
	if (options->krm && !krm_configure(manifests.list[0].text, options, arena, err))
		return false;
	if (!read_secret_key(arena, options, files, err) || !read_lock(arena, options, files, err))
		return false;
	/* A function's configuration may have named the namespace. */
	files->cluster = (struct live_settings){
		.in_namespace = policy->ns,
		.context = options->kube_context.ptr,
		.kubeconfig = options->kubeconfig.ptr,
		.timeout_ms = options->live_timeout_ms,
	};
	return read_externals(&externals, options, err);
}

bool files_write(const struct options *options, const struct run_output *output, struct arena *arena, struct err *err)
{
	bool stamps = options->command == &command_stamp || options->command == &command_list;

	if (stamps && options->report.ptr &&
	    !output_write_file(options->report.ptr, output->report, options->git_timeout_ms, err))
		return false;
	if (stamps && options->log.ptr &&
	    !output_write_file(options->log.ptr, output->log, options->git_timeout_ms, err))
		return false;
	if (options->command == &command_stamp && options->policy.git != GIT_OFF && options->policy.lock.ptr &&
	    !options->policy.locked &&
	    !lockfile_merge(options->policy.lock.ptr, output->lock_entries, output->lock_entry_count,
			    options->lock_prune, options->git_timeout_ms, arena, err))
		return false;
	return true;
}

void files_release(struct files *files)
{
	for (size_t i = 0; i < files->count; i++)
		buf_release(&files->contents[i]);
}
