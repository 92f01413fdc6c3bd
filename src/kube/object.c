/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/object.h"

const char *object_kind_name(enum object_kind kind)
{
	switch (kind) {
	case OBJECT_CONFIGMAP:
		return "ConfigMap";
	case OBJECT_SECRET:
		return "Secret";
	case OBJECT_PROVIDER_CLASS:
		break;
	}
	return "SecretProviderClass";
}
