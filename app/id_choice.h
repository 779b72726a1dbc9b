// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace app {

// Finds out which one of many an id means: it is the id itself, which always wins, or the beginning of one only.
class IdChoice {
 public:
  explicit IdChoice(std::string asked) : asked_(std::move(asked)) {}

  // One that there is; the same may come more than once. False: the choice is made, further ones need not be offered.
  bool offer(std::string_view kind, const std::string& id);

  bool is_made() const { return is_exact_; }
  // The full id. kNotFound with `none` if nothing begins so; kBadRequest with some that do if several.
  base::Result<std::string> take(std::string_view none) const;

 private:
  std::string asked_;
  bool is_exact_ = false;
  std::set<std::pair<std::string, std::string>> found_;  // Id and kind; not many more than are told.
};

}  // namespace app
