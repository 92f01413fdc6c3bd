/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/objectname.h"

bool objectname_split(struct str text, struct str *kind, struct str *ns, struct str *name, struct err *err)
{
	bool has_namespace;

	*name = text;
	*kind = str_cut(name, '/');
	*ns = (struct str){ 0 };
	has_namespace = name->ptr && str_find(*name, '/') < name->len;
	if (has_namespace)
		*ns = str_cut(name, '/');
	if (!name->ptr || name->len == 0 || kind->len == 0 || (has_namespace && ns->len == 0))
		return err_set(err, "'%.*s': write KIND/NAME or KIND/NAMESPACE/NAME, as in configmap/app",
			       STR_ARG(text));
	return true;
}

bool objectname_read(struct str text, enum object_kind *kind, struct str *ns, struct str *name)
{
	struct str word;
	struct err ignored;

	if (!objectname_split(text, &word, ns, name, &ignored) || str_find(*name, '/') < name->len)
		return false;
	*kind = str_equal_nocase(word, str_from("secret")) ? OBJECT_SECRET : OBJECT_CONFIGMAP;
	return *kind == OBJECT_SECRET || str_equal_nocase(word, str_from("configmap"));
}
