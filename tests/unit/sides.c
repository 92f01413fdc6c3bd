/* SPDX-License-Identifier: Apache-2.0 */
#include "sides.h"

#include "unit.h"

static struct contrast contrast;
static struct contrast_input input;
static struct render_input after_input;
static struct render_file files[2];
static struct policy policy;

const struct contrast *sides_compare(const char *before, const char *after)
{
	contrast_release(&contrast);
	policy = (struct policy){ .inject = INJECT_ANNOTATIONS, .secrets = true, .git = GIT_OFF };
	kinds_init(&policy.kinds, &unit_arena);
	files[0] = (struct render_file){ .name = S("old.yaml"), .text = str_from(before) };
	files[1] = (struct render_file){ .name = S("new.yaml"), .text = str_from(after) };
	after_input = (struct render_input){ .files = &files[1], .file_count = 1 };
	input = (struct contrast_input){
		.before = &files[0],
		.before_count = 1,
		.after = &after_input,
		.policy = &policy,
		.wants_unread = true,
	};
	contrast_init(&contrast, &input, &unit_arena);
	assert_succeeds(contrast_read(&contrast, &unit_err));
	return &contrast;
}

int sides_release(void **state)
{
	contrast_release(&contrast);
	contrast = (struct contrast){ 0 };
	return unit_release(state);
}

struct str sides_deployment(const char *kind, const char *own, const char *annotations, const char *image,
			    const char *more)
{
	return arena_printf(&unit_arena,
			    "---\napiVersion: apps/v1\nkind: %s\nmetadata: {name: web}\n"
			    "spec:\n  selector: {matchLabels: {app: web}}\n%s  template:\n"
			    "    metadata: {labels: {app: web}, annotations: {%s}}\n"
			    "    spec:\n      containers:\n      - name: app\n        image: %s\n%s",
			    kind, own, annotations, image, more);
}
