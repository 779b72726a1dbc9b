// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

namespace base {

// A value that must not be shown: it can't be printed, formatted, compared or turned into JSON. Whoever needs the text
// asks for it by name, which is easy to find in a review.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}

  const std::string& reveal() const { return text_; }
  bool empty() const { return text_.empty(); }

 private:
  std::string text_;
};

}  // namespace base
