/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unit: what the unit tests share.
 *
 * One program a module; its tests are named as sentences. Everything that a test needs lives in unit_arena, which is
 * released behind each test: with AddressSanitizer whatever outlives it, or leaks beside it, shows.
 */
#ifndef UNIT_H
#define UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "kube/manifest.h"
#include "yaml/stream.h"

/* Is this a build with AddressSanitizer? gcc and clang say it in different ways. */
#if defined(__SANITIZE_ADDRESS__)
#define UNIT_ASAN
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define UNIT_ASAN
#endif
#endif

#define S(literal) ((struct str)STR(literal))
/* How long a test waits for a FIFO that is ready at once. */
#define WAIT_MS 10000
#define COUNT(array) (sizeof(array) / sizeof(*(array)))

extern struct arena unit_arena;
/* The message of the last function that was to fail. */
extern struct err unit_err;

/* A test that ends with unit_arena empty. Its teardown tells of rows that were wrong. */
#define TEST(function) cmocka_unit_test_teardown(function, unit_release)
int unit_release(void **state);
#define unit_run(tests) cmocka_run_group_tests(tests, NULL, NULL)

/* Fails and shows both when `actual` is not the bytes of the literal. */
#define assert_str(actual, literal) unit_assert_str((actual), S(literal), "", __FILE__, __LINE__)
/* The same for a row of a table: `row` says which. The test goes on to the next one, and fails at its end. */
#define assert_row(actual, expected, row) unit_assert_str((actual), str_from(expected), (row), __FILE__, __LINE__)
void unit_assert_str(struct str actual, struct str expected, const char *row, const char *file, int line);
/* In the same way, fails and shows `row` when `condition` is false. */
#define assert_for(condition, row) unit_assert_for((condition), #condition, (row), __FILE__, __LINE__)
void unit_assert_for(bool condition, const char *text, const char *row, const char *file, int line);
/* Fails when the call did not, or with a message without `part` in it. */
#define assert_fails(call, part) unit_assert_fails((call), (part), #call, __FILE__, __LINE__)
void unit_assert_fails(bool result, const char *part, const char *row, const char *file, int line);
/* Fails, and shows the message, when the call does. */
#define assert_succeeds(call) unit_assert_succeeds((call), #call, __FILE__, __LINE__)
void unit_assert_succeeds(bool result, const char *row, const char *file, int line);

/* How a child process that called `function(argument)` ended: its wait status; `*output` is what it wrote to stderr. */
int unit_in_child(void (*function)(void *), void *argument, struct str *output);

/* The bytes of pieces, one behind the other. */
struct str unit_join(const struct str *pieces, size_t count);
/* `text` as a stream of its own, named "input"; it must be valid. */
struct stream *unit_stream(struct str text);
/* The tree of `text`, which must be valid. */
struct node *unit_parse(struct str text);

/* A manifest with what it borrows. Released with the test, as unit_arena is. */
struct world {
	struct kinds kinds;
	struct ignore ignore;
	struct manifest manifest;
};
struct world *unit_world(const char *default_namespace);
/* Adds the documents of `text`; on failure the message is in unit_err. */
bool unit_add(struct world *world, const char *text, enum object_scope scope);

#endif
