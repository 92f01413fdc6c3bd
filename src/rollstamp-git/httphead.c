/* SPDX-License-Identifier: Apache-2.0 */
#include "rollstamp-git/httphead.h"

void httphead_expect(struct httphead *head)
{
	/* libgit2 does not wait for the rest of the answer to an earlier request. */
	head->bytes.len = 0;
	head->expects = true;
}

/* The length of the head that `text` begins with, its empty line included; 0 if it is not whole. */
static size_t find_end(struct str text)
{
	size_t line = 0;

	/* Parsers pass over empty lines in front of a head. */
	while (line < text.len && (text.ptr[line] == '\r' || text.ptr[line] == '\n'))
		line++;
	for (size_t i = line; i < text.len; i++) {
		size_t length = i - line;

		if (text.ptr[i] != '\n')
			continue;
		if (length == 0 || (length == 1 && text.ptr[line] == '\r'))
			return i + 1;
		line = i + 1;
	}
	return 0;
}

/* The status in "HTTP/1.1 302 Found", as three digits; empty if it has none. */
static struct str status_of(struct str head)
{
	struct str line;

	while (str_starts_with(head, "\r") || str_starts_with(head, "\n"))
		head = str_skip(head, 1);
	line = str_cut(&head, '\n');
	str_cut(&line, ' ');
	while (str_starts_with(line, " "))
		line = str_skip(line, 1);
	return line.len >= 3 ? (struct str){ line.ptr, 3 } : (struct str){ 0 };
}

static bool is_named(struct str line, const char *name)
{
	return str_equal_nocase((struct str){ line.ptr, str_find(line, ':') }, str_from(name));
}

static bool is_left_out(struct str line, struct str status)
{
	return (is_named(line, "WWW-Authenticate") && !str_is(status, "401")) ||
	       (is_named(line, "Proxy-Authenticate") && !str_is(status, "407"));
}

/* `text` without the headers that are left out, and without the lines that continue them. */
static void copy_head(struct str text, struct str status, struct buf *to)
{
	bool leaves_out = false;

	while (text.len > 0) {
		size_t end = str_find(text, '\n');
		struct str line = { text.ptr, end < text.len ? end + 1 : end };

		if (line.ptr[0] != ' ' && line.ptr[0] != '\t')
			leaves_out = is_left_out(line, status);
		if (!leaves_out)
			buf_add(to, line);
		text = str_skip(text, line.len);
	}
}

bool httphead_add(struct httphead *head, struct str bytes)
{
	struct buf passed = { 0 };
	struct str text;
	size_t end;

	buf_add(&head->bytes, bytes);
	if (!head->expects)
		return true;
	text = buf_str(&head->bytes);
	end = find_end(text);
	if (end == 0)
		return text.len <= HTTPHEAD_LIMIT;
	copy_head((struct str){ text.ptr, end }, status_of(text), &passed);
	buf_add(&passed, str_skip(text, end));
	buf_release(&head->bytes);
	head->bytes = passed;
	head->expects = false;
	return true;
}

struct str httphead_ready(const struct httphead *head)
{
	return head->expects ? (struct str){ 0 } : buf_str(&head->bytes);
}

void httphead_end(struct httphead *head)
{
	head->expects = false;
}

void httphead_take(struct httphead *head, size_t count)
{
	memmove(head->bytes.ptr, head->bytes.ptr + count, head->bytes.len - count);
	head->bytes.len -= count;
}

void httphead_release(struct httphead *head)
{
	buf_release(&head->bytes);
}
