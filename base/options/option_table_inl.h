// SPDX-License-Identifier: Apache-2.0
#pragma once

// The definitions of OptionTable's templates: included by option_table.h only.
#include "base/options/option_table.h"
