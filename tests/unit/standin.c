/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/standin.h"

#include "unit.h"

static struct standins standins;

static void add(const char *text)
{
	struct node *object = unit_parse(str_from(text));
	struct identity identity = identity_read(object, (struct str){ 0 });

	standins_add(&standins, object, &identity);
}

#define OBJECT(version, kind, metadata, spec) \
	"{apiVersion: " version ", kind: " kind ", metadata: {" metadata "}, spec: {" spec "}}"

static void each_kind_says_in_its_own_way_which_secret_it_makes(void **state)
{
	static const struct {
		const char *object, *secret, *by; /* empty: nothing makes it */
	} rows[] = {
		{ OBJECT("bitnami.com/v1alpha1", "SealedSecret", "name: a", ""), "a", "SealedSecret/a" },
		{ OBJECT("external-secrets.io/v1", "ExternalSecret", "name: a", "target: {name: b}"), "b",
		  "ExternalSecret/a" },
		{ OBJECT("external-secrets.io/v1", "ExternalSecret", "name: a", "target: {name: b}"), "a", "" },
		{ OBJECT("external-secrets.io/v1beta1", "ExternalSecret", "name: a", ""), "a", "ExternalSecret/a" },
		{ OBJECT("external-secrets.io/v1", "ExternalSecret", "name: a", "target: {name: ''}"), "a",
		  "ExternalSecret/a" },
		{ OBJECT("external-secrets.io/v1", "ExternalSecret", "name: a", "target: {creationPolicy: Merge}"), "a",
		  "ExternalSecret/a" },
		{ OBJECT("external-secrets.io/v1", "ExternalSecret", "name: a", "target: {creationPolicy: None}"), "a",
		  "" },
		{ OBJECT("secrets.hashicorp.com/v1beta1", "VaultStaticSecret", "name: a", "destination: {name: b}"),
		  "b", "VaultStaticSecret/a" },
		{ OBJECT("secrets.hashicorp.com/v1beta1", "VaultDynamicSecret", "name: a", "destination: {name: b}"),
		  "b", "VaultDynamicSecret/a" },
		{ OBJECT("secrets.hashicorp.com/v1beta1", "VaultPKISecret", "name: a", "destination: {name: b}"), "b",
		  "VaultPKISecret/a" },
		{ OBJECT("secrets.hashicorp.com/v1beta1", "HCPVaultSecretsApp", "name: a", "destination: {name: b}"),
		  "b", "HCPVaultSecretsApp/a" },
		{ OBJECT("secrets.hashicorp.com/v1beta1", "VaultPKISecret", "name: a", ""), "a", "" },
		{ OBJECT("secrets.hashicorp.com/v1beta1", "VaultAuth", "name: a", "destination: {name: b}"), "b", "" },
		{ OBJECT("cert-manager.io/v1", "Certificate", "name: a", "secretName: b"), "b", "Certificate/a" },
		{ OBJECT("networking.gke.io/v1", "Certificate", "name: a", "secretName: b"), "b", "" },
		{ OBJECT("onepassword.com/v1", "OnePasswordItem", "name: a", ""), "a", "OnePasswordItem/a" },
		{ OBJECT("secrets.doppler.com/v1alpha1", "DopplerSecret", "name: a", "managedSecret: {name: b}"), "b",
		  "DopplerSecret/a" },
		{ OBJECT("secrets.infisical.com/v1alpha1", "InfisicalSecret", "name: a",
			 "managedSecretReference: {secretName: b}"),
		  "b", "InfisicalSecret/a" },
		{ OBJECT("secrets.infisical.com/v1alpha1", "InfisicalSecret", "name: a",
			 "managedKubeSecretReferences: [{secretName: c}, {secretName: b}]"),
		  "b", "InfisicalSecret/a" },
		{ OBJECT("isindir.github.com/v1alpha3", "SopsSecret", "name: a",
			 "secretTemplates: [{name: c}, {name: b}]"),
		  "b", "SopsSecret/a" },
		{ OBJECT("isindir.github.com/v1alpha3", "SopsSecret", "name: a", ""), "a", "" },
		{ OBJECT("craftypath.github.io/v1alpha1", "SopsSecret", "name: a", ""), "a", "SopsSecret/a" },
		{ OBJECT("bitnami.com.example.com/v1", "SealedSecret", "name: a", ""), "a", "" },
		{ OBJECT("v1", "SealedSecret", "name: a", ""), "a", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		standins_init(&standins, &unit_arena);
		add(rows[i].object);
		assert_row(standins_find(&standins, (struct str){ 0 }, str_from(rows[i].secret)), rows[i].by,
			   rows[i].object);
	}
}

static void objects_in_other_shapes_make_nothing(void **state)
{
	static const char *const texts[] = {
		"{apiVersion: external-secrets.io/v1, kind: ExternalSecret}",
		OBJECT("external-secrets.io/v1", "ExternalSecret", "name: [a]", "target: {name: {b: c}}"),
		OBJECT("bitnami.com/v1alpha1", "SealedSecret", "name: null", ""),
		OBJECT("isindir.github.com/v1alpha3", "SopsSecret", "name: a", "secretTemplates: {name: b}"),
		OBJECT("isindir.github.com/v1alpha3", "SopsSecret", "name: a", "secretTemplates: [b, [name, b], null]"),
		OBJECT("secrets.hashicorp.com/v1beta1", "VaultPKISecret", "name: a", "destination: [name, b]"),
		"{apiVersion: cert-manager.io/v1, kind: Certificate, metadata: {name: a}, spec: text}",
	};

	(void)state;
	standins_init(&standins, &unit_arena);
	for (size_t i = 0; i < COUNT(texts); i++)
		add(texts[i]);
	assert_int_equal(standins.makers.by_name.count, 0);
	assert_str(standins_find(&standins, S("n"), S("a")), "");
}

static void a_secret_is_looked_for_in_its_own_namespace(void **state)
{
	(void)state;
	standins_init(&standins, &unit_arena);
	add(OBJECT("bitnami.com/v1alpha1", "SealedSecret", "name: a, namespace: n", ""));
	add(OBJECT("bitnami.com/v1alpha1", "SealedSecret", "name: b", ""));
	add(OBJECT("secrets.doppler.com/v1alpha1", "DopplerSecret", "name: d, namespace: operator",
		   "managedSecret: {name: c, namespace: n}"));
	add(OBJECT("secrets.infisical.com/v1alpha1", "InfisicalSecret", "name: i, namespace: operator",
		   "managedSecretReference: {secretName: e, secretNamespace: n}"));
	assert_str(standins_find(&standins, S("n"), S("a")), "SealedSecret/a");
	assert_str(standins_find(&standins, S("m"), S("a")), "");
	assert_str(standins_find(&standins, S("n"), S("c")), "DopplerSecret/d");
	assert_str(standins_find(&standins, S("operator"), S("c")), "");
	assert_str(standins_find(&standins, S("n"), S("e")), "InfisicalSecret/i");
	/* Where one of the two names no namespace, the other one counts. */
	assert_str(standins_find(&standins, S("m"), S("b")), "SealedSecret/b");
	assert_str(standins_find(&standins, (struct str){ 0 }, S("a")), "SealedSecret/a");
}

static void what_is_kept_is_copied(void **state)
{
	struct arena arena = { 0 };
	struct str text = arena_dup(&arena, S(OBJECT("bitnami.com/v1alpha1", "SealedSecret", "name: a", "")));
	struct node *object = unit_parse(text);
	struct identity identity = identity_read(object, (struct str){ 0 });

	(void)state;
	standins_init(&standins, &unit_arena);
	identity.name = arena_dup(&arena, identity.name);
	identity.kind = arena_dup(&arena, identity.kind);
	standins_add(&standins, object, &identity);
	arena_release(&arena);
	assert_str(standins_find(&standins, S("n"), S("a")), "SealedSecret/a");
}

static void kinds_are_told_apart_before_anything_is_read(void **state)
{
	(void)state;
	assert_true(standins_is_kind(S("SopsSecret")));
	assert_true(standins_is_kind(S("Certificate")));
	assert_false(standins_is_kind(S("Secret")));
	assert_false(standins_is_kind(S("sealedsecret")));
	assert_false(standins_is_kind(S("")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_kind_says_in_its_own_way_which_secret_it_makes), TEST(objects_in_other_shapes_make_nothing),
		TEST(a_secret_is_looked_for_in_its_own_namespace),         TEST(what_is_kept_is_copied),
		TEST(kinds_are_told_apart_before_anything_is_read),
	};

	return unit_run(tests);
}
