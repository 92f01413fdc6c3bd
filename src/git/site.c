#include "git/site.h"

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
	struct spot items[SPOT_LIMIT];
	size_t count;
};

static struct str trim_slashes(struct str path)
{
	while (path.len > 0 && path.ptr[0] == '/')
		path = str_skip(path, 1);
	while (path.len > 0 && path.ptr[path.len - 1] == '/')
		path.len--;
	return path;
}

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
	struct str inside = trim_slashes(site->directory);
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
		struct str path = trim_slashes(scalar_get(mount, "mountPath"));
		bool is_read_only = scalar_is_true(node_get(mount, "readOnly"));
		struct spot spot = {
			.volume = scalar_get(mount, "name"),
			.is_vague = scalar_get(mount, "subPathExpr").len > 0,
		};

		--*budget;
		spot.is_anywhere = !is_known || site->is_inside || spot.is_vague;
		if (!is_known && !is_read_only && spots->count < SPOT_LIMIT) {
			spot.path = trim_slashes(scalar_get(mount, "subPath"));
			spots->items[spots->count++] = spot;
		} else if (is_known && is_below(inside, path) && (spots->count == 0 || path.len >= longest)) {
			longest = path.len;
			is_writable = !is_read_only;
			spot.path = trim_slashes(str_skip(inside, path.len));
			add_sub_path(&spot, trim_slashes(scalar_get(mount, "subPath")), arena);
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

enum site_relation site_relate(const struct podspec *podspec, const struct site *checkout, const struct site *poller,
			       size_t *budget)
{
	bool both_known = checkout->is_url_known && poller->is_url_known;
	enum site_relation relation;
	struct arena arena = { 0 };
	struct spots left, right;

	if (*budget == 0)
		return SITE_APART;
	--*budget;
	if (both_known && str_equal(checkout->url, poller->url))
		return SITE_SAME_URL;
	find_spots(podspec, checkout, budget, &arena, &left);
	find_spots(podspec, poller, budget, &arena, &right);
	if (both_known)
		relation = is_same_place(&left, &right) ? SITE_SAME_PLACE : SITE_APART;
	else
		relation = relate_all(&left, &right);
	arena_release(&arena);
	return relation;
}
