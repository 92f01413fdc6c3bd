/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/podenv.h"

#include "unit.h"

#include <string.h>
#include <time.h>

/* Work that grows with the square of these sizes takes minutes; what it should take is far below this. */
#define SECONDS_OF_CPU 15

static const char objects[] = "kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\n"
			      "data: {K: v, L: w, EMPTY: '', RAW: 'x$(K)$$', PRE_K: inner, A_PORT: '80'}\n"
			      "binaryData: {BIN: aGk=}\n"
			      "---\nkind: ConfigMap\napiVersion: v1\nmetadata: {name: b}\ndata: {K: of b, M: m}\n"
			      "---\nkind: Secret\napiVersion: v1\nmetadata: {name: s}\n"
			      "data: {P: c2VjcmV0, NUL: YQBi}\nstringData: {Q: q}\n"
			      "---\nkind: ConfigMap\napiVersion: v1\nmetadata: {name: twice, namespace: m}\n"
			      "---\nkind: ConfigMap\napiVersion: v1\nmetadata: {name: twice, namespace: n}\n"
			      "---\nkind: Secret\napiVersion: v1\nmetadata: {name: broken}\ndata: {K: '?'}\n";

static struct world *world;

static void start(struct podenv *podenv, const char *container)
{
	world = unit_world("");
	assert_succeeds(unit_add(world, objects, SCOPE_STREAM));
	podenv_init(podenv, &world->manifest, (struct str){ 0 }, unit_parse(str_from(container)), NULL, &unit_arena);
}

/* 'text' #ENTRY literal OBJECT/KEY (Secret NAME/KEY), "absent", or "? REASON". */
static struct str show(struct podenv_value value)
{
	struct buf out = { 0 };
	struct str copy;

	switch (value.text.state) {
	case TEXT_ABSENT:
		return str_from("absent");
	case TEXT_UNKNOWN:
		return arena_printf(&unit_arena, "? %s", value.text.reason);
	case TEXT_KNOWN:
		break;
	}
	buf_add_char(&out, '\'');
	buf_add(&out, value.text.value);
	buf_add_char(&out, '\'');
	if (value.entry != PODENV_NO_ENTRY)
		buf_printf(&out, " #%zu", value.entry);
	if (value.is_literal)
		buf_add_cstring(&out, " literal");
	if (value.secret.len > 0)
		buf_printf(&out, " (Secret %.*s/%.*s)", STR_ARG(value.secret), STR_ARG(value.secret_key));
	copy = arena_dup(&unit_arena, buf_str(&out));
	buf_release(&out);
	return copy;
}

struct row {
	const char *container, *name, *value;
};

static void check(const struct row *rows, size_t count)
{
	struct podenv podenv;

	for (size_t i = 0; i < count; i++) {
		const char *row = arena_printf(&unit_arena, "%s: %s", rows[i].name, rows[i].container).ptr;

		start(&podenv, rows[i].container);
		assert_row(show(podenv_get(&podenv, str_from(rows[i].name))), rows[i].value, row);
	}
}

#define CM(name) "{configMapRef: {name: " name "}}"
#define PREFIXED(prefix, name) "{prefix: " prefix ", configMapRef: {name: " name "}}"

static const struct row sources[] = {
	{ "{}", "K", "absent" },
	{ "{envFrom: text, env: text}", "K", "absent" },
	{ "{envFrom: [" CM("a") "]}", "K", "'v'" },
	{ "{envFrom: [" CM("a") "]}", "k", "absent" },
	{ "{envFrom: [" CM("a") "]}", "EMPTY", "''" },
	/* What is in a ConfigMap is not expanded, and its binaryData is no environment. */
	{ "{envFrom: [" CM("a") "]}", "RAW", "'x$(K)$$'" },
	{ "{envFrom: [" CM("a") "]}", "BIN", "absent" },
	{ "{envFrom: [{secretRef: {name: s}}]}", "P", "'secret' (Secret s/P)" },
	{ "{envFrom: [{secretRef: {name: s}}]}", "Q", "'q' (Secret s/Q)" },
	/* The later one wins, where it has the key. */
	{ "{envFrom: [" CM("a") ", " CM("b") "]}", "K", "'of b'" },
	{ "{envFrom: [" CM("b") ", " CM("a") "]}", "K", "'v'" },
	{ "{envFrom: [" CM("a") ", " CM("b") "]}", "L", "'w'" },
	/* Prefixes. */
	{ "{envFrom: [" PREFIXED("PRE_", "a") "]}", "K", "absent" },
	{ "{envFrom: [" PREFIXED("PRE_", "a") "]}", "PRE_K", "'v'" },
	{ "{envFrom: [" PREFIXED("PRE_", "a") "]}", "PRE_", "absent" },
	{ "{envFrom: [" PREFIXED("PRE_", "a") "]}", "PRE_PRE_K", "'inner'" },
	{ "{envFrom: [" PREFIXED("PRE_", "a") "]}", "PRE", "absent" },
	{ "{envFrom: [" PREFIXED("''", "a") "]}", "K", "'v'" },
	/* One name by two ways: the key PRE_K, and the key K behind a prefix. */
	{ "{envFrom: [" PREFIXED("PRE_", "b") ", " CM("a") "]}", "PRE_K", "'inner'" },
	{ "{envFrom: [" CM("a") ", " PREFIXED("PRE_", "b") "]}", "PRE_K", "'of b'" },
	/* What is not what it should be is no source. */
	{ "{envFrom: [text, {}, {configMapRef: text}, {secretRef: }, [a]]}", "K", "absent" },
	{ "{envFrom: [{configMapRef: text, secretRef: {name: s}}]}", "P", "'secret' (Secret s/P)" },
};

static void sources_count_in_their_order(void **state)
{
	(void)state;
	check(sources, COUNT(sources));
}

static const struct row unknown_sources[] = {
	{ "{envFrom: [" CM("gone") "]}", "K", "? ConfigMap gone is not in the input" },
	{ "{envFrom: [{secretRef: {name: gone}}]}", "K", "? Secret gone is not in the input" },
	{ "{envFrom: [{configMapRef: {name: gone, optional: true}}]}", "K", "? ConfigMap gone is not in the input" },
	{ "{envFrom: [" CM("twice") "]}", "K", "? ConfigMap twice is in several namespaces" },
	{ "{envFrom: [{secretRef: {name: broken}}]}", "K", "? Secret broken can't be read" },
	/* It covers what was before it, and is covered by what is known behind it. */
	{ "{envFrom: [" CM("a") ", " CM("gone") "]}", "K", "? ConfigMap gone is not in the input" },
	{ "{envFrom: [" CM("gone") ", " CM("a") "]}", "K", "'v'" },
	{ "{envFrom: [" CM("gone") ", " CM("a") "]}", "M", "? ConfigMap gone is not in the input" },
	{ "{envFrom: [" CM("gone") "], env: [{name: K, value: own}]}", "K", "'own' #0 literal" },
	/* It can't define what does not begin with its prefix, or is nothing but that. */
	{ "{envFrom: [" PREFIXED("PRE_", "gone") "]}", "K", "absent" },
	{ "{envFrom: [" PREFIXED("PRE_", "gone") "]}", "PRE_", "absent" },
	{ "{envFrom: [" PREFIXED("PRE_", "gone") "]}", "PRE_K", "? ConfigMap gone is not in the input" },
};

static void a_source_that_is_not_known_could_define_anything(void **state)
{
	(void)state;
	check(unknown_sources, COUNT(unknown_sources));
}

#define ENV(entries) "{envFrom: [" CM("a") "], env: [" entries "]}"
#define KEY(name, object, key) "{name: " name ", valueFrom: {configMapKeyRef: {name: " object ", key: " key "}}}"
#define OPTIONAL(name, object, key) \
	"{name: " name ", valueFrom: {configMapKeyRef: {name: " object ", key: " key ", optional: true}}}"
#define SECRET_KEY(name, object, key) "{name: " name ", valueFrom: {secretKeyRef: {name: " object ", key: " key "}}}"

static const struct row entries[] = {
	{ ENV("{name: K, value: own}"), "K", "'own' #0 literal" },
	{ ENV("{name: X, value: 1}, {name: X, value: 2}"), "X", "'2' #1 literal" },
	{ ENV("{name: K, value: ''}"), "K", "'' #0 literal" },
	{ ENV("{name: K}"), "K", "'' #0 literal" },
	{ ENV("{name: K, value: }"), "K", "'' #0 literal" },
	{ ENV("text, [a], {name: X, value: x}"), "X", "'x' #2 literal" },
	/* Of a key. Its value is not expanded. */
	{ ENV(KEY("X", "b", "M")), "X", "'m' #0" },
	{ ENV(KEY("X", "a", "RAW")), "X", "'x$(K)$$' #0" },
	{ ENV(KEY("X", "a", "EMPTY")), "X", "'' #0" },
	{ ENV(SECRET_KEY("X", "s", "P")), "X", "'secret' #0 (Secret s/P)" },
	{ ENV(KEY("X", "a", "gone")), "X", "? ConfigMap a has no key gone" },
	{ ENV(KEY("X", "a", "BIN")), "X", "? ConfigMap a has no key BIN" },
	{ ENV(SECRET_KEY("X", "s", "gone")), "X", "? Secret s has no key gone" },
	{ ENV(KEY("X", "gone", "K")), "X", "? ConfigMap gone is not in the input" },
	{ ENV(SECRET_KEY("X", "gone", "K")), "X", "? Secret gone is not in the input" },
	{ ENV(KEY("X", "twice", "K")), "X", "? ConfigMap twice is in several namespaces" },
	/* An optional key that is absent leaves what was set before, wherever it was. */
	{ ENV(OPTIONAL("X", "a", "gone")), "X", "absent" },
	{ ENV(OPTIONAL("X", "a", "BIN")), "X", "absent" },
	{ ENV(OPTIONAL("K", "a", "gone")), "K", "'v'" },
	{ ENV("{name: X, value: x}, " OPTIONAL("X", "a", "gone")), "X", "'x' #0 literal" },
	{ ENV(OPTIONAL("X", "a", "gone") ", {name: X, value: x}"), "X", "'x' #1 literal" },
	{ ENV(OPTIONAL("X", "a", "K")), "X", "'v' #0" },
	/* One whose object is not there may get it in the cluster. */
	{ ENV(OPTIONAL("X", "gone", "K")), "X", "? ConfigMap gone is not in the input" },
	/* Fields. */
	{ ENV("{name: X, valueFrom: {fieldRef: {fieldPath: metadata.name}}}"), "X",
	  "? it is a field that is known only where the pod runs" },
	{ ENV("{name: X, valueFrom: {}}"), "X", "? it is a field that is known only where the pod runs" },
	{ ENV("{name: K, valueFrom: {fieldRef: {}}}, {name: K, value: k}"), "K", "'k' #1 literal" },
	/* As the kubelet has it: a value goes before valueFrom, an empty one does not. */
	{ ENV("{name: X, value: x, valueFrom: {fieldRef: {}}}"), "X", "'x' #0 literal" },
	{ ENV("{name: X, value: '', valueFrom: {configMapKeyRef: {name: a, key: K}}}"), "X", "'v' #0" },
	{ ENV("{name: X, value: x, valueFrom: }"), "X", "'x' #0 literal" },
};

static void entries_of_env_win_over_sources(void **state)
{
	(void)state;
	check(entries, COUNT(entries));
}

static const struct row expansions[] = {
	{ ENV("{name: X, value: <$(K)>}"), "X", "'<v>' #0" },
	{ ENV("{name: X, value: $(GONE)}"), "X", "'$(GONE)' #0 literal" },
	{ ENV("{name: X, value: $$(K)}"), "X", "'$(K)' #0" },
	{ ENV("{name: X, value: $$$(K)}"), "X", "'$v' #0" },
	{ ENV("{name: X, value: $(EMPTY)}"), "X", "'' #0" },
	/* Only what is set before. */
	{ ENV("{name: X, value: $(Y)}, {name: Y, value: y}"), "X", "'$(Y)' #0 literal" },
	{ ENV("{name: Y, value: y}, {name: X, value: $(Y)}"), "X", "'y' #1" },
	{ ENV("{name: Y, value: 1}, {name: X, value: $(Y)}, {name: Y, value: 2}"), "X", "'1' #1" },
	{ ENV("{name: X, value: $(X)}"), "X", "'$(X)' #0 literal" },
	{ ENV("{name: K, value: $(K)$(K)}"), "K", "'vv' #0" },
	{ ENV("{name: K, value: $(K)1}, {name: K, value: $(K)2}, {name: K, value: $(K)3}"), "K", "'v123' #2" },
	{ ENV(OPTIONAL("K", "a", "gone") ", {name: X, value: $(K)}"), "X", "'v' #1" },
	/* A value that came by a reference is not expanded again. */
	{ ENV("{name: X, value: $(RAW)}"), "X", "'x$(K)$$' #0" },
	{ ENV("{name: Y, value: $$(K)}, {name: X, value: $(Y)}"), "X", "'$(K)' #1" },
	/* A part that is not known makes the whole unknown, a part of a Secret makes it one. */
	{ ENV("{name: Y, valueFrom: {fieldRef: {}}}, {name: X, value: a$(Y)b}"), "X",
	  "? it is a field that is known only where the pod runs" },
	{ ENV(SECRET_KEY("Y", "s", "P") ", {name: X, value: a$(Y)}"), "X", "'asecret' #1 (Secret s/P)" },
	{ ENV(SECRET_KEY("Y", "s", "P") ", {name: X, value: a$(Y)}, {name: Z, value: $(X)$(K)}"), "Z",
	  "'asecretv' #2 (Secret s/P)" },
	{ ENV("{name: X, value: $(A_SERVICE_HOST)}"), "X", "? A_SERVICE_HOST looks like the address of a Service" },
	/* The empty name is none. */
	{ ENV("{name: X, value: $()}"), "X", "'$()' #0 literal" },
};

static void values_of_env_are_expanded(void **state)
{
	(void)state;
	check(expansions, COUNT(expansions));
}

/* "~" for what is hidden. */
static const struct row outlines[] = {
	{ ENV("{name: X, value: x$(K)}"), "X", "xv" },
	{ ENV(SECRET_KEY("X", "s", "P")), "X", "~" },
	{ "{envFrom: [{secretRef: {name: s}}]}", "P", "~" },
	{ ENV(SECRET_KEY("Y", "s", "P") ", {name: X, value: a$(Y)b$(K)}"), "X", "a~bv" },
	{ ENV("{name: Y, valueFrom: {fieldRef: {}}}, {name: X, value: a$(Y)b$(GONE)}"), "X", "a~b$(GONE)" },
	{ ENV(SECRET_KEY("Y", "gone", "P") ", {name: Z, value: a$(Y)b}, {name: X, value: $(Z)/c}"), "X", "a~b/c" },
	{ ENV(SECRET_KEY("Y", "s", "P") ", {name: X, value: $(Y)$(Y)}"), "X", "~" },
	{ ENV(SECRET_KEY("Y", "s", "P") ", {name: Z, value: a$(Y)}, {name: X, value: $(Y)$(Z)$$(Y)}"), "X", "~a~$(Y)" },
};

static void an_outline_has_nothing_that_is_hidden(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(outlines); i++) {
		struct podenv podenv;
		struct str outline;
		struct buf shown = { 0 };

		start(&podenv, outlines[i].container);
		outline = podenv_get(&podenv, str_from(outlines[i].name)).outline;
		for (size_t k = 0; k < outline.len; k++)
			buf_add_char(&shown, outline.ptr[k] == PODENV_HIDDEN ? '~' : outline.ptr[k]);
		assert_row(buf_str(&shown), outlines[i].value, outlines[i].container);
		buf_release(&shown);
	}
}

static const struct row services[] = {
	{ "{}", "WEB_SERVICE_HOST", "? WEB_SERVICE_HOST looks like the address of a Service" },
	{ "{}", "WEB_SERVICE_PORT", "? WEB_SERVICE_PORT looks like the address of a Service" },
	{ "{}", "WEB_SERVICE_PORT_HTTP", "? WEB_SERVICE_PORT_HTTP looks like the address of a Service" },
	{ "{}", "WEB_PORT", "? WEB_PORT looks like the address of a Service" },
	{ "{}", "WEB_PORT_80_TCP_ADDR", "? WEB_PORT_80_TCP_ADDR looks like the address of a Service" },
	{ "{}", "WEB_PORTAL", "absent" },
	{ "{}", "PORT", "absent" },
	/* The container's own goes before it. */
	{ "{env: [{name: WEB_PORT, value: 1}]}", "WEB_PORT", "'1' #0 literal" },
	{ "{envFrom: [" CM("a") "]}", "A_PORT", "'80'" },
	{ "{env: [" OPTIONAL("WEB_PORT", "a", "gone") "]}", "WEB_PORT",
	  "? WEB_PORT looks like the address of a Service" },
};

static void variables_of_services_are_not_known(void **state)
{
	(void)state;
	check(services, COUNT(services));
}

static void words_are_expanded_with_all_variables(void **state)
{
	static const struct {
		const char *word, *value;
	} rows[] = {
		{ "$(K) $(X) $(Y)", "'v x y'" },
		{ "plain", "'plain' literal" },
		{ "$(GONE) $K ${K} $", "'$(GONE) $K ${K} $' literal" },
		{ "$$(K)", "'$(K)'" },
		{ "$(P)", "'secret' (Secret s/P)" },
		{ "$(F)", "? it is a field that is known only where the pod runs" },
		{ "", "'' literal" },
	};
	struct podenv podenv;

	(void)state;
	start(&podenv,
	      ENV("{name: X, value: x}, {name: Y, value: y}, {name: F, valueFrom: {fieldRef: {}}}, " SECRET_KEY(
		      "P", "s", "P")));
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct podenv_value value = podenv_expand(&podenv, str_from(rows[i].word), 77);

		assert_row(show(value), rows[i].value, rows[i].word);
		assert_int_equal(value.at, 77);
	}
}

static void a_value_of_a_secret_may_have_a_nul(void **state)
{
	struct podenv_value value;
	struct podenv podenv;

	(void)state;
	start(&podenv, "{env: [" SECRET_KEY("N", "s", "NUL") ", {name: X, value: '<$(N)>'}]}");
	value = podenv_get(&podenv, S("X"));
	assert_str(value.text.value, "<a\0b>");
	assert_str(value.secret_key, "NUL");
}

static void it_is_told_where_a_variable_is_defined(void **state)
{
	static const char container[] = "envFrom: [{configMapRef: {name: a}}]\nenv:\n- {name: X, value: x}\n"
					"- {name: Y, value: $(K)}\n";
	struct podenv podenv;
	size_t ref = (size_t)(strstr(container, "{name: a") - container);

	(void)state;
	start(&podenv, container);
	assert_int_equal(podenv_get(&podenv, S("K")).at, ref);
	assert_int_equal(podenv_get(&podenv, S("X")).at, strstr(container, "{name: X") - container);
	assert_int_equal(podenv_get(&podenv, S("Y")).at, strstr(container, "{name: Y") - container);
	assert_int_equal(podenv_get(&podenv, S("K")).entry, PODENV_NO_ENTRY);
}

static void the_workloads_namespace_chooses_the_object(void **state)
{
	static const char objects_of_two[] =
		"kind: ConfigMap\napiVersion: v1\nmetadata: {name: c, namespace: m}\ndata: {K: of m}\n"
		"---\nkind: ConfigMap\napiVersion: v1\nmetadata: {name: c, namespace: n}\ndata: {K: of n}\n";
	static const char *const namespaces[][2] = {
		{ "m", "'of m'" },
		{ "n", "'of n'" },
		{ "o", "? ConfigMap c is not in the input" },
		{ "", "? ConfigMap c is in several namespaces" },
	};
	struct podenv podenv;

	(void)state;
	for (size_t i = 0; i < COUNT(namespaces); i++) {
		world = unit_world("");
		assert_succeeds(unit_add(world, objects_of_two, SCOPE_STREAM));
		podenv_init(&podenv, &world->manifest, str_from(namespaces[i][0]),
			    unit_parse(S("{envFrom: [" CM("c") "]}")), NULL, &unit_arena);
		assert_row(show(podenv_get(&podenv, S("K"))), namespaces[i][1], namespaces[i][0]);
	}
}

static void entries_are_found_without_their_value(void **state)
{
	struct podenv podenv;

	(void)state;
	start(&podenv, ENV("{name: X, value: x}, {value: nameless}"));
	assert_true(podenv_has_entry(&podenv, S("X")));
	assert_false(podenv_has_entry(&podenv, S("K")));
	assert_false(podenv_has_entry(&podenv, S("x")));
	start(&podenv, "{}");
	assert_false(podenv_has_entry(&podenv, S("X")));
}

/* "[name]" for each variable; those that begin with `-` are none. */
static bool map_to_brackets(void *context, struct str name, struct buf *to)
{
	size_t *calls = context;

	++*calls;
	if (str_starts_with(name, "-"))
		return false;
	buf_add_char(to, '[');
	buf_add(to, name);
	buf_add_char(to, ']');
	return true;
}

static struct str expand(struct str text, size_t *calls)
{
	struct buf out = { 0 };
	struct str copy;

	*calls = 0;
	podenv_expand_text(text, map_to_brackets, calls, &out);
	copy = arena_dup(&unit_arena, buf_str(&out));
	buf_release(&out);
	return copy;
}

static void text_is_expanded_as_kubernetes_does(void **state)
{
	static const struct {
		const char *text, *expanded;
	} rows[] = {
		{ "", "" },
		{ "text", "text" },
		{ "$(A)", "[A]" },
		{ "a$(A)b$(B)c", "a[A]b[B]c" },
		{ "$(A)$(B)", "[A][B]" },
		{ "$(-A)", "$(-A)" },
		{ "$$(A)", "$(A)" },
		{ "$$$(A)", "$[A]" },
		{ "$$$$(A)", "$$(A)" },
		{ "$$", "$" },
		{ "$", "$" },
		{ "$$$", "$$" },
		{ "$(", "$(" },
		{ "$()", "[]" },
		{ "$(A", "$(A" },
		{ "$(A$(B)", "[A$(B]" },
		{ "$(A$$)", "[A$$]" },
		{ "$((A))", "[(A])" },
		{ "$(A)$(", "[A]$(" },
		{ "$($($$(A", "$($($(A" },
		{ "$($$", "$($" },
		/* What is behind a `$` has been read: it begins nothing. */
		{ "$A$(B)", "$A[B]" },
		{ "${A}", "${A}" },
		{ "$-$$", "$-$" },
		{ "$\xc3\xa9$(A)", "$\xc3\xa9[A]" },
		{ ")$(A)", ")[A]" },
		{ "$(a\nb)", "[a\nb]" },
	};
	size_t calls;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_row(expand(str_from(rows[i].text), &calls), rows[i].expanded, rows[i].text);
	assert_str(expand(S("$(a\0b)\0$(c)"), &calls), "[a\0b]\0[c]");
	assert_int_equal(calls, 2);
}

/* `count` times the piece. */
static struct str repeat(const char *piece, size_t count)
{
	struct buf out = { 0 };
	struct str copy;

	for (size_t i = 0; i < count; i++)
		buf_add_cstring(&out, piece);
	copy = arena_dup(&unit_arena, buf_str(&out));
	buf_release(&out);
	return copy;
}

static void assert_quick(clock_t since)
{
	assert_true((clock() - since) / CLOCKS_PER_SEC < SECONDS_OF_CPU);
}

static void expanding_is_linear(void **state)
{
	static const struct {
		const char *piece;
		size_t count;
	} rows[] = {
		{ "$(", 1000000 }, { "$((", 100000 },  { "$$(", 100000 },
		{ "$a(", 100000 }, { "$(-)", 100000 }, { "$", 100000 },
	};
	clock_t start_of = clock();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct str text = repeat(rows[i].piece, rows[i].count);
		size_t calls;

		/* Nothing of these is a variable: only an escape is shorter than it was. */
		assert_for(expand(text, &calls).len <= text.len, rows[i].piece);
		arena_release(&unit_arena);
	}
	assert_quick(start_of);
}

static void many_entries_are_read_once(void **state)
{
	struct buf text = { 0 };
	struct podenv podenv;
	clock_t start_of;

	(void)state;
	buf_add_cstring(&text, "env:\n");
	for (int i = 0; i < 100000; i++)
		buf_printf(&text, "- {name: V%d, value: '%d'}\n", i, i);
	start(&podenv, arena_dup(&unit_arena, buf_str(&text)).ptr);
	buf_release(&text);
	start_of = clock();
	for (int i = 0; i < 100000; i++) {
		struct podenv_value value = podenv_get(&podenv, arena_printf(&unit_arena, "V%d", i));

		assert_int_equal(value.text.state, TEXT_KNOWN);
		assert_int_equal(value.entry, i);
	}
	assert_int_equal(podenv_get(&podenv, S("V100000")).text.state, TEXT_ABSENT);
	assert_quick(start_of);
}

/* V0 is `first`; and each that follows is `format` of the one before it, which is its only argument, twice. */
static void start_chain(struct podenv *podenv, const char *first, const char *format, int length)
{
	struct buf text = { 0 };

	buf_printf(&text, "env:\n- {name: V0, value: '%s'}\n", first);
	for (int i = 1; i < length; i++)
		buf_printf(&text, "- {name: V%d, value: '%s$(V%d)%s'}\n", i, format, i - 1,
			   *format ? arena_printf(&unit_arena, "$(V%d)", i - 1).ptr : "");
	start(podenv, arena_dup(&unit_arena, buf_str(&text)).ptr);
	buf_release(&text);
}

static void values_that_double_end_at_the_limit(void **state)
{
	struct podenv_value value;
	struct podenv podenv;

	(void)state;
	start_chain(&podenv, "x", "-", 100);
	/* 2 to the power of n, and what stands between: below the limit, and above. */
	value = podenv_get(&podenv, S("V15"));
	assert_int_equal(value.text.state, TEXT_KNOWN);
	assert_int_equal(value.text.value.len, 65535);
	assert_row(show(podenv_get(&podenv, S("V17"))), "? it is longer than 131072 bytes", "V17");
	assert_row(show(podenv_get(&podenv, S("V99"))), "? it is longer than 131072 bytes", "V99");
}

static void deep_chains_are_followed_to_their_end(void **state)
{
	struct podenv podenv;
	clock_t start_of = clock();

	(void)state;
	start_chain(&podenv, "x", "", 30000);
	assert_row(show(podenv_get(&podenv, S("V29999"))), "'x' #29999", "V29999");
	assert_row(show(podenv_get(&podenv, S("V400"))), "'x' #400", "V400");
	start_chain(&podenv, "", "-", 30000);
	assert_row(show(podenv_get(&podenv, S("V29999"))), "? it is longer than 131072 bytes", "V29999");
	assert_row(show(podenv_get(&podenv, S("V2"))), "'---' #2", "V2");
	assert_quick(start_of);
}

static void values_of_one_name_are_found_at_once(void **state)
{
	struct buf text = { 0 };
	struct podenv podenv;
	clock_t start_of;

	(void)state;
	buf_add_cstring(&text, "env:\n");
	for (int i = 0; i < 20000; i++)
		buf_printf(&text, "- {name: A, value: '%d'}\n- {name: V%d, value: $(A)}\n", i, i);
	start(&podenv, arena_dup(&unit_arena, buf_str(&text)).ptr);
	buf_release(&text);
	start_of = clock();
	for (int i = 0; i < 20000; i++) {
		struct podenv_value value = podenv_get(&podenv, arena_printf(&unit_arena, "V%d", i));

		assert_true(str_equal(value.text.value, arena_printf(&unit_arena, "%d", i)));
	}
	assert_quick(start_of);
}

static void what_is_expanded_beyond_the_budget_is_not_known(void **state)
{
	struct podenv podenv;
	size_t budget = 1000;

	(void)state;
	start_chain(&podenv, "x", "-", 100);
	podenv.budget = &budget;
	assert_row(show(podenv_get(&podenv, S("V99"))), "? the variables of its pod template become too long", "V99");
	assert_int_equal(budget, 0);
	assert_int_equal(podenv_get(&podenv, S("V5")).text.value.len, 63);
	assert_row(show(podenv_expand(&podenv, S("no reference"), 0)), "'no reference' literal", "literal");
	assert_row(show(podenv_expand(&podenv, S("$(V9)"), 0)), "? the variables of its pod template become too long",
		   "word");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(sources_count_in_their_order),
		TEST(a_source_that_is_not_known_could_define_anything),
		TEST(entries_of_env_win_over_sources),
		TEST(values_of_env_are_expanded),
		TEST(an_outline_has_nothing_that_is_hidden),
		TEST(variables_of_services_are_not_known),
		TEST(words_are_expanded_with_all_variables),
		TEST(a_value_of_a_secret_may_have_a_nul),
		TEST(it_is_told_where_a_variable_is_defined),
		TEST(the_workloads_namespace_chooses_the_object),
		TEST(entries_are_found_without_their_value),
		TEST(text_is_expanded_as_kubernetes_does),
		TEST(expanding_is_linear),
		TEST(many_entries_are_read_once),
		TEST(values_that_double_end_at_the_limit),
		TEST(deep_chains_are_followed_to_their_end),
		TEST(values_of_one_name_are_found_at_once),
		TEST(what_is_expanded_beyond_the_budget_is_not_known),
	};

	return unit_run(tests);
}
