/* SPDX-License-Identifier: Apache-2.0 */
/*
 * neon: the tests of base/scan for AArch64, whose vectors are NEON's. tests/neon.sh compiles and runs it.
 *
 * No cross compiler comes with cmocka, so what those tests take of unit.h stands here in a few lines.
 */
#define UNIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#if !defined(__aarch64__) || !defined(__ARM_NEON)
#error "this is for AArch64 with NEON"
#endif

#define COUNT(array) (sizeof(array) / sizeof(*(array)))
#define TEST(function)                                   \
	{                                                \
		.name = #function, .test_func = function \
	}
#define assert_non_null(pointer) check((pointer) != NULL, #pointer, __LINE__)
#define assert_ptr_equal(a, b) check((a) == (b), #a " == " #b, __LINE__)

struct CMUnitTest {
	const char *name;
	void (*test_func)(void **state);
};

static void check(bool holds, const char *what, int line)
{
	if (holds)
		return;
	printf("Bail out! tests/unit/scan.c:%d: %s does not hold\n", line, what);
	exit(1);
}

static int run(const struct CMUnitTest *tests, size_t count)
{
	void *state = NULL;

	printf("1..%zu\n", count);
	for (size_t i = 0; i < count; i++) {
		tests[i].test_func(&state);
		printf("ok %zu - with NEON: %s\n", i + 1, tests[i].name);
	}
	return 0;
}

#define unit_run(tests) run(tests, COUNT(tests))

#include "../unit/scan.c"
