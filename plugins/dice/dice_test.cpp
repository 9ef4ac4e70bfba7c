// SPDX-License-Identifier: Apache-2.0
#include <parley/testing.hpp>
