/* SPDX-License-Identifier: Apache-2.0 */
#include "grammar.h"

#define MAX_LINES 64
#define MAX_NESTING 6
#define MAX_LENGTH 700

/* Lines that a plain document may have. */
static const char *const mild[] = {
	"kind: CustomResourceDefinition\n",
	"kind: Job\n",
	"kind: Deployment\n",
	"kind: ConfigMap\n",
	"kind: Job \n",
	"kind:  Job\r\n",
	"apiVersion: v1\n",
	"apiVersion: apps/v1\n",
	"apiVersion: v1 # c\n",
	"apiVersion: \"v1\"\n",
	"apiVersion: &v v1\n",
	"apiVersion: v1: a\n",
	"apiVersion:\n",
	"apiVersion: null\n",
	"metadata:\n",
	"metadata:\n  name: a\n",
	"metadata:\n  name: a\n  namespace: b\n",
	"metadata: {name: a}\n",
	"metadata: {name: a,\n",
	"metadata: &m\n",
	"metadata: *m\n",
	"metadata: null\n",
	"metadata: |\n",
	"  name: c\n",
	"  name: &n d\n",
	"  name: *n\n",
	"  name: \"e\n",
	"  namespace: f\n",
	" name: g\n",
	"    name: h\n",
	"  annotations: {x: y}\n",
	"  <<: *m\n",
	"a: \"\n",
	"a: \"b\n",
	" \"\n",
	" \" # c\n",
	" b\"\n",
	" \\\"\n",
	" \": Deployment\n",
	"a: '\n",
	" '\n",
	" ''\n",
	"a: {\n",
	"a: {b: c,\n",
	" }\n",
	" , }\n",
	"  },\n",
	"a: [\n",
	" ]\n",
	" b, ]\n",
	"a: [{\n",
	" }]\n",
	"a: |\n",
	"a: >-\n",
	"a: |1\n",
	"a: |2-\n",
	"- \"\n",
	"- {\n",
	"- |\n",
	"- [\n",
	"  - \"\n",
	"  b: '\n",
	"  b: {\n",
	"a:\n",
	"b: 1\n",
	"x-y_Z0: c\n",
	"a: b: c\n",
	"a: &a b\n",
	"a: &a\n",
	"a: *a\n",
	"a: !!map\n",
	"a: {}\n",
	"a: #c\n",
	"a: b # \"\n",
	"a: b#\"\n",
	"-\n",
	"- a\n",
	"- a: b\n",
	"- - a\n",
	" kind: Deployment\n",
	"  kind: Deployment\n",
	"  List\n",
	"  Deployment\n",
	"  a: b\n",
	"  a:\n",
	"    c: d\n",
	" - a\n",
	"  - a: b\n",
	"  text\n",
	" : a\n",
	"  ? a\n",
	"  \ta\n",
	"\n",
	"\t\n",
	"# c\n",
	" # \"\n",
	"\t# c\n",
	"a: b\r\n",
	"---\n",
	"--- # c\n",
};

/* Lines that make a document another one than its lines say, or look as if they did. */
static const char *const wild[] = {
	/* the key that decides */
	"kind: PodList\n",
	"kind:\n",
	"kind: \n",
	"kind:  Job\n",
	"kind: Job\t\n",
	"kind:\tJob\n",
	"kind: Job # c\n",
	"kind: \"Job\"\n",
	"kind: Job\r\n",
	"kind: Job\r",
	"kind: Job\xc2\x85",
	"kind: Job\xe2\x80\xa8",
	"kind: Job\xe2\x80\xa9",
	"kind: &a Job\n",
	"kind: !!str Job\n",
	"kind: *a\n",
	"kind: |\n",
	"kind: null\n",
	"kind: 12\n",
	"kind: Job,\n",
	/* what a parser takes for that key, too, or doesn't */
	"kind : Deployment\n",
	"\"kind\": Deployment\n",
	"'kind': Deployment\n",
	"\"k\\x69nd\": Deployment\n",
	"&b kind: Deployment\n",
	"!!str kind: Deployment\n",
	"*a : Deployment\n",
	"? kind\n",
	"? kind\n: Deployment\n",
	": Deployment\n",
	"? |\n  kind\n: Deployment\n",
	"- kind: Deployment\n",
	"\tkind: Deployment\n",
	"kind:Deployment\n",
	"Kind: Deployment\n",
	"{kind: Deployment}\n",
	"<<: *a\n",
	"<<: {kind: Deployment}\n",
	"kind\n",
	"\"kind\n",
	"kind\": Deployment\n",
	/* what swallows lines at column 0, and what ends that */
	"x: \"\n",
	"\"\n",
	"\"\": a\n",
	"}\n",
	"]\n",
	"a: |+\n",
	"a: &a |\n",
	"? \"\n",
	"? {\n",
	/* all else at column 0 */
	"a: b c\n",
	"a:  # c\n",
	"- \n",
	"-a\n",
	"-\ta\n",
	"? a\n",
	"?\n",
	": a\n",
	":\n",
	"text\n",
	"0: a\n",
	"_a: b\n",
	"a.b: c\n",
	"a/b: c\n",
	"\xc3\xa9: a\n",
	"@\n",
	"`\n",
	"%a: b\n",
	"!a\n",
	"&a\n",
	"*a\n",
	/* indented */
	"\ta: b\n",
	" \n",
	"#\n",
	"  # {\n",
	/* separators */
	"--- \n",
	"---#\n",
	"--- a\n",
	"--- {\n",
	"--- \"\n",
	"--- |\n",
	"--- &a\n",
	"--- !!map\n",
	"---\t\n",
	"---\ta: b\n",
	"--- kind: Deployment\n",
	"---\r\n",
	"---\r",
	"----\n",
	"---a: b\n",
	" ---\n",
	"...\n",
	"... # c\n",
	"...a: b\n",
	"%YAML 1.1\n",
	"%TAG ! tag:x,2000:\n",
	/* line breaks of other sorts, and a BOM */
	"\r",
	"\r\n",
	"\xc2\x85",
	"\xe2\x80\xa8",
	"\xe2\x80\xa9",
	"a: b\xc2\x85",
	"a: b\xe2\x80\xa8kind: Deployment\n",
	"a: b\rkind: Deployment\n",
	"# c\rkind: Deployment\n",
	"# c\xe2\x80\xa9kind: Deployment\n",
	"\xef\xbb\xbf",
	"\xef\xbb\xbfkind: Deployment\n",
	/* what is read without the rest */
	"apiVersion: 'v1'\n",
	"apiVersion: 1\n",
	"apiVersion: [v1]\n",
	"metadata: a\n",
	"metadata: # c\n",
	"# Source: a/templates/b.yaml\n",
};

/* Without a line's end. */
static const char *const fragments[] = {
	"kind", "kind:", "kind: ", "Deployment", "List", "Job",  "a", "b: ", ": ",   ":",    "- ", "? ",
	"\"",   "'",     "\\",     "{",          "}",    "[",    "]", ", ",  "|",    ">",    "#",  " #",
	"&a ",  "*a",    "!",      "!!str ",     "%",    "@",    "`", " ",   "  ",   "\t",   "\n", "\r",
	"---",  "--- ",  "...",    "<<",         "~",    "null", "-", "0",   "name", "data", "\n", "\n",
};

#define COUNT(array) ((unsigned)(sizeof(array) / sizeof(*(array))))

void grammar_stream(struct choices *choices, struct buf *to)
{
	for (unsigned i = 0; choices->left > 0 && i < MAX_LINES; i++) {
		unsigned byte = choice_byte(choices);

		/* Plain documents are those that something is proven of. */
		if (byte < 240)
			buf_add_cstring(to, mild[byte % COUNT(mild)]);
		else if (byte % 2)
			buf_add_cstring(to, wild[choice_below(choices, COUNT(wild))]);
		else
			buf_add_cstring(to, fragments[choice_below(choices, COUNT(fragments))]);
	}
}

/* A document that is being made. */
struct maker {
	struct choices *choices;
	struct buf *out;
	const char *newline;
	unsigned anchors; /* so many have been set, and can be referred to */
};

static unsigned choose(struct maker *m, unsigned count)
{
	return m->out->len < MAX_LENGTH ? choice_below(m->choices, count) : 0;
}

static void add(struct maker *m, const char *text)
{
	buf_add_cstring(m->out, text);
}

static void add_blanks(struct maker *m, unsigned count)
{
	buf_add_repeated(m->out, ' ', count);
}

static void end_line(struct maker *m)
{
	switch (choose(m, 16)) {
	case 1:
		add(m, " # c");
		break;
	case 2:
		add(m, "  ");
		break;
	case 3:
		add(m, " # \xc3\xa9: {");
		break;
	case 4:
		add(m, m->newline);
		add(m, "# column 0");
		break;
	case 5:
		add(m, m->newline);
		add(m, "   # c");
		break;
	case 6:
		add(m, m->newline);
		break;
	default:
		break;
	}
	add(m, m->newline);
}

/* Anchor and tag, each followed by a blank. */
static void add_properties(struct maker *m, bool collection)
{
	switch (choose(m, 16)) {
	case 1:
	case 2:
		buf_printf(m->out, "&a%u ", m->anchors++);
		break;
	case 3:
		add(m, collection ? "! " : "!!str ");
		break;
	case 4:
		add(m, "!mine ");
		break;
	case 5:
		buf_printf(m->out, "!x &a%u ", m->anchors++);
		break;
	default:
		break;
	}
}

static void add_alias(struct maker *m)
{
	if (m->anchors > 0)
		buf_printf(m->out, "*a%u", choose(m, m->anchors > 255 ? 255 : m->anchors));
	else
		add(m, "none");
}

static void add_scalar(struct maker *m)
{
	static const char *const scalars[] = {
		"a",
		"b c",
		"\"q\"",
		"'s'",
		"\"\"",
		"''",
		"1",
		"0x1F",
		"true",
		"~",
		"null",
		"Null",
		"!!null ",
		"v#w",
		"x-y",
		"u:v",
		"\"\\u00e9\\n\"",
		"\xc3\xa9\xe4\xb8\xad",
		"'it''s'",
		"-1",
		".inf",
		"\"a: b # c\"",
		"http://x/y?z=1",
		"\"\\\"\"",
		"\xf0\x9f\x98\x80",
	};

	add_properties(m, false);
	add(m, scalars[choose(m, COUNT(scalars))]);
}

static void add_key(struct maker *m)
{
	static const char *const keys[] = { "a", "b",     "metadata", "annotations", "env", "name",    "value",
					    "z", "\"q\"", "'s'",      "\xc3\xa9",    "1",   "\"x y\"", "x y" };

	if (choose(m, 12) == 1)
		add_properties(m, false);
	add(m, keys[choose(m, COUNT(keys))]);
}

/* White space that flow collections may have anywhere. */
static void add_flow_space(struct maker *m, unsigned indent)
{
	switch (choose(m, 10)) {
	case 1:
		add(m, " ");
		break;
	case 2:
		add(m, m->newline);
		add_blanks(m, indent + 1);
		break;
	case 3:
		add(m, " # c");
		add(m, m->newline);
		add_blanks(m, indent + 3);
		break;
	case 4:
		add(m, "  ");
		break;
	default:
		break;
	}
}

static void add_flow(struct maker *m, unsigned indent, unsigned nesting);

static void add_flow_entry(struct maker *m, unsigned indent, unsigned nesting, bool in_mapping)
{
	unsigned form = choose(m, in_mapping ? 10 : 14);

	if (form == 1) {
		add_key(m);
		if (choose(m, 2))
			add(m, ": ");
		return;
	}
	if (form == 2) {
		add(m, "? ");
		add_key(m);
		if (choose(m, 2)) {
			add(m, " : ");
			add_flow(m, indent, nesting);
		}
		return;
	}
	if (form == 3)
		add(m, "\"j\":");
	else if (form == 4 && in_mapping)
		add(m, ": ");
	else if (form == 5 && m->anchors > 0) {
		add_alias(m);
		add(m, in_mapping ? " : " : " ");
	} else if (in_mapping || form == 6) {
		add_key(m);
		add(m, ": ");
	}
	add_flow_space(m, indent);
	if (form != 5 || in_mapping)
		add_flow(m, indent, nesting);
}

static void add_flow_collection(struct maker *m, unsigned indent, unsigned nesting, bool mapping)
{
	unsigned count = choose(m, 4);

	add_properties(m, true);
	add(m, mapping ? "{" : "[");
	add_flow_space(m, indent);
	for (unsigned i = 0; i < count; i++) {
		if (i > 0) {
			add(m, ",");
			add_flow_space(m, indent);
		}
		add_flow_entry(m, indent, nesting, mapping);
		add_flow_space(m, indent);
	}
	if (count > 0 && choose(m, 8) == 1)
		add(m, ",");
	add(m, mapping ? "}" : "]");
}

static void add_flow(struct maker *m, unsigned indent, unsigned nesting)
{
	unsigned form = choose(m, 8);

	if (form < 2 || nesting > MAX_NESTING)
		add_scalar(m);
	else if (form == 2)
		add_alias(m);
	else
		add_flow_collection(m, indent, nesting + 1, form < 6);
}

static void add_block_scalar(struct maker *m, unsigned indent)
{
	static const char *const headers[] = { "|", ">", "|-", ">+", "| # c" };
	unsigned count = choose(m, 4);

	add_properties(m, false);
	add(m, headers[choose(m, COUNT(headers))]);
	add(m, m->newline);
	for (unsigned i = 0; i < count; i++) {
		static const char *const texts[] = { "text", "- a", "k: v", "# no comment", "", "  more", "\xc3\xa9" };

		add_blanks(m, indent + 1);
		add(m, texts[choose(m, COUNT(texts))]);
		add(m, m->newline);
	}
}

static void add_multi_line(struct maker *m, unsigned indent)
{
	static const char *const quotes[] = { "\"", "'", "" };
	const char *quote = quotes[choose(m, 3)];

	add(m, quote);
	add(m, "first");
	add(m, m->newline);
	add_blanks(m, indent + 1);
	add(m, "second \xc3\xa9");
	add(m, quote);
	end_line(m);
}

enum where { AFTER_COLON, AFTER_DASH, AT_ROOT };

static void add_node(struct maker *m, unsigned indent, unsigned nesting, enum where where);

/* `column` is where the entries stand; the first one begins on the line that has begun, if `here`. */
static void add_block_mapping(struct maker *m, unsigned column, unsigned nesting, bool here)
{
	unsigned count = 1 + choose(m, 4);

	for (unsigned i = 0; i < count; i++) {
		unsigned form = choose(m, 20);

		if (i > 0 || !here)
			add_blanks(m, column);
		if (form == 1) {
			add(m, "? ");
			add_node(m, column, nesting, AFTER_DASH);
			if (choose(m, 4) == 1)
				continue;
			add_blanks(m, column);
		} else if (form == 2 && m->anchors > 0) {
			add_alias(m);
			add(m, " ");
		} else if (form == 3) {
			add_flow_collection(m, column, MAX_NESTING, choose(m, 2));
			add(m, " ");
		} else if (form != 4) {
			add_key(m);
		}
		if (form == 5)
			add(m, " ");
		add(m, ":");
		add_node(m, column, nesting, AFTER_COLON);
	}
}

static void add_block_sequence(struct maker *m, unsigned column, unsigned nesting, bool here)
{
	unsigned count = 1 + choose(m, 3);

	for (unsigned i = 0; i < count; i++) {
		if (i > 0 || !here)
			add_blanks(m, column);
		add(m, "-");
		add_node(m, column, nesting, AFTER_DASH);
	}
}

static void add_block_collection(struct maker *m, unsigned indent, unsigned nesting, enum where where, bool mapping)
{
	static const unsigned steps[] = { 2, 2, 1, 4, 3 };
	unsigned step = steps[choose(m, COUNT(steps))];
	unsigned column = where == AT_ROOT ? 0 : indent + step;
	bool here = where == AFTER_DASH && choose(m, 4) != 1;

	if (here) {
		add_blanks(m, step - 1 + (step == 1));
		column = step == 1 ? indent + 2 : column;
	} else {
		add(m, " ");
		add_properties(m, true);
		end_line(m);
		if (!mapping && where == AFTER_COLON && choose(m, 2))
			column = indent;
	}
	if (mapping)
		add_block_mapping(m, column, nesting + 1, here);
	else
		add_block_sequence(m, column, nesting + 1, here);
}

/* A node behind a `:`, `-` or `?` at column `indent`, with the end of its last line. */
static void add_node(struct maker *m, unsigned indent, unsigned nesting, enum where where)
{
	unsigned form = choose(m, 16);

	if (form >= 8 && nesting <= MAX_NESTING) {
		add_block_collection(m, indent, nesting, where, form < 13);
		return;
	}
	if (form == 1) {
		end_line(m);
		return;
	}
	add(m, form == 2 ? "  " : " ");
	if (form == 3) {
		add_block_scalar(m, indent);
		return;
	}
	if (form == 4) {
		add_multi_line(m, indent);
		return;
	}
	if (form == 5)
		add_alias(m);
	else if (form > 5)
		add_flow_collection(m, indent, nesting, form == 6);
	else
		add_scalar(m);
	end_line(m);
}

void grammar_document(struct choices *choices, struct buf *to)
{
	struct maker m = { .choices = choices, .out = to };

	m.newline = choose(&m, 4) == 1 ? "\r\n" : "\n";
	switch (choose(&m, 8)) {
	case 1:
		add(&m, "---");
		add(&m, m.newline);
		break;
	case 2:
		add(&m, "---");
		add_node(&m, 0, 0, AT_ROOT);
		return;
	case 3:
		add(&m, "# c");
		add(&m, m.newline);
		break;
	case 4:
		add_flow_collection(&m, 0, 0, true);
		return;
	case 5:
		add_block_sequence(&m, 0, 0, false);
		return;
	default:
		break;
	}
	add_block_mapping(&m, 0, 0, false);
	/* Many files have no final newline. */
	if (choose(&m, 4) == 1)
		while (to->len > 0 && (to->ptr[to->len - 1] == '\n' || to->ptr[to->len - 1] == '\r'))
			to->len--;
}
