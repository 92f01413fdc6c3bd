/* SPDX-License-Identifier: Apache-2.0 */
#include "app/objectnames.h"

#include "app/render.h"
#include "base/file.h"

/* Ten renders of a large chart; it takes some hundredths of a second. */
#define SIZE_LIMIT ((size_t)16 << 20)

void objectnames_init(struct objectnames *names, struct arena *arena)
{
	*names = (struct objectnames){ .arena = arena };
	map_init(&names->seen, arena);
}

/* What Kubernetes allows in kinds, namespaces and names: nothing that a shell or a terminal would take for something else. */
static bool is_plain(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!str_is_alphanumeric(text.ptr[i]) && text.ptr[i] != '-' && text.ptr[i] != '.')
			return false;
	return text.len > 0;
}

/* Makes the name in `*name`. False if it is none, or is there already. */
static bool make_name(struct objectnames *names, struct str kind, struct str ns, struct str object, struct str *name)
{
	if (!is_plain(kind) || !is_plain(object) || (ns.len > 0 && !is_plain(ns)))
		return false;
	kind = arena_lower(names->arena, kind);
	*name = arena_printf(names->arena, "%.*s/%.*s%s%.*s", STR_ARG(kind), STR_ARG(ns), ns.len > 0 ? "/" : "",
			     STR_ARG(object));
	if (map_get(&names->seen, *name))
		return false;
	map_set(&names->seen, *name, names);
	return true;
}

static void add_workloads(struct objectnames *names, const struct result *result)
{
	struct str name;

	for (size_t i = 0; i < result->workload_count; i++) {
		const struct workload *workload = &result->workloads[i];

		if (!make_name(names, workload->kind, workload->ns, workload->name, &name))
			continue;
		names->workloads = arena_grow(names->arena, names->workloads, names->workload_count,
					      &names->workload_room, sizeof(*names->workloads));
		names->workloads[names->workload_count++] = name;
	}
}

/* Before a plan is made, nothing has named an object. */
static void add_objects(struct objectnames *names, const struct manifest *manifest)
{
	struct object **objects;
	size_t count = manifest_unnamed(manifest, names->arena, &objects);
	struct str name;

	for (size_t i = 0; i < count; i++) {
		if (!make_name(names, str_from(object_kind_name(objects[i]->kind)), objects[i]->ns, objects[i]->name,
			       &name))
			continue;
		names->objects = arena_grow(names->arena, names->objects, names->object_count, &names->object_room,
					    sizeof(*names->objects));
		names->objects[names->object_count++] = name;
	}
}

/* Neither a server nor the cluster is asked. */
static void add_text(struct objectnames *names, struct str text)
{
	const struct render_file file = { .text = text };
	const struct render_input input = { .files = &file, .file_count = 1 };
	struct policy policy = {
		.git = GIT_OFF,
		.inject = INJECT_ANNOTATIONS,
		.secrets = true,
		.keeps_going = true,
		.wants_details = true,
	};
	struct render render;
	struct err err;

	kinds_init(&policy.kinds, names->arena);
	render_init(&render, &input, &policy, names->arena);
	if (render_read(&render, &err)) {
		add_objects(names, &render.manifest);
		if (plan_make(&render.plan, &err))
			add_workloads(names, &render.plan.whole);
	}
	render_release(&render);
}

void objectnames_add_file(struct objectnames *names, const char *path)
{
	struct buf contents = { 0 };
	struct err err;

	if (file_read_regular(path, &contents, &err) && contents.len <= SIZE_LIMIT)
		add_text(names, buf_keep(&contents, names->arena));
	buf_release(&contents);
}
