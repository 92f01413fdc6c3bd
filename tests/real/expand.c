/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Expands texts with podenv_expand_text: the counterpart of go/kube/expansion-check, which says what goes in and out.
 */
#include "base/buf.h"
#include "kube/podenv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name, *value;
} variables[] = { { "A", "1" }, { "B", "$(A)" }, { "", "empty" } };

static bool look_up(void *context, struct str name, struct buf *to)
{
	(void)context;
	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
		if (strlen(variables[i].name) == name.len && memcmp(variables[i].name, name.ptr, name.len) == 0) {
			buf_add_cstring(to, variables[i].value);
			return true;
		}
	}
	return false;
}

int main(void)
{
	char *text = NULL;
	size_t room = 0;
	ssize_t length;

	while ((length = getdelim(&text, &room, '\0', stdin)) > 0) {
		struct buf expanded;

		buf_init(&expanded);
		podenv_expand_text((struct str){ text, (size_t)length - 1 }, look_up, NULL, &expanded);
		buf_add_char(&expanded, '\0');
		fwrite(expanded.ptr, 1, expanded.len, stdout);
		buf_release(&expanded);
	}
	free(text);
	return ferror(stdin) || fflush(stdout) != 0 || ferror(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}
