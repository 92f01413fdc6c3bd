/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prints the table of fields that `why` compares by: the counterpart of go/kube/fields-check, which prints Kubernetes' own
 * types in the same lines.
 */
#include "compare/fields.h"

#include <stdio.h>
#include <stdlib.h>

int main(void)
{
	struct arena arena = { 0 };
	struct fields fields;
	struct buf table = { 0 };

	fields_init(&fields, &arena);
	fields_print(&fields, &table);
	fwrite(table.ptr, 1, table.len, stdout);
	buf_release(&table);
	arena_release(&arena);
	return fflush(stdout) != 0 || ferror(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}
