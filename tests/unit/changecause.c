/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/changecause.h"

#include "unit.h"

static struct stamps stamps;

static void add(const char *annotation, const char *value)
{
	stamps_add(&stamps, (struct stamp){ .annotation = str_from(annotation), .value = str_from(value) });
}

static struct str text_of(void)
{
	return changecause_text(&stamps, &unit_arena);
}

static void begin(void)
{
	stamps = (struct stamps){ .arena = &unit_arena };
}

static void stamps_are_named_in_bytewise_order(void **state)
{
	(void)state;
	begin();
	add("secretproviderclass.rollstamp.io/vault", "00000000aaaa");
	add("git.rollstamp.io/routes", "c5139dc8929ad3b37f03a0a67a694c3c47efb996");
	add("configmap.rollstamp.io/shop", "814376e14e0e1c37f0b21882549d1fa7");
	add("configmap.rollstamp.io/other_shop", "11111111111111111111111111111111");
	assert_str(text_of(), "rollstamp: configmap/other_shop 11111111, configmap/shop 814376e1, git routes c5139dc8, "
			      "secretproviderclass/vault 00000000");
}

static void selections_stand_behind_a_blank(void **state)
{
	(void)state;
	begin();
	add("configmaps.rollstamp.io/dash", "0123456789");
	add("secrets.rollstamp.io/keys", "0123456789");
	assert_str(text_of(), "rollstamp: configmaps dash 01234567, secrets keys 01234567");
}

static void each_commit_of_a_repository_is_cut(void **state)
{
	(void)state;
	begin();
	add("git.rollstamp.io/routes", "c5139dc8929a,f4edf6541a0e,abc");
	assert_str(text_of(), "rollstamp: git routes c5139dc8,f4edf654,abc");
}

static void variables_alone_are_not_named(void **state)
{
	(void)state;
	begin();
	stamps_add(&stamps, (struct stamp){ .env = S("GIT_REF"), .value = S("c5139dc8"), .is_variable_only = true });
	assert_str(text_of(), "rollstamp:");
	add("secret.rollstamp.io/login", "2c02a27aec0f");
	assert_str(text_of(), "rollstamp: secret/login 2c02a27a");
}

static void what_is_more_than_250_bytes_is_counted(void **state)
{
	struct str text, longer;

	(void)state;
	begin();
	for (int i = 0; i < 10; i++)
		add(arena_printf(&unit_arena, "configmap.rollstamp.io/p-%d", i).ptr, "0123456789");
	text = text_of();
	assert_int_equal(text.len, sizeof("rollstamp:") - 1 + 10 * (sizeof(" configmap/p-0 01234567,") - 1) - 1);
	add("configmap.rollstamp.io/z", "0123456789");
	text = text_of();
	assert_true(text.len <= 250);
	assert_true(str_contains(text, "configmap/p-8 01234567 (+2 "));
	/* What is not shown counts, too. */
	stamps.items[10].value = S("9876543210");
	longer = text_of();
	assert_int_equal(longer.len, text.len);
	assert_false(str_equal(longer, text));
}

static void a_stamp_that_is_too_long_is_counted_alone(void **state)
{
	struct buf commits = { 0 };
	struct str text;

	(void)state;
	begin();
	for (int i = 0; i < 40; i++)
		buf_printf(&commits, "%s%08d", i > 0 ? "," : "", i);
	buf_add_char(&commits, '\0');
	add("git.rollstamp.io/routes", buf_keep(&commits, &unit_arena).ptr);
	text = text_of();
	assert_true(str_starts_with(text, "rollstamp: (+1 "));
	assert_int_equal(text.len, sizeof("rollstamp: (+1 01234567)") - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(stamps_are_named_in_bytewise_order),     TEST(selections_stand_behind_a_blank),
		TEST(each_commit_of_a_repository_is_cut),     TEST(variables_alone_are_not_named),
		TEST(what_is_more_than_250_bytes_is_counted), TEST(a_stamp_that_is_too_long_is_counted_alone),
	};

	return unit_run(tests);
}
