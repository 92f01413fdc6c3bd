/* SPDX-License-Identifier: Apache-2.0 */
#include "app/scripts.h"

#include "scripttexts.h"

static const char *const shells[] = { "bash", "zsh", "fish", NULL };
static const char *const texts[] = { bash_text, zsh_text, fish_text };

const char *const *scripts_shells(void)
{
	return shells;
}

const char *scripts_find(struct str shell)
{
	for (size_t i = 0; shells[i]; i++)
		if (str_is(shell, shells[i]))
			return texts[i];
	return NULL;
}
