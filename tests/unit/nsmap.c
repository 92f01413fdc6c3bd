/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/nsmap.h"

#include "unit.h"

static void a_namespace_that_nobody_names_may_be_any(void **state)
{
	static char bare, in_n, in_m, last;
	struct nsmap nsmap;

	(void)state;
	nsmap_init(&nsmap, &unit_arena);
	assert_true(nsmap_is_empty(&nsmap));
	assert_null(nsmap_get(&nsmap, S(""), S("a")));
	nsmap_set(&nsmap, S("n"), S("a"), &in_n);
	nsmap_set(&nsmap, S("m"), S("a"), &in_m);
	nsmap_set(&nsmap, S(""), S("b"), &bare);
	assert_false(nsmap_is_empty(&nsmap));
	assert_ptr_equal(nsmap_get(&nsmap, S("n"), S("a")), &in_n);
	assert_ptr_equal(nsmap_get(&nsmap, S("m"), S("a")), &in_m);
	assert_null(nsmap_get(&nsmap, S("o"), S("a")));
	/* Of several the last one. */
	assert_ptr_equal(nsmap_get(&nsmap, S(""), S("a")), &in_m);
	assert_ptr_equal(nsmap_get(&nsmap, S("n"), S("b")), &bare);
	assert_ptr_equal(nsmap_get(&nsmap, S(""), S("b")), &bare);
	/* What names the same, or none as well, goes before what may be it. */
	nsmap_set(&nsmap, S("n"), S("b"), &in_n);
	assert_ptr_equal(nsmap_get(&nsmap, S("n"), S("b")), &in_n);
	assert_ptr_equal(nsmap_get(&nsmap, S("m"), S("b")), &bare);
	assert_ptr_equal(nsmap_get(&nsmap, S(""), S("b")), &bare);
	nsmap_set(&nsmap, S("n"), S("a"), &last);
	assert_ptr_equal(nsmap_get(&nsmap, S("n"), S("a")), &last);
	/* A name with a slash is one, too. */
	assert_null(nsmap_get(&nsmap, S(""), S("n/a")));
	nsmap_set(&nsmap, S(""), S("n/a"), &bare);
	assert_ptr_equal(nsmap_get(&nsmap, S(""), S("n/a")), &bare);
	assert_ptr_equal(nsmap_get(&nsmap, S("n"), S("a")), &last);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_namespace_that_nobody_names_may_be_any),
	};

	return unit_run(tests);
}
