/* SPDX-License-Identifier: Apache-2.0 */
#include "shell/args.h"

struct str args_program(struct args args)
{
	if (args.count == 0 || args.words[0].reason)
		return (struct str){ 0 };
	return str_behind_last(args.words[0].text, '/');
}
