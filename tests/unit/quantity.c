/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/quantity.h"

#include "unit.h"

static struct str canonical(const char *text, bool in_thousandths)
{
	struct str result = S("none");

	return quantity_canonical(str_from(text), in_thousandths, &unit_arena, &result) ? result : S("none");
}

static void an_amount_is_written_with_the_largest_suffix_of_its_family(void **state)
{
	static const struct {
		const char *text, *canonical;
	} rows[] = {
		{ "1", "1" },
		{ "1000m", "1" },
		{ "0.5", "500m" },
		{ "500m", "500m" },
		{ "1Gi", "1Gi" },
		{ "1024Mi", "1Gi" },
		{ "1G", "1G" },
		{ "1000M", "1G" },
		{ "1.5Gi", "1536Mi" },
		{ "0.5Ki", "512" },
		{ "1000Ki", "1000Ki" },
		{ "1e3", "1e3" },
		{ "1000e0", "1e3" },
		{ "1E", "1E" },
		{ "0", "0" },
		{ "0Gi", "0" },
		{ "00100m", "100m" },
		{ "+2", "2" },
		{ "-1024Ki", "-1Mi" },
		{ "1536", "1536" },
		{ "1073741824", "1073741824" },
		{ "1u", "1u" },
		{ "0.0000000001", "1n" },
		{ "123.456", "123456m" },
		{ "1.0Ki", "1Ki" },
		{ ".5", "500m" },
		{ "5.", "5" },
		{ "1000000", "1M" },
		{ "99999999999999999999", "9223372036854775807" },
		{ "16Ei", "9223372036854775807" },
		{ "1.1Ki", "1126400m" },
		{ "1e-3", "1e-3" },
		{ "1e21", "9223372036854775807" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_row(canonical(rows[i].text, false), rows[i].canonical, rows[i].text);
}

/* What most amounts look like takes a short way; with a sign it takes the long one. */
static void an_amount_means_the_same_with_a_sign(void **state)
{
	static const char *const suffixes[] = {
		"", "n", "u", "m", "k", "M", "G", "T", "Ki", "Mi", "Gi", "Ti", "K", "e"
	};
	static const int numbers[] = { 1,    7,    10,   99,   100,  512,   999,   1000,    1001,      1023,     1024,
				       1025, 1500, 1536, 2000, 2048, 10000, 10240, 1048576, 999999999, 999424000 };

	(void)state;
	for (size_t i = 0; i < COUNT(numbers); i++)
		for (size_t k = 0; k < 2 * COUNT(suffixes); k++) {
			struct str text = arena_printf(&unit_arena, "+%d%s", numbers[i], suffixes[k / 2]);

			assert_row(canonical(text.ptr + 1, k % 2), canonical(text.ptr, k % 2).ptr, text.ptr);
		}
}

static void requests_and_limits_are_rounded_up_to_thousandths(void **state)
{
	(void)state;
	assert_str(canonical("1u", true), "1m");
	assert_str(canonical("1000u", true), "1m");
	assert_str(canonical("0.9999", true), "1");
	assert_str(canonical("250m", true), "250m");
}

static void what_is_no_amount_is_told_from_one(void **state)
{
	static const char *const rows[] = { "",    "abc",   "1 ",  "1Qi", "m",   "1gi", "1e",
					    "1ex", "1.2.3", "--1", " 1",  "1k1", "." };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_row(canonical(rows[i], false), "none", rows[i]);
}

static void texts_of_one_value_are_equal(void **state)
{
	(void)state;
	assert_true(quantity_equal(S("1Gi"), S("1073741824")));
	assert_true(quantity_equal(S("1e3"), S("1k")));
	assert_true(quantity_equal(S("-0"), S("0")));
	assert_false(quantity_equal(S("1Gi"), S("1G")));
	assert_false(quantity_equal(S("1"), S("-1")));
	assert_false(quantity_equal(S("x"), S("x")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_amount_is_written_with_the_largest_suffix_of_its_family),
		TEST(an_amount_means_the_same_with_a_sign),
		TEST(requests_and_limits_are_rounded_up_to_thousandths),
		TEST(what_is_no_amount_is_told_from_one),
		TEST(texts_of_one_value_are_equal),
	};

	return unit_run(tests);
}
