#include "git/site.h"

#include "yaml/scalar.h"

/* More writable mounts of one container are not looked at. */
#define SPOT_LIMIT 64

/* A directory in a volume. */
struct spot {
	struct str volume;
	struct str path; /* below the volume's root, without slashes at both ends; empty if it is not known */
	bool is_vague;   /* a subPathExpr: anywhere in the volume */
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
	size_t longest = 0;
	struct node *mounts;

	spots->count = 0;
	if (site->container == NO_CONTAINER) {
		spots->items[spots->count++] = (struct spot){ .volume = site->volume };
		return;
	}
	mounts = node_get(podspec->containers[site->container].node, "volumeMounts");
	for (struct node *mount = node_items(mounts); mount && *budget > 0; mount = mount->next) {
		struct str path = trim_slashes(scalar_get(mount, "mountPath"));
		struct spot spot = { .volume = scalar_get(mount, "name") };

		--*budget;
		if (scalar_is_true(node_get(mount, "readOnly")))
			continue;
		if (site->directory.len == 0 && spots->count < SPOT_LIMIT) {
			spot.is_vague = scalar_get(mount, "subPathExpr").len > 0;
			spot.path = trim_slashes(scalar_get(mount, "subPath"));
			spots->items[spots->count++] = spot;
		} else if (site->directory.len > 0 && is_below(inside, path) &&
			   (spots->count == 0 || path.len >= longest)) {
			longest = path.len;
			spot.path = trim_slashes(str_skip(inside, path.len));
			spot.is_vague = scalar_get(mount, "subPathExpr").len > 0;
			add_sub_path(&spot, trim_slashes(scalar_get(mount, "subPath")), arena);
			spots->items[0] = spot;
			spots->count = 1;
		}
	}
}

/* What is not known can be the whole volume. */
static struct str known_path(const struct spot *spot)
{
	return spot->is_vague ? (struct str){ 0 } : spot->path;
}

static bool have_common_spot(const struct spots *left, const struct spots *right, bool exactly)
{
	for (size_t i = 0; i < left->count; i++)
		for (size_t k = 0; k < right->count; k++) {
			struct str one = known_path(&left->items[i]), other = known_path(&right->items[k]);

			if (str_equal(left->items[i].volume, right->items[k].volume) &&
			    (exactly ? str_equal(one, other) : is_below(one, other) || is_below(other, one)))
				return true;
		}
	return false;
}

static bool is_certain(const struct spots *spots)
{
	return spots->count == 1 && !spots->items[0].is_vague;
}

bool site_is_shared(const struct podspec *podspec, const struct site *a, const struct site *b, size_t *budget)
{
	bool both_known = a->is_url_known && b->is_url_known, is_shared;
	struct arena arena = { 0 };
	struct spots left, right;

	if (*budget == 0)
		return false;
	--*budget;
	if (both_known && str_equal(a->url, b->url))
		return true;
	find_spots(podspec, a, budget, &arena, &left);
	find_spots(podspec, b, budget, &arena, &right);
	is_shared = (!both_known || (is_certain(&left) && is_certain(&right))) &&
		    have_common_spot(&left, &right, both_known);
	arena_release(&arena);
	return is_shared;
}
