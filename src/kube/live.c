/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/live.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/sort.h"
#include "base/spawn.h"

/* How many bytes the cluster may answer in all. One object that it stores has at most 1.5 MiB. */
#define ANSWER_LIMIT ((size_t)256 * 1024 * 1024)
/* How many names stand in one command line. */
#define NAMES_AT_ONCE 200
/* The names, and kubectl, get, KIND, the options and the NULL at the end. */
#define ARGUMENTS (NAMES_AT_ONCE + 16)

static int compare_wants(const void *a, const void *b)
{
	const struct live_want *left = a, *right = b;

	if (left->kind != right->kind)
		return left->kind < right->kind ? -1 : 1;
	return str_compare(left->name, right->name);
}

/* Asks for objects of one kind. */
struct asking {
	const struct live_settings *settings;
	struct arena *arena;
	size_t answer_left; /* bytes of ANSWER_LIMIT */
	const char *argv[ARGUMENTS];
	size_t argc;
};

static void push(struct asking *a, const char *argument)
{
	a->argv[a->argc++] = argument;
}

/* What kubectl calls the kind; in full, since another API group may have a kind with that name. */
static const char *kind_word(enum object_kind kind)
{
	switch (kind) {
	case OBJECT_CONFIGMAP:
		return "configmap";
	case OBJECT_SECRET:
		return "secret";
	case OBJECT_PROVIDER_CLASS:
		break;
	}
	return "secretproviderclasses.secrets-store.csi.x-k8s.io";
}

static void make_arguments(struct asking *a, const struct live_want *wants, size_t count)
{
	const struct live_settings *settings = a->settings;

	a->argc = 0;
	push(a, settings->kubectl ? settings->kubectl : "kubectl");
	push(a, "get");
	push(a, kind_word(wants[0].kind));
	for (size_t i = 0; i < count; i++)
		push(a, arena_dup(a->arena, wants[i].name).ptr);
	push(a, arena_printf(a->arena, "--namespace=%.*s", STR_ARG(settings->in_namespace)).ptr);
	push(a, "--ignore-not-found");
	push(a, "--output=yaml");
	/*
	 * kubectl must end by itself if we are killed. That is later than our own deadline, which has the better
	 * message.
	 */
	push(a, arena_printf(a->arena, "--request-timeout=%ums", settings->timeout_ms + 1000).ptr);
	if (settings->context)
		push(a, arena_printf(a->arena, "--context=%s", settings->context).ptr);
	if (settings->kubeconfig)
		push(a, arena_printf(a->arena, "--kubeconfig=%s", settings->kubeconfig).ptr);
	push(a, NULL);
}

/* The line of kubectl's messages that says most: the last error, or else the last line, behind warnings and hints. */
static struct str reason_of(struct str text)
{
	struct str last = { 0 }, error = { 0 };

	while (text.ptr) {
		struct str line = str_trim(str_cut(&text, '\n'));

		if (line.len > 0)
			last = line;
		if (str_starts_with(line, "Error") || str_starts_with(line, "error:"))
			error = line;
	}
	return error.len > 0 ? error : last;
}

/* Without the Secrets Store driver a cluster does not know the kind, so that nothing of it can be there. */
static bool lacks_kind(const struct live_want *want, struct str errors)
{
	return want->kind == OBJECT_PROVIDER_CLASS &&
	       str_starts_with(reason_of(errors), "error: the server doesn't have a resource type");
}

static bool explain(const struct asking *a, const struct live_want *want, size_t count, struct str reason,
		    struct err *err)
{
	struct str others = { 0 };

	if (count > 1)
		others = arena_printf(a->arena, " (and %zu more)", count - 1);
	return err_set(err, "--live: kubectl get %s %.*s%.*s in namespace %.*s: %.*s", a->argv[2], STR_ARG(want->name),
		       STR_ARG(others), STR_ARG(a->settings->in_namespace), STR_ARG(reason));
}

static bool ask(struct asking *a, const struct live_want *wants, size_t count, int64_t deadline, struct str *manifests,
		struct err *err)
{
	int64_t left = deadline - clock_ms();
	struct spawn spawn = {
		.argv = a->argv,
		.errors = SPAWN_ERRORS_KEPT,
		.timeout_ms = left > 0 ? (unsigned)left : 1,
		.output_limit = a->answer_left,
	};
	struct spawn_result result;
	struct str reason;

	make_arguments(a, wants, count);
	if (!spawn_run(&spawn, a->arena, &result, err))
		return err_prefix(err, "--live");
	switch (result.end) {
	case SPAWN_TIMED_OUT:
		reason = arena_printf(a->arena, "no answer within %g seconds: is the cluster reachable?",
				      a->settings->timeout_ms / 1000.0);
		return explain(a, wants, count, reason, err);
	case SPAWN_TOO_MUCH:
		reason = arena_printf(a->arena, "the answers are longer than %zu MiB", ANSWER_LIMIT >> 20);
		return explain(a, wants, count, reason, err);
	case SPAWN_SIGNALLED:
		reason = arena_printf(a->arena, "ended by signal %d", result.status);
		return explain(a, wants, count, reason, err);
	case SPAWN_EXITED:
		break;
	}
	if (result.status != 0 && lacks_kind(wants, result.errors))
		return true;
	if (result.status != 0) {
		reason = reason_of(result.errors);
		if (reason.len == 0)
			reason = arena_printf(a->arena, "exit status %d", result.status);
		return explain(a, wants, count, reason, err);
	}
	/* Missing objects are left out; but all that is printed must be objects. */
	if (str_trim(result.output).len > 0 && !str_starts_with(result.output, "apiVersion:"))
		return explain(a, wants, count, str_from("what it printed is no object"), err);
	a->answer_left -= result.output.len;
	*manifests = result.output;
	return true;
}

bool live_fetch(const struct live_settings *settings, const struct live_want *wants, size_t count, struct arena *arena,
		struct str *manifests, struct err *err)
{
	struct live_want *sorted = arena_array(arena, count, sizeof(*sorted));
	struct asking asking = { .settings = settings, .arena = arena, .answer_left = ANSWER_LIMIT };
	int64_t deadline = clock_ms() + settings->timeout_ms;
	struct buf all = { 0 };
	bool ok = true;

	for (size_t i = 0; i < count; i++)
		sorted[i] = wants[i];
	sort_items(sorted, count, sizeof(*sorted), compare_wants);
	for (size_t i = 0, n; i < count && ok; i += n) {
		struct str text = { 0 };

		for (n = 1; i + n < count && n < NAMES_AT_ONCE && sorted[i].kind == sorted[i + n].kind; n++)
			;
		ok = ask(&asking, &sorted[i], n, deadline, &text, err);
		if (!ok || text.len == 0)
			continue;
		buf_add_cstring(&all, "---\n");
		buf_add(&all, text);
		if (text.ptr[text.len - 1] != '\n')
			buf_add_char(&all, '\n');
	}
	if (ok)
		*manifests = buf_keep(&all, arena);
	buf_release(&all);
	return ok;
}
