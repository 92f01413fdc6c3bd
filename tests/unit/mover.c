/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/mover.h"

#include "unit.h"

static struct movers movers;

static void add(const char *text)
{
	struct node *object = unit_parse(str_from(text));
	struct identity identity = identity_read(object, (struct str){ 0 });

	movers_add(&movers, object, &identity);
}

/* A workload of a kind, with annotations in flow text. */
static struct identity workload(const char *kind, const char *ns, const char *name, const char *annotations)
{
	struct node *tree = unit_parse(str_from(annotations));

	return (struct identity){
		.kind = str_from(kind),
		.ns = str_from(ns),
		.name = str_from(name),
		.annotations = tree,
	};
}

#define VAULT(kind, name, more, targets)                                                                         \
	"{apiVersion: secrets.hashicorp.com/v1beta1, kind: " kind ", metadata: {name: " name ", namespace: n}, " \
	"spec: {" more "rolloutRestartTargets: " targets "}}"

static void annotations_name_who_restarts_a_workload_and_which_secrets_they_watch(void **state)
{
	/* Of the Secret `s`, which a SealedSecret makes, and which the template mentions. */
	static const struct {
		const char *annotations, *who, *watch;
	} rows[] = {
		{ "{reloader.stakater.com/auto: 'true'}", "Reloader", "Reloader" },
		{ "{reloader.stakater.com/auto: 'false'}", "", "" },
		{ "{reloader.stakater.com/auto: 'T'}", "Reloader", "Reloader" },
		{ "{secret.reloader.stakater.com/auto: 'true'}", "Reloader", "Reloader" },
		{ "{configmap.reloader.stakater.com/auto: 'true'}", "Reloader", "" },
		{ "{reloader.stakater.com/search: 'true'}", "Reloader", "" },
		{ "{secret.reloader.stakater.com/reload: s}", "Reloader", "Reloader" },
		{ "{secret.reloader.stakater.com/reload: 'a, s ,b'}", "Reloader", "Reloader" },
		{ "{secret.reloader.stakater.com/reload: 'a,ss'}", "Reloader", "" },
		{ "{secret.reloader.stakater.com/reload: ''}", "", "" },
		{ "{configmap.reloader.stakater.com/reload: s}", "Reloader", "" },
		{ "{secrets.exclude.reloader.stakater.com/reload: a}", "", "" },
		{ "{secrets.exclude.reloader.stakater.com/reload: 'a, s', reloader.stakater.com/auto: 'true'}",
		  "Reloader", "" },
		{ "{secrets.exclude.reloader.stakater.com/reload: a, reloader.stakater.com/auto: 'true'}", "Reloader",
		  "Reloader" },
		{ "{reloader.stakater.com/search: 'true', wave.pusher.com/update-on-config-change: 'true'}", "Reloader",
		  "wave" },
		{ "{secrets.doppler.com/reload: 'true'}", "Doppler's operator", "" },
		{ "{secrets.infisical.com/auto-reload: 'true'}", "Infisical's operator", "" },
		{ "{operator.1password.io/auto-restart: 'true'}", "1Password's operator", "" },
		{ "{reloader.stakater.com/auto: [true]}", "", "" },
		{ "[reloader.stakater.com/auto]", "", "" },
		{ "text", "", "" },
	};
	const struct mover_secret secret = { S("s"), S("SealedSecret/s"), true };

	(void)state;
	movers_init(&movers, &unit_arena);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct identity identity = workload("Deployment", "n", "web", rows[i].annotations), bare = identity;
		struct str who = movers_find(&movers, &identity, NULL, &unit_arena);
		struct str watch = movers_find_watch(&identity, NULL, &secret, &unit_arena);
		struct str behind;

		assert_row(str_cut(&who, '('), rows[i].who[0] ? arena_printf(&unit_arena, "%s ", rows[i].who).ptr : "",
			   rows[i].annotations);
		assert_row(str_cut(&watch, '('),
			   rows[i].watch[0] ? arena_printf(&unit_arena, "%s ", rows[i].watch).ptr : "",
			   rows[i].annotations);
		/* The template's own count as well. */
		bare.annotations = NULL;
		behind = movers_find_watch(&bare, identity.annotations, &secret, &unit_arena);
		assert_for((behind.len > 0) == (rows[i].watch[0] != '\0'), rows[i].annotations);
	}
}

static void what_a_template_does_not_mention_is_watched_by_name_alone(void **state)
{
	struct identity every = workload("Deployment", "n", "web", "{reloader.stakater.com/auto: 'true'}");
	struct identity named = workload("Deployment", "n", "web", "{secret.reloader.stakater.com/reload: s}");
	const struct mover_secret secret = { S("s"), S("SealedSecret/s"), false };

	(void)state;
	assert_str(movers_find_watch(&every, NULL, &secret, &unit_arena), "");
	assert_str(movers_find_watch(&named, NULL, &secret, &unit_arena),
		   "Reloader (annotation secret.reloader.stakater.com/reload)");
}

static void operators_watch_what_they_make(void **state)
{
	struct identity identity =
		workload("Deployment", "n", "web",
			 "{secrets.doppler.com/reload: 'true', operator.1password.io/auto-restart: 1}");
	const struct mover_secret doppled = { S("s"), S("DopplerSecret/d"), true };
	const struct mover_secret item = { S("s"), S("OnePasswordItem/s"), true };
	const struct mover_secret managed = { S("s"), S("InfisicalSecret/i"), true };

	(void)state;
	assert_str(movers_find_watch(&identity, NULL, &doppled, &unit_arena),
		   "Doppler's operator (annotation secrets.doppler.com/reload)");
	assert_str(movers_find_watch(&identity, NULL, &item, &unit_arena),
		   "1Password's operator (annotation operator.1password.io/auto-restart)");
	assert_str(movers_find_watch(&identity, NULL, &managed, &unit_arena), "");
}

static void vaults_operator_restarts_what_its_objects_name(void **state)
{
	static const struct {
		const char *kind, *ns, *name, *maker;
		bool is_target, is_any_target;
	} rows[] = {
		{ "Deployment", "n", "web", "VaultStaticSecret/a", true, true },
		{ "Deployment", "n", "web", "VaultStaticSecret/b", false, true },
		{ "Deployment", "", "web", "VaultStaticSecret/a", true, true },
		{ "Deployment", "m", "web", "VaultStaticSecret/a", false, false },
		{ "StatefulSet", "n", "web", "VaultStaticSecret/a", false, false },
		{ "StatefulSet", "n", "db", "VaultStaticSecret/b", true, true },
		/* What the operator calls argo.Rollout. */
		{ "Rollout", "n", "canary", "VaultStaticSecret/a", true, true },
		/* Ignored without the HMAC, which only this kind can do without. */
		{ "Deployment", "n", "silent", "VaultStaticSecret/c", false, false },
		{ "Deployment", "n", "dynamic", "VaultDynamicSecret/d", true, true },
	};

	(void)state;
	movers_init(&movers, &unit_arena);
	add(VAULT("VaultStaticSecret", "a", "",
		  "[{kind: Deployment, name: web}, {kind: argo.Rollout, name: canary}, text, {kind: [x], name: y}]"));
	add(VAULT("VaultStaticSecret", "b", "hmacSecretData: true, ", "[{kind: StatefulSet, name: db}]"));
	add(VAULT("VaultStaticSecret", "c", "hmacSecretData: false, ", "[{kind: Deployment, name: silent}]"));
	add(VAULT("VaultDynamicSecret", "d", "hmacSecretData: false, ", "[{kind: Deployment, name: dynamic}]"));
	add(VAULT("VaultPKISecret", "e", "", "{kind: Deployment, name: web}"));
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct identity identity = workload(rows[i].kind, rows[i].ns, rows[i].name, "{}");
		const struct mover_secret secret = { S("s"), str_from(rows[i].maker), true };
		const char *row = arena_printf(&unit_arena, "%s %s/%s by %s", rows[i].kind, rows[i].ns, rows[i].name,
					       rows[i].maker)
					  .ptr;

		assert_for((movers_find_target(&movers, &identity, &secret).len > 0) == rows[i].is_target, row);
		assert_for((movers_find(&movers, &identity, NULL, &unit_arena).len > 0) == rows[i].is_any_target, row);
	}
	assert_str(movers_find_target(&movers, &(struct identity){ .kind = S("Rollout"), .name = S("canary") },
				      &(struct mover_secret){ S("s"), S("VaultStaticSecret/a"), true }),
		   "Vault's operator (VaultStaticSecret a)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(annotations_name_who_restarts_a_workload_and_which_secrets_they_watch),
		TEST(what_a_template_does_not_mention_is_watched_by_name_alone),
		TEST(operators_watch_what_they_make),
		TEST(vaults_operator_restarts_what_its_objects_name),
	};

	return unit_run(tests);
}
