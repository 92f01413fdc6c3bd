/* SPDX-License-Identifier: Apache-2.0 */
#include "checkout/overlap.h"

#include "base/map.h"
#include "git/url.h"
#include "git/urlname.h"

#include <string.h>

/* Where a ref is checked out. */
static struct site site_of(const struct search *l, const struct gitref *ref)
{
	return (struct site){
		.is_url_known = ref->url.text.state == TEXT_KNOWN,
		.url = ref->url.text.state == TEXT_KNOWN ? urlname_identity_of(ref->url.text.value, l->input->arena)
							 : ref->url.text.value,
		.container = ref->container,
		.volume = ref->volume,
		.directory = ref->directory,
		.is_inside = ref->via == GITREF_GIT_SYNC || ref->via == GITREF_VOLUME,
	};
}

/* The refs in an index of their sites. Those whose files are moved are in it twice. */
struct placed {
	struct site_index index;
	size_t *numbers; /* of the refs, for each entry of the index */
	bool *is_told;   /* of each ref */
};

static void place(struct placed *placed, struct search *l)
{
	placed->numbers = arena_array(l->input->arena, 2 * l->refs->count, sizeof(*placed->numbers));
	placed->is_told = arena_array(l->input->arena, l->refs->count, sizeof(*placed->is_told));
	site_index_init(&placed->index, l->input->podspec, l->input->budget, l->input->arena);
}

static void place_ref(struct placed *placed, const struct search *l, size_t number)
{
	const struct gitref *ref = &l->refs->items[number];
	struct site site = site_of(l, ref);

	placed->numbers[placed->index.count] = number;
	site_index_add(&placed->index, &site);
	if (ref->moved_to.len == 0)
		return;
	site.directory = ref->moved_to;
	site.is_inside = ref->is_moved_inside;
	placed->numbers[placed->index.count] = number;
	site_index_add(&placed->index, &site);
}

/*
 * What a poller keeps up to date needs no stamp. One that the user asks for explicitly gets it all the same; and so does
 * what could be in the poller's place, if another checkout is there for sure.
 */
static void mark_followed(struct search *l)
{
	const struct podspec *podspec = l->input->podspec;
	struct placed placed;

	place(&placed, l);
	for (size_t i = 0; i < l->refs->count; i++)
		if (l->refs->items[i].followed_by.len == 0 && l->refs->items[i].via != GITREF_ANNOTATION)
			place_ref(&placed, l, i);
	for (const struct poller *poller = l->pollers; poller; poller = poller->next) {
		struct str name = podspec_container_name(&podspec->containers[poller->site.container], l->input->arena);
		bool is_place_taken = false;
		const struct site_match *matches;
		size_t count = site_index_find(&placed.index, &poller->site, false, &matches);

		for (size_t i = 0; i < count; i++)
			is_place_taken = is_place_taken || matches[i].relation == SITE_SAME_PLACE;
		for (size_t i = 0; i < count; i++)
			if (matches[i].relation != SITE_POSSIBLE || !is_place_taken)
				l->refs->items[placed.numbers[matches[i].checkout]].followed_by = name;
	}
	l->too_many = l->too_many || *l->input->budget == 0;
}

/* What is in the clone when the pod runs may be what another container has checked out in it. */
static void turn(struct gitref *clone, const struct gitref_part *ref)
{
	struct str name = ref->text.value;

	if (str_starts_with(name, "origin/") && !str_equal(name, clone->ref.text.value))
		name = str_skip(name, strlen("origin/"));
	if (clone->via == GITREF_ENV || clone->ref.text.state == TEXT_UNKNOWN ||
	    (ref->text.state == TEXT_KNOWN && str_equal(name, clone->ref.text.value)))
		return;
	text_set_unknown(&clone->ref.text, "another container checks something else out in it");
	clone->pin = gitref_not_pinned("its ref is not known");
}

static bool has_untold(const struct gitrefs *refs)
{
	for (size_t i = 0; i < refs->count; i++)
		if (refs->items[i].is_untold)
			return true;
	return false;
}

/*
 * Drops the commands that work, for sure or possibly, in the clones of other containers. These get something new then,
 * and are not kept as they are.
 */
static void drop_told(struct search *l)
{
	struct placed placed;
	size_t kept = 0;

	if (!has_untold(l->refs))
		return;

	place(&placed, l);
	for (size_t i = 0; i < l->refs->count; i++)
		if (!l->refs->items[i].is_untold && l->refs->items[i].via != GITREF_ANNOTATION)
			place_ref(&placed, l, i);
	for (size_t i = 0; i < l->refs->count; i++) {
		struct site site = site_of(l, &l->refs->items[i]);
		const struct site_match *matches;
		size_t count = 0;

		/* Urls say nothing of where it is. */
		if (l->refs->items[i].is_untold)
			count = site_index_find(&placed.index, &site, true, &matches);
		for (size_t k = 0; k < count; k++) {
			struct gitref *clone = &l->refs->items[placed.numbers[matches[k].checkout]];

			if (!l->refs->items[i].turns)
				clone->kept_in = (struct str){ 0 };
			else
				turn(clone, &l->refs->items[i].ref);
		}
		placed.is_told[i] = count > 0 || l->refs->items[i].turns;
	}
	for (size_t i = 0; i < l->refs->count; i++)
		if (!placed.is_told[i])
			l->refs->items[kept++] = l->refs->items[i];
	l->refs->count = kept;
	l->too_many = l->too_many || *l->input->budget == 0;
}

/* Drops the loops that follow what is known: that says by whom it is followed. */
static void drop_pullers(struct search *l)
{
	struct map following;
	size_t kept = 0;

	map_init(&following, l->input->arena);
	for (size_t i = 0; i < l->refs->count; i++)
		if (!l->refs->items[i].is_puller && l->refs->items[i].followed_by.len > 0)
			map_set(&following, l->refs->items[i].followed_by, l);
	for (size_t i = 0; i < l->refs->count; i++) {
		struct gitref ref = l->refs->items[i];

		if (!ref.is_puller || !map_get(&following, ref.followed_by))
			l->refs->items[kept++] = ref;
	}
	l->refs->count = kept;
}

void overlap_settle(struct search *l)
{
	drop_told(l);
	if (l->pollers)
		mark_followed(l);
	drop_pullers(l);
}
