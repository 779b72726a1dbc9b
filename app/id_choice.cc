// SPDX-License-Identifier: Apache-2.0
#include "app/id_choice.h"

#include <fmt/format.h>

namespace app {

namespace {

// Enough to see what the ids differ in, on one line.
constexpr std::size_t kTold = 3;

}  // namespace

bool IdChoice::offer(std::string_view kind, const std::string& id) {
  if (is_exact_ || id.empty() || !id.starts_with(asked_)) return !is_exact_;
  is_exact_ = id == asked_;
  if (found_.size() <= kTold) found_.emplace(id, kind);
  return !is_exact_;
}

base::Result<std::string> IdChoice::take(std::string_view none) const {
  if (is_exact_) return asked_;
  if (found_.empty()) return base::permanent(base::Reason::kNotFound, fmt::format("{} {}", none, asked_));
  if (found_.size() == 1) return found_.begin()->first;
  std::string told;
  std::size_t count = 0;
  for (const auto& [id, kind] : found_) {
    if (++count > kTold) break;
    told += fmt::format("{}{}{}{}", told.empty() ? "" : ", ", kind, kind.empty() ? "" : " ", id);
  }
  return base::permanent(base::Reason::kBadRequest, fmt::format("{} is the beginning of several: {}{}", asked_, told,
                                                                count > kTold ? ", ..." : ""));
}

}  // namespace app
