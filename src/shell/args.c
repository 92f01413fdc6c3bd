/* SPDX-License-Identifier: Apache-2.0 */
#include "shell/args.h"

struct str args_program(struct args args)
{
	struct str name = { 0 };

	if (args.count == 0 || args.words[0].reason)
		return name;
	name = args.words[0].text;
	for (size_t i = name.len; i-- > 0;)
		if (name.ptr[i] == '/')
			return str_skip(name, i + 1);
	return name;
}
