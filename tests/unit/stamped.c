/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/stamped.h"

#include "unit.h"

static struct value *make(const char *text)
{
	static struct fields fields; /* its memory is the test's */
	struct value_maker maker = { .fields = &fields, .arena = &unit_arena, .scratch = &unit_arena };
	struct value *value;

	fields_init(&fields, &unit_arena);
	maker.text = str_from(text);
	maker.budget = value_budget(maker.text.len);
	assert_succeeds(value_make(&maker, unit_parse(maker.text), fields.pod, &value, &unit_err));
	return value;
}

/* "NAME=VALUE" of each stamp, of a variable "NAME@CONTAINER=VALUE". */
static struct str print(const struct stamped_list *list)
{
	struct buf text = { 0 };

	for (size_t i = 0; i < list->count; i++)
		buf_printf(&text, "%s%.*s%s%.*s=%.*s", i > 0 ? " " : "", STR_ARG(list->items[i].name),
			   list->items[i].is_env ? "@" : "", STR_ARG(list->items[i].container),
			   STR_ARG(list->items[i].value));
	return buf_keep(&text, &unit_arena);
}

static void a_stamp_is_told_by_its_prefix(void **state)
{
	static const struct {
		const char *name;
		bool is_env;
		int type; /* below 0: none */
		const char *subject;
	} rows[] = {
		{ "configmap.rollstamp.io/shop", false, STAMPED_CONFIGMAP, "shop" },
		{ "secret.rollstamp.io/prod_tls", false, STAMPED_SECRET, "prod_tls" },
		{ "secretproviderclass.rollstamp.io/vault", false, STAMPED_PROVIDER, "vault" },
		{ "configmaps.rollstamp.io/dash", false, STAMPED_CONFIGMAPS, "dash" },
		{ "secrets.rollstamp.io/tls", false, STAMPED_SECRETS, "tls" },
		{ "git.rollstamp.io/routes", false, STAMPED_GIT, "routes" },
		{ "ROLLSTAMP_CONFIGMAP_SHOP", true, STAMPED_CONFIGMAP, "SHOP" },
		{ "ROLLSTAMP_CONFIGMAPS_DASH", true, STAMPED_CONFIGMAPS, "DASH" },
		{ "ROLLSTAMP_SECRET_TLS", true, STAMPED_SECRET, "TLS" },
		{ "ROLLSTAMP_SECRETS_TLS", true, STAMPED_SECRETS, "TLS" },
		{ "ROLLSTAMP_SECRETPROVIDERCLASS_VAULT", true, STAMPED_PROVIDER, "VAULT" },
		{ "ROLLSTAMP_GIT_ROUTES", true, STAMPED_GIT, "ROUTES" },
		{ "configmap.rollstamp.io/", false, -1, NULL },
		{ "rollstamp.io/ignore", false, -1, NULL },
		{ "rollstamp.io/configmaps", false, -1, NULL },
		{ "ROLLSTAMP_GIT_", true, -1, NULL },
		{ "ROLLSTAMP_CONFIG", true, -1, NULL },
		{ "ROLLSTAMP_GIT_ROUTES", false, -1, NULL },
		{ "git.rollstamp.io/routes", true, -1, NULL },
		{ "my.configmap.rollstamp.io/shop", false, -1, NULL },
		{ "", false, -1, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct stamped stamp = { .name = str_from(rows[i].name), .is_env = rows[i].is_env };
		bool is_stamp = stamped_type_of(stamp.name, stamp.is_env, &stamp.type);

		assert_for(is_stamp == (rows[i].type >= 0), rows[i].name);
		if (!is_stamp)
			continue;
		assert_for((int)stamp.type == rows[i].type, rows[i].name);
		assert_row(stamped_subject(&stamp), rows[i].subject, rows[i].name);
	}
}

static void stamps_are_taken_out_of_annotations_and_variables(void **state)
{
	struct value *value =
		make("metadata: {annotations: {git.rollstamp.io/b: b1, note: x, configmap.rollstamp.io/a: a1}}\n"
		     "spec:\n"
		     "  initContainers: [{name: i, env: [{name: ROLLSTAMP_SECRET_S, value: s1}]}]\n"
		     "  containers:\n"
		     "  - {name: c, env: [{name: ROLLSTAMP_SECRET_S, value: s1}, {name: A, value: x}]}\n");
	struct stamped_list list = { 0 };

	(void)state;
	stamped_take(value, &unit_arena, &list);
	assert_str(print(&list),
		   "ROLLSTAMP_SECRET_S@c=s1 ROLLSTAMP_SECRET_S@i=s1 configmap.rollstamp.io/a=a1 git.rollstamp.io/b=b1");
	assert_str(value_text(value_get(value_get(value, "metadata"), "annotations"), "note"), "x");
	assert_null(value_get(value_get(value_get(value, "metadata"), "annotations"), "git.rollstamp.io/b"));
	assert_null(value_get(value_get(value_get(value, "spec"), "initContainers")->child, "env"));
	assert_str(
		value_text(value_get(value_get(value_get(value, "spec"), "containers")->child, "env")->child, "name"),
		"A");
}

static void values_of_one_place_are_put_together(void **state)
{
	struct value *value = make("spec:\n"
				   "  containers:\n"
				   "  - name: c\n"
				   "    env: [{name: ROLLSTAMP_GIT_R, value: c2}, {name: ROLLSTAMP_GIT_R, value: c1},\n"
				   "      {name: ROLLSTAMP_GIT_R, value: c2}]\n"
				   "  - {name: b, env: [{name: ROLLSTAMP_GIT_R, value: c3}]}\n");
	struct stamped_list list = { 0 };

	(void)state;
	stamped_take(value, &unit_arena, &list);
	assert_str(print(&list), "ROLLSTAMP_GIT_R@b=c3 ROLLSTAMP_GIT_R@c=c1,c2");
}

static void a_template_without_its_stamps_is_what_it_was_before(void **state)
{
	struct value *stamped = make("metadata: {annotations: {git.rollstamp.io/b: b1}}\nspec: {hostname: a}\n");
	struct stamped_list list = { 0 };

	(void)state;
	stamped_take(stamped, &unit_arena, &list);
	assert_int_equal(list.count, 1);
	assert_null(value_get(stamped, "metadata"));
	stamped_take(NULL, &unit_arena, &list);
	assert_int_equal(list.count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_stamp_is_told_by_its_prefix),
		TEST(stamps_are_taken_out_of_annotations_and_variables),
		TEST(values_of_one_place_are_put_together),
		TEST(a_template_without_its_stamps_is_what_it_was_before),
	};

	return unit_run(tests);
}
