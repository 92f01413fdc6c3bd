/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/fields.h"

#include "compare/defaults.h"
#include "unit.h"

static void every_default_belongs_to_a_field(void **state)
{
	struct fields fields;
	size_t count = 0;

	(void)state;
	fields_init(&fields, &unit_arena);
	for (size_t i = 0; i < fields.count; i++)
		for (size_t k = 0; k < fields.owners[i].count; k++)
			count += fields.owners[i].items[k].filled != NULL;
	assert_int_equal(count, defaults_count());
}

static void a_field_is_found_by_its_struct(void **state)
{
	const struct field *field;
	struct fields fields;

	(void)state;
	fields_init(&fields, &unit_arena);
	field = fields_find(fields_owner(&fields, "Container"), S("ports"));
	assert_true(field && field->many == FIELD_LIST && field->form == FIELD_MAPPING);
	assert_str(field->of->name, "ContainerPort");
	field = fields_find(fields_owner(&fields, "ConfigMapKeySelector"), S("optional"));
	assert_true(field && field->form == FIELD_BOOL && field->is_pointer);
	assert_null(fields_find(fields_owner(&fields, "Container"), S("portz")));
	assert_str(fields.pod->name, "PodTemplateSpec");
}

static void the_pull_policy_follows_from_the_image(void **state)
{
	static const struct {
		const char *image, *policy;
	} rows[] = {
		{ "nginx", "Always" },
		{ "nginx:latest", "Always" },
		{ "nginx:1.27", "IfNotPresent" },
		{ "registry:5000/nginx", "Always" },
		{ "registry:5000/nginx:1", "IfNotPresent" },
		{ "nginx@sha256:0123", "IfNotPresent" },
		{ "nginx:latest@sha256:0123", "Always" },
		{ "", "IfNotPresent" },
		{ "Nginx", "IfNotPresent" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_row(str_from(defaults_pull_policy(str_from(rows[i].image))), rows[i].policy, rows[i].image);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_default_belongs_to_a_field),
		TEST(a_field_is_found_by_its_struct),
		TEST(the_pull_policy_follows_from_the_image),
	};

	return unit_run(tests);
}
