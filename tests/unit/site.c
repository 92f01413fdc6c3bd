/* SPDX-License-Identifier: Apache-2.0 */
#include "checkout/site.h"

#include "unit.h"

#define BUDGET 1000

static struct podspec podspec;

static void read_template(const char *spec)
{
	struct str text = arena_printf(&unit_arena, "spec: {%s}\n", spec);
	size_t budget = podspec_budget(text.len);

	assert_succeeds(podspec_read(unit_parse(text), VOLUMES_ALL, &budget, &unit_arena, &podspec, &unit_err));
}

/*
 * A site of container `container` as text: "url directory", "- directory", "url -"; "url in:DIRECTORY" for somewhere in
 * it; or "url volume:NAME".
 */
static struct site read_site(const char *text, size_t container)
{
	struct str directory = str_from(text), url = str_cut(&directory, ' ');
	struct site site = { .container = container };

	site.is_url_known = !str_is(url, "-");
	if (site.is_url_known)
		site.url = url;
	if (str_starts_with(directory, "volume:")) {
		site.container = NO_CONTAINER;
		site.volume = str_skip(directory, sizeof("volume:") - 1);
		site.is_inside = true;
	} else if (str_starts_with(directory, "in:")) {
		site.directory = str_skip(directory, sizeof("in:") - 1);
		site.is_inside = true;
	} else if (!str_is(directory, "-")) {
		site.directory = directory;
	}
	return site;
}

/* The checkout `a`, in a container with these mounts, and the poller `b`. */
struct row {
	const char *mounts_of_a, *mounts_of_b, *a, *b;
	enum site_relation relation;
};

static enum site_relation relate(const struct row *row)
{
	size_t budget = BUDGET;
	struct site a, b;

	read_template(arena_printf(&unit_arena, "containers: [{volumeMounts: [%s]}, {volumeMounts: [%s]}]",
				   row->mounts_of_a, row->mounts_of_b)
			      .ptr);
	a = read_site(row->a, 0);
	b = read_site(row->b, 1);
	return site_relate(&podspec, &a, &b, &budget);
}

static void check(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct row *row = &rows[i];
		const char *name = arena_printf(&unit_arena, "%s | %s: %s | %s", row->a, row->b, row->mounts_of_a,
						row->mounts_of_b)
					   .ptr;

		assert_for(relate(row) == row->relation, name);
	}
}

#define AT(volume, path) "{name: " volume ", mountPath: " path "}"
#define READ_ONLY(volume, path) "{name: " volume ", mountPath: " path ", readOnly: true}"

static const struct row one_url[] = {
	{ "", "", "u /a", "u /b", SITE_SAME_URL },
	{ AT("v", "/a"), AT("w", "/b"), "u /a", "u /b", SITE_SAME_URL },
	{ "", "", "u volume:v", "u -", SITE_SAME_URL },
	{ "", "", "u /a", "U /a", SITE_APART },
};

static void one_url_is_one_checkout(void **state)
{
	(void)state;
	check(one_url, COUNT(one_url));
}

static const struct row two_urls[] = {
	/* Into one volume, where each says where. */
	{ AT("v", "/a"), AT("v", "/b"), "u /a", "w /b", SITE_SAME_PLACE },
	{ AT("v", "/a"), AT("v", "/b"), "u /a/x", "w /b/x", SITE_SAME_PLACE },
	{ AT("v", "/a"), AT("v", "/b"), "u /a/x", "w /b/y", SITE_APART },
	{ AT("v", "/a"), AT("v", "/b"), "u /a", "w /b/y/z", SITE_APART },
	{ AT("v", "/a"), AT("v", "/b"), "u /a/y", "w /b/y/z", SITE_APART },
	/* A name is not a part of another. */
	{ AT("v", "/a"), AT("v", "/b"), "u /a/x", "w /b/xy", SITE_APART },
	{ AT("v", "/a"), AT("v", "/b"), "u /ab", "w /b", SITE_APART },
	/* Slashes at ends don't count. */
	{ AT("v", "/a/"), AT("v", "/b"), "u /a/x/", "w /b/x", SITE_SAME_PLACE },
	{ AT("v", "/"), AT("v", "/b"), "u /x", "w /b/x", SITE_SAME_PLACE },
	/* Not in a volume at all, or in two. */
	{ AT("v", "/a"), AT("v", "/b"), "u /elsewhere", "w /b", SITE_APART },
	{ AT("v", "/a"), AT("w", "/a"), "u /a", "w /a", SITE_APART },
	{ "", "", "u /a", "w /a", SITE_APART },
	/* The longest mount holds it, wherever it stands. */
	{ AT("v", "/a") ", " AT("w", "/a/x"), AT("v", "/b"), "u /a/x/y", "w /b", SITE_APART },
	{ AT("w", "/a/x") ", " AT("v", "/a"), AT("v", "/b"), "u /a/x/y", "w /b", SITE_APART },
	{ AT("w", "/a/x") ", " AT("v", "/a"), AT("w", "/b"), "u /a/x/y", "w /b/y", SITE_SAME_PLACE },
	{ AT("v", "/a") ", " AT("w", "/ax"), AT("v", "/b"), "u /a/x", "w /b/x", SITE_SAME_PLACE },
	/* What can't be written isn't. */
	{ READ_ONLY("v", "/a"), AT("v", "/b"), "u /a", "w /b", SITE_APART },
	{ AT("v", "/a") ", " READ_ONLY("w", "/a/x"), AT("v", "/b"), "u /a/x", "w /b/x", SITE_APART },
	{ READ_ONLY("w", "/a/x") ", " AT("v", "/a"), AT("v", "/b"), "u /a/x", "w /b/x", SITE_APART },
	{ READ_ONLY("v", "/a"), READ_ONLY("v", "/b"), "u -", "w -", SITE_APART },
	/* Where a directory is not known, one mount alone makes it certain. */
	{ AT("v", "/a"), AT("v", "/b"), "u -", "w -", SITE_SAME_PLACE },
	{ AT("v", "/a"), AT("v", "/b"), "u -", "w /b/x", SITE_APART },
	{ AT("v", "/a") ", " AT("w", "/c"), AT("v", "/b"), "u -", "w /b", SITE_APART },
	{ AT("v", "/a") ", " READ_ONLY("w", "/c"), AT("v", "/b"), "u -", "w /b", SITE_SAME_PLACE },
	{ "", AT("v", "/b"), "u -", "w /b", SITE_APART },
	/* A volume that is a checkout itself. */
	{ "", AT("v", "/b"), "u volume:v", "w /b", SITE_SAME_PLACE },
	{ "", AT("v", "/b"), "u volume:v", "w /b/x", SITE_APART },
	{ "", AT("v", "/b"), "u volume:w", "w /b/x", SITE_APART },
};

static void two_urls_share_a_site_only_if_that_is_certain(void **state)
{
	(void)state;
	check(two_urls, COUNT(two_urls));
}

#define SUB(volume, path, sub_path) "{name: " volume ", mountPath: " path ", subPath: " sub_path "}"
#define SUB_EXPR(volume, path) "{name: " volume ", mountPath: " path ", subPathExpr: $(X)}"

static const struct row sub_paths[] = {
	{ SUB("v", "/a", "one"), SUB("v", "/b", "two"), "u /a/x", "w /b/x", SITE_APART },
	{ SUB("v", "/a", "one"), SUB("v", "/b", "one"), "u /a/x", "w /b/x", SITE_SAME_PLACE },
	{ SUB("v", "/a", "one"), SUB("v", "/b", "/one/"), "u /a", "w /b/x", SITE_APART },
	{ SUB("v", "/a", "one"), AT("v", "/b"), "u /a/x", "w /b/one/x", SITE_SAME_PLACE },
	{ SUB("v", "/a", "one"), AT("v", "/b"), "u /a/x", "w /b/x", SITE_APART },
	{ SUB("v", "/a", "one"), AT("v", "/b"), "u /a/x", "w /b", SITE_APART },
	{ SUB("v", "/a", "''"), AT("v", "/b"), "u /a/x", "w /b/x", SITE_SAME_PLACE },
	{ SUB("v", "/a", "one"), SUB("v", "/b", "two"), "u -", "w -", SITE_APART },
	{ SUB("v", "/a", "one"), SUB("v", "/b", "two"), "- -", "w -", SITE_APART },
	{ SUB("v", "/a", "one"), AT("v", "/b"), "- /a/x", "w /b/one/x", SITE_SAME_PLACE },
	{ SUB("v", "/a", "one"), AT("v", "/b"), "- /a/x", "w /b/x", SITE_APART },
	{ SUB("v", "/a", "one"), AT("v", "/b"), "- -", "w in:/b", SITE_POSSIBLE },
	/* Above of all that the checkout can be. */
	{ SUB("v", "/a", "one"), AT("v", "/b"), "- -", "w /b", SITE_APART },
	/* One that only the pod knows is not certain; but it can be anywhere. */
	{ SUB_EXPR("v", "/a"), AT("v", "/b"), "u /a/x", "w /b/x", SITE_APART },
	{ SUB_EXPR("v", "/a"), AT("v", "/b"), "- /a/x", "w /b/y", SITE_POSSIBLE },
	{ SUB_EXPR("v", "/a"), SUB("v", "/b", "two"), "- -", "w -", SITE_POSSIBLE },
	{ SUB_EXPR("v", "/a"), AT("x", "/b"), "- -", "w -", SITE_APART },
};

static void sub_paths_are_directories_of_a_volume(void **state)
{
	(void)state;
	check(sub_paths, COUNT(sub_paths));
}

static const struct row no_url[] = {
	/* A directory that is not known can be all of the volumes. */
	{ AT("v", "/a") ", " AT("w", "/c"), AT("w", "/b"), "- -", "u /b", SITE_POSSIBLE },
	{ AT("v", "/a") ", " AT("w", "/c"), AT("x", "/b"), "- -", "u /b", SITE_APART },
	{ AT("v", "/a") ", " AT("w", "/c"), AT("w", "/b") ", " AT("x", "/d"), "- -", "- -", SITE_POSSIBLE },
	{ AT("w", "/a"), AT("v", "/a") ", " AT("w", "/c"), "u /a/x", "- -", SITE_POSSIBLE },
	{ "", "", "- -", "- -", SITE_APART },
	{ AT("v", "/a"), AT("v", "/b"), "u -", "- /b/x", SITE_POSSIBLE },
	{ AT("v", "/a"), AT("v", "/b"), "u volume:v", "- -", SITE_POSSIBLE },
	{ "", AT("v", "/b"), "u volume:v", "- /b/x", SITE_POSSIBLE },
	/* Two that are known tell. */
	{ AT("v", "/a"), AT("v", "/b"), "u /a/x", "- /b/x", SITE_SAME_PLACE },
	{ AT("v", "/a"), AT("v", "/b"), "- /a/x", "u /b/x", SITE_SAME_PLACE },
	{ AT("v", "/a"), AT("v", "/b"), "u /a/x", "- /b/y", SITE_APART },
	{ AT("v", "/a"), AT("v", "/b") ", " AT("w", "/c"), "u /a/x", "- /c/x", SITE_APART },
	{ AT("v", "/a"), AT("v", "/b"), "u /a/x", "- /elsewhere", SITE_APART },
	/* A directory of the checkout is pulled with it; one around it is another repository. */
	{ AT("v", "/a"), AT("v", "/b"), "u /a/x", "- /b/x/docs", SITE_POSSIBLE },
	{ AT("v", "/a"), AT("v", "/b"), "u /a/x", "- /b", SITE_APART },
	/* Unless that is where something works anywhere. */
	{ AT("v", "/a"), AT("v", "/b"), "- /a/x", "u in:/b", SITE_POSSIBLE },
	{ AT("v", "/a"), AT("v", "/b"), "- /a", "u in:/b/x", SITE_POSSIBLE },
	{ AT("v", "/a"), AT("v", "/b"), "- /a/x", "u in:/b/y", SITE_APART },
	{ AT("v", "/a"), AT("v", "/b"), "u in:/a", "- /b/x", SITE_POSSIBLE },
	{ AT("v", "/a"), AT("v", "/b"), "u in:/a/x", "- /b", SITE_APART },
};

static void a_url_that_is_not_known_leaves_it_to_the_directories(void **state)
{
	(void)state;
	check(no_url, COUNT(no_url));
}

static void what_is_looked_at_is_taken_from_the_budget(void **state)
{
	struct site a = { .container = 0 }, b = { .container = 1 };
	struct site one = { .is_url_known = true, .url = S("u") };
	size_t budget = 4;

	(void)state;
	read_template("containers: [{volumeMounts: [" AT("v", "/a") ", " READ_ONLY("w", "/b") "]}, {volumeMounts: [" AT(
		"v", "/a") "]}]");
	/* The pair, and three mounts. */
	assert_int_equal(site_relate(&podspec, &a, &b, &budget), SITE_POSSIBLE);
	assert_int_equal(budget, 0);
	assert_int_equal(site_relate(&podspec, &a, &b, &budget), SITE_APART);
	assert_int_equal(budget, 0);
	budget = 1;
	assert_int_equal(site_relate(&podspec, &one, &one, &budget), SITE_SAME_URL);
	assert_int_equal(budget, 0);
	for (budget = 0; budget < 4;) {
		size_t before = budget, left = budget;

		(void)site_relate(&podspec, &a, &b, &left);
		assert_true(left < before || before == 0);
		budget = before + 1;
	}
}

static void more_mounts_than_are_looked_at_do_no_harm(void **state)
{
	struct site a = { .container = 0 }, b = { .container = 1 };
	struct buf spec = { 0 };
	size_t budget = BUDGET;

	(void)state;
	buf_add_cstring(&spec, "containers: [{volumeMounts: [");
	for (int i = 0; i < 200; i++)
		buf_printf(&spec, "{name: v%d, mountPath: /v%d}, ", i, i);
	buf_add_cstring(&spec, "]}, {volumeMounts: [" AT("v63", "/b") "]}, {volumeMounts: [" AT("other", "/b") "]}]");
	read_template(arena_dup(&unit_arena, buf_str(&spec)).ptr);
	buf_release(&spec);
	assert_int_equal(site_relate(&podspec, &a, &b, &budget), SITE_POSSIBLE);
	b.container = 2;
	assert_int_equal(site_relate(&podspec, &a, &b, &budget), SITE_APART);
	/* A directory is looked for in all of them. */
	a = (struct site){ .container = 0, .directory = S("/v199/x") };
	b = (struct site){ .container = NO_CONTAINER, .volume = S("v199"), .is_inside = true };
	assert_int_equal(site_relate(&podspec, &a, &b, &budget), SITE_POSSIBLE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_url_is_one_checkout),
		TEST(two_urls_share_a_site_only_if_that_is_certain),
		TEST(sub_paths_are_directories_of_a_volume),
		TEST(a_url_that_is_not_known_leaves_it_to_the_directories),
		TEST(what_is_looked_at_is_taken_from_the_budget),
		TEST(more_mounts_than_are_looked_at_do_no_harm),
	};

	return unit_run(tests);
}
