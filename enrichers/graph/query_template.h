// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "enrichers/text/substitute.h"

namespace enrichers {

// A PromQL query with values put in for `$labels.x`, `${labels.x}`, `$x` and `${x}`. Within quotes they are escaped,
// for
// =~ and !~ also as regular expressions, so that no value can change the query; elsewhere a value must be a name or a
// number. Errors: kNotFound for a name that means nothing, kBadRequest for a value that can't stand where it should.
base::Result<std::string> fill_query(std::string_view query, const Lookup& lookup);

}  // namespace enrichers
