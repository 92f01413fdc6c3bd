/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/variable.h"

#include "yaml/scalar.h"

bool variable_says(const struct node *node, struct str value)
{
	return node->type == NODE_SCALAR && str_equal(node->value, value) && node_tag(node).len == 0 &&
	       (node->style != STYLE_PLAIN || !scalar_is_typed(node->value));
}

bool variable_set(struct shape *shape, struct podpath *path, struct node *item, struct str value, bool *changed,
		  struct err *err)
{
	const struct node *now = node_get(item, "value"), *value_from = node_get(item, "valueFrom");
	struct str from = str_from("valueFrom"), to = str_from("value");
	bool has_from = value_from && !(now && scalar_is_null(value_from)), ok;

	*changed = !(now && !has_from && variable_says(now, value));
	if (!*changed)
		return true;
	if (now && has_from)
		return err_set_at(err, item->span.from, "%.*s has both value and valueFrom: remove one",
				  STR_ARG(scalar_get(item, "name")));
	if (has_from)
		return shape_rename(shape, path->steps, path->length, from,
				    (struct shape_entry){ .key = to, .value = value }, err);
	if (!now) {
		struct node *payload = shape_new_mapping(shape);

		shape_append(payload, shape_new_name(shape, to));
		shape_append(payload, shape_new_scalar(shape, value));
		return shape_insert(shape, path->steps, path->length, payload, err);
	}
	podpath_add_key(path, to);
	ok = shape_set(shape, path->steps, path->length, value, err);
	path->length--;
	return ok;
}

struct node *variable_new(struct shape *shape, struct str name, struct str value)
{
	struct node *item = shape_new_mapping(shape);

	shape_append(item, shape_new_name(shape, str_from("name")));
	shape_append(item, shape_new_name(shape, name));
	shape_append(item, shape_new_name(shape, str_from("value")));
	shape_append(item, shape_new_scalar(shape, value));
	return item;
}
