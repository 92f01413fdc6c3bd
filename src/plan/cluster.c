/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/cluster.h"

#include "base/utf8.h"

void cluster_init(struct cluster *cluster, cluster_ask *ask, void *context, struct arena *arena)
{
	*cluster = (struct cluster){ .arena = arena, .ask = ask, .context = context };
	map_init(&cluster->wanted, arena);
}

/* All of them are in one namespace. */
static struct str key_of(struct arena *arena, enum object_kind kind, struct str name)
{
	return manifest_key(arena, kind, (struct str){ 0 }, name);
}

void cluster_want(struct cluster *cluster, enum object_kind kind, struct str name)
{
	struct str key = key_of(cluster->arena, kind, name);

	if (map_get(&cluster->wanted, key))
		return;
	cluster->wants = arena_grow(cluster->arena, cluster->wants, cluster->want_count, &cluster->want_room,
				    sizeof(*cluster->wants));
	cluster->wants[cluster->want_count++] = (struct live_want){
		.kind = kind,
		.name = arena_dup(cluster->arena, name),
	};
	map_set(&cluster->wanted, key, cluster);
}

bool cluster_is_wanted(const struct cluster *cluster, enum object_kind kind, struct str name)
{
	struct arena arena = { 0 };
	bool is_wanted = map_get(&cluster->wanted, key_of(&arena, kind, name)) != NULL;

	arena_release(&arena);
	return is_wanted;
}

static bool add_answer(struct cluster *cluster, struct manifest *manifest, struct str text, struct err *err)
{
	struct stream *stream = ARENA_NEW(cluster->arena, struct stream);
	struct utf8_facts facts;

	if (!utf8_check(text, &facts, err)) {
		err->at = ERR_NOWHERE;
		return false;
	}
	stream_split(stream, str_from("cluster"), text, facts, cluster->arena);
	return manifest_add(manifest, stream, SCOPE_LIVE, err);
}

bool cluster_add_objects(struct cluster *cluster, struct manifest *manifest, struct err *err)
{
	struct str text = { 0 };

	cluster->has_asked = true;
	if (cluster->want_count == 0)
		return true;
	if (!cluster->ask(cluster->context, cluster->wants, cluster->want_count, cluster->arena, &text, err)) {
		cluster->failure = arena_dup(cluster->arena, str_from(err->text));
		return false;
	}
	return add_answer(cluster, manifest, text, err) || err_prefix(err, "--live: what kubectl printed");
}
