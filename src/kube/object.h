/* SPDX-License-Identifier: Apache-2.0 */
/*
 * object: the kinds of objects that pods consume, and what is in them.
 */
#ifndef KUBE_OBJECT_H
#define KUBE_OBJECT_H

#include "base/str.h"

#include <stdint.h>

enum object_kind { OBJECT_CONFIGMAP, OBJECT_SECRET, OBJECT_PROVIDER_CLASS };

/* "ConfigMap", "Secret" or "SecretProviderClass". */
const char *object_kind_name(enum object_kind kind);

/* One key of a ConfigMap or Secret, with its value. */
struct data_item {
	struct str key;
	struct str value;
	uint32_t at;         /* where the key stands in its document; for messages, not hashed */
	unsigned char field; /* which field it came from; not hashed */
	bool key_changed;    /* the key is no string in YAML (on, 010); not hashed */
	bool absent;         /* consumed, but not there */
	unsigned char flaws; /* while an object is read: what is wrong, if it counts; see contents */
};

#endif
