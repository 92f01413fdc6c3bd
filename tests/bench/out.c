/* SPDX-License-Identifier: Apache-2.0 */
#include "out.h"

#include <stdarg.h>

void out_init(struct out *o, FILE *file)
{
	*o = (struct out){ .file = file };
}

static void out_counted(struct out *o, int written)
{
	if (written < 0)
		o->failed = true;
	else
		o->bytes += (size_t)written;
}

void out_text(struct out *o, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	out_counted(o, vfprintf(o->file, format, arguments));
	va_end(arguments);
}

void out_line(struct out *o, size_t column, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	out_counted(o, fprintf(o->file, "%*s", (int)column, ""));
	out_counted(o, vfprintf(o->file, format, arguments));
	out_counted(o, fputc('\n', o->file) == EOF ? -1 : 1);
	va_end(arguments);
}

bool out_finish(struct out *o)
{
	return fflush(o->file) == 0 && !o->failed && ferror(o->file) == 0;
}
