// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "app/verbs/verbs.h"
#include "base/result.h"
#include "bus/archive.h"
#include "schemas/finding.h"

namespace app::verbs {

// What the verbs that look at the log share.

// Says on standard error what went wrong and gives the exit code for it.
inline int complain(const base::Error& error) {
  fmt::print(stderr, "tocsin: {}\n", error.message);
  return 1;
}

inline void print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

// A value as a program reads it. Requires: `output` is not kTable.
std::string structured(const nlohmann::json& value, Output output);

// The log, beside running processes or without one: where the configuration says, else in the data directory.
base::Result<std::unique_ptr<bus::Archive>> open_archive(const LookArgs& args);

// How many characters of an id tables show: enough to be unique among millions, and accepted by every verb.
inline constexpr std::size_t kShortId = 12;
inline std::string short_id(const std::string& id) { return id.substr(0, kShortId); }

// An incident's identity for people: "prod: shop/deployment/cart crash_loop (0123456789ab)", with its key's beginning.
std::string identity_text(const schemas::IncidentIdentity& identity);

}  // namespace app::verbs
