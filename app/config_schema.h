// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace app {

// A JSON Schema (draft 7) of the whole configuration file, for editors, made from the option tables. Wider than what
// `tocsin check` accepts: it does not know which values globalConfig gives to actions, and allows any reference to the
// environment. Ends with a line break, the same bytes each time.
std::string config_schema();

}  // namespace app
