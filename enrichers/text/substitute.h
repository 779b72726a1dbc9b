// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "enrichers/action.h"

namespace enrichers {

// The value of a name in a template, or nullopt for one that means nothing.
using Lookup = std::function<std::optional<std::string>(std::string_view name)>;

// Replaces $name and ${name}: names are letters, digits, '_' and '.', and within braces '/' and '-' too. "$$" is a
// dollar sign. What `lookup` doesn't know becomes "<missing>", as in Robusta.
std::string substitute(std::string_view text, const Lookup& lookup);

// What templates can name of an event: name, kind, namespace, node, container of the subject; labels.x and
// annotations.x; and, as in Robusta's template_enricher, the bare name of a label or annotation.
Lookup names_of(const Input& input);

}  // namespace enrichers
