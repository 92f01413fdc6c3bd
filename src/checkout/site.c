/* SPDX-License-Identifier: Apache-2.0 */
#include "checkout/site.h"

#include "yaml/scalar.h"

/* More writable mounts of one container are not looked at. */
#define SPOT_LIMIT 64

/* A directory in a volume. */
struct spot {
	struct str volume;
	struct str path;  /* below the volume's root, without slashes at both ends; empty if it is not known */
	bool is_vague;    /* a subPathExpr: anywhere in the volume */
	bool is_anywhere; /* at this path, or anywhere below it */
};

struct spots {
	struct spot *items; /* room for SPOT_LIMIT, where they are looked for */
	size_t count;
};

/* Is `path` the directory, or in it? Both without slashes at their ends. */
static bool is_below(struct str path, struct str directory)
{
	return directory.len == 0 || str_equal(path, directory) ||
	       (path.len > directory.len && path.ptr[directory.len] == '/' &&
		memcmp(path.ptr, directory.ptr, directory.len) == 0);
}

/* The mount shows a directory of the volume, and not its root. */
static void add_sub_path(struct spot *spot, struct str sub_path, struct arena *arena)
{
	if (sub_path.len > 0 && spot->path.len > 0)
		spot->path = arena_printf(arena, "%.*s/%.*s", STR_ARG(sub_path), STR_ARG(spot->path));
	else if (sub_path.len > 0)
		spot->path = sub_path;
}

/* The volume that holds the site's directory; or, if that is not known, all that its container can write to. */
static void find_spots(const struct podspec *podspec, const struct site *site, size_t *budget, struct arena *arena,
		       struct spots *spots)
{
	struct str inside = str_trim_char(site->directory, '/');
	bool is_known = site->directory.len > 0, is_writable = false;
	size_t longest = 0;
	struct node *mounts;

	spots->count = 0;
	if (site->container == NO_CONTAINER) {
		spots->items[spots->count++] = (struct spot){ .volume = site->volume, .is_anywhere = site->is_inside };
		return;
	}
	mounts = node_get(podspec->containers[site->container].node, "volumeMounts");
	for (struct node *mount = node_items(mounts); mount && *budget > 0; mount = mount->next) {
		struct str path = str_trim_char(scalar_get(mount, "mountPath"), '/');
		bool is_read_only = scalar_is_true(node_get(mount, "readOnly"));
		struct spot spot = {
			.volume = scalar_get(mount, "name"),
			.is_vague = scalar_get(mount, "subPathExpr").len > 0,
		};

		--*budget;
		spot.is_anywhere = !is_known || site->is_inside || spot.is_vague;
		if (!is_known && !is_read_only && spots->count < SPOT_LIMIT) {
			spot.path = str_trim_char(scalar_get(mount, "subPath"), '/');
			spots->items[spots->count++] = spot;
		} else if (is_known && is_below(inside, path) && (spots->count == 0 || path.len >= longest)) {
			longest = path.len;
			is_writable = !is_read_only;
			spot.path = str_trim_char(str_skip(inside, path.len), '/');
			add_sub_path(&spot, str_trim_char(scalar_get(mount, "subPath"), '/'), arena);
			spots->items[0] = spot;
			spots->count = 1;
		}
	}
	if (is_known && !is_writable)
		spots->count = 0;
}

/* What is not known can be the whole volume. */
static struct str known_path(const struct spot *spot)
{
	return spot->is_vague ? (struct str){ 0 } : spot->path;
}

/* Can what is pulled in `poller` be the checkout in `checkout`? */
static enum site_relation relate(const struct spot *checkout, const struct spot *poller)
{
	struct str one = known_path(checkout), other = known_path(poller);
	bool is_possible;

	if (!str_equal(checkout->volume, poller->volume))
		return SITE_APART;
	if (!checkout->is_anywhere && !poller->is_anywhere && str_equal(one, other))
		return SITE_SAME_PLACE;
	/* git looks for the repository upwards, and what lies deeper is another one. */
	is_possible = is_below(other, one) || (poller->is_anywhere && is_below(one, other));
	return is_possible ? SITE_POSSIBLE : SITE_APART;
}

/* Of all volumes that either can write to. */
static enum site_relation relate_all(const struct spots *checkout, const struct spots *poller)
{
	enum site_relation best = SITE_APART;

	for (size_t i = 0; i < checkout->count; i++)
		for (size_t k = 0; k < poller->count; k++) {
			enum site_relation relation = relate(&checkout->items[i], &poller->items[k]);

			best = relation > best ? relation : best;
		}
	return best;
}

static bool is_certain(const struct spots *spots)
{
	return spots->count == 1 && !spots->items[0].is_vague;
}

/* Each in one directory of one volume, and is that the same? */
static bool is_same_place(const struct spots *left, const struct spots *right)
{
	return is_certain(left) && is_certain(right) && str_equal(left->items[0].volume, right->items[0].volume) &&
	       str_equal(left->items[0].path, right->items[0].path);
}

/* With what was found of both. */
static enum site_relation relate_found(const struct site *checkout, const struct spots *left, const struct site *poller,
				       const struct spots *right, bool by_place)
{
	if (by_place || !checkout->is_url_known || !poller->is_url_known)
		return relate_all(left, right);
	if (str_equal(checkout->url, poller->url))
		return SITE_SAME_URL;
	return is_same_place(left, right) ? SITE_SAME_PLACE : SITE_APART;
}

enum site_relation site_relate(const struct podspec *podspec, const struct site *checkout, const struct site *poller,
			       size_t *budget)
{
	struct spot left_items[SPOT_LIMIT], right_items[SPOT_LIMIT];
	struct spots left = { .items = left_items }, right = { .items = right_items };
	enum site_relation relation;
	struct arena arena = { 0 };

	if (*budget == 0)
		return SITE_APART;
	--*budget;
	find_spots(podspec, checkout, budget, &arena, &left);
	find_spots(podspec, poller, budget, &arena, &right);
	relation = relate_found(checkout, &left, poller, &right, false);
	arena_release(&arena);
	return relation;
}

struct site_entry {
	struct site site;
	const struct spots *spots;
	size_t last_search; /* that has come across it */
};

/* Numbers of entries. */
struct site_list {
	size_t *items;
	size_t count, room;
};

void site_index_init(struct site_index *index, const struct podspec *podspec, size_t *budget, struct arena *arena)
{
	*index = (struct site_index){ .podspec = podspec, .budget = budget, .arena = arena };
	map_init(&index->by_url, arena);
	map_init(&index->by_volume, arena);
	map_init(&index->everywhere, arena);
}

/* What a container can write to is the same for all sites in it whose directory is not known. */
static const struct spots *spots_of(struct site_index *index, const struct site *site)
{
	struct spot items[SPOT_LIMIT];
	struct spots found = { .items = items }, *kept = NULL;
	bool is_everywhere = site->directory.len == 0 && site->container != NO_CONTAINER;
	struct str key = { (const char *)&site->container, sizeof(site->container) };

	if (is_everywhere)
		kept = map_get(&index->everywhere, key);
	if (kept)
		return kept;
	find_spots(index->podspec, site, index->budget, index->arena, &found);
	kept = ARENA_NEW(index->arena, struct spots);
	kept->count = found.count;
	kept->items = arena_array(index->arena, found.count, sizeof(*kept->items));
	if (found.count > 0)
		memcpy(kept->items, found.items, found.count * sizeof(*kept->items));
	if (is_everywhere)
		map_set(&index->everywhere, arena_dup(index->arena, key), kept);
	return kept;
}

static bool spend(struct site_index *index, size_t cost)
{
	if (*index->budget < cost)
		*index->budget = 0;
	else
		*index->budget -= cost;
	return *index->budget > 0;
}

static void note(struct site_index *index, struct map *map, struct str key, size_t number)
{
	struct site_list *list = map_get(map, key);

	if (!list) {
		list = ARENA_NEW(index->arena, struct site_list);
		map_set(map, key, list);
	}
	/* Two mounts of one volume. */
	if (list->count > 0 && list->items[list->count - 1] == number)
		return;
	list->items = arena_grow(index->arena, list->items, list->count, &list->room, sizeof(*list->items));
	list->items[list->count++] = number;
}

void site_index_add(struct site_index *index, const struct site *checkout)
{
	const struct spots *spots = spots_of(index, checkout);
	size_t number = index->count;

	index->entries = arena_grow(index->arena, index->entries, index->count, &index->room, sizeof(*index->entries));
	index->entries[index->count++] = (struct site_entry){ .site = *checkout, .spots = spots };
	if (checkout->is_url_known)
		note(index, &index->by_url, checkout->url, number);
	for (size_t i = 0; i < spots->count && spend(index, 1); i++)
		note(index, &index->by_volume, spots->items[i].volume, number);
}

/* A search that goes on. */
struct site_search {
	struct site_index *index;
	const struct site *poller;
	const struct spots *spots;
	bool by_place;
	size_t count;
};

static void look_at(struct site_search *s, const struct site_list *list)
{
	struct site_index *index = s->index;

	for (size_t i = 0; list && i < list->count; i++) {
		struct site_entry *entry = &index->entries[list->items[i]];
		enum site_relation relation;

		if (!spend(index, 1))
			return;
		if (entry->last_search == index->searches)
			continue;
		entry->last_search = index->searches;
		if (!spend(index, entry->spots->count * s->spots->count / 8))
			return;
		relation = relate_found(&entry->site, entry->spots, s->poller, s->spots, s->by_place);
		if (relation == SITE_APART)
			continue;
		index->matches =
			arena_grow(index->arena, index->matches, s->count, &index->match_room, sizeof(*index->matches));
		index->matches[s->count++] = (struct site_match){ list->items[i], relation };
	}
}

size_t site_index_find(struct site_index *index, const struct site *poller, bool by_place,
		       const struct site_match **matches)
{
	struct site_search search = { .index = index, .poller = poller, .by_place = by_place };

	search.spots = spots_of(index, poller);
	index->searches++;
	if (poller->is_url_known && !by_place)
		look_at(&search, map_get(&index->by_url, poller->url));
	for (size_t i = 0; i < search.spots->count; i++)
		look_at(&search, map_get(&index->by_volume, search.spots->items[i].volume));
	*matches = index->matches;
	return search.count;
}
