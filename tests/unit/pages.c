/* SPDX-License-Identifier: Apache-2.0 */
#include "base/pages.h"

#include "unit.h"

#include <string.h>

static void reserved_pages_are_aligned_zeroes(void **state)
{
	for (size_t n = 1; n <= 4; n++) {
		unsigned char *pages = pages_reserve(n * PAGES_HUGE);

		(void)state;
		assert_non_null(pages);
		if (!pages)
			return;
		assert_int_equal((uintptr_t)pages % PAGES_HUGE, 0);
		for (size_t i = 0; i < n * PAGES_HUGE; i += 4095)
			assert_int_equal(pages[i], 0);
		memset(pages, 0xff, n * PAGES_HUGE);
		pages_release(pages, n * PAGES_HUGE);
	}
}

static void reservations_do_not_overlap(void **state)
{
	char *pages[8];

	(void)state;
	for (size_t i = 0; i < COUNT(pages); i++) {
		pages[i] = pages_reserve(PAGES_HUGE);
		assert_non_null(pages[i]);
		if (pages[i])
			memset(pages[i], (int)i, PAGES_HUGE);
	}
	for (size_t i = 0; i < COUNT(pages); i++) {
		assert_int_equal(pages[i][0], i);
		assert_int_equal(pages[i][PAGES_HUGE - 1], i);
		pages_release(pages[i], PAGES_HUGE);
	}
}

static void more_than_the_address_space_is_refused(void **state)
{
	(void)state;
	assert_null(pages_reserve((size_t)1 << 60));
}

static void small_pages_stand_in_front_of_large_ones(void **state)
{
	const size_t small = 768 * 1024, size = PAGES_HUGE;
	char *pages = pages_reserve_behind(small, size);

	(void)state;
	assert_non_null(pages);
	assert_int_equal(((uintptr_t)pages + small) % PAGES_HUGE, 0);
	pages[0] = pages[small - 1] = pages[small] = pages[small + size - 1] = 'a';
	pages_release(pages, small + size);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(small_pages_stand_in_front_of_large_ones),
		TEST(reserved_pages_are_aligned_zeroes),
		TEST(reservations_do_not_overlap),
		TEST(more_than_the_address_space_is_refused),
	};

	return unit_run(tests);
}
