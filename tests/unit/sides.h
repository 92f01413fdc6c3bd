/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sides: two renders compared, for the unit tests of what is told of them.
 */
#ifndef SIDES_H
#define SIDES_H

#include "app/contrast.h"

/*
 * Compares two renders with what options do when there are none, but that git is not looked at. Released with the test;
 * one at a time.
 */
const struct contrast *sides_compare(const char *before, const char *after);
/* Releases what sides_compare has given; a teardown of tests, which calls unit_release. */
int sides_release(void **state);

/* A test that compares. */
#define TEST_SIDES(function) cmocka_unit_test_teardown(function, sides_release)

/* A Deployment "web" of one container "app": `more` stands behind its image, and `own` in the workload's spec. */
struct str sides_deployment(const char *kind, const char *own, const char *annotations, const char *image,
			    const char *more);

#endif
