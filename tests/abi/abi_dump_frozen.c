/* SPDX-License-Identifier: Apache-2.0 */
#define PARLEY_ABI_DUMP parley_abi_dump_frozen
#include "abi_dump.h"
