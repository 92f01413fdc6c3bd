/* SPDX-License-Identifier: Apache-2.0 */
#include "blocks.h"

#define MAX_NESTING 7
#define MAX_LENGTH 600
#define COUNT(array) (sizeof(array) / sizeof(*(array)))

struct blocks {
	struct choices *choices;
	struct buf *out;
};

static unsigned choose(struct blocks *m, unsigned count)
{
	return choice_below(m->choices, count);
}

static void add(struct blocks *m, const char *text)
{
	buf_add_cstring(m->out, text);
}

static bool is_long(const struct blocks *m)
{
	return m->out->len > MAX_LENGTH || m->choices->left == 0;
}

static const char *const words[] = {
	"a",
	"b",
	"key",
	"name",
	"a b",
	"a  b",
	"1",
	"-1",
	"~",
	"a:b",
	"a#b",
	"a-b",
	"a'b",
	"a\"b",
	"a, b",
	"a]",
	"a}",
	"\xc3\xa9",
	"\xe2\x82\xac x",
	"http://x:80/y",
	"a?",
	"a!",
	"a&b",
	"a*b",
	"a|b",
	"a>b",
	"a%b",
	"a@b",
	"a`b",
	".",
	"..",
	"=",
	"<",
	"-a",
	"--",
	"---a",
	"--- a",
	"...",
	"... a",
	"$(A)",
	"\xf0\x9f\x98\x80",
	"a.",
	"/a",
	"\\a",
};

static const char *const quoted[] = {
	"''",
	"\"\"",
	"'a'",
	"\"a\"",
	"'a b'",
	"\"a b\"",
	"'it''s'",
	"''''",
	"' '",
	"\" \"",
	"\"\\n\"",
	"\"\\\"\"",
	"\"\\\\\"",
	"\"\\u00e9\"",
	"\"\\x41\"",
	"\"\\/\"",
	"\"\\t\\r\\b\\f\"",
	"'\xc3\xa9'",
	"\"\xc3\xa9\"",
	"'a: b'",
	"\"a: b\"",
	"'# a'",
	"\"a # b\"",
	"'- a'",
	"\"{a}\"",
	"\"a\\u20acb\"",
	"'a\tb'",
	"\"a\tb\"",
	"'\"'",
	"\"'\"",
	"\"---\"",
	"'\\'",
};

static const char *const flows[] = {
	"[]",
	"{}",
	"[ ]",
	"{ }",
	"[a]",
	"[a, b]",
	"[\"a\", 'b']",
	"{a: b}",
	"{a: b, c: d}",
	"{ a: b }",
	"[ a ]",
	"[[], {}]",
	"[a b, c]",
	"{\"a\": \"b\"}",
	"[a:b]",
	"[-1, 2]",
	"{a: [b, c]}",
	"[{a: b}, {c: d}]",
	"[\xc3\xa9, {\xc3\xa9: a}]",
	"[[a], [b]]",
	"[a-b, c.d/e]",
	"[a@b]",
	"[a -b]",
	"[a - b]",
	"{a b: c d}",
	"[http://a:8/]",
	"{a: {b: {c: []}}}",
	"['a', \"b\\n\"]",
	"[a  ,  b]",
	"{a:  b}",
	"[a*, b%]",
	"[$(A), (b)]",
};

/* What is not ours, or only just. */
static const char *const odd[] = {
	"*a",
	"&a b",
	"!t a",
	"!!str a",
	"%a",
	"@a",
	"`a",
	"? a",
	": a",
	":a",
	"- a",
	"-",
	"?",
	":",
	"a: b",
	"a:",
	"a :",
	"# a",
	"#a",
	"a #b",
	"a # b",
	"a\tb",
	"a\t",
	"\ta",
	"\t",
	"a \t",
	"[a: b]",
	"{a}",
	"{a:b}",
	"{\"a\":b}",
	"[a,]",
	"[,]",
	"[a",
	"{a: b",
	"a]]",
	"\"a",
	"'a",
	"\"a\"b",
	"'a'b",
	"\"a\"#b",
	"'a' #b",
	"\"a\": b",
	"'a' : b",
	"[a]: b",
	"{a: b}: c",
	"[a]#b",
	"[#a]",
	"[a #b]",
	"{a: }",
	"{: a}",
	"{? a}",
	"[?a]",
	"[? a]",
	"[*a]",
	"[&a b]",
	"[!t a]",
	"[a\tb]",
	"[-]",
	"[- a]",
	"[--]",
	"[a -]",
	"{-: a}",
	"[a:]",
	"{a::b: c}",
	"[\"a\"b]",
	"[a\"b]",
	"[a[b]]",
	"[|a]",
	"[>a]",
	"[%a]",
	"[@a]",
	"[`a]",
	"[a`b]",
	"<<",
	"\"<<\"",
	"'<<'",
	"{<<: a}",
	"\"\\z\"",
	"\"\\ud800\"",
	"\"\\u12\"",
	"\"\\x8\"",
	"\"\\",
	"\"\\ \"",
	"\"\\0\"",
	"\"\\_\"",
	"\"\\uffff\"",
	"\"\\u0000\"",
	"\"\\x00\"",
	"\"\\x85\"",
	"\xc2\x85",
	"\xe2\x80\xa8",
	"\xe2\x80\xa9",
	"\xef\xbb\xbf",
	"\xc2\xa0",
	"\xc2\x80",
	"\xef\xbf\xbe",
	"\x01",
	"\x7f",
	"a\rb",
	"\r",
	"[a\n  , b]",
	"\"a\n  b\"",
	"'a\n  b'",
	"--- ",
	"...\n",
	"---\n",
	"---\t",
	"[a,b]",
	"{a: b,c: d}",
	"|a",
	">a",
	"| a",
	"|1a",
	"|0",
	"|+-",
	"|#",
	"| #",
	"|11",
	"|\t",
	"|-\t",
	"| # a\t",
};

static void add_one(struct blocks *m, const char *const *of, size_t count)
{
	add(m, of[choose(m, (unsigned)count)]);
}

/* What may stand between a value and the end of its line. */
static void end_line(struct blocks *m)
{
	switch (choose(m, 24)) {
	case 1:
		add(m, " # c\n");
		break;
	case 2:
		add(m, "  \n");
		break;
	case 3:
		add(m, "   #c: d\n");
		break;
	case 4:
		add(m, choose(m, 4) == 1 ? "\t\n" : " #\n");
		break;
	case 5:
		add(m, choose(m, 4) == 1 ? "#c\n" : "\n");
		break;
	default:
		add(m, "\n");
		break;
	}
}

static void add_indentation(struct blocks *m, unsigned column)
{
	unsigned form = choose(m, 160);

	/* Hardly ever another one. */
	if (form == 1)
		column++;
	else if (form == 2 && column > 0)
		column--;
	else if (form == 3)
		add(m, "\t");
	buf_add_repeated(m->out, ' ', column);
}

/* Lines that say nothing. */
static void add_blank_lines(struct blocks *m, unsigned column)
{
	switch (choose(m, 20)) {
	case 1:
		add(m, "\n");
		break;
	case 2:
		buf_add_repeated(m->out, ' ', choose(m, 9));
		add(m, "\n");
		break;
	case 3:
		buf_add_repeated(m->out, ' ', choose(m, 4) ? column : choose(m, 9));
		add(m, "# c\n");
		break;
	case 4:
		add(m, "# a: b\n\n");
		break;
	default:
		break;
	}
}

static void add_scalar(struct blocks *m)
{
	unsigned form = choose(m, 64);

	if (form == 1)
		add_one(m, odd, COUNT(odd));
	else if (form < 36)
		add_one(m, words, COUNT(words));
	else
		add_one(m, quoted, COUNT(quoted));
}

static void add_more_lines(struct blocks *m, unsigned column)
{
	unsigned count = 1 + choose(m, 3);

	for (unsigned i = 0; i < count; i++) {
		add(m, choose(m, 4) == 1 ? "  \n" : "\n");
		if (choose(m, 5) == 1)
			add(m, choose(m, 2) ? "\n" : "   \n");
		buf_add_repeated(m->out, ' ', column + 1 + choose(m, 4));
		if (choose(m, 16) == 1)
			add_one(m, odd, COUNT(odd));
		else
			add_one(m, words, COUNT(words));
	}
	end_line(m);
}

static void add_block_scalar(struct blocks *m, unsigned column)
{
	static const char *const headers[] = {
		"|", ">", "|-", ">-", "|+", ">+", "|2", ">1", "|1-", "|-2", ">+3", "|9"
	};
	static const char *const texts[] = { "a", "a b", " a",  "\ta", "# c", "- a", "a: b",     "",
					     " ", "  ",  "---", "...", "\t",  "a ",  "\xc3\xa9", "\"" };
	unsigned count = choose(m, 6), indent = column + 1 + choose(m, 4);

	add_one(m, headers, COUNT(headers));
	end_line(m);
	for (unsigned i = 0; i < count; i++) {
		unsigned form = choose(m, 16);

		if (form == 1)
			buf_add_repeated(m->out, ' ', choose(m, 9));
		else if (form != 2)
			buf_add_repeated(m->out, ' ', indent);
		if (form != 2)
			add_one(m, texts, COUNT(texts));
		add(m, "\n");
	}
}

static void add_node(struct blocks *m, unsigned column, unsigned nesting, bool is_item);

static void add_key(struct blocks *m)
{
	unsigned form = choose(m, 40);

	if (form == 1)
		add_one(m, odd, COUNT(odd));
	else if (form == 2)
		add_one(m, flows, COUNT(flows));
	else if (form < 8)
		add_one(m, quoted, COUNT(quoted));
	else
		add_one(m, words, COUNT(words));
	add(m, form == 3 ? " :" : ":");
}

/* `is_here`: the first line has been begun, at the right column. */
static void add_mapping(struct blocks *m, unsigned column, unsigned nesting, bool is_here)
{
	unsigned count = 1 + choose(m, 4);

	for (unsigned i = 0; i < count && (i == 0 || !is_long(m)); i++) {
		if (i > 0 || !is_here) {
			add_blank_lines(m, column);
			add_indentation(m, column);
		}
		add_key(m);
		add_node(m, column, nesting, false);
	}
}

static void add_sequence(struct blocks *m, unsigned column, unsigned nesting, bool is_here)
{
	unsigned count = 1 + choose(m, 3);

	for (unsigned i = 0; i < count && (i == 0 || !is_long(m)); i++) {
		if (i > 0 || !is_here) {
			add_blank_lines(m, column);
			add_indentation(m, column);
		}
		add(m, "-");
		add_node(m, column, nesting, true);
	}
}

/* What stands behind a dash or colon, with the end of its last line. */
static void add_node(struct blocks *m, unsigned column, unsigned nesting, bool is_item)
{
	unsigned form = is_long(m) || nesting > MAX_NESTING ? choose(m, 8) : choose(m, 20);
	unsigned deeper = column + 1 + choose(m, 3);

	if (form >= 8) {
		bool is_mapping = form < 15, is_here = is_item && choose(m, 3);

		if (is_here)
			buf_add_repeated(m->out, ' ', deeper - column);
		else
			end_line(m);
		if (is_here)
			deeper = deeper + 1;
		else if (!is_item && !is_mapping && choose(m, 2))
			deeper = column;
		if (is_mapping)
			add_mapping(m, deeper, nesting + 1, is_here);
		else
			add_sequence(m, deeper, nesting + 1, is_here);
		return;
	}
	if (form == 1) {
		end_line(m);
		return;
	}
	if (form == 2) {
		/* Text that begins on the next line. */
		end_line(m);
		add_blank_lines(m, deeper);
		add_indentation(m, deeper);
	} else {
		add(m, choose(m, 12) == 1 ? "   " : " ");
	}
	switch (form) {
	case 3:
		add_block_scalar(m, column);
		return;
	case 4:
		add_one(m, words, COUNT(words));
		add_more_lines(m, column);
		return;
	case 5:
		add_one(m, flows, COUNT(flows));
		break;
	default:
		add_scalar(m);
		break;
	}
	end_line(m);
}

/* Changes a byte somewhere, puts one in, or takes one out. */
static void damage(struct blocks *m)
{
	static const char bytes[] = "  \n\n::--#'\"|>[]{},\t.&*!?%@\\a0+\r\xc3";
	size_t at;
	char c;

	if (m->out->len == 0)
		return;
	at = (choose(m, 256) * 256u + choose(m, 256)) % m->out->len;
	c = bytes[choose(m, sizeof(bytes) - 1)];
	switch (choose(m, 3)) {
	case 0:
		m->out->ptr[at] = c;
		break;
	case 1:
		buf_add_char(m->out, c);
		memmove(m->out->ptr + at + 1, m->out->ptr + at, m->out->len - at - 1);
		m->out->ptr[at] = c;
		break;
	case 2:
		memmove(m->out->ptr + at, m->out->ptr + at + 1, m->out->len - at - 1);
		m->out->len--;
		break;
	}
}

void blocks_document(struct choices *choices, struct buf *to)
{
	struct blocks m = { .choices = choices, .out = to };
	unsigned damages = choose(&m, 4), column = choose(&m, 20) == 1 ? choose(&m, 4) : 0;

	switch (choose(&m, 6)) {
	case 1:
		add(&m, "---");
		end_line(&m);
		break;
	case 2:
		add(&m, "\n# c\n");
		break;
	default:
		break;
	}
	if (choose(&m, 5) == 1)
		add_sequence(&m, column, 0, false);
	else
		add_mapping(&m, column, 0, false);
	add_blank_lines(&m, 0);
	if (choose(&m, 4) == 1)
		while (to->len > 0 && to->ptr[to->len - 1] == '\n')
			to->len--;
	if (damages == 3)
		for (unsigned i = 0; i < 1 + choose(&m, 2); i++)
			damage(&m);
}
