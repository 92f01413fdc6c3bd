/* SPDX-License-Identifier: Apache-2.0 */
#include "checkout/cron.h"

#include "checkout/unfollowed.h"
#include "checkout/part.h"
#include "shell/command.h"
#include "shell/prefix.h"

#include <string.h>

/* More texts in one container are none that anybody has. */
#define MAX_TABLES 64

const char *const cron_files[] = { "/etc/crontabs/root", "/var/spool/cron/crontabs/root", "/etc/crontab", NULL };

static bool is_daemon(struct str program)
{
	static const char *const names[] = { "crond", "cron", "supercronic", "fcron", "yacron", NULL };

	return command_is_one_of(program, names);
}

bool cron_is_image(struct str image)
{
	image.len = str_find(image, '@');
	image = str_behind_last(image, '/');
	image.len = str_find(image, ':');
	return str_is(image, "supercronic");
}

static void add_table(struct cron *cron, struct str text, struct arena *arena)
{
	if (cron->count == MAX_TABLES || !unfollowed_may_be(text))
		return;
	cron->tables = arena_grow(arena, cron->tables, cron->count, &cron->room, sizeof(*cron->tables));
	cron->tables[cron->count++] = text;
}

void cron_look(struct cron *cron, struct args args, struct str input, struct arena *arena)
{
	static const char *const writers[] = { "echo", "printf", NULL };
	struct prefix_environment ignored = { 0 };
	struct str program;

	add_table(cron, input, arena);
	args = prefix_skip(args, arena, &ignored);
	program = args_program(args);
	if (command_is_one_of(program, writers)) {
		for (size_t i = 1; i < args.count; i++)
			add_table(cron, part_script(&args.words[i], arena), arena);
	} else if (is_daemon(program)) {
		cron->runs = true;
		if (args.count > 1 && !args.words[args.count - 1].reason &&
		    str_starts_with(args.words[args.count - 1].text, "/"))
			cron->file = args.words[args.count - 1];
	}
}

/* One of the five fields of when it runs. */
static bool is_time(struct str field)
{
	for (size_t i = 0; i < field.len; i++)
		if (!str_is_alphanumeric(field.ptr[i]) && !strchr("*,/-", field.ptr[i]))
			return false;
	/* Months and days have names of three letters. */
	return field.len > 0 && (field.ptr[0] == '*' || str_is_digit(field.ptr[0]) || field.len == 3 ||
				 (field.len > 3 && strchr(",-", field.ptr[3])));
}

static struct str skip_blanks(struct str text)
{
	while (text.len > 0 && (text.ptr[0] == ' ' || text.ptr[0] == '\t'))
		text = str_skip(text, 1);
	return text;
}

static struct str cut_field(struct str *line)
{
	struct str field = skip_blanks(*line);
	size_t length = 0;

	while (length < field.len && field.ptr[length] != ' ' && field.ptr[length] != '\t')
		length++;
	*line = skip_blanks(str_skip(field, length));
	field.len = length;
	return field;
}

/* Up to a newline, or what printf makes one of. */
static struct str cut_line(struct str *text)
{
	struct str line = *text;
	size_t i = 0, skipped = 1;

	while (i < line.len && line.ptr[i] != '\n' &&
	       !(i + 1 < line.len && line.ptr[i] == '\\' && line.ptr[i + 1] == 'n'))
		i++;
	if (i < line.len && line.ptr[i] == '\\')
		skipped = 2;
	*text = str_skip(line, i < line.len ? i + skipped : i);
	line.len = i;
	return line;
}

bool cron_next(struct str *table, struct str *command)
{
	while (table->len > 0) {
		struct str line = cut_line(table), rest = line, field = cut_field(&rest);
		bool runs = str_starts_with(field, "@") && !str_is(field, "@reboot");

		for (unsigned i = 1; i < 5 && !runs && is_time(field); i++) {
			field = cut_field(&rest);
			runs = i == 4 && is_time(field);
		}
		if (!runs)
			continue;
		field = rest;
		if (str_is(cut_field(&field), "root"))
			rest = field;
		if (rest.len == 0)
			continue;
		*command = rest;
		return true;
	}
	return false;
}
